// Times as a post-mortem writes them: offsets, clock times over midnight and in a zone, instants.
import { describe, expect, it } from "vitest";
import {
  instantOf,
  offsetText,
  spanMs,
  zoneMsOf,
} from "../../../../control-plane/replay/file/written-times.ts";

const startAt = Date.parse("2026-04-03T23:25:00Z");

describe("written times", () => {
  it.each([
    ["28s", 28_000],
    ["1h30m", 5_400_000],
    ["2d4h", 187_200_000],
    ["250ms", 250],
    ["1m250ms", 60_250],
  ])("the span %s", (text, ms) => {
    expect(spanMs(text)).toBe(ms);
  });

  it.each([
    ["+4m", "2026-04-03T23:29:00Z"],
    ["23:50", "2026-04-03T23:50:00Z"],
    ["23:25", "2026-04-03T23:25:00Z"],
    ["23:24", "2026-04-04T23:24:00Z"],
    ["01:20", "2026-04-04T01:20:00Z"],
    ["01:20:30", "2026-04-04T01:20:30Z"],
    ["2026-04-06T01:50:00Z", "2026-04-06T01:50:00Z"],
  ])("%s after a start at 23:25", (text, instant) => {
    expect(instantOf(text, { startAt, notBeforeAt: startAt })).toBe(Date.parse(instant));
  });

  it("a clock time is in the zone of the start", () => {
    const start = "2026-03-20T02:00:00-05:00";
    const frame = { startAt: Date.parse(start), notBeforeAt: Date.parse(start), zoneMs: zoneMsOf(start) };
    expect(instantOf("10:18", frame)).toBe(Date.parse("2026-03-20T15:18:00Z"));
    expect(instantOf("01:00", frame)).toBe(Date.parse("2026-03-21T06:00:00Z"));
  });

  it("there is no 24:00", () => {
    expect(instantOf("24:00", { startAt, notBeforeAt: startAt })).toBeNaN();
  });

  it.each([
    [0, "+0s"],
    [90_000, "+1m30s"],
    [93_600_000, "+1d2h"],
  ])("writes %d as %s", (ms, text) => {
    expect(offsetText(ms)).toBe(text);
  });
});
