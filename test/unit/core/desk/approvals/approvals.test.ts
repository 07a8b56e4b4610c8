// Approvals until somebody decides: attaching, expiry, superseding, and every refusal of a person's act; both sides of each bound.
import { describe, expect, test } from "vitest";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Desk, hashOf, POLICY, PROPOSAL_HASH, proposalText, START_AT, SERVICE } from "../desk-fixtures.ts";

const EXPIRES_AFTER_MS = 30 * 60_000;
const RESOLVE_AFTER_MS = POLICY.incident.resolveAfterMs;

/** An incident with an undecided approval `apr_1`. */
function deskWithApproval(): Desk {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  return desk;
}

describe("a person's no", () => {
  test("holds: the host's next proposal of the same action is no question any more", () => {
    const desk = deskWithApproval();
    desk.settle();
    desk.deliverPages();
    desk.act("alice", { kind: "deny", approvalId: "apr_1" });
    desk.now += EXPIRES_AFTER_MS;
    desk.propose({ requestId: "prq_2" });
    desk.settle();
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["denied"]);
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push"]);
    expect(desk.audited()).toContain("proposal-ignored");
  });

  test("carries its reason, if one was given, into the approval, the timeline and the audit", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_1", why: " it pages the bank " });
    expect(desk.approval().decidedWhy).toBe("it pages the bank");
    expect(desk.incident().timeline.at(-1)?.text).toContain("it pages the bank");
    const [row] = desk.effects.flatMap((effect) => (effect.kind === "audit" ? effect.entry : [])).slice(-1);
    expect([row?.act, row?.why.includes("it pages the bank")]).toEqual(["approval-denied", true]);
  });

  test("may come without a reason", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_1", why: "  " });
    expect([desk.approval().state, desk.approval().decidedWhy]).toEqual(["denied", undefined]);
  });

  test("is not about another action", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_1" });
    desk.propose({
      requestId: "prq_2",
      asked: { action: "retry", level: 4 },
      proposal: proposalText({ action: "retry", nonce: "m".repeat(22) }),
    });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["denied", "requested"]);
  });

  test.each([
    ["goes on when the condition fires again before its episode was over", RESOLVE_AFTER_MS - 1, ["denied"]],
    ["is over with the episode", RESOLVE_AFTER_MS, ["denied", "requested"]],
  ])("%s", (_what, wellForMs, states) => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_1" });
    desk.now += 60_000;
    desk.clear();
    desk.tickAfter(wellForMs);
    desk.fire({ proposalRequestId: "prq_2" });
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(states);
  });
});

describe("attaching", () => {
  test.each([
    ["comes in time, and carries its link", LIKE_WAIT_MS - 1, "/approvals/apr_1"],
    ["comes too late", LIKE_WAIT_MS, "/incidents/inc_1"],
  ])("the first page waits three seconds for a proposal, which %s", (_what, afterMs, path) => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    expect(desk.last?.alarmAt).toBe(START_AT + LIKE_WAIT_MS);
    desk.tickAfter(afterMs);
    desk.propose();
    desk.tickAfter(LIKE_WAIT_MS - afterMs);
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push"]);
    expect(desk.state.pages.get("inc_1:ring:1:alice")).toMatchObject({ path });
  });

  test("a late proposal gets no page of its own: the next ring carries its link", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.settle();
    desk.deliverPages();
    desk.propose();
    desk.tickAfter(299_999);
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.attempts().at(-1)).toBe("inc_1:ring:2:bob push");
    expect(desk.state.pages.get("inc_1:ring:2:bob")).toMatchObject({ path: "/approvals/apr_1" });
  });

  test("a question that is renewed is no news: the link of the next ring leads to the current one", () => {
    const desk = deskWithApproval();
    desk.settle();
    desk.deliverPages();
    for (let count = 2; count < 6; count += 1) {
      desk.now += 30_000;
      desk.propose({ requestId: `prq_${count}` });
      desk.settle();
    }
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(300_000);
    expect(desk.state.pages.get("inc_1:ring:2:bob")).toMatchObject({ path: "/approvals/apr_5" });
    expect(desk.finding()).toMatchObject({ approvalId: "apr_5", askedAt: START_AT });
  });

  test("a refused proposal is audited, and the first page still waits for its like", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.take({
      kind: "signal",
      signal: {
        ...desk.signalBase(),
        kind: "proposal-refused",
        subject: SERVICE,
        requestId: "prq_1",
        refusal: { reason: "host-refused", code: "budget-exhausted", detail: "" },
        reason: "check-failing",
        askedBy: { kind: "rule", reason: "check-failing" },
      },
    });
    expect(desk.audited()).toContain("proposal-refused");
    expect(desk.attempts()).toEqual([]);
    desk.settle();
    expect(desk.state.pages.get("inc_1:ring:1:alice")).toMatchObject({ path: "/incidents/inc_1" });
  });

  test("an acknowledged incident stays quiet about a late proposal, and shows it", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.propose();
    desk.settle();
    expect(desk.attempts()).toHaveLength(1);
    expect(desk.finding().approvalId).toBe("apr_1");
  });

  test.each([
    { case: "for another host", proposal: proposalText({ hostId: `host_${"b".repeat(32)}` }) },
    { case: "for another service", proposal: proposalText({ service: "other" }) },
    { case: "for another action", proposal: proposalText({ action: "failover" }) },
    { case: "for a lower level", proposal: proposalText({ level: 2 }) },
    { case: "for a higher level", proposal: proposalText({ level: 5 }) },
    { case: "unreadable", proposal: "bm9wZQ==" },
    { case: "not base64", proposal: "*" },
    { case: "for no incident", subject: { ...SERVICE, service: "other" } },
  ])("a proposal that is $case is ignored and audited", ({ proposal, subject }) => {
    const desk = deskWithApproval();
    desk.propose({ requestId: "prq_2", proposal, subject });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["requested"]);
    expect(desk.audited().at(-1)).toBe("proposal-ignored");
  });

  test("a proposal that comes twice is one approval", () => {
    const desk = deskWithApproval();
    desk.propose();
    expect(desk.state.approvals.ids()).toHaveLength(1);
  });

  test("a newer proposal supersedes the undecided one; one approval is open", () => {
    const desk = deskWithApproval();
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["superseded", "requested"]);
  });

  test.each([
    [EXPIRES_AFTER_MS - 10_001, "superseded"],
    [EXPIRES_AFTER_MS - 10_000, "expired"],
  ])("a newer proposal after %i ms leaves the undecided one %s", (afterMs, state) => {
    const desk = deskWithApproval();
    desk.now += afterMs;
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.get("apr_1")).toMatchObject({ state, decidedBy: null });
  });

  test("a newer proposal is ignored while an approved act is under way", () => {
    const desk = deskWithApproval();
    desk.approve();
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["approved"]);
  });

  test("the host's own lifetime of the proposal bounds the approval", () => {
    const desk = new Desk();
    desk.fire();
    desk.propose({ proposal: proposalText({ lifetimeMs: 60_000 }) });
    expect(desk.approval().expiresAt).toBe(START_AT + 60_000);
    desk.now += 59_999;
    desk.approve({ proposalHash: hashOf({ lifetimeMs: 60_000 }) });
    expect(desk.approval()).toMatchObject({ state: "approved", grantExpiresAt: START_AT + 60_000 });
  });
});

describe("delivered and seen", () => {
  test("follow the page and the person, and never go back", () => {
    const desk = deskWithApproval();
    expect(desk.approval().state).toBe("requested");
    desk.settle();
    desk.deliverPages();
    expect(desk.approval().state).toBe("delivered");
    desk.act("alice", { kind: "see-approval", approvalId: "apr_1" });
    desk.act("bob", { kind: "see-approval", approvalId: "apr_1" });
    expect(desk.approval().state).toBe("seen");
    expect(desk.audited().filter((act) => act === "approval-seen")).toHaveLength(1);
    desk.receipt("inc_1:ring:1:alice", "text", "delivered");
    expect(desk.approval().state).toBe("seen");
  });
});

describe("deciding", () => {
  test("approve issues one grant whose validity starts at approval", () => {
    const desk = deskWithApproval();
    desk.now += EXPIRES_AFTER_MS - 1;
    expect(desk.approve().answer.ok).toBe(true);
    expect(desk.approval()).toMatchObject({
      state: "approved",
      decidedBy: byPerson("alice"),
      decidedAt: desk.now,
      grantExpiresAt: desk.now + 120_000,
    });
    expect(desk.effects.filter(({ kind }) => kind === "deliver-grant")).toHaveLength(1);
  });

  test("at its expiry it is expired, not denied, even if no alarm has rung", () => {
    const desk = deskWithApproval();
    desk.now += EXPIRES_AFTER_MS;
    expect(desk.approve().answer).toEqual({ ok: false, error: { reason: "approval-expired" } });
    expect(desk.approval()).toMatchObject({ state: "expired", decidedBy: null, grantId: null });
    expect(desk.audited()).not.toContain("approval-denied");
  });

  test.each([
    ["approval-unknown", (desk: Desk) => desk.approve({ approvalId: "apr_9" })],
    ["proposal-changed", (desk: Desk) => desk.approve({ proposalHash: "0".repeat(64) })],
    ["approval-used", (desk: Desk) => (desk.approve(), desk.approve({ by: "bob" }))],
    [
      "approval-denied",
      (desk: Desk) => (desk.act("bob", { kind: "deny", approvalId: "apr_1" }), desk.approve()),
    ],
    ["approval-superseded", (desk: Desk) => (desk.clear(), desk.approve())],
  ])("%s: refused, audited in full, and no grant", (reason, act) => {
    const desk = deskWithApproval();
    const grantsBefore = reason === "approval-used" ? 1 : 0;
    expect(act(desk).answer).toEqual({ ok: false, error: { reason } });
    const refusals = desk.effects.filter(
      (effect) => effect.kind === "audit" && effect.entry.act === "approval-refused",
    );
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ entry: { why: expect.stringContaining(reason) } });
    expect(desk.effects.filter(({ kind }) => kind === "deliver-grant")).toHaveLength(grantsBefore);
  });

  test("a refused approve does not spoil the approval", () => {
    const desk = deskWithApproval();
    desk.approve({ proposalHash: "0".repeat(64) });
    expect(desk.approve({ proposalHash: PROPOSAL_HASH }).answer.ok).toBe(true);
  });

  test("deny after approve is refused", () => {
    const desk = deskWithApproval();
    desk.approve();
    expect(desk.act("bob", { kind: "deny", approvalId: "apr_1" }).answer).toMatchObject({
      error: { reason: "approval-used" },
    });
  });

  test("a no answers the incident for as long as an acknowledgement lasts; then it rings on", () => {
    const desk = deskWithApproval();
    desk.settle();
    desk.deliverPages();
    desk.act("alice", { kind: "deny", approvalId: "apr_1" });
    desk.tickAfter(POLICY.incident.acknowledgementMs - 1);
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.attempts().at(-1)).toBe("inc_1:ring:2:bob push");
    expect(desk.state.pages.get("inc_1:ring:2:bob")).toMatchObject({ path: "/incidents/inc_1" });
  });

  test("that somebody has seen the question stops nothing: the same steps go on, with its link", () => {
    const desk = deskWithApproval();
    desk.settle();
    desk.deliverPages();
    desk.act("alice", { kind: "see-approval", approvalId: "apr_1" });
    desk.tickAfter(300_000);
    expect(desk.state.pages.get("inc_1:ring:2:bob")).toMatchObject({ path: "/approvals/apr_1" });
  });

  test("a changed ground supersedes an undecided approval, and leaves an approved one to the host's own check", () => {
    for (const isApproved of [false, true]) {
      const desk = deskWithApproval();
      if (isApproved) desk.approve();
      const signal = {
        ...desk.signalBase(),
        kind: "superseded",
        subject: SERVICE,
        end: { reason: "started-anew" },
      } as const;
      desk.take({ kind: "signal", signal });
      expect(desk.approval().state).toBe(isApproved ? "approved" : "superseded");
    }
  });
});
