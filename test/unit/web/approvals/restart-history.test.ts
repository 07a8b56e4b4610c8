// What was done to a service so far: nobody's restart is told twice, and how long one held only where its end is known.
import { describe, expect, it } from "vitest";
import { EMPTY_BOOK } from "../../../../control-plane/src/core/facts/fact-book.ts";
import type { Restart } from "../../../../control-plane/src/core/facts/rules/restart-loop-suspected.ts";
import { doneBefore } from "../../../../control-plane/src/web/approvals/restart-history.ts";
import { anApproval, MINUTE_MS, NOW } from "./an-approval.ts";

function serviceWith(
  restarts: readonly Restart[],
  restartsAt: readonly number[] = restarts.map(({ at }) => at),
) {
  return { book: { ...EMPTY_BOOK, slices: { "restart-loop-suspected": restarts } }, restartsAt };
}

function restart(minutesAgo: number, by: Restart["by"] = "systemd"): Restart {
  return { at: NOW - minutesAgo * MINUTE_MS, by, supervisor: null };
}

describe("what was done so far", () => {
  it("is newest first, each with how long it held", () => {
    const service = serviceWith([restart(50), restart(28), restart(9)]);
    const done = doneBefore({ service, approvals: [], failedAt: NOW - MINUTE_MS });
    expect(done.map(({ heldMs }) => heldMs)).toEqual([8, 19, 22].map((minutes) => minutes * MINUTE_MS));
  });

  it("does not say how long one held that a person's restart followed: it may have been down for long", () => {
    const service = serviceWith([restart(50), restart(28, "person")]);
    const done = doneBefore({ service, approvals: [], failedAt: null });
    expect(done.map(({ heldMs }) => heldMs)).toEqual([null, null]);
  });

  it("knows a restart of nobody that is known by the count alone", () => {
    const service = serviceWith([restart(9)], [NOW - 9 * MINUTE_MS, NOW - 5 * MINUTE_MS]);
    const done = doneBefore({ service, approvals: [], failedAt: null });
    expect(done.map(({ what }) => what.kind === "restart" && what.by)).toEqual(["unknown", "systemd"]);
  });

  it("tells an approved run once, though its shard saw the start too", () => {
    const ran = anApproval({ state: "failed", decidedAt: NOW - 6 * MINUTE_MS, ranAt: NOW - 5 * MINUTE_MS });
    const service = serviceWith([restart(5, "unknown"), restart(20)]);
    const done = doneBefore({ service, approvals: [ran], failedAt: null });
    expect(done.map(({ what }) => what.kind)).toEqual(["approval", "restart"]);
  });

  it("a denied one is no start, and ends no run", () => {
    const denied = anApproval({ state: "denied", decidedAt: NOW - 10 * MINUTE_MS });
    const service = serviceWith([restart(20), restart(5)]);
    const done = doneBefore({ service, approvals: [denied], failedAt: null });
    expect(done.map(({ heldMs }) => heldMs)).toEqual([null, null, 15 * MINUTE_MS]);
  });

  it("a shard that does not answer costs only its own part", () => {
    const ran = anApproval({ state: "verified", decidedAt: NOW, ranAt: NOW });
    expect(doneBefore({ service: null, approvals: [ran], failedAt: null })).toHaveLength(1);
  });
});
