// Rule `approval-unanswered`: the host asked, and nobody said yes or no. Pure.
// It counts from the first request since the last answer, so that a proposal which expires and is made anew does not start the
// waiting anew. While somebody has the incident (acknowledged) the question is in their hands, and this rule is quiet.
import { nameOf } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import type { Approval } from "./records/approval.ts";
import type { Incident } from "./records/incident.ts";
import { approvalOf, isUndecided } from "./state/desk-change.ts";
import { approvalsOf } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";
import { dueIncidents } from "./state/incident-due.ts";

export const approvalUnanswered: DeskRule = {
  reason: "approval-unanswered",
  judge: (state, context) =>
    overdue
      .dueAt(state, context)
      .flatMap((incident) => waitingOf(state, incident) ?? [])
      .map(findingOf),
  dueAt: (state, context) => overdue.nextAfter(state, context),
  endsBecause: "It was answered, or somebody has the incident, or there is nothing left to ask.",
};

interface Waiting {
  readonly incident: Incident;
  readonly approval: Approval;
  /** the first request that nobody answered */
  readonly sinceAt: number;
}

/** When nobody has answered for long; what nobody answered in time is overdue at once. */
const overdue = dueIncidents((state, incident, policy) => {
  const waiting = waitingOf(state, incident);
  if (waiting === null) return null;
  return waiting.approval.state === "expired"
    ? 0
    : waiting.sinceAt + policy.rules["approval-unanswered"].after;
});

function waitingOf(state: DeskState, incident: Incident): Waiting | null {
  if (incident.state !== "open" || incident.clearedAt !== null) return null;
  const approval = approvalOf(state, incident);
  if (approval === null || !(isUndecided(approval) || approval.state === "expired")) return null;
  return { incident, approval, sinceAt: unansweredSinceAt(state, incident, approval) };
}

function unansweredSinceAt(state: DeskState, incident: Incident, current: Approval): number {
  const asked = approvalsOf(state, incident.incidentId);
  const answeredAt = Math.max(0, ...asked.map(({ decidedAt }) => decidedAt ?? 0));
  const open = asked.filter(({ decidedAt, requestedAt }) => decidedAt === null && requestedAt >= answeredAt);
  return Math.min(current.requestedAt, ...open.map(({ requestedAt }) => requestedAt));
}

function findingOf({ approval, incident, sinceAt }: Waiting): DeskFinding {
  const { argv, action } = approval.proposal;
  return {
    subject: incident.subject,
    severity: incident.severity,
    title: `Nobody answered: may ${action} run for ${nameOf(incident.subject)}?`,
    happenedAt: sinceAt,
    evidence: [
      { at: incident.happenedAt, text: incident.title },
      { at: approval.requestedAt, text: `asked: ${argv.join(" ")}` },
      approval.seenAt === null
        ? { at: approval.requestedAt, text: "nobody opened the request" }
        : { at: approval.seenAt, text: "somebody opened the request and did not answer" },
    ],
  };
}
