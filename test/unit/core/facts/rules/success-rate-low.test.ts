// `success-rate-low`: the floor, the usual, sessions that stay away, and what ends it; each bound from both sides.
import { describe, expect, it } from "vitest";
import { successRateLow } from "../../../../../control-plane/src/core/facts/rules/success-rate-low.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;

function session(endMs: number, isGood: boolean): FactBody {
  return { kind: "session", startedAt: START_AT + endMs - 5_000, class: isGood ? null : "other", detail: "" };
}

function drive(bounds: Record<string, unknown> = {}) {
  const rule = driveRule(successRateLow, bounds);
  return {
    ...rule,
    /** so many sessions, of which the first ones are good, within 59 minutes from the offset */
    hour(fromMs: number, sessions: { readonly good: number; readonly bad: number }) {
      const count = sessions.good + sessions.bad;
      for (let index = 0; index < count; index += 1) {
        const atMs = fromMs + Math.floor((index * 59 * MINUTE_MS) / count);
        rule.take(atMs, session(atMs, index < sessions.good));
      }
    },
    /** a fortnight of the same hours; then it is the morning of the next day */
    fortnight(sessions: { readonly good: number; readonly bad: number }, hours = 24): number {
      for (let day = 0; day < 14; day += 1)
        for (let hour = 0; hour < hours; hour += 1) this.hour(day * DAY_MS + hour * HOUR_MS, sessions);
      return 14 * DAY_MS;
    },
  };
}

describe("success-rate-low by its floor", () => {
  it.each([
    { good: 5, bad: 5, fires: false },
    { good: 4, bad: 6, fires: true },
    { good: 0, bad: 9, fires: false },
    { good: 0, bad: 10, fires: true },
  ])("$good good and $bad bad ones: fires $fires", ({ good, bad, fires }) => {
    const rule = drive();
    rule.hour(0, { good, bad });
    expect(rule.findingAt(59 * MINUTE_MS) !== null).toBe(fires);
  });

  it("looks again when sessions leave the window only while there are enough to tell", () => {
    const few = drive();
    few.hour(0, { good: 9, bad: 0 });
    expect(few.nextAt(59 * MINUTE_MS)).toBeNull();
    const enough = drive();
    enough.hour(0, { good: 10, bad: 0 });
    expect(enough.nextAt(59 * MINUTE_MS)).toBe(HOUR_MS);
  });

  it("says how many ended well, the floor, and that the usual is not known yet", () => {
    const rule = drive();
    rule.hour(0, { good: 2, bad: 10 });
    expect(rule.textsAt(59 * MINUTE_MS)).toEqual([
      "2 of 12 sessions ended well within 1h",
      "floor: 50 %; what is usual at this hour is not known yet",
    ]);
  });

  it("is not over because sessions cease, only by as many good ones as it takes to tell", () => {
    const rule = drive();
    rule.hour(0, { good: 0, bad: 10 });
    expect(rule.findingAt(5 * DAY_MS)).not.toBeNull();
    for (let index = 0; index < 9; index += 1) {
      rule.take(5 * DAY_MS + index * HOUR_MS, session(5 * DAY_MS, true));
      expect(rule.findingAt(5 * DAY_MS + index * HOUR_MS)).not.toBeNull();
    }
    rule.take(6 * DAY_MS, session(6 * DAY_MS, true));
    expect(rule.findingAt(6 * DAY_MS)).toBeNull();
  });

  it("counts only the window", () => {
    const rule = drive();
    rule.hour(0, { good: 30, bad: 0 });
    rule.hour(HOUR_MS, { good: 0, bad: 4 });
    expect(rule.findingAt(2 * HOUR_MS)).toBeNull();
    rule.hour(2 * HOUR_MS, { good: 0, bad: 10 });
    expect(rule.findingAt(3 * HOUR_MS)).not.toBeNull();
  });
});

describe("a session that runs, of a service whose rate is low", () => {
  const STABLE_MS = 10 * MINUTE_MS;
  const runs = (offsetMs: number): FactBody => ({ kind: "session-running", startedAt: START_AT + offsetMs });
  const low = () => {
    const rule = drive();
    rule.hour(0, { good: 0, bad: 12 });
    return rule;
  };

  it("ends it when it has lived, and what ended before counts no more", () => {
    const rule = low();
    rule.take(HOUR_MS, runs(HOUR_MS));
    expect(rule.nextAt(HOUR_MS)).toBeLessThanOrEqual(HOUR_MS + STABLE_MS);
    expect(rule.findingAt(HOUR_MS + STABLE_MS - 1)).not.toBeNull();
    expect(rule.findingAt(HOUR_MS + STABLE_MS)).toBeNull();
    rule.prune(HOUR_MS + STABLE_MS);
    const endMs = HOUR_MS + STABLE_MS + 1;
    rule.take(endMs, session(endMs, false));
    expect(rule.findingAt(endMs)).toBeNull();
  });

  it.each([
    { startedMs: 0, ends: false, because: "it began before the last one ended badly" },
    { startedMs: HOUR_MS, ends: true, because: "it began after that" },
  ])("since $startedMs ms: ends $ends, because $because", ({ startedMs, ends }) => {
    const rule = low();
    rule.take(HOUR_MS, runs(startedMs));
    expect(rule.findingAt(5 * HOUR_MS) === null).toBe(ends);
  });

  it("proves nothing while its checks fail", () => {
    const rule = low();
    rule.wellSince(null);
    rule.take(HOUR_MS, runs(HOUR_MS));
    expect(rule.findingAt(5 * HOUR_MS)).not.toBeNull();
  });
});

describe("success-rate-low by what is usual", () => {
  it.each([
    { good: 28, bad: 12, fires: false },
    { good: 25, bad: 15, fires: true },
  ])("usually 95 %, now $good of 40: fires $fires though over the floor", ({ good, bad, fires }) => {
    const rule = drive();
    const atMs = rule.fortnight({ good: 38, bad: 2 });
    rule.hour(atMs, { good, bad });
    expect(rule.findingAt(atMs + HOUR_MS - 1) !== null).toBe(fires);
  });

  it("never takes what is under the floor for the usual, however long it lasts", () => {
    const rule = drive();
    const atMs = rule.fortnight({ good: 0, bad: 12 });
    expect(rule.findingAt(atMs - 1)).not.toBeNull();
  });

  it("judges by the floor alone while the usual is not known", () => {
    const rule = drive();
    for (let day = 0; day < 6; day += 1) rule.hour(day * DAY_MS, { good: 40, bad: 0 });
    rule.hour(6 * DAY_MS, { good: 24, bad: 16 });
    expect(rule.findingAt(6 * DAY_MS + HOUR_MS - 1)).toBeNull();
  });
});

describe("sessions that stay away", () => {
  it("are a failure where some are expected", () => {
    const rule = drive();
    rule.fortnight({ good: 12, bad: 0 });
    const lastMs = 14 * DAY_MS - HOUR_MS + Math.floor((11 * 59 * MINUTE_MS) / 12);
    expect(rule.findingAt(lastMs + HOUR_MS - 1)).toBeNull();
    expect(rule.nextAt(lastMs)).toBeLessThanOrEqual(lastMs + HOUR_MS);
    expect(rule.findingAt(lastMs + HOUR_MS)?.title).toBe(
      "No session of web on web-1 ends any more, well or badly",
    );
    expect(rule.textsAt(lastMs + HOUR_MS)).toContain("usual at this hour: 12 sessions");
  });

  it("are none where the night is usually quiet", () => {
    const rule = drive();
    const atMs = rule.fortnight({ good: 12, bad: 0 }, 10) - 14 * HOUR_MS;
    for (let hour = 2; hour < 14; hour += 1) expect(rule.findingAt(atMs + hour * HOUR_MS)).toBeNull();
    expect(rule.findingAt(atMs + 14 * HOUR_MS + 3 * HOUR_MS)).not.toBeNull();
  });

  it.each([
    { restDays: 3, fires: false },
    { restDays: 2, fires: true },
  ])("at an hour that had none on $restDays of fourteen days: fires $fires", ({ restDays, fires }) => {
    const rule = drive();
    for (let day = 0; day < 14; day += 1) {
      rule.hour(day * DAY_MS, { good: 12, bad: 0 });
      for (let hour = 1; hour < 8; hour += 1)
        if (day >= restDays + 1 || day === 0) rule.hour(day * DAY_MS + hour * HOUR_MS, { good: 12, bad: 0 });
    }
    rule.hour(14 * DAY_MS, { good: 12, bad: 0 });
    expect(rule.findingAt(14 * DAY_MS + 4 * HOUR_MS) !== null).toBe(fires);
  });

  it("are none of the service's while the host is silent, nor right after", () => {
    const rule = drive();
    const atMs = rule.fortnight({ good: 12, bad: 0 });
    rule.hostUpSince(null);
    expect(rule.findingAt(atMs + 5 * HOUR_MS)).toBeNull();
    rule.hostUpSince(atMs + 5 * HOUR_MS);
    expect(rule.findingAt(atMs + 6 * HOUR_MS - 1)).toBeNull();
    expect(rule.findingAt(atMs + 6 * HOUR_MS)).not.toBeNull();
  });

  it("do not become the usual: an outage teaches nothing", () => {
    const rule = drive();
    const atMs = rule.fortnight({ good: 12, bad: 0 });
    // twelve days on which only one hour in the middle of the day has sessions
    for (let day = 0; day < 12; day += 1) rule.hour(atMs + day * DAY_MS + 12 * HOUR_MS, { good: 12, bad: 0 });
    expect(rule.findingAt(atMs + 12 * DAY_MS)).not.toBeNull();
  });

  it("are nothing as long as nothing is expected", () => {
    const rule = drive();
    rule.hour(0, { good: 12, bad: 0 });
    expect(rule.findingAt(3 * DAY_MS)).toBeNull();
  });
});

it("keeps bounded memory: after months of sessions less than 12 KB", () => {
  const rule = drive();
  for (let day = 0; day < 60; day += 1)
    for (let hour = 0; hour < 24; hour += 1)
      rule.hour(day * DAY_MS + hour * HOUR_MS, { good: 11 + (day % 3), bad: hour % 2 });
  expect(JSON.stringify(rule.slice()).length).toBeLessThan(12_000);
});
