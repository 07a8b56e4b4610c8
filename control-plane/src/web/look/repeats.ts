// Evidence for people: what was said again in the same words is told once, with its count. Pure.
import type { Evidence } from "../../core/words/signal.ts";

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
