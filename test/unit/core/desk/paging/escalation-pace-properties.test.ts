// How often one incident pages, whatever the policy says (core/desk/paging/escalation-pace.ts).
import fc from "fast-check";
import { expect, it } from "vitest";
import { REPEATS_AT_FULL_PACE } from "../../../../../control-plane/src/core/desk/paging/escalation-pace.ts";
import { Desk, POLICY } from "../desk-fixtures.ts";
import { pagedAt } from "./paged-at.ts";

const DAY = 86_400_000;

// Forty days of any policy: never silent for longer than a day, and never more than the first day's rounds and one a day.
it("whatever the policy says, pages of one incident are bounded and never stop", { timeout: 30_000 }, () => {
  const span = fc.integer({ min: 0, max: DAY });
  fc.assert(
    fc.property(span, fc.array(span, { minLength: 1, maxLength: 4 }), (repeatMs, afters) => {
      const steps = afters
        .toSorted((left, right) => left - right)
        .map((afterMs) => ({ notify: ["alice"], afterMs }));
      const times = pagedAt(new Desk({ ...POLICY, escalation: { repeatMs, steps } }), 40);
      const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(DAY);
      // At most doubling from one second to a day after the first repeats: 4 + 17 rounds, then one a day.
      const roundsMax = 1 + REPEATS_AT_FULL_PACE + 17 + 40;
      expect(times.length).toBeLessThanOrEqual(roundsMax * steps.length);
    }),
    { numRuns: 60 },
  );
});
