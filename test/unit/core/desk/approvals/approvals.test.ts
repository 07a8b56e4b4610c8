// Approvals until somebody decides: attaching, expiry, superseding, and every refusal of a person's act; both sides of each bound.
import { describe, expect, test } from "vitest";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Desk, hashOf, PROPOSAL_HASH, proposalText, START_AT, SERVICE } from "../desk-fixtures.ts";

const EXPIRES_AFTER_MS = 30 * 60_000;

/** An incident with an undecided approval `apr_2`. */
function deskWithApproval(): Desk {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  return desk;
}

describe("a person's no", () => {
  test("holds: the host's next proposal of the same action is no question any more", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_2" });
    const pages = desk.attempts().length;
    desk.now += EXPIRES_AFTER_MS;
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["denied"]);
    expect(desk.attempts().filter((page) => page.includes(":approval:"))).toEqual([]);
    expect(pages).toBe(1);
    expect(desk.audited()).toContain("proposal-ignored");
  });

  test("carries its reason, if one was given, into the approval, the timeline and the audit", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_2", why: " it pages the bank " });
    expect(desk.approval().decidedWhy).toBe("it pages the bank");
    expect(desk.incident().timeline.at(-1)?.text).toContain("it pages the bank");
    const [row] = desk.effects.flatMap((effect) => (effect.kind === "audit" ? effect.entry : [])).slice(-1);
    expect([row?.act, row?.why.includes("it pages the bank")]).toEqual(["approval-denied", true]);
  });

  test("may come without a reason", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_2", why: "  " });
    expect([desk.approval().state, desk.approval().decidedWhy]).toEqual(["denied", undefined]);
  });

  test("is not about another action", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_2" });
    desk.propose({
      requestId: "prq_2",
      asked: { action: "retry", level: 4 },
      proposal: proposalText({ action: "retry", nonce: "m".repeat(22) }),
    });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["denied", "requested"]);
  });

  test("is over when the condition cleared and fires again", () => {
    const desk = deskWithApproval();
    desk.act("alice", { kind: "deny", approvalId: "apr_2" });
    desk.now += 60_000;
    desk.clear();
    desk.now += 60_000;
    desk.fire({ proposalRequestId: "prq_2" });
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["denied", "requested"]);
  });
});

describe("attaching", () => {
  test("the first page waits for the proposal and carries its link", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    expect(desk.attempts()).toEqual([]);
    expect(desk.last?.alarmAt).toBe(START_AT + 3_000);
    desk.now += 2_999;
    desk.propose();
    expect(desk.attempts()).toEqual(["inc_1:firing:0:0:alice push"]);
    expect(desk.state.pages.get("inc_1:firing:0:0:alice")).toMatchObject({ path: "/approvals/apr_2" });
  });

  test("a late proposal finds the first page sent, and gets a page of its own", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.tickAfter(3_000);
    expect(desk.state.pages.get("inc_1:firing:0:0:alice")).toMatchObject({ path: "/incidents/inc_1" });
    desk.propose();
    expect(desk.attempts().at(-1)).toBe("inc_1:approval:apr_2:alice push");
    expect(desk.state.pages.get("inc_1:approval:apr_2:alice")).toMatchObject({
      path: "/approvals/apr_2",
    });
  });

  test("a refused proposal releases the first page at once", () => {
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
      },
    });
    expect(desk.state.pages.get("inc_1:firing:0:0:alice")).toMatchObject({ path: "/incidents/inc_1" });
    expect(desk.audited()).toContain("proposal-refused");
  });

  test("an acknowledged incident stays quiet about a late proposal, and shows it", () => {
    const desk = new Desk();
    desk.fire();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.propose();
    expect(desk.attempts()).toHaveLength(1);
    expect(desk.incident().approvalId).toBe("apr_2");
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
    expect(desk.state.approvals.get("apr_2")).toMatchObject({ state, decidedBy: null });
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
    desk.deliverPages();
    expect(desk.approval().state).toBe("delivered");
    desk.act("alice", { kind: "see-approval", approvalId: "apr_2" });
    desk.act("bob", { kind: "see-approval", approvalId: "apr_2" });
    expect(desk.approval().state).toBe("seen");
    expect(desk.audited().filter((act) => act === "approval-seen")).toHaveLength(1);
    desk.receipt("inc_1:firing:0:0:alice", "text", "delivered");
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
      (desk: Desk) => (desk.act("bob", { kind: "deny", approvalId: "apr_2" }), desk.approve()),
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

  test("deny after approve is refused; escalation goes on after a deny", () => {
    const approved = deskWithApproval();
    approved.approve();
    expect(approved.act("bob", { kind: "deny", approvalId: "apr_2" }).answer).toMatchObject({
      error: { reason: "approval-used" },
    });
    const denied = deskWithApproval();
    denied.act("alice", { kind: "deny", approvalId: "apr_2" });
    denied.tickAfter(300_000);
    expect(denied.state.pages.get("inc_1:firing:0:1:bob")).toMatchObject({ path: "/incidents/inc_1" });
  });

  test("an unanswered approval is paged by the same steps, with its link", () => {
    const desk = deskWithApproval();
    desk.tickAfter(300_000);
    expect(desk.state.pages.get("inc_1:firing:0:1:bob")).toMatchObject({ path: "/approvals/apr_2" });
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
