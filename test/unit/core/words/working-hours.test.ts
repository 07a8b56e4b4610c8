// Working hours by a person's own clock: both sides of every bound, weekends, places, and nights in which the clock is
// changed.
import { expect, test } from "vitest";
import { workingTimeFrom } from "../../../../control-plane/src/core/words/working-hours.ts";

const said = (text: string): number => Date.parse(text);
const from = (text: string, timeZone?: string): string =>
  new Date(workingTimeFrom(said(text), timeZone)).toISOString();

test.each([
  ["the last instant of a night", "2026-11-24T08:59:59.999Z", "2026-11-24T09:00:00.000Z"],
  ["the first of the day", "2026-11-24T09:00:00.000Z", "2026-11-24T09:00:00.000Z"],
  ["any of it", "2026-11-24T13:37:21.042Z", "2026-11-24T13:37:21.042Z"],
  ["the last of the day", "2026-11-24T16:59:59.999Z", "2026-11-24T16:59:59.999Z"],
  ["the first of the evening", "2026-11-24T17:00:00.000Z", "2026-11-25T09:00:00.000Z"],
  ["midnight", "2026-11-24T00:00:00.000Z", "2026-11-24T09:00:00.000Z"],
  ["Friday's evening", "2026-11-27T17:00:00.000Z", "2026-11-30T09:00:00.000Z"],
  ["Saturday, by day", "2026-11-28T12:00:00.000Z", "2026-11-30T09:00:00.000Z"],
  ["Saturday, at night", "2026-11-28T01:00:00.000Z", "2026-11-30T09:00:00.000Z"],
  ["Sunday's evening", "2026-11-29T23:59:59.999Z", "2026-11-30T09:00:00.000Z"],
])("%s", (_what, at, expected) => {
  expect(from(at)).toBe(expected);
});

test.each([
  ["day in Berlin", "2026-11-24T08:00:00.000Z", "Europe/Berlin", "2026-11-24T08:00:00.000Z"],
  ["evening in Berlin", "2026-11-24T16:00:00.000Z", "Europe/Berlin", "2026-11-25T08:00:00.000Z"],
  ["summer in Berlin", "2026-07-14T06:59:59.000Z", "Europe/Berlin", "2026-07-14T07:00:00.000Z"],
  ["Monday already in Auckland", "2026-11-29T20:30:00.000Z", "Pacific/Auckland", "2026-11-29T20:30:00.000Z"],
  ["Friday still in Honolulu", "2026-11-28T02:59:00.000Z", "Pacific/Honolulu", "2026-11-28T02:59:00.000Z"],
  ["half an hour off in Kolkata", "2026-11-24T03:00:00.000Z", "Asia/Kolkata", "2026-11-24T03:30:00.000Z"],
  [
    "a place that the runtime does not know",
    "2026-11-24T08:00:00.000Z",
    "Moon/Base",
    "2026-11-24T09:00:00.000Z",
  ],
])("%s", (_what, at, timeZone, expected) => {
  expect(from(at, timeZone)).toBe(expected);
});

test.each([
  // Both on a Sunday: the evening before lies in the other time.
  ["an hour lost", "2026-03-27T16:30:00.000Z", "Europe/Berlin", "2026-03-30T07:00:00.000Z"],
  ["an hour won", "2026-10-23T15:30:00.000Z", "Europe/Berlin", "2026-10-26T08:00:00.000Z"],
  // Cairo changes on a Friday at midnight, so the very next morning is concerned.
  [
    "an hour lost before the next morning",
    "2026-04-23T15:30:00.000Z",
    "Africa/Cairo",
    "2026-04-24T06:00:00.000Z",
  ],
])("%s between the two", (_what, at, timeZone, expected) => {
  expect(from(at, timeZone)).toBe(expected);
});
