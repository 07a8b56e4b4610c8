// Until when a yes in advance holds: by the reader's own clock, over the changes of summer time, and never out of bounds.
import { describe, expect, it } from "vitest";
import { STANDING_MAX_MS } from "@countersign/shared/wire/standing";
import { boundsText, untilChoices, untilIn } from "../../../../control-plane/src/web/standing/until-when.ts";

const BERLIN = "Europe/Berlin";
const HOUR_MS = 3_600_000;

function wordsAt(instant: string, timeZone = BERLIN): readonly string[] {
  return untilChoices({ now: Date.parse(instant), timeZone }).map(({ words }) => words);
}

describe("the ends that are offered", () => {
  it.each([
    [
      "on Saturday night",
      "2026-11-28T02:12:02Z",
      [
        "this morning: 08:00",
        "in 8 hours: 11:12",
        "until Monday: Mon 30 Nov 08:00",
        "in a week: Sat 5 Dec 03:12",
      ],
    ],
    [
      "on Sunday afternoon, tomorrow is Monday",
      "2026-11-29T14:00:00Z",
      ["in 8 hours: 23:00", "tomorrow: Mon 30 Nov 08:00", "in a week: Sun 6 Dec 15:00"],
    ],
    [
      "on Monday, the next one",
      "2026-11-30T09:00:00Z",
      [
        "in 8 hours: 18:00",
        "tomorrow: Tue 1 Dec 08:00",
        "until Monday: Mon 7 Dec 08:00",
        "in a week: Mon 7 Dec 10:00",
      ],
    ],
    [
      "at midnight, when eight hours are the morning",
      "2026-11-28T23:00:00Z",
      ["this morning: 08:00", "until Monday: Mon 30 Nov 08:00", "in a week: Sun 6 Dec 00:00"],
    ],
  ])("%s", (_when, instant, words) => {
    expect(wordsAt(instant)).toEqual(words);
  });

  it.each([
    // The night to Sunday 29 March has 23 hours, the one to Sunday 25 October 25.
    ["2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z"],
    ["2026-10-24T20:00:00Z", "2026-10-25T07:00:00Z"],
  ])("tomorrow at 08:00, over a change of the clock: %s", (instant, morning) => {
    const tomorrow = untilChoices({ now: Date.parse(instant), timeZone: BERLIN }).find(({ words }) =>
      words.startsWith("tomorrow"),
    );
    expect(new Date(tomorrow?.at ?? 0).toISOString()).toBe(morning.replace("Z", ".000Z"));
  });

  it.each(["Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "UTC", "no/such"])(
    "in %s are to come, within a week and a day, in order",
    (timeZone) => {
      for (let hour = 0; hour < 24 * 8; hour += 1) {
        const now = Date.parse("2026-10-20T00:00:30Z") + hour * HOUR_MS;
        const ends = untilChoices({ now, timeZone }).map(({ at }) => at);
        expect(ends.length).toBeGreaterThan(1);
        expect(ends).toEqual([...new Set(ends)].toSorted((left, right) => left - right));
        expect(Math.min(...ends)).toBeGreaterThan(now);
        expect(Math.max(...ends) - now).toBeLessThanOrEqual(8 * 24 * HOUR_MS);
      }
    },
  );
});

describe("the end that a form says", () => {
  const now = Date.parse("2026-11-28T02:12:02Z");

  it.each([
    ["a chosen instant", { until: String(now + 1) }, now + 1],
    ["the last that may be", { until: String(now + STANDING_MAX_MS) }, now + STANDING_MAX_MS],
    ["one later", { until: String(now + STANDING_MAX_MS + 1) }, null],
    ["now", { until: String(now) }, null],
    ["words", { until: "tomorrow" }, null],
    ["nothing", {}, null],
    ["hours beside it", { until: String(now + 1), hours: "2" }, now + 2 * HOUR_MS],
    ["hours alone", { hours: "720" }, now + 720 * HOUR_MS],
    ["hours too many", { until: String(now + 1), hours: "721" }, null],
    ["no hours", { hours: "0" }, null],
    ["hours that are none", { until: String(now + 1), hours: "x" }, null],
    ["an empty field of hours", { until: String(now + 1), hours: "" }, now + 1],
  ])("%s", (_what, { until, hours }: { until?: string; hours?: string }, at) => {
    expect(untilIn({ until, hours }, now)).toBe(at);
  });

  it("is said in words with how many times", () => {
    const untilAt = Date.parse("2026-11-30T07:00:00Z");
    const reader = { now, timeZone: BERLIN };
    expect(boundsText({ usesMax: 3, untilAt }, reader)).toBe("3 times, until Mon 30 Nov 08:00");
    expect(boundsText({ usesMax: 1, untilAt: now + HOUR_MS }, reader)).toBe("once, until 04:12");
  });
});
