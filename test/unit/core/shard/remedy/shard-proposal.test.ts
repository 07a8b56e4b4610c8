// Proposals between host and desk: asked for, minted, refused, superseded.
import { describe, expect, it } from "vitest";
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { UNIT_TURNS } from "../../../shared/host/unit-turns.ts";
import {
  BOOT_B,
  type DrivenShard,
  driveFailingService,
  driveUpHost,
  grantWith,
  outcomeWith,
  policyWith,
  reportWith,
  WEB_1,
} from "../shard-driver.ts";

const mint = (shard: DrivenShard, invocationId = "inv-1") => shard.mint({ unit: { invocationId } });

describe("a minted proposal", () => {
  it("goes to the desk, once", () => {
    const shard = driveFailingService();
    const requestId = mint(shard);
    mint(shard);
    expect(shard.signals("proposed")).toMatchObject([
      { requestId, proposal: "cHJvcG9zYWw=", subject: { service: "web" } },
    ]);
    expect(shard.service().proposal?.boundTo?.unit.invocationId).toBe("inv-1");
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

  it("when someone else starts the unit anew; the host is asked anew while it still fails, and nothing else is said", () => {
    const shard = driveFailingService();
    const first = mint(shard);
    shard.advance(5_000);
    shard.report({ status: "fail", invocationId: "inv-2" });
    expect(shard.signals("superseded")).toMatchObject([{ end: { reason: "started-anew" } }]);
    expect(shard.signals("firing").map(({ proposalRequestId }) => proposalRequestId)).toEqual([first]);
    expect(shard.service().proposal?.requestId).not.toBe(first);
    expect(shard.sent("propose").map(({ action }) => action)).toEqual(["restart", "restart"]);
  });

  it.each(UNIT_TURNS)("or not, when the unit is %s", (_, minted, now, turn) => {
    const shard = driveFailingService();
    shard.mint({ unit: boundUnitOf(minted) });
    reportUnit(shard, now);
    const ends = turn === null || turn === "unseen" ? [] : [{ end: { reason: turn } }];
    expect(shard.signals("superseded")).toMatchObject(ends);
    expect(shard.sent("propose")).toHaveLength(1 + ends.length);
  });

  it("when the host was booted anew, whatever its unit says", () => {
    const shard = driveFailingService();
    mint(shard);
    shard.connect(WEB_1, { connectionId: "con_2", bootId: BOOT_B });
    shard.advance(30_000);
    shard.report({ status: "fail" });
    expect(shard.signals("superseded")).toMatchObject([{ end: { reason: "rebooted" } }]);
    expect(shard.sent("propose")).toHaveLength(2);
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

describe("a question is renewed", () => {
  const many = policyWith({ restartBudget: { restartsMax: 100 } });
  const turns = (shard: DrivenShard, count: number, everyMs: number) => {
    for (let turn = 1; turn <= count; turn += 1) {
      if (shard.service().proposal !== null) mint(shard, `inv-${turn}`);
      shard.advance(everyMs);
      shard.report({ status: "fail", invocationId: `inv-${turn + 1}` });
    }
  };

  it("as often as its state is gone, and not by the number of proposals", () => {
    const shard = driveFailingService(many);
    turns(shard, 12, 120_000);
    expect(shard.sent("propose")).toHaveLength(13);
    expect(shard.service().proposal).not.toBeNull();
    const failing = shard.signals("firing").filter(({ reason }) => reason === "check-failing");
    expect(failing).toHaveLength(1);
  });

  it.each([
    { everyMs: 5_000, times: 4, asked: 3, title: "ten seconds apart" },
    { everyMs: 5_000, times: 48, asked: 10, title: "a minute apart when it turns all the time" },
  ])("$title", ({ everyMs, times, asked }) => {
    const shard = driveFailingService(many);
    turns(shard, times, everyMs);
    expect(shard.sent("propose")).toHaveLength(asked);
  });

  it("when the host refused the grant because its proposal was void, at once", () => {
    const shard = driveFailingService();
    mint(shard);
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 120_000 }) });
    const refused = { status: "refused", refusal: "precondition-changed" } as const;
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith(refused) });
    expect(shard.sent("propose")).toHaveLength(2);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it.each(["frozen", "budget-exhausted", "signature-missing"] as const)(
    "not when it refused the act: %s",
    (refusal) => {
      const shard = driveFailingService();
      mint(shard);
      shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + 120_000 }) });
      shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ status: "refused", refusal }) });
      shard.advance(600_000);
      expect(shard.sent("propose")).toHaveLength(1);
    },
  );
});

describe("a no of the host may pass, and nobody tells when", () => {
  const refuse = (shard: DrivenShard, code: "actuator-unreachable" | "budget-exhausted" | "frozen") => {
    const requestId = shard.service().proposal?.requestId ?? "";
    const refusal = { reason: "host-refused", code, detail: "" } as const;
    shard.send({ kind: "proposal-refused", hostId: WEB_1, requestId, refusal });
  };
  const codes = (shard: DrivenShard) =>
    shard.signals("proposal-refused").map(({ refusal }) => "code" in refusal && refusal.code);

  it("so it is asked again ten seconds later, and of the same no people hear once", () => {
    const shard = driveFailingService();
    refuse(shard, "actuator-unreachable");
    shard.advance(9_999);
    expect([shard.sent("propose").length, shard.service().proposal]).toEqual([1, null]);
    shard.advance(1);
    refuse(shard, "actuator-unreachable");
    expect([shard.sent("propose").length, codes(shard)]).toEqual([2, ["actuator-unreachable"]]);
    shard.advance(10_000);
    refuse(shard, "budget-exhausted");
    expect(codes(shard)).toEqual(["actuator-unreachable", "budget-exhausted"]);
    shard.advance(10_000);
    mint(shard);
    expect(shard.signals("proposed")).toHaveLength(1);
    // and a proposal begins the telling anew
    expect(shard.service().ladder?.refused).toBeUndefined();
    const firing = shard.signals("firing").filter(({ reason }) => reason === "check-failing");
    expect(firing).toHaveLength(1);
  });

  it("once a minute when it says so for hours, and that fills no budget of questions", () => {
    const shard = driveFailingService();
    for (let asked = 0; asked < 200; asked += 1) {
      if (shard.service().proposal !== null) refuse(shard, "frozen");
      shard.advance(30_000);
    }
    expect(shard.sent("propose").length).toBeGreaterThan(90);
    expect(shard.sent("propose").length).toBeLessThan(115);
    expect(codes(shard)).toEqual(["frozen"]);
    mint(shard);
    expect(shard.signals("proposed")).toHaveLength(1);
  });

  it("but not of a service that is well again", () => {
    const shard = driveFailingService();
    refuse(shard, "frozen");
    shard.report();
    shard.advance(3_600_000);
    expect(shard.sent("propose")).toHaveLength(1);
  });
});

/** The service fails on, with this unit. */
function reportUnit(shard: DrivenShard, unit: UnitState): void {
  shard.advance(5_000);
  const report = reportWith({ run: shard.now(), status: "fail" });
  shard.send({ kind: "reported", hostId: WEB_1, digest: false, services: [{ ...report, unit }] });
}

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
