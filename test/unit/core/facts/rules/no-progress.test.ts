// `no-progress`: a counter that stands still, is told no more, is reset, or runs under what is usual; each bound from both sides.
import { describe, expect, it } from "vitest";
import {
  COUNTERS_MAX,
  noProgress,
  REPEATED_WITHIN_MS,
} from "../../../../../control-plane/src/core/facts/rules/no-progress.ts";
import { wholeBucketsAt } from "../../../../../control-plane/src/core/facts/sliding-window.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;
const STEP_MS = 5 * MINUTE_MS;

function work(value: number, counter = "articles"): FactBody {
  return { kind: "work", counter, value };
}

/** As a host tells it that compares each series by itself. */
function grown(value: number, gain: number): FactBody {
  return { kind: "work", counter: "articles", value, gain };
}

function drive(bounds: Record<string, unknown> = {}) {
  const rule = driveRule(noProgress, bounds);
  let value = 0;
  return {
    ...rule,
    /** a fact every five minutes, up to but not at the end; the counter grows by so much an hour */
    run(fromMs: number, untilMs: number, anHour: number) {
      for (let atMs = fromMs; atMs < untilMs; atMs += STEP_MS) {
        value += anHour / 12;
        rule.take(atMs, work(value));
      }
    },
    reset: () => void (value = 0),
    /** fourteen days: busy hours from the start of each, then idle ones */
    fortnight(busyHours: number, anHour: number): number {
      for (let day = 0; day < 14; day += 1) {
        this.run(day * DAY_MS, day * DAY_MS + busyHours * HOUR_MS, anHour);
        this.run(day * DAY_MS + busyHours * HOUR_MS, (day + 1) * DAY_MS, 0);
      }
      return 14 * DAY_MS;
    },
  };
}

describe("a counter that stands still", () => {
  it.each([
    { atMs: HOUR_MS - 1, fires: false },
    { atMs: HOUR_MS, fires: true },
  ])("for $atMs ms while it is told: fires $fires", ({ atMs, fires }) => {
    const rule = drive();
    rule.take(0, work(10));
    rule.take(30 * MINUTE_MS, work(10));
    expect(rule.findingAt(atMs) !== null).toBe(fires);
    expect(rule.nextAt(HOUR_MS - 1)).toBe(HOUR_MS);
  });

  it("names the counter and its value, and is over as soon as it grows", () => {
    const rule = drive();
    rule.take(0, work(10));
    rule.take(50 * MINUTE_MS, work(10));
    expect(rule.findingAt(HOUR_MS)?.title).toBe("web on web-1 makes no progress: articles");
    expect(rule.textsAt(HOUR_MS)).toEqual(["articles has stood still at 10 for 1h"]);
    rule.take(HOUR_MS + 1, work(11));
    expect(rule.findingAt(HOUR_MS + 1)).toBeNull();
  });

  it("or is told no more is a failure too, once it was seen", () => {
    const rule = drive();
    rule.take(0, work(10));
    rule.take(MINUTE_MS, work(20));
    expect(rule.findingAt(HOUR_MS + MINUTE_MS - 1)).toBeNull();
    expect(rule.textsAt(HOUR_MS + MINUTE_MS)).toEqual(["nothing was told of articles for 1h; last 20"]);
  });

  it("is not the service's failure while the host is silent, nor right after", () => {
    const rule = drive();
    rule.take(0, work(10));
    rule.hostUpSince(null);
    expect(rule.findingAt(9 * HOUR_MS)).toBeNull();
    expect(rule.nextAt(9 * HOUR_MS)).toBe(10 * HOUR_MS);
    rule.hostUpSince(9 * HOUR_MS);
    expect(rule.findingAt(10 * HOUR_MS - 1)).toBeNull();
    expect(rule.findingAt(10 * HOUR_MS)).not.toBeNull();
  });

  it("goes by the policy's window", () => {
    const rule = drive({ window: "10m" });
    rule.take(0, work(10));
    expect(rule.findingAt(10 * MINUTE_MS - 1)).toBeNull();
    expect(rule.findingAt(10 * MINUTE_MS)).not.toBeNull();
  });
});

describe("a reset", () => {
  it.each([
    { value: 3, fires: false },
    { value: 0, fires: true },
  ])("to $value is never negative progress: fires $fires", ({ value, fires }) => {
    const rule = drive();
    rule.take(0, work(1_000));
    rule.take(30 * MINUTE_MS, work(value));
    rule.take(HOUR_MS, work(value));
    expect(rule.findingAt(HOUR_MS) !== null).toBe(fires);
  });

  it("does not slow a counter down against its usual", () => {
    const rule = drive();
    const atMs = rule.fortnight(24, 120);
    rule.run(atMs, atMs + HOUR_MS, 120);
    rule.reset();
    rule.run(atMs + HOUR_MS, atMs + 2 * HOUR_MS, 120);
    expect(rule.findingAt(atMs + 2 * HOUR_MS - 1)).toBeNull();
  });
});

describe("where the host tells how much each series grew", () => {
  it.each([
    { what: "a series that comes is no work", told: grown(1_500, 0), fires: true },
    { what: "a series that goes is no work", told: grown(40, 0), fires: true },
    { what: "one that grew is, whatever became of the sum", told: grown(1_000, 3), fires: false },
    { what: "without a word of it the sums are compared", told: work(1_500), fires: false },
  ])("$what", ({ told, fires }) => {
    const rule = drive();
    rule.take(0, work(1_000));
    rule.take(30 * MINUTE_MS, told);
    expect(rule.findingAt(HOUR_MS) !== null).toBe(fires);
  });

  it("the agent's start anew, which tells no growth, compares with what was told last", () => {
    const rule = drive();
    rule.take(0, grown(1_000, 5));
    rule.take(30 * MINUTE_MS, work(1_000));
    expect(rule.findingAt(HOUR_MS)).not.toBeNull();
    rule.take(HOUR_MS, work(1_001));
    expect(rule.findingAt(HOUR_MS)).toBeNull();
  });

  it.each([
    { laterMs: 0, counts: false },
    { laterMs: REPEATED_WITHIN_MS - 1, counts: false },
    { laterMs: REPEATED_WITHIN_MS, counts: true },
  ])("the same $laterMs ms later counts anew: $counts", ({ laterMs, counts }) => {
    const rule = drive();
    rule.take(0, work(1_000));
    rule.take(MINUTE_MS, grown(1_010, 10));
    rule.take(MINUTE_MS + laterMs, grown(1_010, 10));
    const [counter] = rule.slice();
    expect(counter?.recent.map(({ sums }) => sums[0]).reduce((sum = 0, more = 0) => sum + more, 0)).toBe(
      counts ? 20 : 10,
    );
  });

  it("sums of any size stay numbers", () => {
    const rule = drive();
    for (let count = 0; count < 4; count += 1)
      rule.take(count * MINUTE_MS, grown(Number.MAX_VALUE, Number.MAX_VALUE));
    expect(JSON.stringify(rule.slice()[0]?.recent)).not.toContain("null");
    expect(() => rule.findingAt(2 * HOUR_MS)).not.toThrow();
  });
});

describe("a counter against its usual", () => {
  it.each([
    { anHour: 90, fires: false },
    { anHour: 75, fires: true },
  ])("usually 120 an hour, now $anHour: fires $fires", ({ anHour, fires }) => {
    const rule = drive();
    const atMs = rule.fortnight(24, 120);
    rule.run(atMs, atMs + 2 * HOUR_MS, anHour);
    expect(rule.findingAt(atMs + 2 * HOUR_MS - 1) !== null).toBe(fires);
  });

  it("says how much it grew and how much is usual", () => {
    const rule = drive();
    const atMs = rule.fortnight(24, 120);
    rule.run(atMs, atMs + 2 * HOUR_MS, 12);
    expect(rule.textsAt(atMs + 2 * HOUR_MS - 1)).toEqual([
      "articles grew by 12 an hour; usual at this hour: 120",
    ]);
  });

  it.each([
    { lateMs: 0, fires: true },
    { lateMs: 1, fires: false },
  ])("is compared only when the host was up for the whole span ($lateMs ms late): $fires", (told) => {
    const rule = drive();
    const atMs = rule.fortnight(24, 120) + 8 * HOUR_MS;
    rule.run(atMs, atMs + 2 * HOUR_MS, 12);
    const { fromAt } = wholeBucketsAt(START_AT + atMs + 2 * HOUR_MS, (HOUR_MS * 12) / 11);
    rule.hostUpSince(fromAt - START_AT + told.lateMs);
    expect(rule.findingAt(atMs + 2 * HOUR_MS) !== null).toBe(told.fires);
  });

  it("learns nothing from hours that were seen in part", () => {
    const rule = drive();
    for (let day = 0; day < 14; day += 1)
      rule.run(day * DAY_MS + 30 * MINUTE_MS, day * DAY_MS + HOUR_MS, 120);
    expect(rule.slice()[0]?.gains.hours).toEqual({});
  });

  it("may stand still at hours that are usually idle, and not at busy ones", () => {
    const rule = drive();
    const atMs = rule.fortnight(10, 120);
    for (let hour = 2; hour <= 10; hour += 1) expect(rule.findingAt(atMs - hour * HOUR_MS)).toBeNull();
    rule.run(atMs, atMs + 3 * HOUR_MS, 0);
    expect(rule.findingAt(atMs + 3 * HOUR_MS - 1)).not.toBeNull();
  });

  it("does not take a long halt for the usual", () => {
    const rule = drive();
    const atMs = rule.fortnight(24, 120);
    rule.run(atMs, atMs + 14 * DAY_MS, 0);
    expect(rule.findingAt(atMs + 14 * DAY_MS)).not.toBeNull();
  });

  it("does not fire for a burst, nor after one", () => {
    const rule = drive();
    const atMs = rule.fortnight(24, 120);
    rule.run(atMs, atMs + HOUR_MS, 12_000);
    expect(rule.findingAt(atMs + HOUR_MS - 1)).toBeNull();
    rule.run(atMs + HOUR_MS, atMs + 4 * HOUR_MS, 120);
    expect(rule.findingAt(atMs + 4 * HOUR_MS - 1)).toBeNull();
  });
});

it(`remembers at most ${COUNTERS_MAX} counters, each in bounded memory`, () => {
  const rule = drive();
  rule.fortnight(24, 121.7);
  for (let index = 0; index < 50; index += 1) rule.take(14 * DAY_MS, work(1, `counter-${index}`));
  expect(rule.slice()).toHaveLength(COUNTERS_MAX);
  const one = driveRule(noProgress);
  for (let step = 0; step < 60 * 288; step += 1) one.take(step * STEP_MS, work(step * 1.37));
  expect(JSON.stringify(one.slice()).length).toBeLessThan(6_000);
});

it("ignores a fact that is older than the last one", () => {
  const rule = drive();
  rule.take(HOUR_MS, work(10));
  const before = rule.slice();
  rule.take(HOUR_MS - 1, work(500));
  expect(rule.slice()).toBe(before);
});
