// The last days by the calendar of a place: none is lost and none stands twice, though one has 23 hours or 25.
import { expect, it } from "vitest";
import { lastDaysIn } from "../../../../control-plane/src/web/look/calendar-days.ts";
import { instantIn } from "../../../../control-plane/src/web/look/place-time.ts";

it.each([
  ["Europe/Berlin", "2026-03-29T22:30:00Z", "24 25 26 27 28 29 30", 23],
  ["Europe/Berlin", "2026-10-25T22:45:00Z", "19 20 21 22 23 24 25", 25],
  ["America/New_York", "2026-11-02T04:30:00Z", "26 27 28 29 30 31 1", 25],
  ["Asia/Kolkata", "2026-11-28T18:29:59Z", "22 23 24 25 26 27 28", 24],
  ["No/Where", "2026-11-28T00:00:00Z", "22 23 24 25 26 27 28", 24],
])("in %s at %s they are %s", (zone, now, wanted, hours) => {
  const days = lastDaysIn(zone, Date.parse(now), 7);
  const names = days.map(({ fromAt }) => instantIn(fromAt, zone).split(" ")[1]);
  expect(names.join(" ")).toBe(wanted);
  for (const [index, { fromAt }] of days.entries())
    if (index > 0) expect(fromAt).toBe(days[index - 1]?.untilAt);
  const lengths = days.map(({ fromAt, untilAt }) => (untilAt - fromAt) / 3_600_000);
  expect(lengths.find((length) => length !== 24) ?? 24).toBe(hours);
});
