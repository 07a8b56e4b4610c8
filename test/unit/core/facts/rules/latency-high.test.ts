// `latency-high`: the ceiling, the usual, bursts, samples that stay away, and what ends it; each bound from both sides.
import { describe, expect, it } from "vitest";
import { latencyHigh } from "../../../../../control-plane/src/core/facts/rules/latency-high.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;
const FORTNIGHT_MS = 14 * DAY_MS;

function took(latencyMs: number): FactBody {
  return { kind: "latency", latencyMs };
}

function drive(bounds: Record<string, unknown> = {}) {
  const rule = driveRule(latencyHigh, { window: "1h", ...bounds });
  return {
    ...rule,
    /** these requests, within 59 minutes from the offset */
    hour(fromMs: number, latencies: readonly number[]) {
      for (const [index, latencyMs] of latencies.entries())
        rule.take(fromMs + Math.floor((index * 59 * MINUTE_MS) / latencies.length), took(latencyMs));
    },
    /** a fortnight in which each hour of the day is as `usual` says */
    fortnight(usual: (hour: number) => readonly number[]) {
      for (let day = 0; day < 14; day += 1)
        for (let hour = 0; hour < 24; hour += 1) this.hour(day * DAY_MS + hour * HOUR_MS, usual(hour));
    },
  };
}

function times(count: number, latencyMs: number): readonly number[] {
  return Array.from({ length: count }, () => latencyMs);
}

describe("latency-high by its ceiling", () => {
  it.each([
    { name: "all over it, by more than a bin", latencies: times(10, 72_000), fires: true },
    { name: "all under it, by as much", latencies: times(10, 54_000), fires: false },
    { name: "too few to tell", latencies: times(9, 600_000), fires: false },
    { name: "a burst of four in ten", latencies: [...times(4, 600_000), ...times(6, 50)], fires: false },
  ])("$name: fires $fires", ({ latencies, fires }) => {
    const rule = drive();
    rule.hour(0, latencies);
    expect(rule.findingAt(59 * MINUTE_MS) !== null).toBe(fires);
  });

  it("is a warning that says the median, the ceiling, and that the usual is not known yet", () => {
    const rule = drive({ ceiling: "2s" });
    rule.hour(0, times(12, 4_000));
    expect(rule.findingAt(59 * MINUTE_MS)).toMatchObject({
      severity: "warning",
      title: "web on web-1 answers slowly",
      isRestartPointless: false,
    });
    expect(rule.textsAt(59 * MINUTE_MS)).toEqual([
      "half of 12 requests within 1h took longer than 3.8 s",
      "ceiling: 2s; what is usual at this hour is not known yet",
    ]);
  });

  it("is not over because requests cease, only by as many calm ones as it takes to tell", () => {
    const rule = drive();
    rule.hour(0, times(10, 120_000));
    expect(rule.findingAt(5 * DAY_MS)).not.toBeNull();
    expect(rule.textsAt(5 * DAY_MS)[0]).toBe("no sample within 1h: nothing says that it is over");
    for (let index = 0; index < 9; index += 1) rule.take(5 * DAY_MS + 2 * index * HOUR_MS, took(50));
    expect(rule.findingAt(6 * DAY_MS)).not.toBeNull();
    rule.take(6 * DAY_MS, took(50));
    expect(rule.findingAt(6 * DAY_MS)).toBeNull();
  });
});

describe("latency-high by what is usual", () => {
  it.each([
    { latencyMs: 700, fires: false, why: "not twice the usual" },
    { latencyMs: 1_000, fires: true, why: "more than twice" },
  ])("usually 400 ms, now $latencyMs ms ($why): fires $fires", ({ latencyMs, fires }) => {
    const rule = drive();
    rule.fortnight(() => times(12, 400));
    rule.hour(FORTNIGHT_MS, times(12, latencyMs));
    expect(rule.findingAt(FORTNIGHT_MS + HOUR_MS - 1) !== null).toBe(fires);
  });

  it.each([
    { latencyMs: 60, fires: false },
    { latencyMs: 200, fires: true },
  ])("usually 4 ms, now $latencyMs ms: fires $fires, for 100 ms more matter to nobody", (now) => {
    const rule = drive();
    rule.fortnight(() => times(12, 4));
    rule.hour(FORTNIGHT_MS, times(12, now.latencyMs));
    expect(rule.findingAt(FORTNIGHT_MS + HOUR_MS - 1) !== null).toBe(now.fires);
  });

  it("knows the day's rhythm: what is slow by night only is usual by night only", () => {
    const rule = drive();
    rule.fortnight((hour) => times(12, hour < 6 ? 4_000 : 400));
    rule.hour(FORTNIGHT_MS + 3 * HOUR_MS, times(12, 4_000));
    expect(rule.findingAt(FORTNIGHT_MS + 4 * HOUR_MS - 1)).toBeNull();
    rule.hour(FORTNIGHT_MS + 12 * HOUR_MS, times(12, 4_000));
    expect(rule.findingAt(FORTNIGHT_MS + 13 * HOUR_MS - 1)).not.toBeNull();
  });

  it("never takes what reached the ceiling for the usual, however long it lasts", () => {
    const rule = drive();
    rule.fortnight(() => times(12, 100_000));
    expect(rule.findingAt(FORTNIGHT_MS - 1)).not.toBeNull();
    expect(rule.textsAt(FORTNIGHT_MS - 1)[1]).toContain("not known yet");
  });

  it("judges by the ceiling alone while the usual is not known", () => {
    const rule = drive();
    for (let day = 0; day < 6; day += 1) rule.hour(day * DAY_MS, times(12, 100));
    rule.hour(6 * DAY_MS, times(12, 20_000));
    expect(rule.findingAt(6 * DAY_MS + HOUR_MS - 1)).toBeNull();
  });
});

describe("requests that are timed no more", () => {
  it.each([
    { count: 9, nextAt: null },
    { count: 10, nextAt: HOUR_MS },
  ])("of $count: looks again when they leave the window only if they can tell", ({ count, nextAt }) => {
    const rule = drive();
    rule.hour(0, times(count, 100));
    expect(rule.nextAt(59 * MINUTE_MS)).toBe(nextAt);
  });

  it("are a finding where some are expected, and never good news", () => {
    const rule = drive();
    rule.fortnight(() => times(12, 100));
    const lastMs = FORTNIGHT_MS - HOUR_MS + Math.floor((11 * 59 * MINUTE_MS) / 12);
    expect(rule.findingAt(lastMs + HOUR_MS - 1)).toBeNull();
    expect(rule.nextAt(lastMs)).toBeLessThanOrEqual(lastMs + HOUR_MS);
    expect(rule.findingAt(lastMs + HOUR_MS)?.title).toBe(
      "Nothing is told any more of how fast web on web-1 answers",
    );
  });

  it("are none of the service's while the host is silent, nor right after", () => {
    const rule = drive();
    rule.fortnight(() => times(12, 100));
    rule.hostUpSince(null);
    expect(rule.findingAt(FORTNIGHT_MS + 5 * HOUR_MS)).toBeNull();
    rule.hostUpSince(FORTNIGHT_MS + 5 * HOUR_MS);
    expect(rule.findingAt(FORTNIGHT_MS + 6 * HOUR_MS - 1)).toBeNull();
    expect(rule.findingAt(FORTNIGHT_MS + 6 * HOUR_MS)).not.toBeNull();
  });

  it("are nothing as long as nothing is expected", () => {
    const rule = drive();
    rule.hour(0, times(12, 100));
    expect(rule.findingAt(3 * DAY_MS)).toBeNull();
  });
});

it("keeps bounded memory: after weeks of samples of all sizes less than 12 KB", () => {
  const rule = drive();
  for (let day = 0; day < 20; day += 1)
    for (let hour = 0; hour < 24; hour += 1)
      rule.hour(
        day * DAY_MS + hour * HOUR_MS,
        Array.from({ length: 24 }, (_, index) => 1.7 ** (index + (day % 3))),
      );
  expect(JSON.stringify(rule.slice()).length).toBeLessThan(12_000);
});
