// The earned keepalive at both sides of its boundary.
import { describe, expect, test } from "vitest";
import { isKeepaliveEarned, KEEPALIVE_SLACK_MS } from "@countersign/shared/host/earned-keepalive";

const run = { everyMs: 5_000, timeoutMs: 3_000, completedAt: 1_000 };
const lastEarnedAt = 1_000 + 5_000 + 3_000 + KEEPALIVE_SLACK_MS;

describe("isKeepaliveEarned", () => {
  test("is earned up to the period plus the timeout, and not a millisecond longer", () => {
    expect(isKeepaliveEarned([run], lastEarnedAt)).toBe(true);
    expect(isKeepaliveEarned([run], lastEarnedAt + 1)).toBe(false);
  });

  test("one stuck check among many is enough to fall silent", () => {
    const fresh = { ...run, completedAt: lastEarnedAt };
    expect(isKeepaliveEarned([fresh, fresh, run], lastEarnedAt)).toBe(true);
    expect(isKeepaliveEarned([fresh, fresh, run], lastEarnedAt + 1)).toBe(false);
  });

  test("each check is held to its own period", () => {
    const slow = { everyMs: 60_000, timeoutMs: 3_000, completedAt: 0 };
    const quick = { everyMs: 1_000, timeoutMs: 500, completedAt: 50_000 };
    expect(isKeepaliveEarned([slow, quick], 51_000)).toBe(true);
    expect(isKeepaliveEarned([slow, quick], 52_001)).toBe(false);
  });

  test("a host without checks earns it", () => {
    expect(isKeepaliveEarned([], 1)).toBe(true);
  });
});
