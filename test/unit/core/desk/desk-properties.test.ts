// What must hold after every step of the desk, whatever happens in whatever order: random histories of signals, people,
// channels and time. A failing history is printed as a list of commands; fast-check's seed replays it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { wellForMs } from "../../../../control-plane/src/core/desk/findings/recurring.ts";
import { LIKE_WAIT_MS } from "../../../../control-plane/src/core/desk/paging/stream.ts";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../../../control-plane/src/core/desk/records/incident.ts";
import { refOf } from "../../../../control-plane/src/core/desk/state/audit-ref.ts";
import type { DeskDecision, DeskEffect } from "../../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { keyOfFinding } from "../../../../control-plane/src/core/desk/state/finding-index.ts";
import type { PageReason } from "../../../../control-plane/src/core/words/signal.ts";
import { Desk, HOST, isTold, mayKnow, SERVICE } from "./desk-fixtures.ts";
import { hostAt, serviceAt } from "./fleet.ts";

type Command =
  | { readonly kind: "fire" | "clear"; readonly reason: PageReason; readonly on: number }
  | { readonly kind: "propose"; readonly request: number }
  | { readonly kind: "approve" | "deny" | "acknowledge"; readonly by: "alice" | "bob" }
  | { readonly kind: "receipt"; readonly result: "delivered" | "failed" }
  | { readonly kind: "outcome"; readonly status: "succeeded" | "failed" | "lost" | "refused" }
  | { readonly kind: "verify"; readonly result: "verified" | "ineffective" }
  | { readonly kind: "grant-delivered" | "next-alarm" }
  | { readonly kind: "wait"; readonly ms: number };

const person = fc.constantFrom("alice" as const, "bob" as const);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("fire" as const, "clear" as const),
    reason: fc.constantFrom<PageReason>(
      "check-failing",
      "check-failing",
      "host-silent",
      "host-silent",
      "no-progress",
      "stale-code",
    ),
    on: fc.constantFrom(0, 0, 0, 1, 2),
  }),
  fc.record({ kind: fc.constant("propose" as const), request: fc.nat(3) }),
  fc.record({
    kind: fc.constantFrom("approve" as const, "deny" as const, "acknowledge" as const),
    by: person,
  }),
  fc.record({
    kind: fc.constant("receipt" as const),
    result: fc.constantFrom("delivered" as const, "failed" as const),
  }),
  fc.record({
    kind: fc.constant("outcome" as const),
    status: fc.constantFrom("succeeded" as const, "failed" as const, "lost" as const, "refused" as const),
  }),
  fc.record({
    kind: fc.constant("verify" as const),
    result: fc.constantFrom("verified" as const, "ineffective" as const),
  }),
  fc.record({ kind: fc.constantFrom("grant-delivered" as const, "next-alarm" as const) }),
  fc.record({
    kind: fc.constant("wait" as const),
    ms: fc.constantFrom(1, 2_999, 20_000, 130_000, 610_000, 1_000_000, 4_000_000),
  }),
);

test("the desk's invariants hold after every step of any history", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 60, size: "max" }), (commands) => {
      const desk = new Desk();
      for (const next of commands) {
        freeze(desk.state);
        const before = desk.state;
        const decision = perform(desk, next);
        if (decision !== null) expectInvariants(desk, before, decision);
      }
      expectEventualPages(desk);
    }),
    { numRuns: 120 },
  );
});

function perform(desk: Desk, next: Command): DeskDecision | null {
  switch (next.kind) {
    case "fire":
      return desk.fire({ reason: next.reason, subject: subjectOf(next), proposalRequestId: "prq_1" });
    case "clear":
      return desk.clear(next.reason, subjectOf(next));
    case "propose":
      return desk.propose({ requestId: `prq_${next.request}` });
    case "approve":
      return hasApproval(desk) ? desk.approve({ by: next.by }) : null;
    case "deny":
      return hasApproval(desk) ? desk.act(next.by, { kind: "deny", approvalId: desk.approvalId() }) : null;
    case "acknowledge":
      return desk.act(next.by, { kind: "acknowledge", incidentId: desk.state.incidents.ids().at(-1) ?? "" });
    case "receipt":
      return answerPendingPage(desk, next.result);
    case "outcome":
      return hasApproval(desk) ? desk.end({ status: next.status }) : null;
    case "verify":
      return hasApproval(desk) ? desk.verify(next.result) : null;
    case "grant-delivered":
      return hasApproval(desk) ? desk.take({ kind: "grant-delivered", approvalId: desk.approvalId() }) : null;
    case "next-alarm":
      return desk.tickAfter(Math.max(0, (desk.last?.alarmAt ?? desk.now) - desk.now));
    case "wait":
      return desk.tickAfter(next.ms);
  }
}

/** Number 0 is the host that proposes. */
function subjectOf({ on, reason }: { readonly on: number; readonly reason: PageReason }) {
  if (reason === "host-silent") return on === 0 ? HOST : hostAt(on);
  return on === 0 ? SERVICE : serviceAt(on);
}

function hasApproval(desk: Desk): boolean {
  return desk.state.approvals.ids().length > 0;
}

function answerPendingPage(desk: Desk, result: "delivered" | "failed"): DeskDecision | null {
  const page = desk.state.pages.values().find(({ state }) => state === "pending");
  if (page === undefined) return null;
  const tried = page.channels[(page.channelIndex + page.channels.length - 1) % page.channels.length];
  return desk.receipt(page.key, tried ?? "", result);
}

function expectInvariants(desk: Desk, before: DeskState, decision: DeskDecision): void {
  const incidents = desk.state.incidents.values();
  for (const incident of incidents) expectHeard(desk, incident);
  for (const effect of decision.effects) expectTruthful(desk, effect);
  expectGrouped(desk);
  for (const approval of desk.state.approvals.values()) expectDecidedOnce(desk, approval, before);
  expectArmed(desk, decision);
  // Nothing is done twice at the same instant, except handing over a grant that nobody confirmed.
  const again = desk.take({ kind: "tick" });
  expect(again.effects.filter(({ kind }) => kind !== "deliver-grant")).toEqual([]);
  expect(again.state).toEqual(decision.state);
}

/** A page is never lost: once its first step was due, an incident has a page, or somebody has it, or the failure was audited. */
function expectHeard(desk: Desk, incident: Incident): void {
  const isFirstStepAhead = incident.nextStep?.round === 0 && incident.nextStep.step === 0;
  if (incident.state !== "open" || incident.clearedAt !== null || isFirstStepAhead) return;
  if (incident.openedAt + LIKE_WAIT_MS > desk.now) return;
  const { incidentId } = incident;
  const pages = desk.state.pages.values().filter((page) => page.incidentId === incidentId);
  const isAudited = desk.effects.some(
    (effect) =>
      effect.kind === "audit" &&
      ["page-undeliverable", "incident-acknowledged"].includes(effect.entry.act) &&
      refOf(effect.entry, "incident")?.incidentId === incidentId,
  );
  const isHeard = isAudited || pages.some(({ kind, state }) => kind === "ring" && state !== "undeliverable");
  expect(isHeard, `${incidentId} is heard`).toBe(true);
}

/** No page about an acknowledged incident, no "recovered" without a "down" that came or may have, one text per key. */
function expectTruthful(desk: Desk, effect: DeskEffect): void {
  if (effect.kind !== "send-page") return;
  const { page } = effect;
  const incident = desk.state.incidents.get(page.incidentId);
  const isResult = page.tells.some(({ what }) => what === "result");
  if (page.kind === "ring" && !isResult) expect(incident?.state).not.toBe("acknowledged");
  const sent = desk.effects.flatMap((earlier) => (earlier.kind === "send-page" ? [earlier.page] : []));
  const texts = new Set(sent.filter(({ key }) => key === page.key).map(({ body, title }) => title + body));
  expect(texts.size).toBe(1);
  if (page.kind !== "recovered") return;
  expect(mayKnow(desk, page), "a down page that came or may have").toBe(true);
}

/** One finding for each reason and subject, in an incident that is not over. */
function expectGrouped(desk: Desk): void {
  const open = desk.state.findings.values().filter(({ endedAt }) => endedAt === null);
  const names = open.map(keyOfFinding);
  expect(new Set(names).size).toBe(names.length);
  for (const { incidentId } of open)
    expect(["open", "acknowledged"]).toContain(desk.state.incidents.get(incidentId)?.state);
}

/** One grant per approval, one yes at most, and `expired` is nobody's decision. */
function expectDecidedOnce(desk: Desk, approval: Approval, before: DeskState): void {
  const { approvalId } = approval;
  const grants = desk.effects.flatMap((effect) =>
    effect.kind === "deliver-grant" && effect.approval.approvalId === approvalId
      ? [effect.approval.grantId]
      : [],
  );
  expect(new Set(grants).size).toBeLessThanOrEqual(1);
  const yeses = desk.effects.filter(
    (effect) =>
      effect.kind === "audit" &&
      effect.entry.act === "approval-approved" &&
      refOf(effect.entry, "approval")?.approvalId === approvalId,
  );
  expect(yeses.length).toBe(approval.grantId === null ? 0 : 1);
  if (approval.state === "expired") expect(approval.decidedBy).toBeNull();
  const previous = before.approvals.get(approvalId);
  if (previous !== undefined && previous.grantId !== null) expect(approval.grantId).toBe(previous.grantId);
  const open = desk.state.approvals
    .values()
    .filter(
      ({ findingId, state }) =>
        findingId === approval.findingId &&
        ["requested", "delivered", "seen", "approved", "executing"].includes(state),
    );
  expect(open.length).toBeLessThanOrEqual(1);
}

/** The alarm rings no later than anything that is due. */
function expectArmed(desk: Desk, { alarmAt }: DeskDecision): void {
  const { approvals, findings, incidents, pages } = desk.state;
  const underWay = new Set(
    approvals
      .values()
      .flatMap(({ incidentId, state }) =>
        state === "approved" || state === "executing" ? [incidentId] : [],
      ),
  );
  const deadlines = [
    ...pages.values().flatMap(({ nextAttemptAt, state }) => (state === "pending" ? [nextAttemptAt] : [])),
    ...approvals.values().flatMap(({ expiresAt, grantExpiresAt, isGrantDelivered, state }) => {
      if (["requested", "delivered", "seen"].includes(state)) return [expiresAt];
      if (state === "approved" && !isGrantDelivered) return [grantExpiresAt ?? 0];
      return ["approved", "executing"].includes(state) ? [Number.MAX_SAFE_INTEGER] : [];
    }),
    ...findings.values().flatMap((finding) => {
      if (finding.endedAt !== null || finding.clearedAt === null || underWay.has(finding.incidentId))
        return [];
      return [
        finding.clearedAt + wellForMs(finding, desk),
        ...(finding.releasesAt === null ? [] : [finding.releasesAt]),
      ];
    }),
    ...incidents.values().flatMap((incident) => {
      if (incident.state === "acknowledged") return [incident.acknowledgedUntilAt ?? 0];
      if (incident.state !== "open" || underWay.has(incident.incidentId)) return [];
      if (incident.resultAt !== null && incident.clearedAt === null)
        return [incident.resultAt + LIKE_WAIT_MS];
      if (incident.nextStep === null || incident.clearedAt !== null) return [];
      const waitedAt = incident.sentCount === 0 ? incident.openedAt + LIKE_WAIT_MS : 0;
      return [Math.max(incident.nextStep.dueAt, waitedAt)];
    }),
  ];
  if (deadlines.length === 0) return;
  expect(alarmAt).not.toBeNull();
  expect(alarmAt).toBeLessThanOrEqual(Math.min(...deadlines));
  expect(alarmAt).toBeGreaterThan(desk.now);
}

/** When channels work and alarms ring, everybody who must be paged is paged, and everything comes to an end. */
function expectEventualPages(desk: Desk): void {
  for (let rings = 0; rings < 200; rings += 1) {
    desk.deliverPages();
    const { alarmAt } = desk.tickAfter(0);
    if (alarmAt === null) break;
    desk.now = alarmAt;
    desk.take({ kind: "tick" });
  }
  desk.deliverPages();
  for (const incident of desk.state.incidents.values()) {
    // Of what pages once, who took it before that came knows.
    const isKnown = incident.nextStep === null && incident.firstTaken !== undefined;
    if (incident.state === "open" && incident.clearedAt === null)
      expect(isKnown || isTold(desk, incident.incidentId), `${incident.incidentId} was paged`).toBe(true);
    else expect(incident.clearedAt === null || ["resolved", "merged"].includes(incident.state)).toBe(true);
  }
  for (const finding of desk.state.findings.values()) expectKnown(desk, finding);
  for (const { state } of desk.state.approvals.values())
    expect(["expired", "denied", "superseded", "verified", "failed"]).toContain(state);
}

/** What fires and lies beneath nothing is known to somebody in the end. */
function expectKnown(
  desk: Desk,
  { clearedAt, endedAt, findingId, incidentId, standing, told }: Finding,
): void {
  if (endedAt !== null || clearedAt !== null || standing === "beneath") return;
  if (desk.state.incidents.get(incidentId)?.reason === "page-undelivered") return;
  expect(told, `${findingId} was told in the end`).not.toBeNull();
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}
