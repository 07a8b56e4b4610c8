// Approvals after a person's yes: delivery of the grant, the host's word, verification, and silence; both sides of each bound.
import { describe, expect, test } from "vitest";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Desk, hashOf, OUTCOME, POLICY, PROPOSAL, proposalText, SERVICE } from "../desk-fixtures.ts";

const GRANT_VALID_MS = 120_000;
const OUTCOME_GRACE_MS = 60_000;

function deskWithGrant(
  options: { isDelivered: boolean; proposal?: Partial<Proposal> } = { isDelivered: true },
): Desk {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose({ proposal: proposalText(options.proposal) });
  desk.settle();
  desk.deliverPages();
  desk.approve({ proposalHash: hashOf(options.proposal) });
  if (options.isDelivered) desk.take({ kind: "grant-delivered", approvalId: desk.approvalId() });
  return desk;
}

function grantEffects(desk: Desk): number {
  return desk.effects.filter(({ kind }) => kind === "deliver-grant").length;
}

describe("the grant", () => {
  test("is handed over again until the shard confirms it, always the same one", () => {
    const desk = deskWithGrant({ isDelivered: false });
    expect(desk.last?.alarmAt).toBe(desk.now + 2_000);
    desk.tickAfter(2_000);
    desk.tickAfter(2_000);
    expect(grantEffects(desk)).toBe(3);
    desk.take({ kind: "grant-delivered", approvalId: desk.approvalId() });
    desk.tickAfter(2_000);
    expect(grantEffects(desk)).toBe(3);
    expect(desk.approval().grantId).toBe("grt_1");
  });

  test.each([
    [GRANT_VALID_MS - 1, "approved", null],
    [GRANT_VALID_MS, "failed", "grant-undelivered"],
  ])("unconfirmed for %i ms: %s", (afterMs, state, reason) => {
    const desk = deskWithGrant({ isDelivered: false });
    desk.tickAfter(afterMs);
    expect(desk.approval()).toMatchObject({ state, end: reason === null ? null : { reason } });
  });

  test.each([
    [GRANT_VALID_MS + OUTCOME_GRACE_MS - 1, "approved", null],
    [GRANT_VALID_MS + OUTCOME_GRACE_MS, "failed", "no-outcome"],
  ])("confirmed and no word for %i ms: %s", (afterMs, state, reason) => {
    const desk = deskWithGrant();
    desk.tickAfter(afterMs);
    expect(desk.approval()).toMatchObject({ state, end: reason === null ? null : { reason } });
  });

  test.each([
    { startTimeoutMs: 90_000, moreMs: 0 },
    { startTimeoutMs: 180_000, moreMs: 90_000 },
    { startTimeoutMs: null, moreMs: 210_000 },
  ])(
    "a start that may take $startTimeoutMs ms is waited for: $moreMs ms longer",
    ({ startTimeoutMs, moreMs }) => {
      const unitState = { ...PROPOSAL.unitState, startTimeoutMs };
      const desk = deskWithGrant({ isDelivered: true, proposal: { unitState } });
      desk.tickAfter(GRANT_VALID_MS + OUTCOME_GRACE_MS + moreMs - 1);
      expect(desk.approval().state).toBe("approved");
      desk.tickAfter(1);
      expect(desk.approval()).toMatchObject({ state: "failed", end: { reason: "no-outcome" } });
    },
  );

  test.each([
    [GRANT_VALID_MS - 1, ["approved"]],
    [GRANT_VALID_MS, ["failed", "requested"]],
  ])("a newer proposal %i ms after approval: %j", (afterMs, states) => {
    const desk = deskWithGrant();
    desk.now += afterMs;
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(states);
  });

  test("a word about a grant that a newer proposal replaced is kept and decides nothing", () => {
    const desk = deskWithGrant();
    const { grantId } = desk.approval();
    desk.now += GRANT_VALID_MS;
    desk.propose({ requestId: "prq_2" });
    desk.end({ grantId, status: "succeeded" });
    expect(desk.state.approvals.values()).toMatchObject([
      { state: "failed", end: { reason: "no-outcome" }, outcome: { status: "succeeded" } },
      { state: "requested" },
    ]);
  });

  test("a word that comes after all corrects a failure by silence", () => {
    const desk = deskWithGrant();
    desk.tickAfter(GRANT_VALID_MS + OUTCOME_GRACE_MS);
    desk.end({ status: "succeeded" });
    expect(desk.approval()).toMatchObject({ state: "executing", end: null });
  });
});

describe("the outcome", () => {
  test.each([
    ["failed", null],
    ["timed-out", null],
    ["lost", null],
    ["refused", "precondition-changed"],
  ] as const)("%s (%s) fails the approval and pages the result", (status, refusal) => {
    const desk = deskWithGrant();
    desk.end({ status, refusal });
    expect(desk.approval()).toMatchObject({ state: "failed", end: { reason: "outcome", status, refusal } });
    expect(desk.audited()).toContain(`outcome-${status}`);
    desk.tickAfter(LIKE_WAIT_MS - 1);
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push"]);
    desk.tickAfter(1);
    expect(desk.attempts().slice(1)).toEqual(["inc_1:ring:2:alice push"]);
    expect(desk.state.pages.get("inc_1:ring:2:alice")?.tells).toMatchObject([
      { reason: "check-failing", what: "result", isFirst: false, isTitle: true },
    ]);
    expect(grantEffects(desk)).toBe(1);
  });

  test("the result page does not carry why the host refused; the audit does", () => {
    const desk = deskWithGrant();
    desk.end({ status: "refused", refusal: "signature-wrong" });
    desk.settle();
    const page = desk.state.pages.get("inc_1:ring:2:alice");
    expect(page?.title).toBe("web-1/demo: restart refused");
    expect(`${page?.title} ${page?.body}`).not.toContain("signature");
    expect(JSON.stringify(desk.effects.filter(({ kind }) => kind === "audit"))).toContain("signature-wrong");
  });

  test("nonce-used ends nothing: the first copy of the grant may still run", () => {
    const desk = deskWithGrant();
    desk.end({ status: "refused", refusal: "nonce-used" });
    expect(desk.approval().state).toBe("approved");
    desk.end({ status: "succeeded" });
    expect(desk.approval().state).toBe("executing");
  });

  test("a second outcome changes nothing", () => {
    const desk = deskWithGrant();
    desk.end({ status: "succeeded" });
    desk.end({ status: "failed" });
    expect(desk.approval().state).toBe("executing");
    desk.verify("verified");
    desk.end({ status: "lost" });
    expect(desk.approval().state).toBe("verified");
  });

  test("without a grant id the nonce finds it; an unknown one is only audited", () => {
    const desk = deskWithGrant();
    desk.end({ grantId: "grt_unknown" });
    expect(desk.approval().state).toBe("approved");
    desk.take({
      kind: "signal",
      signal: {
        ...desk.signalBase(),
        kind: "outcome",
        subject: SERVICE,
        outcome: { ...OUTCOME, grantId: null },
      },
    });
    expect(desk.approval().state).toBe("executing");
  });

  test("escalation is held while under way, and its steps go on after the ring that tells the result", () => {
    const desk = deskWithGrant();
    desk.tickAfter(179_999);
    desk.end({ status: "succeeded" });
    desk.tickAfter(300_000);
    expect(desk.attempts()).toHaveLength(1);
    desk.verify("ineffective");
    expect(desk.approval()).toMatchObject({ state: "failed", end: { reason: "ineffective" } });
    desk.settle();
    expect(desk.attempts().slice(1)).toEqual(["inc_1:ring:2:alice push"]);
    desk.deliverPages();
    desk.tickAfter(299_999);
    expect(desk.attempts()).toHaveLength(2);
    desk.tickAfter(1);
    expect(desk.attempts().at(-1)).toBe("inc_1:ring:3:bob push");
  });

  test("rings though somebody has the incident, who keeps it: who has it, who was rung and who said yes", () => {
    const desk = deskWithGrant();
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.end({ status: "failed" });
    desk.settle();
    expect(desk.incident()).toMatchObject({ state: "acknowledged", acknowledgedBy: byPerson("bob") });
    expect(desk.attempts().slice(1)).toEqual(["inc_1:ring:2:alice push", "inc_1:ring:2:bob push"]);
    desk.deliverPages();
    desk.tickAfter(3_600_000 - LIKE_WAIT_MS - 1);
    expect(desk.attempts()).toHaveLength(3);
    desk.tickAfter(1);
    expect(desk.attempts().at(-1)).toBe("inc_1:ring:3:alice push");
  });
});

describe("the verification", () => {
  test("verified resolves at once and pages recovered", () => {
    const desk = deskWithGrant();
    desk.end({ status: "succeeded" });
    desk.clear();
    desk.tickAfter(500_000);
    expect(desk.incident().state).toBe("open");
    desk.verify("verified");
    expect(desk.approval().state).toBe("verified");
    expect(desk.incident().state).toBe("resolved");
    expect(desk.attempts().at(-1)).toBe("inc_1:recovered:0:alice push");
  });

  test("that never comes fails the approval, and health alone resolves", () => {
    const desk = deskWithGrant();
    desk.end({ status: "succeeded" });
    desk.clear();
    desk.tickAfter(GRANT_VALID_MS + 180_000 + 1_200_000 - 1);
    expect(desk.approval().state).toBe("executing");
    desk.tickAfter(1);
    expect(desk.approval()).toMatchObject({ state: "failed", end: { reason: "verification-missing" } });
    expect(desk.incident().state).toBe("resolved");
  });

  test("ineffective: earlier health does not count; it resolves only when health held from then on", () => {
    const desk = deskWithGrant();
    desk.end({ status: "succeeded" });
    desk.clear();
    desk.tickAfter(420_000);
    desk.verify("ineffective");
    expect(desk.incident().state).toBe("open");
    desk.tickAfter(POLICY.incident.resolveAfterMs - 1);
    expect(desk.incident().state).toBe("open");
    desk.tickAfter(1);
    expect(desk.incident().state).toBe("resolved");
  });

  test("for an unknown grant is only audited", () => {
    const desk = deskWithGrant();
    desk.take({
      kind: "signal",
      signal: {
        ...desk.signalBase(),
        kind: "verification",
        subject: SERVICE,
        grantId: "grt_unknown",
        result: "ineffective",
        evidence: [],
      },
    });
    expect(desk.approval().state).toBe("approved");
    expect(desk.audited().at(-1)).toBe("verification-unmatched");
  });
});

describe("the instants of an approval, for people", () => {
  test("are when it was handed over, ran, was well again and ended, each by who saw it", () => {
    const desk = deskWithGrant({ isDelivered: false });
    expect(desk.approval()).not.toHaveProperty("handedOverAt");
    desk.now += 1_000;
    desk.take({ kind: "grant-delivered", approvalId: desk.approvalId() });
    desk.now += 2_000;
    desk.end({ status: "succeeded" });
    const ranAt = desk.now;
    expect(desk.approval()).toMatchObject({ handedOverAt: ranAt - 2_000, ranAt });
    desk.now += 600_000;
    desk.verify("verified", { wellAt: ranAt + 3_000 });
    expect(desk.approval()).toMatchObject({ ranAt, wellAt: ranAt + 3_000, endedAt: desk.now });
  });

  test("are not there where nobody saw them", () => {
    const desk = deskWithGrant({ isDelivered: false });
    desk.tickAfter(GRANT_VALID_MS);
    expect(desk.approval()).toMatchObject({ state: "failed", endedAt: desk.now });
    for (const name of ["handedOverAt", "ranAt", "wellAt"]) expect(desk.approval()).not.toHaveProperty(name);
  });

  test.each([
    { status: "refused", refusal: "budget-exhausted" },
    { status: "lost", refusal: null },
  ] as const)("what was $status is not said to have run", (outcome) => {
    const desk = deskWithGrant();
    desk.end(outcome);
    expect(desk.approval()).not.toHaveProperty("ranAt");
  });

  test("a word that comes after all takes the end back", () => {
    const desk = deskWithGrant();
    desk.tickAfter(GRANT_VALID_MS + OUTCOME_GRACE_MS);
    desk.end({ status: "succeeded" });
    expect(desk.approval()).toMatchObject({ state: "executing", ranAt: desk.now });
    expect(desk.approval()).not.toHaveProperty("endedAt");
  });
});

describe("the host's word about an execution", () => {
  test.each<[string, Partial<typeof OUTCOME>, string]>([
    ["of this act", {}, "executing"],
    ["that names neither action nor service", { action: null, service: null }, "executing"],
    ["of another service", { service: "other" }, "approved"],
    ["of another action", { action: "failover" }, "approved"],
  ])("%s: %#", (_name, outcome, state) => {
    const desk = deskWithGrant();
    desk.end(outcome);
    expect(desk.approval().state).toBe(state);
  });

  test("by another host decides nothing", () => {
    const desk = deskWithGrant();
    const { grantId } = desk.approval();
    const subject = { ...SERVICE, hostId: `host_${"b".repeat(32)}` };
    const base = { ...desk.signalBase(), subject };
    desk.take({ kind: "signal", signal: { ...base, kind: "outcome", outcome: { ...OUTCOME, grantId } } });
    desk.take({
      kind: "signal",
      signal: { ...base, kind: "verification", grantId: grantId ?? "", result: "verified", evidence: [] },
    });
    desk.take({
      kind: "signal",
      signal: { ...base, kind: "grant-recalled", grantId: grantId ?? "", by: byPerson("bob") },
    });
    expect(desk.approval()).toMatchObject({ state: "approved", outcome: null });
    expect(desk.incident().state).not.toBe("resolved");
  });
});
