// What a person wants a host to be asked for: put to it where the ladder would not, and told back where it cannot be put.
import { describe, expect, it } from "vitest";
import type { PersonAsk } from "../../../../../control-plane/src/core/words/shard-word.ts";
import {
  BOOT_A,
  connectionWith,
  type DrivenShard,
  driveFailingService,
  driveUpHost,
  grantWith,
  outcomeWith,
  policyWith,
  WEB_1,
} from "../shard-driver.ts";

const MINUTE_MS = 60_000;
const BY = { kind: "person", responder: "alice", why: "the key is new", incidentId: "inc_1" } as const;
const ACTIONS = [
  { action: "retry", level: 2 },
  { action: "restart", level: 4 },
];

const WELL_UNIT = { activeState: "active", result: "success" } as const;

function ask(shard: DrivenShard, changes: Partial<PersonAsk> = {}) {
  const asked: PersonAsk = {
    requestId: "prq_person",
    hostId: WEB_1,
    service: "web",
    action: "restart",
    by: BY,
    untilAt: shard.now() + 5 * MINUTE_MS,
    ...changes,
  };
  return shard.send({ kind: "asked-for", hostId: WEB_1, ask: asked });
}

const refusals = (shard: DrivenShard) =>
  shard.signals("proposal-refused").map(({ refusal, requestId }) => [requestId, refusal.reason]);
const proposed = (shard: DrivenShard) =>
  shard.sent("propose").map(({ action, requestId }) => [action, requestId]);

/** A host that offers a retry and a restart, and whose service is well. */
function wellHost(changes: Record<string, unknown> = {}): DrivenShard {
  const shard = driveUpHost(policyWith({ remediations: [], ...changes }));
  shard.connect(WEB_1, {
    catalogue: [{ service: "web", title: "Web", unit: "web.service", actions: ACTIONS }],
  });
  shard.report({}, true);
  return shard;
}

describe("what a person asks for", () => {
  it("is put to the host, and what it mints is told with who asked and why, and as nothing unattended", () => {
    const shard = wellHost({
      remediations: [{ reason: "check-failing", action: "retry", unattended: true }],
    });
    ask(shard, { action: "retry" });
    expect(proposed(shard)).toEqual([["retry", "prq_person"]]);
    shard.mint();
    const [signal] = shard.signals("proposed");
    expect(signal).toMatchObject({
      requestId: "prq_person",
      asked: { action: "retry", level: 2 },
      askedBy: BY,
    });
    expect(signal?.unattended).toBeUndefined();
  });

  it("is for a service of which nothing was reported as well", () => {
    const shard = driveUpHost();
    ask(shard);
    expect(proposed(shard)).toEqual([["restart", "prq_person"]]);
  });

  it("holds although the service is well, and until its time is over", () => {
    const shard = wellHost();
    ask(shard);
    shard.mint({ unit: WELL_UNIT });
    shard.report();
    shard.advance(shard.policy.approval.expiresAfterMs - 1);
    expect([shard.service().proposal?.requestId, shard.signals("superseded")]).toEqual(["prq_person", []]);
    shard.advance(1);
    expect(shard.service().proposal).toBeNull();
  });

  it("ends when somebody else starts the unit anew", () => {
    const shard = wellHost();
    ask(shard);
    shard.mint({ unit: WELL_UNIT });
    shard.report({ invocationId: "inv-2" });
    expect(shard.signals("superseded")).toMatchObject([{ end: { reason: "started-anew" } }]);
  });

  it("takes the place of what the ladder asked, and is ended by nothing that begins to fail", () => {
    const shard = driveFailingService();
    shard.mint();
    ask(shard);
    expect(shard.signals("superseded")).toMatchObject([{ end: { reason: "asked-otherwise" } }]);
    expect(shard.service().proposal?.requestId).toBe("prq_person");
    const other = wellHost({ remediations: [{ reason: "check-failing", action: "restart" }] });
    ask(other, { action: "retry" });
    for (let count = 0; count < 3; count += 1) {
      other.advance(5_000);
      other.report({ status: "fail" });
    }
    expect(other.signals("firing")).toHaveLength(1);
    expect(proposed(other)).toEqual([["retry", "prq_person"]]);
  });

  it("is put although restarts by anyone have used the budget up: the host keeps its own", () => {
    const shard = wellHost({ restartBudget: { restartsMax: 1 } });
    shard.report({ invocationId: "inv-2" });
    ask(shard);
    expect(proposed(shard)).toHaveLength(1);
  });

  it("is put again to a host that was away before it answered", () => {
    const shard = wellHost();
    ask(shard);
    shard.connect(WEB_1, { connectionId: "con_2", bootId: BOOT_A, catalogue: connectionWith().catalogue });
    expect(proposed(shard)).toEqual([
      ["restart", "prq_person"],
      ["restart", "prq_person"],
    ]);
  });
});

describe("what cannot be put to the host is told back, with who asked", () => {
  const CASES: readonly (readonly [string, (shard: DrivenShard) => void, Partial<PersonAsk>])[] = [
    ["action-unknown", () => {}, { action: "purge" }],
    ["action-unknown", () => {}, { service: "other" }],
    ["action-unknown", () => {}, { service: "constructor" }],
    ["host-not-up", (shard) => (shard.fallSilent(), shard.advance(13_000)), {}],
    ["host-not-up", (shard) => (shard.fallSilent(), shard.advance(2 * MINUTE_MS)), {}],
    ["asked-too-late", () => {}, { untilAt: 0 }],
    [
      "under-way",
      (shard) =>
        void shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + MINUTE_MS }) }),
      {},
    ],
  ];

  it.each(CASES)("%s", (reason, before, changes) => {
    const shard = wellHost();
    before(shard);
    const sent = shard.sent("propose").length;
    ask(shard, changes);
    expect(refusals(shard)).toEqual([["prq_person", reason]]);
    expect(shard.signals("proposal-refused")[0]?.askedBy).toEqual(BY);
    expect(shard.sent("propose")).toHaveLength(sent);
  });

  it("while an act is being verified", () => {
    const shard = driveFailingService();
    shard.mint();
    shard.send({ kind: "grant-issued", grant: grantWith({ expiresAt: shard.now() + MINUTE_MS }) });
    shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
    ask(shard);
    expect(refusals(shard)).toEqual([["prq_person", "under-way"]]);
  });

  it("is asked at the last instant, and not at the next", () => {
    const last = wellHost();
    ask(last, { untilAt: last.now() + 1 });
    const late = wellHost();
    ask(late, { untilAt: late.now() });
    expect([proposed(last).length, proposed(late).length]).toEqual([1, 0]);
  });

  it("when the host does not answer, when it says no, and when a person asks for something else first", () => {
    const silent = wellHost();
    ask(silent);
    silent.advance(silent.policy.approval.expiresAfterMs);
    expect(refusals(silent)).toEqual([["prq_person", "no-answer"]]);
    const no = wellHost();
    ask(no);
    const refusal = { reason: "host-refused", code: "budget-exhausted", detail: "3 of 3" } as const;
    no.send({ kind: "proposal-refused", hostId: WEB_1, requestId: "prq_person", refusal });
    expect(refusals(no)).toEqual([["prq_person", "host-refused"]]);
    const twice = wellHost();
    ask(twice);
    ask(twice, { requestId: "prq_other", action: "retry" });
    expect(refusals(twice)).toEqual([["prq_person", "asked-otherwise"]]);
    expect(twice.service().proposal?.requestId).toBe("prq_other");
  });
});

it("a host that answers with another act than a person asked for is found out like any other", () => {
  const shard = wellHost();
  ask(shard, { action: "retry" });
  shard.mint({ action: "restart" });
  expect(shard.signals("proposed")).toEqual([]);
  expect(refusals(shard)).toEqual([["prq_person", "answered-otherwise"]]);
  expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["host-untrustworthy"]);
  ask(shard, { requestId: "prq_again" });
  expect(refusals(shard).at(-1)).toEqual(["prq_again", "frozen"]);
});
