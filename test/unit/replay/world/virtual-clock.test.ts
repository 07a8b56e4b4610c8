// The clock of replays: a walk over many steps is one entry, and happens as if each step had been scheduled by itself.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../../control-plane/replay/world/virtual-clock.ts";

interface Plan {
  readonly atMs: number;
  readonly stepMs: number;
  readonly count: number;
}

/** What happens when each plan walks, or is scheduled step by step; a step schedules something more for its own instant. */
function storyOf(plans: readonly Plan[], isWalking: boolean): readonly string[] {
  const clock = new VirtualClock(0);
  const told: string[] = [];
  for (const [name, { atMs, stepMs, count }] of plans.entries())
    clock.at(atMs, () => {
      const take = (step: number) => {
        told.push(`${name}/${step} at ${clock.now}`);
        clock.after(0, () => told.push(`after ${name}/${step} at ${clock.now}`));
      };
      if (isWalking) return clock.walk({ stepMs, count }, take);
      for (let step = 1; step <= count; step += 1) clock.after(step * stepMs, () => take(step));
    });
  clock.advanceTo(1_000);
  return told;
}

describe("a walk", () => {
  it("happens as steps that were scheduled one by one, whatever else happens at the same instants", () => {
    const plan = fc.record({ atMs: fc.nat(6), stepMs: fc.constantFrom(1, 2, 2.5), count: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(plan, { maxLength: 6 }), (plans) => {
        expect(storyOf(plans, true)).toEqual(storyOf(plans, false));
      }),
    );
  });

  it("goes on where it stopped when time is advanced bit by bit", () => {
    const clock = new VirtualClock(0);
    const steps: number[] = [];
    clock.walk({ stepMs: 10, count: 3 }, (step) => void steps.push(step));
    clock.advanceTo(9);
    expect(steps).toEqual([]);
    clock.advanceTo(10);
    expect(steps).toEqual([1]);
    clock.advanceTo(100);
    expect(steps).toEqual([1, 2, 3]);
  });
});
