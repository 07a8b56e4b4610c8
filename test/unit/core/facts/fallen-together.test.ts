// Which hosts fell silent together: both sides of the share, of the least number, of each window, and of the fleet for which the slow one counts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fallenTogether,
  SLOW_FLEET_MIN,
  togetherMinOf,
} from "../../../../control-plane/src/core/facts/fallen-together.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

const MINUTE_MS = 60_000;
const BOUNDS = Policy.parse({ version: 1 }).rules["fleet-silent"];

function at(...minutes: readonly number[]) {
  return minutes.map((minute) => ({ fellAt: minute * MINUTE_MS }));
}

function within(count: number, minutes: number) {
  return at(...Array.from({ length: count }, (_, index) => (index * minutes) / Math.max(1, count - 1)));
}

it.each([
  { fleet: 1, least: 3 },
  { fleet: 30, least: 3 },
  { fleet: 31, least: 4 },
  { fleet: 70, least: 7 },
  { fleet: 200, least: 20 },
  { fleet: 1_000, least: 100 },
  { fleet: 1_001, least: 101 },
])("of $fleet hosts it takes $least", ({ fleet, least }) => {
  expect(togetherMinOf(fleet, BOUNDS)).toBe(least);
});

describe("hosts", () => {
  it.each([
    { why: "two of four at once", silent: within(2, 0), fleet: 4, together: 0 },
    { why: "three of four at once", silent: within(3, 0), fleet: 4, together: 3 },
    { why: "nineteen of two hundred at once", silent: within(19, 0), fleet: 200, together: 0 },
    { why: "twenty of two hundred at once", silent: within(20, 0), fleet: 200, together: 20 },
    { why: "three within the fast window", silent: within(3, 2), fleet: 4, together: 3 },
    { why: "three in a little more", silent: within(3, 2.01), fleet: 4, together: 0 },
    { why: "three of a small fleet over half an hour", silent: within(3, 30), fleet: 29, together: 0 },
    { why: "three of a larger one", silent: within(3, 30), fleet: SLOW_FLEET_MIN, together: 3 },
    { why: "three of it in a little more", silent: within(3, 30.1), fleet: SLOW_FLEET_MIN, together: 0 },
    { why: "one before, three at once", silent: at(0, 50, 51, 52), fleet: 9, together: 3 },
  ])("$why: $together fell together", ({ fleet, silent, together }) => {
    expect(fallenTogether(silent, fleet, BOUNDS)).toHaveLength(together);
  });

  it("are the same whoever is told first, and whenever that is", () => {
    const fallen = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 40 });
    fc.assert(
      fc.property(fallen, fc.integer({ min: 1, max: 60 }), fc.nat(1_000), (minutes, fleet, later) => {
        const instants = (silent: readonly { readonly fellAt: number }[], shift: number) =>
          fallenTogether(silent, fleet, BOUNDS).map(({ fellAt }) => fellAt - shift);
        const together = instants(at(...minutes), 0);
        expect(instants(at(...minutes.toReversed()), 0)).toEqual(together);
        const shift = later * MINUTE_MS;
        expect(instants(at(...minutes.map((minute) => minute + later)), shift)).toEqual(together);
      }),
    );
  });
});
