// Instants as people say them: one unit, their own place, the same on both sides of each bound.
import { describe, expect, it } from "vitest";
import { isTimeZone } from "../../../../control-plane/src/policy/time-zone.ts";
import {
  clockIn,
  fullSpanOf,
  instantIn,
  placeOf,
  relativeOf,
  spanOf,
  wholeSpanOf,
} from "../../../../control-plane/src/web/look/place-time.ts";

const NOW = Date.UTC(2026, 10, 28, 2, 12, 2);
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe("a duration", () => {
  it.each([
    [-5, "0 s"],
    [0, "0 s"],
    [600, "0.6 s"],
    [949, "0.9 s"],
    [960, "1 s"],
    [31 * SECOND_MS, "31 s"],
    [89 * SECOND_MS, "89 s"],
    [90 * SECOND_MS, "2 min"],
    [512 * SECOND_MS, "9 min"],
    [89 * MINUTE_MS, "89 min"],
    [90 * MINUTE_MS, "2 h"],
    [35 * HOUR_MS, "35 h"],
    [36 * HOUR_MS, "2 days"],
    [6 * DAY_MS, "6 days"],
    [150 * DAY_MS, "5 months"],
    [800 * DAY_MS, "2 years"],
  ])("of %d ms is %s", (durationMs, said) => {
    expect(spanOf(durationMs)).toBe(said);
  });

  it.each([
    [47 * SECOND_MS, "47 s"],
    [59_999, "59 s"],
    [MINUTE_MS, "1 min"],
    [252 * SECOND_MS, "4 min 12 s"],
    [HOUR_MS - 1, "59 min 59 s"],
    [185 * MINUTE_MS, "3 h 5 min"],
    [DAY_MS, "1 day"],
    [52 * HOUR_MS, "2 days 4 h"],
  ])("of %d ms is %s where it is compared", (durationMs, said) => {
    expect(fullSpanOf(durationMs)).toBe(said);
  });
});

describe("a bound that somebody has set", () => {
  it.each([
    [SECOND_MS, "a second"],
    [2 * SECOND_MS, "2 seconds"],
    [MINUTE_MS, "a minute"],
    [90 * SECOND_MS, "90 seconds"],
    [10 * MINUTE_MS, "10 minutes"],
    [HOUR_MS, "an hour"],
    [36 * HOUR_MS, "36 hours"],
    [2 * DAY_MS, "2 days"],
    [1_500, "2 s"],
    [0, "0 s"],
  ])("of %d ms is %s", (durationMs, said) => {
    expect(wholeSpanOf(durationMs)).toBe(said);
  });
});

describe("an instant", () => {
  it.each([
    [NOW, "now"],
    [NOW + 999, "now"],
    [NOW - 31 * SECOND_MS, "31 s ago"],
    [NOW + 4 * MINUTE_MS, "in 4 min"],
  ])("%d is told from now", (at, said) => {
    expect(relativeOf(at, NOW)).toBe(said);
  });

  it.each([
    ["Europe/Berlin", "Sat 28 Nov 2026, 03:12:02 Berlin"],
    ["UTC", "Sat 28 Nov 2026, 02:12:02 UTC"],
    ["America/New_York", "Fri 27 Nov 2026, 21:12:02 New York"],
    ["No/Where", "Sat 28 Nov 2026, 02:12:02 Where"],
  ])("is told by the clock of %s", (timeZone, said) => {
    expect(instantIn(NOW, timeZone)).toBe(said);
  });

  it("has its date on another day of the reader's place, and its year in another year", () => {
    expect(clockIn(NOW - 3 * HOUR_MS, NOW, "Europe/Berlin")).toBe("00:12:02");
    expect(clockIn(NOW - 3 * HOUR_MS, NOW, "UTC")).toBe("Fri 27 Nov, 23:12:02");
    expect(clockIn(NOW - 365 * DAY_MS, NOW, "UTC")).toBe("Fri 28 Nov 2025, 02:12:02");
  });
});

describe("a time zone", () => {
  it.each([
    ["Europe/Berlin", true],
    ["UTC", true],
    ["Berlin", false],
    ["Europe/Berlin\n", false],
    ["", false],
  ])("%j is one: %s", (name, isOne) => {
    expect(isTimeZone(name)).toBe(isOne);
  });

  it("is called by its city", () => {
    expect(placeOf("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
  });
});
