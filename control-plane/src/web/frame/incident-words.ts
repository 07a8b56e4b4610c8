// Words for an incident on a view: what kind of thing it is about, its evidence with repeats told once, and the order in which a person
// should look at incidents. Pure.
import type { Incident } from "../../core/desk/state/desk-state.ts";
import type { Evidence } from "../../core/words/signal.ts";
import { nameOf, type Subject } from "../../core/words/subject.ts";

/** A subject as lines of facts: what kind of thing each is, and its name. */
export function factsOfSubject(subject: Subject): readonly (readonly [kind: string, name: string])[] {
  switch (subject.kind) {
    case "host":
      return [["Host", subject.hostName]];
    case "service":
      return [
        ["Host", subject.hostName],
        ["Service", subject.service],
      ];
    case "fleet":
      return [["Fleet", nameOf(subject)]];
    case "provider":
      return [["Provider", subject.name]];
    case "identity":
      return [["Identity", subject.name]];
    case "person":
      return [["Person", subject.name]];
    case "channel":
      return [["Channel", subject.channel]];
    case "part":
      return [[subject.shard === null ? "Part" : "Shard", nameOf(subject)]];
    case "external":
      return [["External", subject.name]];
  }
}

/** A line of evidence that came once or more often in the same words. */
export interface RepeatedEvidence {
  readonly text: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Newest first; what was said in the same words is one line with its count. */
export function repeatsOf(evidence: readonly Evidence[]): readonly RepeatedEvidence[] {
  const byText = Map.groupBy(evidence, ({ text }) => text);
  return [...byText]
    .map(([text, lines]) => {
      const instants = lines.map(({ at }) => at);
      const firstAt = instants.reduce((left, right) => Math.min(left, right));
      const lastAt = instants.reduce((left, right) => Math.max(left, right));
      return { text, count: lines.length, firstAt, lastAt };
    })
    .toSorted((left, right) => right.lastAt - left.lastAt);
}

const SEVERITY_RANK = { critical: 0, error: 1, warning: 2, info: 3 } as const;

/** Those that nobody has in hand first, then the severest, then the newest. */
export function byUrgency(incidents: readonly Incident[]): readonly Incident[] {
  return incidents.toSorted(
    (left, right) =>
      Number(left.state === "acknowledged") - Number(right.state === "acknowledged") ||
      Number(left.clearedAt !== null) - Number(right.clearedAt !== null) ||
      SEVERITY_RANK[left.severity] - SEVERITY_RANK[right.severity] ||
      right.openedAt - left.openedAt,
  );
}
