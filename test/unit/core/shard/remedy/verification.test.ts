// The stability window after an action: verified only when health held for all of it, else ineffective.
import { describe, expect, it } from "vitest";
import { SETTLE_MS } from "../../../../../control-plane/src/core/shard/remedy/verification.ts";
import { type DrivenShard, driveFailingService, outcomeWith, policyWith, WEB_1 } from "../shard-driver.ts";

const STABILITY_MS = 600_000;

/** The restart succeeded; the service still fails in the last report before it. */
function driveRestarted(policy = policyWith()): DrivenShard {
  const shard = driveFailingService(policy);
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
  return shard;
}

describe("verified", () => {
  it("only when health held for the whole window, counted from when it was reached", () => {
    const shard = driveRestarted();
    shard.advance(20_000);
    shard.report({ invocationId: "inv-2" });
    shard.advance(STABILITY_MS - 1);
    expect(shard.signals("verification")).toEqual([]);
    shard.advance(1);
    expect(shard.signals("verification")).toMatchObject([
      { grantId: "grt_1", result: "verified", happenedAt: shard.now(), wellAt: shard.now() - STABILITY_MS },
    ]);
    expect(shard.service().verification).toBeNull();
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("counts from the outcome when health came before it", () => {
    const shard = driveFailingService(policyWith({ verify: { stability: "2s" } }));
    shard.report({ invocationId: "inv-2" });
    shard.advance(3_000);
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    shard.advance(2_000);
    expect(shard.signals("verification")).toMatchObject([{ result: "verified", noticedAt: shard.now() }]);
  });

  it("keeps to a short window to the millisecond", () => {
    const shard = driveRestarted(policyWith({ verify: { stability: "2s" } }));
    shard.report({ invocationId: "inv-2" });
    shard.advance(2_000);
    expect(shard.signals("verification")).toMatchObject([{ result: "verified", noticedAt: shard.now() }]);
  });
});

describe("ineffective", () => {
  it.each([
    { afterMs: SETTLE_MS - 1, results: [] },
    { afterMs: SETTLE_MS, results: ["ineffective"] },
  ])("when health is not reached: $results after $afterMs ms", ({ afterMs, results }) => {
    const shard = driveRestarted();
    shard.advance(afterMs);
    expect(shard.signals("verification").map(({ result }) => result)).toEqual(results);
  });

  it("not by failures while the service settles", () => {
    const shard = driveRestarted();
    shard.report({ status: "fail", invocationId: "inv-2" });
    shard.advance(5_000);
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.signals("verification")).toEqual([]);
    expect(shard.signals("superseded")).toEqual([]);
  });

  it("by the first failure after health was reached: seven minutes are no recovery", () => {
    const shard = driveRestarted();
    shard.report({ invocationId: "inv-2" });
    shard.advance(420_000);
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.signals("verification")).toMatchObject([
      { result: "ineffective", evidence: [{ text: "health held for 7m only" }] },
    ]);
    expect(shard.signals("firing").at(-1)).toMatchObject({
      reason: "remediation-ineffective",
      severity: "error",
      title: "The action on web of web-1 did not help",
      restarts: { count: 1, max: 3 },
      proposalRequestId: null,
    });
  });

  it("by a failure that could not be judged at once", () => {
    const shard = driveRestarted();
    shard.report({ invocationId: "inv-2" });
    shard.advance(1_000);
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.report({ status: "fail", invocationId: "inv-2" });
    shard.connect(WEB_1, { connectionId: "con_2" });
    shard.report({ invocationId: "inv-3" }, true);
    expect(shard.signals("verification")).toMatchObject([{ result: "ineffective" }]);
  });

  it("lets check-failing fire again, and offers nothing that did not help", () => {
    const shard = driveRestarted();
    shard.report({ invocationId: "inv-2" });
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail", invocationId: "inv-2" });
    }
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual([
      "check-failing",
      "remediation-ineffective",
      "check-failing",
    ]);
    expect(shard.signals("firing").at(-1)?.refusal).toEqual({ reason: "no-action", isTried: true });
    expect(shard.sent("propose")).toHaveLength(1);
  });
});

describe("while the host is silent", () => {
  it("nothing is judged; after its return the window is judged by the digest", () => {
    const shard = driveRestarted();
    shard.report({ invocationId: "inv-2" });
    shard.fallSilent();
    shard.advance(STABILITY_MS + 60_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.signals("verification")).toEqual([]);
    shard.report({ invocationId: "inv-2" }, true);
    expect(shard.signals("verification")).toMatchObject([{ result: "verified" }]);
  });

  it("a return without any report counts as failure", () => {
    const shard = driveRestarted();
    shard.report({ invocationId: "inv-2" });
    shard.advance(1_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    shard.advance(STABILITY_MS);
    expect(shard.signals("verification")).toMatchObject([
      { result: "ineffective", evidence: [{ text: "no report since the host reconnected" }] },
    ]);
  });
});

it.each(["failed", "timed-out", "refused", "lost"] as const)("an outcome %s starts none", (status) => {
  const shard = driveFailingService();
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ status }) });
  expect(shard.service().verification).toBeNull();
  expect(shard.signals("outcome")).toMatchObject([{ outcome: { status } }]);
});
