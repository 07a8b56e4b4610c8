// Rule `approval-unanswered`: the host asked, and nobody said yes or no. Pure.
// It counts from the first request since the last answer, so that a proposal which expires and is made anew does not start the
// waiting anew. While somebody has the incident (acknowledged) the question is in their hands, and this rule is quiet.
import { nameOf } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import { approvalOf, isUndecided } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { approvalsOf, incidentsIn } from "./state/desk-index.ts";
import type { Approval, DeskState, Incident } from "./state/desk-state.ts";

export const approvalUnanswered: DeskRule = {
  reason: "approval-unanswered",
  judge: (state, context) =>
    waitingIn(state)
      .filter(({ approval, sinceAt }) => isOverdue(approval, sinceAt, context))
      .map(findingOf),
  dueAt: (state, context) => {
    const dueAt = waitingIn(state)
      .map(({ sinceAt }) => sinceAt + afterMsOf(context))
      .filter((at) => at > context.now);
    return dueAt.length === 0 ? null : Math.min(...dueAt);
  },
  endsBecause: "It was answered, or somebody has the incident, or there is nothing left to ask.",
};

interface Waiting {
  readonly incident: Incident;
  readonly approval: Approval;
  /** the first request that nobody answered */
  readonly sinceAt: number;
}

function waitingIn(state: DeskState): readonly Waiting[] {
  return incidentsIn(state).flatMap((incident): readonly Waiting[] => {
    if (incident.state !== "open" || incident.clearedAt !== null) return [];
    const approval = approvalOf(state, incident);
    if (approval === null || !(isUndecided(approval) || approval.state === "expired")) return [];
    return [{ incident, approval, sinceAt: unansweredSinceAt(state, incident, approval) }];
  });
}

function unansweredSinceAt(state: DeskState, incident: Incident, current: Approval): number {
  const asked = approvalsOf(state, incident.incidentId);
  const answeredAt = Math.max(0, ...asked.map(({ decidedAt }) => decidedAt ?? 0));
  const open = asked.filter(({ decidedAt, requestedAt }) => decidedAt === null && requestedAt >= answeredAt);
  return Math.min(current.requestedAt, ...open.map(({ requestedAt }) => requestedAt));
}

function isOverdue(approval: Approval, sinceAt: number, context: DeskContext): boolean {
  return approval.state === "expired" || context.now >= sinceAt + afterMsOf(context);
}

function afterMsOf({ policy }: DeskContext): number {
  return policy.rules["approval-unanswered"].after;
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
