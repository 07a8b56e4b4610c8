// What the failing hosts of a wide incident share, and what they do not, as far as what is known shows it: the same check,
// the same words, a tag, a version of the agent; each with how many of how many, beside the hosts that are well. Pure. What
// a reader would get wrong: it shows what goes together, and claims no cause.
import { type AffectedHost, isFiring } from "../../core/desk/incidents/held-findings.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { HostTraits } from "../../core/words/host-traits.ts";
import { hostIdIn, placeNameOf } from "../../core/words/subject.ts";

/** Something that some of the failing hosts have. */
export interface Share {
  readonly kind: "check" | "words" | "failure" | "tag" | "version";
  readonly text: string;
  /** of the failing hosts of which something is known */
  readonly failing: Counted;
  /** of those that are well; null: nothing is known of them in this */
  readonly well: Counted | null;
}

export interface Counted {
  readonly count: number;
  readonly of: number;
}

export interface Shares {
  /** nearly all that fail have it, and fewer of the others */
  readonly shared: readonly Share[];
  /** it is spread alike */
  readonly notExplaining: readonly Share[];
}

/** So many of the failing hosts have it, to be worth saying. */
const SHARED_MIN = 0.9;
/** So many fewer of the others. */
const APART_MIN = 0.25;
const SHOWN_MAX = 6;

/** What goes with the failure first. */
export function sharesOf(
  findings: readonly Finding[],
  traits: readonly HostTraits[] | null,
  affected: readonly AffectedHost[] = [],
): Shares {
  const failing = byHost(findings.filter(isFiring));
  const told = [
    ...sameTextOf("check", failing, ({ alike }) => alike),
    ...sameTextOf("failure", failing, failureOf),
    ...sameTextOf("words", failing, wordsOf),
  ];
  const compared = traits === null ? [] : comparedBy(traits, idsOf(failing, affected));
  return {
    shared: [...told, ...compared.filter(isApart)].slice(0, SHOWN_MAX),
    notExplaining: compared.filter((share) => !isApart(share) && share.failing.count > 0).slice(0, SHOWN_MAX),
  };
}

/** The findings may be a part of all that there are. */
function idsOf(
  failing: ReadonlyMap<string, Finding>,
  affected: readonly AffectedHost[],
): ReadonlySet<string> {
  return new Set([
    ...failing.keys(),
    ...affected.filter(({ isFailing }) => isFailing).map(({ hostId }) => hostId),
  ]);
}

function byHost(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const hosts = new Map<string, Finding>();
  for (const finding of findings) {
    const hostId = hostIdIn(finding.subject);
    if (hostId !== null && !hosts.has(hostId)) hosts.set(hostId, finding);
  }
  return hosts;
}

/** What most of them say in the same words; none, where no two do. */
function sameTextOf(
  kind: Share["kind"],
  failing: ReadonlyMap<string, Finding>,
  textOf: (finding: Finding) => string | null,
): readonly Share[] {
  const counts = new Map<string, number>();
  for (const finding of failing.values()) {
    const text = textOf(finding);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted((left, right) => right[1] - left[1]);
  if (most === undefined || most[1] < 2 || most[1] < failing.size / 2) return [];
  return [{ kind, text: most[0], failing: { count: most[1], of: failing.size }, well: null }];
}

function failureOf({ refused }: Finding): string | null {
  return refused?.refusal.reason === "restart-pointless" ? refused.refusal.failureClass : null;
}

/** Its last line, without what tells one host from another. */
function wordsOf({ evidence, subject }: Finding): string | null {
  const last = evidence.at(-1)?.text;
  return last === undefined ? null : last.replaceAll(placeNameOf(subject), "…");
}

function comparedBy(traits: readonly HostTraits[], failingIds: ReadonlySet<string>): readonly Share[] {
  const failing = traits.filter(({ hostId }) => failingIds.has(hostId));
  // Who is down, or ill for another reason, tells nothing of those that are well.
  const well = traits.filter(({ hostId, isWell }) => isWell && !failingIds.has(hostId));
  if (failing.length === 0) return [];
  const share = (kind: Share["kind"], text: string, has: (host: HostTraits) => boolean): Share => ({
    kind,
    text,
    failing: { count: failing.filter(has).length, of: failing.length },
    well: well.length === 0 ? null : { count: well.filter(has).length, of: well.length },
  });
  const tags = new Set(failing.flatMap((host) => host.tags));
  const versions = new Set(failing.flatMap(({ agentVersion }) => agentVersion ?? []));
  return [
    ...[...tags].map((tag) => share("tag", tag, (host) => host.tags.includes(tag))),
    ...[...versions].map((version) => share("version", version, (host) => host.agentVersion === version)),
  ].toSorted((left, right) => right.failing.count - left.failing.count);
}

function isApart({ failing, well }: Share): boolean {
  if (well === null) return failing.count >= failing.of * SHARED_MIN;
  const [bad, good] = [failing.count / failing.of, well.count / well.of];
  return bad >= SHARED_MIN && bad - good >= APART_MIN;
}
