// Facts of the one alarm of an actor.
import { expect } from "vitest";
import type { PlatformFact, Ports } from "./platform.ts";

const SOON_MS = 40;
/** Calls of a handler that throws each time: the first one, and six more. */
const CALLS_MAX = 7;
const ENDS_A_REPLAY = "what throws ends a replay, which is there to find it";

function armsSoon({ alarm, clock }: Ports): number {
  const at = clock.now + SOON_MS;
  alarm.set(at);
  return at;
}

export const ALARM_FACTS: readonly PlatformFact[] = [
  {
    name: "an alarm is gone before its handler runs",
    check: async (actor) => {
      const found: (number | null)[] = [];
      actor.onRing(({ alarm }) => void found.push(alarm.armedAt));
      const at = await actor.event(armsSoon);
      expect(await actor.event(({ alarm }) => alarm.armedAt)).toBe(at);
      await actor.rings(1);
      expect(found).toEqual([null]);
    },
  },
  {
    name: "an alarm that is set in its handler holds",
    check: async (actor) => {
      const armed: number[] = [];
      actor.onRing((ports) => void armed.push(armsSoon(ports)));
      await actor.event(armsSoon);
      await actor.rings(1);
      expect(await actor.event(({ alarm }) => alarm.armedAt)).toBe(armed[0]);
      await actor.rings(1);
      expect(armed).toHaveLength(2);
    },
  },
  {
    name: "there is one alarm: what is set last holds, sooner or later",
    check: async (actor) => {
      const rangAt: number[] = [];
      actor.onRing(({ clock }) => void rangAt.push(clock.now));
      const at = await actor.event((ports) => {
        ports.alarm.set(ports.clock.now + 1);
        ports.alarm.set(ports.clock.now + 60_000);
        return armsSoon(ports);
      });
      await actor.rings(1);
      expect(rangAt[0]).toBeGreaterThanOrEqual(at);
      expect(await actor.event(({ alarm }) => alarm.armedAt)).toBeNull();
    },
  },
  {
    name: "a handler that throws is called again, until it does not",
    lacking: { memory: ENDS_A_REPLAY },
    check: async (actor) => {
      let count = 0;
      actor.onRing(() => {
        count += 1;
        if (count === 1) throw new Error("The first time");
      });
      await actor.event(armsSoon);
      await actor.rings(2);
      expect(count).toBe(2);
      expect(await actor.event(({ alarm }) => alarm.armedAt)).toBeNull();
    },
  },
  {
    name: "an alarm whose handler has thrown seven times is lost for good",
    lacking: {
      memory: ENDS_A_REPLAY,
      workerd: "documented, and two minutes by the runtime's own clock: 2 s, doubled after each time",
    },
    check: async (actor) => {
      let count = 0;
      actor.onRing(() => {
        count += 1;
        throw new Error("Each time");
      });
      await actor.event(armsSoon);
      await actor.rings(CALLS_MAX);
      await actor.passes(24 * 3_600_000);
      expect(count).toBe(CALLS_MAX);
      expect(await actor.event(({ alarm }) => alarm.armedAt)).toBeNull();
    },
  },
];
