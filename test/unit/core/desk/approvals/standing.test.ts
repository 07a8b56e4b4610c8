// A person's yes in advance, and what runs without any: bounded in level, count, time and service, whatever the policy says.
import { describe, expect, it } from "vitest";
import { STANDING_MAX_MS, STANDING_USES_MAX } from "@countersign/shared/wire/standing";
import { standingUsesIn } from "../../../../../control-plane/src/core/desk/approvals/standing-uses.ts";
import { byPerson, byRule } from "../../../../../control-plane/src/core/words/actor.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, POLICY, proposalText, SERVICE, START_AT } from "../desk-fixtures.ts";
import { give, POLICY_PEOPLE, propose } from "./standing-desk.ts";

/** A restart may run without a person, where its level does. */
const UNATTENDED: Policy = {
  ...POLICY,
  remediations: [{ reason: "check-failing", action: "restart", unattended: true }],
};

const grantsOf = (desk: Desk) => desk.effects.filter(({ kind }) => kind === "deliver-grant");

describe("a standing approval", () => {
  it("decides in the giver's name, and says so", () => {
    const desk = new Desk();
    give(desk);
    propose(desk);
    expect(desk.approval()).toMatchObject({ state: "approved", decidedBy: byPerson("bob") });
    expect(desk.audited()).toContain("approved-by-standing");
    expect(desk.state.standing.values()).toMatchObject([{ usesCount: 1 }]);
    expect(grantsOf(desk)).toHaveLength(1);
  });

  it.each([
    { beforeMs: 1, state: "approved" },
    { beforeMs: 0, state: "requested" },
  ])("$beforeMs ms before its end: $state", ({ beforeMs, state }) => {
    const desk = new Desk();
    give(desk);
    desk.now = START_AT + 3_600_000 - beforeMs;
    propose(desk);
    expect(desk.approval().state).toBe(state);
  });

  it("is dropped at its end, and wakes the desk for it", () => {
    const desk = new Desk();
    expect(give(desk).alarmAt).toBe(START_AT + 3_600_000);
    desk.tickAfter(3_599_999);
    expect(desk.state.standing.ids()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.state.standing).toEqual({});
    expect(desk.audited()).toContain("standing-expired");
  });

  it.each([
    { name: "another action", changes: { action: "reload" } },
    { name: "another service", changes: { subject: { ...SERVICE, service: "other" } } },
    { name: "another host", changes: { subject: { ...SERVICE, hostId: `host_${"b".repeat(32)}` } } },
  ])("for $name covers nothing", ({ changes }) => {
    const desk = new Desk();
    give(desk, changes);
    propose(desk);
    expect(desk.approval().state).toBe("requested");
  });

  it("is given once: the same again is refused", () => {
    const desk = new Desk();
    give(desk, { standingId: "std_same" });
    expect(give(desk, { standingId: "std_same", usesMax: 9 }).answer).toMatchObject({
      error: { reason: "standing-used" },
    });
    expect(desk.state.standing.values()).toMatchObject([{ usesMax: 2 }]);
  });

  it("names itself in the approval that it decides", () => {
    const desk = new Desk();
    give(desk, { standingId: "std_one" });
    propose(desk);
    expect(desk.approval().standingId).toBe("std_one");
  });

  it.each([
    { name: "another action", forged: { action: "retry", level: 2 as const } },
    { name: "a level that was not announced", forged: { level: 3 as const } },
  ])("covers no proposal that differs from what was asked: $name", ({ forged }) => {
    const desk = new Desk();
    give(desk);
    give(desk, { action: "retry" });
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose({ proposal: proposalText(forged) });
    expect(desk.state.approvals).toEqual({});
    expect(grantsOf(desk)).toEqual([]);
    expect(desk.audited()).toContain("proposal-ignored");
  });

  it("never covers level 5", () => {
    const desk = new Desk();
    give(desk);
    propose(desk, { level: 5 });
    expect(desk.approval().state).toBe("requested");
  });

  it("ends with its giver's place in the policy, and nobody else's", () => {
    const desk = new Desk();
    give(desk);
    desk.take({ kind: "responder-left", responder: "alice" });
    expect(desk.state.standing.ids()).toHaveLength(1);
    desk.take({ kind: "responder-left", responder: "bob" });
    expect(desk.state.standing.ids()).toEqual([]);
    expect(desk.audited()).toContain("standing-giver-left");
    propose(desk);
    expect(desk.approval().state).toBe("requested");
  });

  it("ends when its giver may approve no more, and does not come back with the role", () => {
    const desk = new Desk();
    give(desk);
    const { policy } = desk;
    const responders = policy.responders.map((each) => ({ ...each, roles: ["answer" as const] }));
    desk.policy = { ...policy, responders };
    propose(desk);
    expect(desk.approval().state).toBe("requested");
    expect(desk.state.standing.ids()).toEqual([]);
    expect(desk.audited()).toContain("standing-role-left");
    desk.policy = policy;
    desk.tickAfter(1);
    expect(desk.state.standing.ids()).toEqual([]);
  });

  it("ends when the passkey that signed it leaves the fleet's trust, and a person is asked again", () => {
    const desk = new Desk();
    give(desk);
    desk.take({ kind: "passkeys-known", credentialIds: ["stand-in-bob", "another"] });
    expect(desk.state.standing.ids()).toHaveLength(1);
    desk.take({ kind: "passkeys-known", credentialIds: ["another"] });
    expect(desk.state.standing.ids()).toEqual([]);
    expect(desk.audited()).toContain("standing-passkey-left");
    propose(desk);
    expect(desk.approval().state).toBe("requested");
  });

  it("covers nothing once it is revoked, and is revoked by people only", () => {
    const desk = new Desk();
    give(desk);
    const standingId = desk.state.standing.ids()[0] ?? "";
    const refused = desk.act("mallory", { kind: "revoke-standing", standingId }).answer;
    expect(refused).toMatchObject({ ok: false, error: { reason: "people-only" } });
    expect(desk.act("alice", { kind: "revoke-standing", standingId }).answer.ok).toBe(true);
    expect(desk.act("alice", { kind: "revoke-standing", standingId }).answer).toMatchObject({
      error: { reason: "standing-unknown" },
    });
    propose(desk);
    expect(desk.approval().state).toBe("requested");
  });

  it("covers nothing while frozen, over the budget, or when its giver is no responder any more", () => {
    const frozen = new Desk();
    give(frozen);
    frozen.act("alice", { kind: "freeze", scope: SERVICE, why: "wait" });
    propose(frozen);
    expect(grantsOf(frozen)).toEqual([]);

    const spent = new Desk();
    give(spent);
    spent.fire({ proposalRequestId: "prq_1", restarts: { count: 3, max: 3, windowMs: 3_600_000 } });
    spent.propose();
    expect(spent.approval().state).toBe("requested");

    const left = new Desk();
    give(left);
    left.policy = { ...POLICY, responders: POLICY.responders.filter(({ id }) => id !== "bob") };
    propose(left);
    expect(left.approval().state).toBe("requested");
  });

  it.each([
    { changes: { by: "mallory" }, reason: "people-only" },
    { changes: { why: " " }, reason: "reason-missing" },
    { changes: { action: "" }, reason: "standing-too-wide" },
    { changes: { usesMax: 0 }, reason: "standing-bounds" },
    { changes: { usesMax: 1.5 }, reason: "standing-bounds" },
    { changes: { usesMax: STANDING_USES_MAX }, reason: null },
    { changes: { usesMax: STANDING_USES_MAX + 1 }, reason: "standing-bounds" },
    { changes: { untilAt: START_AT }, reason: "standing-bounds" },
    { changes: { untilAt: START_AT + STANDING_MAX_MS }, reason: null },
    { changes: { untilAt: START_AT + STANDING_MAX_MS + 1 }, reason: "standing-bounds" },
    { changes: { untilAt: Number.NaN }, reason: "standing-bounds" },
  ])("with $changes: $reason", ({ changes, reason }) => {
    const desk = new Desk();
    const { answer } = give(desk, changes);
    expect(answer.ok ? null : answer.error.reason).toBe(reason);
    expect(desk.audited()).toContain(reason === null ? "standing-given" : "standing-refused");
  });
});

describe("without a person", () => {
  it.each([
    { level: 3 as const, unattended: true, state: "approved" },
    { level: 3 as const, unattended: undefined, state: "requested" },
    { level: 4 as const, unattended: true, state: "requested" },
  ])("level $level, unattended $unattended: $state", ({ level, unattended, state }) => {
    const desk = new Desk(UNATTENDED);
    propose(desk, { level, ...(unattended === undefined ? {} : { unattended }) });
    expect(desk.approval().state).toBe(state);
  });

  it.each([
    { name: "names it", remediation: { unattended: true }, state: "approved" },
    { name: "wants a person", remediation: { unattended: false }, state: "requested" },
    { name: "says nothing of it", remediation: {}, state: "requested" },
    {
      name: "names it for another reason",
      remediation: { unattended: true, reason: "no-progress" },
      state: "requested",
    },
    { name: "names another action", remediation: { unattended: true, action: "retry" }, state: "requested" },
  ])("the desk looks by itself, and the policy $name: $state", ({ remediation, state }) => {
    const named = { reason: "check-failing", action: "restart", ...remediation };
    const desk = new Desk(Policy.parse({ version: 1, responders: POLICY_PEOPLE, remediations: [named] }));
    propose(desk, { level: 2, unattended: true });
    expect(desk.approval().state).toBe(state);
  });

  it.each([
    { tags: ["lab"], state: "approved" },
    { tags: [], state: "requested" },
  ])("on a host of tags $tags as an override says: $state", ({ tags, state }) => {
    const remediations = [{ reason: "check-failing", action: "restart", unattended: true }];
    const overrides = [{ match: { tags: ["lab"] }, remediations }];
    const desk = new Desk(Policy.parse({ version: 1, responders: POLICY_PEOPLE, overrides }));
    desk.fire({ proposalRequestId: "prq_1" });
    const asked = { action: "restart", level: 2 };
    desk.propose({ asked, proposal: proposalText({ level: 2 }), unattended: { action: "restart", tags } });
    expect(desk.approval().state).toBe(state);
  });

  it("what takes an action back is looked up by that action, never by its own name", () => {
    const desk = new Desk(UNATTENDED);
    desk.fire({ proposalRequestId: "prq_1" });
    const undo = { action: "primary", level: 3 } as const;
    desk.propose({ asked: undo, proposal: proposalText(undo), unattended: { action: "restart", tags: [] } });
    expect(desk.approval()).toMatchObject({ state: "approved", proposal: undo });
  });

  it("is decided by its rule, and that it failed is told by the ring with which its incident opens", () => {
    const desk = new Desk(UNATTENDED);
    propose(desk, { level: 2, unattended: true });
    expect(desk.approval().decidedBy).toEqual(byRule("check-failing"));
    expect(desk.audited()).toContain("approved-unattended");
    desk.end({ status: "failed" });
    desk.settle();
    expect(desk.state.pages.values()).toMatchObject([
      { key: "inc_1:ring:1:alice", tells: [{ reason: "check-failing", what: "result", isFirst: true }] },
    ]);
    desk.deliverPages();
    expect(desk.tickAfter(299_999).effects).toEqual([]);
  });
});

it("what was used is told with its approval and what came of it, the newest first", () => {
  const desk = new Desk();
  give(desk, { standingId: "std_one" });
  propose(desk);
  const { approvalId, incidentId } = desk.approval();
  const decided = desk.state.approvals.values();
  const earlier = {
    ...desk.approval(),
    approvalId: "apr_before",
    decidedAt: START_AT - 1,
    state: "verified" as const,
  };
  const asked = { ...desk.approval(), approvalId: "apr_asked" };
  const { standingId: _by, ...byPersonAlone } = asked;
  expect(standingUsesIn([earlier, byPersonAlone, ...decided])).toEqual([
    { standingId: "std_one", approvalId, incidentId, usedAt: START_AT, state: "approved", end: null },
    {
      standingId: "std_one",
      approvalId: "apr_before",
      incidentId,
      usedAt: START_AT - 1,
      state: "verified",
      end: null,
    },
  ]);
});
