// Incidents: one per subject and reason, however often the condition is reported; open, acknowledged, resolved. Pure.
// What a reader would get wrong: `cleared` does not resolve. Health must hold for `incident.resolveAfter` first, unless a verified
// action proved it. A condition that fires again before that re-opens the same incident and pages nobody a second time (the
// escalation simply goes on); after that it is a new incident.
import { formatDuration } from "@countersign/shared/values/duration";
import { BY_DESK, byRule } from "../../words/actor.ts";
import type { PageReason, Signal } from "../../words/signal.ts";
import { nameOf, type Subject } from "../../words/subject.ts";
import { supersedeApproval } from "../approvals/approvals.ts";
import { firstStep, isBeforeFirstPage, pageRecovered, PROPOSAL_WAIT_MS } from "../paging/escalation.ts";
import { addBeginning, FLAP_QUIET_MS, isFlapping, beginningsBefore } from "../paging/flapping.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import {
  addAudit,
  approvalOf,
  type DeskChange,
  isUnderWay,
  putIncident,
  withTimeline,
} from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { incidentsAbout, pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { dueIncidents } from "../state/incident-due.ts";

type FiringSignal = Extract<Signal, { kind: "firing" }>;

/** Lines of proof kept on an incident, newest last. */
const EVIDENCE_LINES_MAX = 20;

const healthy = dueIncidents((state, incident, policy) => resolveDueAt(state, incident, { policy }));

/** The unresolved incident of a subject and reason. */
export function findIncident(state: DeskState, subject: Subject, reason: PageReason): Incident | undefined {
  return incidentsAbout(state, subject, reason).find((incident) => incident.state !== "resolved");
}

/** Opens an incident, or brings the open one up to date. */
export function takeFiring(change: DeskChange, context: DeskContext, signal: FiringSignal): DeskChange {
  const incident = findIncident(change.state, signal.subject, signal.reason);
  return incident === undefined
    ? openIncident(change, context, signal)
    : updateIncident(change, context, { incident, signal });
}

/** The condition no longer holds; what was proposed for it must not run any more. */
export function takeCleared(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "cleared" }>,
): DeskChange {
  const incident = findIncident(change.state, signal.subject, signal.reason);
  if (incident === undefined || incident.clearedAt !== null) return change;
  const last = signal.evidence.at(-1)?.text;
  const text = last === undefined ? "The condition cleared." : `The condition cleared: ${last}.`;
  const held = `It resolves when it has stayed well for ${formatDuration(wellForMs(incident, context))}.`;
  const cleared: Incident = {
    ...incident,
    clearedAt: context.now,
    awaitsProposalUntilAt: null,
    evidence: [...incident.evidence, ...signal.evidence].slice(-EVIDENCE_LINES_MAX),
  };
  const put = putIncident(
    change,
    withTimeline(cleared, { at: context.now, by: byRule(incident.reason), text: `${text} ${held}` }),
  );
  const audited = addAudit(put, context, {
    actor: byRule(incident.reason),
    act: "incident-cleared",
    refs: refsOfIncident(incident),
    why: text,
  });
  const approval = approvalOf(audited.state, cleared);
  if (approval === null) return audited;
  return supersedeApproval(audited, context, { approval, end: { reason: "incident-cleared" } });
}

/** Resolves incidents whose health has held long enough. */
export function resolveHealthyIncidents(change: DeskChange, context: DeskContext): DeskChange {
  return healthy.dueAt(change.state, context).reduce((before, incident) => {
    const heldMs = Math.max(1_000, context.now - (incident.clearedAt ?? context.now));
    const why = `It has stayed well since, for ${formatDuration(heldMs)}.`;
    return resolveIncident(before, context, { incident, why });
  }, change);
}

/** When the next incident resolves that has stayed well; null: none does. */
export function nextResolveAt(state: DeskState, context: DeskContext): number | null {
  return healthy.earliestAt(state, context);
}

/** When a cleared incident resolves; null while it fires or while an approved act waits for its own proof. */
export function resolveDueAt(
  state: DeskState,
  incident: Incident,
  context: Pick<DeskContext, "policy">,
): number | null {
  if (incident.state === "resolved" || incident.clearedAt === null) return null;
  const approval = approvalOf(state, incident);
  if (approval !== null && isUnderWay(approval)) return null;
  return incident.clearedAt + wellForMs(incident, context);
}

/** How long health must hold; longer for what flaps. */
function wellForMs(incident: Incident, { policy }: Pick<DeskContext, "policy">): number {
  const { resolveAfterMs } = policy.incident;
  return isFlapping(incident) ? Math.max(resolveAfterMs, FLAP_QUIET_MS) : resolveAfterMs;
}

/** Ends an incident, and tells everybody who was told that it began. */
export function resolveIncident(
  change: DeskChange,
  context: DeskContext,
  end: { readonly incident: Incident; readonly why: string },
): DeskChange {
  const { incident, why } = end;
  const resolved: Incident = {
    ...incident,
    state: "resolved",
    resolvedAt: context.now,
    clearedAt: incident.clearedAt ?? context.now,
    acknowledgedUntilAt: null,
    awaitsProposalUntilAt: null,
    nextStep: null,
  };
  const put = putIncident(
    change,
    withTimeline(resolved, { at: context.now, by: BY_DESK, text: `Resolved. ${why}` }),
  );
  const audited = addAudit(put, context, {
    actor: BY_DESK,
    act: "incident-resolved",
    refs: refsOfIncident(incident),
    why: `${incident.title}: ${why}`,
  });
  const approval = approvalOf(audited.state, resolved);
  const ended =
    approval === null
      ? audited
      : supersedeApproval(audited, context, { approval, end: { reason: "incident-resolved" } });
  return toldResponders(ended.state, resolved).reduce(
    (before, responder) => pageRecovered(before, context, { incident: resolved, responder, why }),
    ended,
  );
}

/** Responders to whom a page that says "down" was delivered. */
function toldResponders(state: DeskState, incident: Incident): readonly string[] {
  const told = pagesOf(state, incident.incidentId).filter(
    (page) => page.state === "delivered" && (page.kind === "firing" || page.kind === "approval"),
  );
  return [...new Set(told.map(({ responder }) => responder))];
}

function openIncident(change: DeskChange, context: DeskContext, signal: FiringSignal): DeskChange {
  const incidentId = context.newId("inc");
  const incident: Incident = {
    incidentId,
    subject: signal.subject,
    reason: signal.reason,
    severity: signal.severity,
    title: signal.title,
    state: "open",
    evidence: signal.evidence.slice(-EVIDENCE_LINES_MAX),
    refused: refusedOf(signal),
    restarts: signal.restarts,
    openedAt: context.now,
    happenedAt: signal.happenedAt,
    clearedAt: null,
    resolvedAt: null,
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    awaitsProposalUntilAt: signal.proposalRequestId === null ? null : context.now + PROPOSAL_WAIT_MS,
    nextStep: firstStep(context),
    toldSeverity: null,
    beginningsAt: addBeginning(beginningsBefore(change.state, signal.subject, signal.reason), context.now),
    approvalId: null,
    timeline: [{ at: context.now, by: byRule(signal.reason), text: `Opened: ${signal.title}` }],
  };
  return addAudit(putIncident(change, incident), context, {
    actor: byRule(signal.reason),
    act: "incident-opened",
    refs: refsOfIncident(incident),
    why: `${nameOf(signal.subject)}: ${signal.title}`,
  });
}

function updateIncident(
  change: DeskChange,
  context: DeskContext,
  found: { readonly incident: Incident; readonly signal: FiringSignal },
): DeskChange {
  const { incident, signal } = found;
  const updated: Incident = {
    ...incident,
    severity: signal.severity,
    title: signal.title,
    evidence: signal.evidence.slice(-EVIDENCE_LINES_MAX),
    refused: refusedOf(signal),
    restarts: signal.restarts,
    clearedAt: null,
    awaitsProposalUntilAt: waitForProposal(context, found),
  };
  if (incident.clearedAt === null) {
    if (incident.title === signal.title) return putIncident(change, updated);
    return putIncident(
      change,
      withTimeline(updated, { at: context.now, by: byRule(signal.reason), text: `Now: ${signal.title}` }),
    );
  }
  const again = { ...updated, beginningsAt: addBeginning(incident.beginningsAt, context.now) };
  const text = isFlapping(again) ? `Fires again (flapping): ${signal.title}` : `Fires again: ${signal.title}`;
  return addAudit(
    putIncident(change, withTimeline(again, { at: context.now, by: byRule(incident.reason), text })),
    context,
    {
      actor: byRule(incident.reason),
      act: "incident-reopened",
      refs: refsOfIncident(incident),
      why: text,
    },
  );
}

function refusedOf({ noticedAt, refusal }: FiringSignal): Incident["refused"] {
  return refusal === undefined ? null : { at: noticedAt, refusal };
}

/** Only a page that has not gone out can still wait; a repeated signal does not make it wait longer. */
function waitForProposal(
  context: DeskContext,
  found: { readonly incident: Incident; readonly signal: FiringSignal },
): number | null {
  const { incident, signal } = found;
  if (incident.clearedAt === null) return incident.awaitsProposalUntilAt;
  if (signal.proposalRequestId === null || !isBeforeFirstPage(incident)) return null;
  return context.now + PROPOSAL_WAIT_MS;
}
