// The ladder for a finding: deny by default, one question at a time, the same ceilings and budget, and what proves that it helped.
import { describe, expect, it } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import { settleMsOf } from "../../../../../control-plane/src/core/shard/remedy/verification.ts";
import { REMEDIABLE_REASONS } from "../../../../../control-plane/src/policy/policy-override.ts";
import { type FactBody, MINUTE_MS } from "../../facts/fact-driver.ts";
import {
  type DrivenShard,
  driveUpHost,
  outcomeWith,
  policyWith,
  reportWith,
  START_AT,
  WEB_1,
} from "../shard-driver.ts";

const ACTIONS = [
  { action: "restart", level: 4 },
  { action: "retry", level: 2 },
];

function driveWeb(remediations: readonly object[], changes: object = {}) {
  const shard = driveUpHost(policyWith({ remediations, ...changes }));
  const catalogue = [{ service: "web", title: "Web", unit: "web.service", actions: ACTIONS }];
  shard.connect(WEB_1, { catalogue });
  shard.report({}, true);
  shard.advance(MINUTE_MS);
  return shard;
}

function tell(shard: DrivenShard, ...bodies: readonly FactBody[]) {
  const facts = bodies.map((body): Fact => ({ ...body, at: shard.now(), service: "web" }));
  shard.send({ kind: "facts", hostId: WEB_1, facts });
}

/** What runs is older than what stands on disk, for longer than allowed. */
function growStale(shard: DrivenShard) {
  tell(shard, {
    kind: "code",
    diskChangedAt: shard.now() - 31 * MINUTE_MS,
    runningSinceAt: START_AT - 86_400_000,
  });
}

function dieAtStart(shard: DrivenShard, failure: "auth" | "crash") {
  for (let count = 0; count < 3; count += 1)
    tell(shard, { kind: "session", startedAt: shard.now() - 2_000, class: failure, detail: "" });
}

function run(shard: DrivenShard, action: string) {
  const grantId = `grt_${shard.sent("propose").length}`;
  shard.mint();
  const expiresAt = shard.now() + MINUTE_MS;
  const grant = { grantId, hostId: WEB_1, service: "web", expiresAt, envelope: "{}" };
  shard.send({ kind: "grant-issued", grant });
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith({ grantId, action }) });
}

const asked = (shard: DrivenShard) => shard.sent("propose").map(({ action }) => action);
const refusals = (shard: DrivenShard) => shard.signals("proposal-refused").map(({ refusal }) => refusal);
const STALE = { reason: "stale-code", action: "restart" };

describe("a finding", () => {
  it.each([
    { name: "no action named", remediations: [], proposals: [] },
    {
      name: "named for another reason",
      remediations: [{ reason: "no-progress", action: "restart" }],
      proposals: [],
    },
    {
      name: "named, and not in the catalogue",
      remediations: [{ ...STALE, action: "reload" }],
      proposals: [],
    },
    { name: "named", remediations: [STALE], proposals: ["restart"] },
  ])("with $name: asks for $proposals", ({ remediations, proposals }) => {
    const shard = driveWeb(remediations);
    growStale(shard);
    shard.advance(5 * MINUTE_MS);
    expect(asked(shard)).toEqual(proposals);
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["stale-code"]);
  });

  it("says on its own signal that a proposal was asked for, and on the proposal what it is for", () => {
    const shard = driveWeb([STALE]);
    growStale(shard);
    const requestId = shard.service().proposal?.requestId;
    expect(shard.signals("firing")[0]).toMatchObject({ reason: "stale-code", proposalRequestId: requestId });
    shard.mint();
    expect(shard.signals("proposed")[0]).toMatchObject({ reason: "stale-code", settleMs: MINUTE_MS });
  });

  it("runs no more than its host, its service and its policy allow: a 401 is not answered by a restart", () => {
    const shard = driveWeb([
      { reason: "startup-death", action: "restart" },
      { reason: "startup-death", action: "retry" },
    ]);
    dieAtStart(shard, "auth");
    // the retry is of a level that a ceiling does not hold back
    expect(asked(shard)).toEqual(["retry"]);
    const restart = driveWeb([{ reason: "startup-death", action: "restart" }]);
    dieAtStart(restart, "auth");
    expect(asked(restart)).toEqual([]);
    expect(refusals(restart)).toEqual([
      { reason: "restart-pointless", finding: "startup-death", failureClass: "auth" },
    ]);
    const crash = driveWeb([{ reason: "startup-death", action: "restart" }]);
    dieAtStart(crash, "crash");
    expect(asked(crash)).toEqual(["restart"]);
  });

  it("is held to the restart budget, says so once, and asks when there is room", () => {
    const shard = driveWeb([STALE], { restartBudget: { restartsMax: 1 } });
    shard.report({ invocationId: "inv-2" });
    growStale(shard);
    shard.advance(30 * MINUTE_MS);
    expect(refusals(shard)).toMatchObject([{ reason: "budget-used-up", count: 1, max: 1 }]);
    shard.advance(31 * MINUTE_MS);
    expect(asked(shard)).toEqual(["restart"]);
  });

  it("in shadow proposes nothing", () => {
    const shard = driveWeb([STALE], { rules: { "stale-code": { shadow: true } } });
    growStale(shard);
    expect(asked(shard)).toEqual([]);
  });

  it("that is over takes its proposal back, and waits for nothing any more", () => {
    const shard = driveWeb([STALE]);
    growStale(shard);
    shard.mint();
    tell(shard, { kind: "restart", by: "person" });
    expect(shard.signals("superseded").map(({ end }) => end)).toEqual([{ reason: "recovered" }]);
    shard.advance(61 * MINUTE_MS);
    expect(shard.service().ladder).toBeUndefined();
  });
});

describe("one ladder at a time", () => {
  it("a check that begins to fail ends the question about a finding and is asked about first", () => {
    const shard = driveWeb([STALE, { reason: "check-failing", action: "retry" }]);
    growStale(shard);
    shard.mint();
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
    expect(asked(shard)).toEqual(["restart", "retry"]);
    expect(shard.signals("superseded")).toHaveLength(1);
    expect(shard.service().ladder?.askedFor).toBeUndefined();
    shard.report();
    expect(asked(shard)).toEqual(["restart", "retry", "restart"]);
  });

  it("of two findings the first by the order of reasons is asked about, and the other when it is over", () => {
    const shard = driveWeb([STALE, { reason: "startup-death", action: "retry" }]);
    growStale(shard);
    dieAtStart(shard, "crash");
    expect(asked(shard)).toEqual(["restart"]);
    tell(shard, { kind: "restart", by: "person" });
    shard.advance(MINUTE_MS);
    expect(asked(shard)).toEqual(["restart", "retry"]);
  });
});

describe("an action for a finding", () => {
  it("is verified when the finding was over in time and stayed so, not because checks pass", () => {
    const shard = driveWeb([STALE]);
    growStale(shard);
    run(shard, "restart");
    shard.advance(10_000);
    tell(shard, { kind: "restart", by: "countersign" });
    shard.advance(9 * MINUTE_MS);
    expect(shard.signals("verification")).toEqual([]);
    shard.advance(2 * MINUTE_MS);
    expect(shard.signals("verification").map(({ result, evidence }) => [result, evidence[0]?.text])).toEqual([
      ["verified", "all checks passed and stale-code was over for 10m after the action"],
    ]);
  });

  it("that does not end it is ineffective although all checks pass, and the next rung follows", () => {
    const retry = { reason: "stale-code", action: "retry" };
    const shard = driveWeb([STALE, retry]);
    growStale(shard);
    run(shard, "retry");
    shard.advance(59_000);
    expect(shard.signals("verification")).toEqual([]);
    shard.advance(3_000);
    expect(shard.signals("verification").map(({ result, evidence }) => [result, evidence[0]?.text])).toEqual([
      ["ineffective", "stale-code was not over within 1m"],
    ]);
    expect(asked(shard)).toEqual(["retry", "restart"]);
    // passing checks do not end what the action did not help against
    shard.advance(15 * MINUTE_MS);
    expect(shard.signals("cleared")).toEqual([]);
    tell(shard, { kind: "restart", by: "person" });
    shard.advance(11 * MINUTE_MS);
    expect(shard.signals("cleared").map(({ reason }) => reason)).toEqual([
      "stale-code",
      "remediation-ineffective",
    ]);
  });

  const hang = (shard: DrivenShard, is: boolean) => {
    const report = reportWith({ run: 0 });
    const results = report.results.map((result) => {
      return { ...result, finishedAt: shard.now(), ...(is ? { overdueSinceAt: shard.now() } : {}) };
    });
    shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [{ ...report, results }] });
  };
  const verified = (shard: DrivenShard) =>
    shard.signals("verification").map(({ result, evidence }) => [result, evidence[0]?.text]);

  it.each([
    { hangs: "before it already", afterMs: null, text: "health was not reached within 1m" },
    { hangs: "after a while", afterMs: 3 * MINUTE_MS, text: "health held for 3m only" },
  ])("is never verified where a check hangs $hangs", ({ afterMs, text }) => {
    const shard = driveWeb([STALE]);
    growStale(shard);
    hang(shard, afterMs === null);
    run(shard, "restart");
    tell(shard, { kind: "restart", by: "countersign" });
    shard.advance(afterMs ?? 0);
    hang(shard, true);
    shard.advance(20 * MINUTE_MS);
    expect(verified(shard)).toEqual([["ineffective", text]]);
  });

  it("is verified as of when the check passes again, within the time that it has", () => {
    const shard = driveWeb([STALE]);
    growStale(shard);
    hang(shard, true);
    run(shard, "restart");
    tell(shard, { kind: "restart", by: "countersign" });
    shard.advance(59_000);
    hang(shard, false);
    shard.advance(10 * MINUTE_MS - 1);
    expect(verified(shard)).toEqual([]);
    shard.advance(1);
    expect(verified(shard)).toMatchObject([["verified", expect.any(String)]]);
  });

  it("of a service without checks is verified by the finding alone", () => {
    const shard = driveWeb([STALE]);
    shard.send({
      kind: "reported",
      hostId: WEB_1,
      digest: true,
      services: [{ ...reportWith({ run: 0 }), results: [] }],
    });
    growStale(shard);
    run(shard, "restart");
    tell(shard, { kind: "restart", by: "countersign" });
    shard.advance(11 * MINUTE_MS);
    expect(verified(shard)).toMatchObject([["verified", expect.any(String)]]);
  });

  it("that helped for a while only is ineffective", () => {
    const shard = driveWeb([STALE]);
    growStale(shard);
    run(shard, "restart");
    tell(shard, { kind: "restart", by: "countersign" });
    shard.advance(7 * MINUTE_MS);
    growStale(shard);
    expect(shard.signals("verification").map(({ result }) => result)).toEqual(["ineffective"]);
  });

  it.each(REMEDIABLE_REASONS)("for %s is given a bounded time, and never less than a minute", (reason) => {
    const settleMs = settleMsOf(reason, policyWith());
    expect(settleMs).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(settleMs).toBeLessThanOrEqual(61 * MINUTE_MS);
  });
});

it("a host's no to the question about a finding is none to that about a check that begins to fail: it is told too", () => {
  const shard = driveWeb([STALE, { reason: "check-failing", action: "restart" }]);
  growStale(shard);
  const refuse = () => {
    const requestId = shard.service().proposal?.requestId ?? "";
    const refusal = { reason: "host-refused", code: "frozen", detail: "" } as const;
    shard.send({ kind: "proposal-refused", hostId: WEB_1, requestId, refusal });
  };
  refuse();
  for (let count = 0; count < 30 && shard.service().ladder?.askedFor !== undefined; count += 1) {
    shard.advance(2_000);
    shard.report({ status: "fail" });
  }
  refuse();
  expect(shard.signals("proposal-refused").map(({ reason }) => reason)).toEqual([
    "stale-code",
    "check-failing",
  ]);
});
