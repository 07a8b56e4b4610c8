// Reconnect waits: bounds, growth, cap.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BACKOFF_FIRST_MS,
  BACKOFF_MAX_MS,
  backoffMs,
  RETRY_AFTER_MS_MAX,
  retryAfterMsOf,
  SLOW_FROM_ATTEMPT,
  SLOW_RETRY_MS,
  waitMsOf,
} from "../../../../edge-agent/src/core/connection/backoff.ts";

test.each([
  [0, 0.5, BACKOFF_FIRST_MS / 2],
  [1, 0.5, BACKOFF_FIRST_MS],
  [5, 0.5, 4_000],
  [6, 0.5, BACKOFF_MAX_MS / 2],
  [1_000_000, 0.5, BACKOFF_MAX_MS / 2],
  [3, 0, 0],
])("attempt %i with random %d waits %d ms", (attempt, random, expected) => {
  expect(backoffMs("retry", attempt, random)).toBe(expected);
});

test("what looks permanent is tried quickly first, and slowly from then on", () => {
  expect(backoffMs("retry-slowly", SLOW_FROM_ATTEMPT - 1, 0.999)).toBeLessThanOrEqual(BACKOFF_MAX_MS);
  expect(backoffMs("retry-slowly", SLOW_FROM_ATTEMPT, 0)).toBe(SLOW_RETRY_MS / 2);
});

test("never waits longer than its cap", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempt, random) => {
      const fast = backoffMs("retry", attempt, random);
      const slow = backoffMs("retry-slowly", attempt + SLOW_FROM_ATTEMPT, random);
      return fast >= 0 && fast <= BACKOFF_MAX_MS && slow >= SLOW_RETRY_MS / 2 && slow <= SLOW_RETRY_MS;
    }),
  );
});

test.each([
  ["7", 7_000],
  ["0", 0],
  ["60", RETRY_AFTER_MS_MAX],
  ["61", RETRY_AFTER_MS_MAX],
  ["999999999", RETRY_AFTER_MS_MAX],
  ["9999999999", null],
  ["-1", null],
  ["soon", null],
  ["", null],
  [undefined, null],
  ["Mon, 30 Nov 2026 12:00:09 GMT", null],
])("Retry-After %j is heard as %s", (header, expected) => {
  expect(retryAfterMsOf(header)).toBe(expected);
});

test("what was asked for is kept, and the jitter comes on top", () => {
  expect(waitMsOf(null, 12)).toBe(12);
  expect(waitMsOf(7_000, 0)).toBe(7_000);
  expect(waitMsOf(7_000, 12)).toBe(7_012);
});
