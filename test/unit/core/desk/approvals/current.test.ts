// An answer to an older proposal of a question: it is one to the current proposal if that reads the same, and nothing otherwise.
import { describe, expect, it } from "vitest";
import { DESK_ALONE, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { readOtherwise, successorOf } from "../../../../../control-plane/src/core/desk/approvals/current.ts";
import {
  Desk,
  hashOf,
  PROPOSAL,
  PROPOSAL_HASH,
  proposalText,
  SERVICE,
  UNIT_STATE,
} from "../desk-fixtures.ts";

const AGAIN: Partial<Proposal> = { nonce: "m".repeat(22) };
const MINUTE_MS = 60_000;

/** A question whose proposal was renewed once; the person holds the link of the first. */
function renewed(newer: Partial<Proposal> = AGAIN) {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose({ proposal: proposalText({ requires: newer.requires ?? ONE_PERSON }) });
  const olderId = desk.approvalId();
  desk.tickAfter(MINUTE_MS);
  desk.propose({ requestId: "prq_2", proposal: proposalText({ ...AGAIN, ...newer }) });
  return { desk, olderId, currentId: desk.approvalId() };
}

const stateOf = (desk: Desk, approvalId: string) => desk.state.approvals.get(approvalId)?.state;
const granted = ({ effects }: Desk) =>
  effects.flatMap((effect) => (effect.kind === "deliver-grant" ? [effect.approval.proposalHash] : []));

/** Where the desk's key alone will do, a yes needs no passkey. */
const UNSIGNED: Partial<Proposal> = { ...AGAIN, requires: DESK_ALONE };

describe("a yes to an older proposal", () => {
  it("by a passkey is over that one's bytes, however the current one reads: the person signs anew", () => {
    const { currentId, desk, olderId } = renewed();
    expect(desk.approve({ approvalId: olderId }).answer).toEqual({
      ok: false,
      error: { reason: "proposal-changed" },
    });
    expect([stateOf(desk, currentId), granted(desk)]).toEqual(["requested", []]);
  });

  it("is one to the current one when that reads the same", () => {
    const { currentId, desk, olderId } = renewed(UNSIGNED);
    expect(stateOf(desk, olderId)).toBe("superseded");
    expect(desk.approve({ approvalId: olderId }).answer.ok).toBe(true);
    expect([stateOf(desk, olderId), stateOf(desk, currentId)]).toEqual(["superseded", "approved"]);
    expect(granted(desk)).toEqual([hashOf(UNSIGNED)]);
  });

  it("that has expired meanwhile does so too", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose({ proposal: proposalText({ requires: DESK_ALONE }) });
    const olderId = desk.approvalId();
    desk.now = desk.approval().expiresAt;
    desk.take({ kind: "tick" });
    expect(stateOf(desk, olderId)).toBe("expired");
    expect(desk.approve({ approvalId: olderId }).answer).toEqual({
      ok: false,
      error: { reason: "approval-expired" },
    });
    desk.propose({ requestId: "prq_2", proposal: proposalText(UNSIGNED) });
    expect(desk.approve({ approvalId: olderId }).answer.ok).toBe(true);
    expect(granted(desk)).toEqual([hashOf(UNSIGNED)]);
  });

  it.each<[string, Partial<Proposal>]>([
    ["whether its name is typed", { isProtected: true }],
    ["the command", { argv: [...PROPOSAL.argv.slice(0, -1), "demo2.service"] }],
    ["the unit's state", { unitState: { ...UNIT_STATE, activeState: "active" } }],
    ["the unit's result", { unitState: { ...UNIT_STATE, result: "oom-kill" } }],
    ["the start of the unit", { unitState: { ...UNIT_STATE, invocationId: "2".repeat(32) } }],
    ["the boot of the host", { bootId: "00000000-0000-4000-8000-000000000002" }],
  ])("signs nothing when %s reads otherwise", (_what, newer) => {
    const { currentId, desk, olderId } = renewed({ requires: DESK_ALONE, ...newer });
    expect(desk.approve({ approvalId: olderId }).answer).toEqual({
      ok: false,
      error: { reason: "proposal-changed" },
    });
    expect([stateOf(desk, currentId), granted(desk)]).toEqual(["requested", []]);
  });

  it("signs nothing with a hash that is neither of what was named", () => {
    const { currentId, desk, olderId } = renewed();
    for (const [approvalId, proposalHash] of [
      [olderId, "0".repeat(64)],
      [olderId, hashOf(AGAIN)],
      [currentId, PROPOSAL_HASH],
    ] as const)
      expect(desk.approve({ approvalId, proposalHash }).answer.ok).toBe(false);
    expect(granted(desk)).toEqual([]);
  });

  it("signs nothing once more when the current one was answered", () => {
    const { currentId, desk, olderId } = renewed();
    desk.approve({ approvalId: currentId, proposalHash: hashOf(AGAIN) });
    expect(desk.approve({ approvalId: olderId }).answer).toEqual({
      ok: false,
      error: { reason: "approval-superseded" },
    });
    expect(granted(desk)).toEqual([hashOf(AGAIN)]);
  });

  it("signs nothing under a freeze", () => {
    const { desk, olderId } = renewed();
    desk.act("bob", { kind: "freeze", scope: SERVICE, why: "looking" });
    expect(desk.approve({ approvalId: olderId }).answer.ok).toBe(false);
    expect(granted(desk)).toEqual([]);
  });
});

it("a no to an older proposal is a no to the question, however the current one reads", () => {
  const { currentId, desk, olderId } = renewed({ unitState: { ...UNIT_STATE, result: "oom-kill" } });
  expect(desk.act("alice", { kind: "deny", approvalId: olderId }).answer.ok).toBe(true);
  expect(stateOf(desk, currentId)).toBe("denied");
});

describe("the link of a proposal", () => {
  it("leads to the current one, whatever became of that", () => {
    const { currentId, desk, olderId } = renewed();
    const leadsTo = () => successorOf(desk.state, desk.state.approvals.get(olderId)!)?.approvalId ?? null;
    expect(leadsTo()).toBe(currentId);
    desk.approve({ approvalId: currentId, proposalHash: hashOf(AGAIN) });
    expect(leadsTo()).toBe(currentId);
  });

  it("of the current one, or of one that a person decided, leads nowhere else", () => {
    const { currentId, desk } = renewed();
    expect(successorOf(desk.state, desk.state.approvals.get(currentId)!)).toBeNull();
    desk.act("alice", { kind: "deny", approvalId: currentId });
    expect(successorOf(desk.state, desk.state.approvals.get(currentId)!)).toBeNull();
  });
});

it.each<[readonly string[], Partial<Proposal>]>([
  [[], { nonce: "x", mintedAt: 1, lifetimeMs: 2 }],
  [["action"], { action: "failover" }],
  [["action"], { level: 5 }],
  [["command"], { argv: ["systemctl restart", "demo"] }],
  [["place"], { service: "other" }],
  [["place"], { hostId: `host_${"b".repeat(32)}` }],
  [["state"], { unitState: { ...UNIT_STATE, subState: "auto-restart" } }],
  [["command"], { runAs: "deploy" }],
  [["asker"], { askedBy: { kind: "person", person: "alice" } }],
  [["asker"], { reason: "it leaks" }],
  [["signers"], { requires: { ...ONE_PERSON, people: 2 } }],
  [["signers"], { requires: { ...ONE_PERSON, mayAskerSign: false } }],
  [["signers"], { requires: { ...ONE_PERSON, credentials: "device-bound" } }],
])("what reads otherwise: %j", (parts, newer) => {
  expect(readOtherwise(PROPOSAL, { ...PROPOSAL, ...newer })).toEqual(parts);
});
