// Findings of a rule over the whole shard, one for each provider or identity, bounded in number. Pure.
// What a reader would get wrong: beyond the bound nothing is lost. Those that come later by name share one finding about the shard
// as a whole, and get one of their own as soon as there is room.
import type { Shared } from "../words/subject.ts";
import type { Named } from "./named-list.ts";
import type { Finding, Judgement } from "./rule.ts";

/** Findings of one reason that have an incident each: a page for each of a thousand identities would bury the people. */
export const FINDINGS_EACH_MAX = 16;

/** One finding for each that is wrong, about it; `findingOf` words one, or several together. */
export function findEach<T extends Named>(
  wrong: readonly T[],
  kind: Shared["kind"],
  findingOf: (some: readonly T[]) => Finding,
): Omit<Judgement, "nextAt"> {
  // By name and not by time: an order that moves would hand incidents from one to the other.
  const byName = wrong.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const each = byName
    .slice(0, FINDINGS_EACH_MAX)
    .map((one): Finding => ({ ...findingOf([one]), about: { kind, name: one.name } }));
  const rest = byName.slice(FINDINGS_EACH_MAX);
  const [finding = null, ...also] = rest.length === 0 ? each : [...each, findingOf(rest)];
  return { finding, also };
}
