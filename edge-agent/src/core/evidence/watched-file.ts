// When a watched file changed, by what can be seen of it. Pure. The time is the inode's (ctime), because a package manager or `cp -p`
// sets the modification time back; a digest tells a change of content from a change of mode, owner or link count.

/** What one look found. */
export interface FileLook {
  /** null: there is nothing at the path */
  readonly changedAt: number | null;
  /** null: too large or not readable, so that the time alone decides */
  readonly digest: string | null;
}

/** Contents of one file that are remembered, beside the one that it has. */
export const EARLIER_CONTENTS_MAX = 16;
/** What stands for the content of a file that is not there. */
const NO_FILE = "";

/** A file as it is known. */
export interface WatchedFile {
  readonly look: FileLook;
  /** digests of the contents that it had, the one that it has among them; newest last */
  readonly contents: readonly string[];
  /** when its content changed as far as is known */
  readonly contentChangedAt: number | null;
}

/** Whether a digest is needed to judge what is seen now: only where something moved. */
export function needsDigest(before: WatchedFile | null, changedAt: number | null): boolean {
  return changedAt !== null && before?.look.changedAt !== changedAt;
}

/**
 * Takes a look in. `isChanged`: its content is another one than at the look before; the first look changes nothing.
 * `isReturned`: it is one that was seen before that; null: that is not known.
 */
export function takeLook(
  before: WatchedFile | null,
  look: FileLook,
  now: number,
): { readonly file: WatchedFile; readonly isChanged: boolean; readonly isReturned: boolean | null } {
  const content = contentOf(look);
  const contents = withContent(before?.contents ?? [], content);
  const asItWas = { isChanged: false, isReturned: null };
  if (before === null) return { file: { look, contents, contentChangedAt: look.changedAt }, ...asItWas };
  if (before.look.changedAt === look.changedAt) return { file: before, ...asItWas };
  const isSame = look.digest !== null && look.digest === before.look.digest;
  if (isSame) return { file: { ...before, look }, ...asItWas };
  // After a look that could not read it, the content may be the one that it had all the time.
  const isKnown = content !== null && content !== before.contents.at(-1);
  const isReturned = isKnown ? before.contents.includes(content) : null;
  return { file: { look, contents, contentChangedAt: look.changedAt ?? now }, isChanged: true, isReturned };
}

function contentOf({ changedAt, digest }: FileLook): string | null {
  return changedAt === null ? NO_FILE : digest;
}

function withContent(contents: readonly string[], content: string | null): readonly string[] {
  if (content === null) return contents;
  return [...contents.filter((known) => known !== content), content].slice(-EARLIER_CONTENTS_MAX - 1);
}
