// Proposals between host and desk: asked for, minted, refused, superseded.
import { describe, expect, it } from "vitest";
import {
  type DrivenShard,
  driveFailingService,
  driveUpHost,
  grantWith,
  outcomeWith,
  WEB_1,
} from "../shard-driver.ts";

const mint = (shard: DrivenShard, invocationId = "inv-1") => shard.mint({ invocationId });

describe("a minted proposal", () => {
  it("goes to the desk, once", () => {
    const shard = driveFailingService();
    const requestId = mint(shard);
    mint(shard);
    expect(shard.signals("proposed")).toMatchObject([
      { requestId, proposal: "cHJvcG9zYWw=", subject: { service: "web" } },
    ]);
    expect(shard.service().proposal?.invocationId).toBe("inv-1");
  });

  it.each([{}, { service: "other" }, { action: "failover" }, { service: "constructor" }])(
    "that nobody asked for is dropped, whatever it says: %j",
    (forged) => {
      const shard = driveUpHost();
      shard.report();
      const before = shard.effects.length;
      shard.mint(forged);
      expect(shard.effects.slice(before)).toEqual([]);
    },
  );
});

it("a refusal of the actuator goes to the desk and ends the request", () => {
  const shard = driveFailingService();
  const requestId = shard.service().proposal?.requestId ?? "";
  const refusal = { reason: "host-refused", code: "frozen", detail: "" } as const;
  const refused = { kind: "proposal-refused", hostId: WEB_1, requestId, refusal } as const;
  shard.send(refused);
  shard.send(refused);
  expect(shard.signals("proposal-refused")).toMatchObject([{ requestId, refusal }]);
  expect(shard.service().proposal).toBeNull();
});

describe("a proposal is superseded", () => {
  it("when the service recovers by itself", () => {
    const shard = driveFailingService();
    mint(shard);
    shard.report();
    expect(shard.signals("superseded")).toMatchObject([{ end: { reason: "recovered" } }]);
  });

  it("when someone else starts the unit anew; a new one is asked for while it still fails", () => {
    const shard = driveFailingService();
    const first = mint(shard);
    shard.advance(5_000);
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.signals("superseded")).toMatchObject([{ end: { reason: "started-anew" } }]);
    expect(shard.signals("firing").map(({ proposalRequestId }) => proposalRequestId)).toEqual([
      first,
      shard.service().proposal?.requestId,
    ]);
    expect(shard.service().proposal?.requestId).not.toBe(first);
  });

  it("by a restart loop only as long as the budget lasts", () => {
    const shard = driveFailingService();
    for (let count = 2; count < 20; count += 1) {
      if (shard.service().proposal !== null) mint(shard, `inv-${count - 1}`);
      shard.advance(5_000);
      shard.report({ status: "fail", invocationId: `inv-${count}` });
    }
    expect(shard.sent("propose")).toHaveLength(3);
    const failing = shard.signals("firing").filter(({ reason }) => reason === "check-failing");
    expect(failing.at(-1)).toMatchObject({ proposalRequestId: null });
    expect(failing.at(-1)?.refusal?.reason).toBe("budget-used-up");
  });

  it("not while the service stays dead without an invocation, as a gone process or an unloaded unit does", () => {
    const shard = driveFailingService();
    shard.advance(5_000);
    shard.report({ status: "fail", invocationId: "" });
    mint(shard, "");
    for (let count = 0; count < 5; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail", invocationId: "" });
    }
    expect(shard.signals("superseded")).toEqual([]);
    expect(shard.sent("propose")).toHaveLength(1);
  });

  it("not by its own mint being ahead of the last report", () => {
    const shard = driveFailingService();
    mint(shard, "inv-2");
    shard.sweep();
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.signals("superseded")).toEqual([]);
  });

  it("not without one: a request that was never answered just ends", () => {
    const shard = driveFailingService();
    shard.report();
    expect(shard.signals("superseded")).toEqual([]);
    expect(shard.service().proposal).toBeNull();
  });

  it("not by the execution of our own grant, before or after its outcome", () => {
    const shard = driveFailingService();
    mint(shard);
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 120_000 }) });
    shard.report({ status: "fail", invocationId: "inv-2" });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    shard.report({ invocationId: "inv-2" });
    expect(shard.signals("superseded")).toEqual([]);
  });
});

describe("an unanswered proposal", () => {
  it.each([
    { afterMs: 1_800_000 - 1, requests: 1 },
    { afterMs: 1_800_000, requests: 2 },
  ])("is asked for anew when its approval expired: $requests requests after $afterMs ms", (row) => {
    const shard = driveFailingService();
    mint(shard);
    shard.advance(row.afterMs);
    expect(shard.sent("propose")).toHaveLength(row.requests);
    expect(shard.signals("superseded")).toEqual([]);
  });

  it("is asked for again at the next hello with the same request, if the host never answered", () => {
    const shard = driveFailingService();
    shard.connect(WEB_1, { connectionId: "con_2" });
    const [first, second] = shard.sent("propose");
    expect(second).toEqual(first);
    mint(shard);
    shard.connect(WEB_1, { connectionId: "con_3" });
    expect(shard.sent("propose")).toHaveLength(2);
  });
});
