// When a watched file changed, by what can be seen of it. Pure. The time is the inode's (ctime), because a package manager or `cp -p`
// sets the modification time back; a digest tells a change of content from a change of mode, owner or link count.

/** What one look found. */
export interface FileLook {
  /** null: there is nothing at the path */
  readonly changedAt: number | null;
  /** null: too large or not readable, so that the time alone decides */
  readonly digest: string | null;
}

/** A file as it is known. */
export interface WatchedFile {
  readonly look: FileLook;
  /** when its content changed as far as is known */
  readonly contentChangedAt: number | null;
}

/** Whether a digest is needed to judge what is seen now: only where something moved. */
export function needsDigest(before: WatchedFile | null, changedAt: number | null): boolean {
  return changedAt !== null && before?.look.changedAt !== changedAt;
}

/** Takes a look in. `isChanged`: its content is another one than at the look before; the first look changes nothing. */
export function takeLook(
  before: WatchedFile | null,
  look: FileLook,
  now: number,
): { readonly file: WatchedFile; readonly isChanged: boolean } {
  if (before === null) return { file: { look, contentChangedAt: look.changedAt }, isChanged: false };
  if (before.look.changedAt === look.changedAt) return { file: before, isChanged: false };
  const isSame = look.digest !== null && look.digest === before.look.digest;
  if (isSame) return { file: { look, contentChangedAt: before.contentChangedAt }, isChanged: false };
  return { file: { look, contentChangedAt: look.changedAt ?? now }, isChanged: true };
}
