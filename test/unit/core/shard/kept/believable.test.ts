// Stored instants that cannot be true: both sides of what each may be at most.
import { describe, expect, it } from "vitest";
import { LEAVE_RETURN_MAX_MS } from "@countersign/shared/values/limits";
import type { HostState, ShardState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { believable } from "../../../../../control-plane/src/core/shard/kept/believable.ts";
import { driveUpHost, policyWith, START_AT, WEB_1 } from "../shard-driver.ts";

const NOW = START_AT + 60_000;
const GRACE_MS = 20_000;
const Y2100 = 4_102_444_800_000;

function believed(hostChange: Partial<HostState>, change: Partial<ShardState> = {}) {
  const shard = driveUpHost();
  const host: HostState = { ...shard.host(), ...hostChange };
  const stored = { ...shard.state(), ...change, hosts: shard.state().hosts.with(WEB_1, host) };
  const state = believable(stored, NOW, policyWith());
  return { state, host: state.hosts.get(WEB_1) };
}

describe("what a row says", () => {
  it.each([
    ["now", NOW, NOW],
    ["a moment after now", NOW + 1, NOW],
    ["in 2100", Y2100, NOW],
  ])("was seen last %s", (_when, lastSeenAt, expected) => {
    expect(believed({ lastSeenAt }).host?.lastSeenAt).toBe(expected);
  });

  it.each([
    [null, null],
    [NOW + LEAVE_RETURN_MAX_MS, NOW + LEAVE_RETURN_MAX_MS],
    [NOW + LEAVE_RETURN_MAX_MS + 1, NOW + LEAVE_RETURN_MAX_MS],
    [Y2100, NOW + LEAVE_RETURN_MAX_MS],
  ])("is to return at %s", (returnDueAt, expected) => {
    expect(believed({ returnDueAt }).host?.returnDueAt).toBe(expected);
  });

  it("returns from a flood no later either", () => {
    const flooding = { sinceAt: 1, lastAt: 1, droppedCount: 1, returnDueAt: Y2100 };
    expect(believed({ flooding }).host?.flooding).toEqual({
      ...flooding,
      returnDueAt: NOW + LEAVE_RETURN_MAX_MS,
    });
  });

  it.each([
    [NOW + GRACE_MS, NOW + GRACE_MS],
    [NOW + GRACE_MS + 1, NOW + GRACE_MS],
    [Y2100, NOW + GRACE_MS],
  ])("has its grace until %s", (graceUntilAt, expected) => {
    expect(believed({}, { graceUntilAt }).state.graceUntilAt).toBe(expected);
  });
});
