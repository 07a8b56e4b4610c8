// Rule `approval-unanswered`: the host asked, and nobody said yes or no. Pure.
// It counts from the question, so that a proposal which expires and is made anew does not start the waiting anew; and it is a line of its
// incident, told by the next page. While somebody has the incident the question is in their hands, and this rule is quiet.
import { nameOf, subjectKeyOf } from "../words/subject.ts";
import type { DeskFinding, DeskRule } from "./desk-rule.ts";
import type { Approval } from "./records/approval.ts";
import type { Finding } from "./records/finding.ts";
import type { Incident } from "./records/incident.ts";
import { approvalOf, isUndecided } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";
import { askedOf } from "./state/finding-index.ts";
import { dueIncidents } from "./state/incident-due.ts";

export const approvalUnanswered: DeskRule = {
  reason: "approval-unanswered",
  judge: (state, context) =>
    overdue
      .dueAt(state, context)
      .flatMap((incident) => overdueIn(state, incident, context))
      .map(findingOf),
  dueAt: (state, context) => overdue.nextAfter(state, context),
  endsBecause: "It was answered, or somebody has the incident, or there is nothing left to ask.",
};

interface Waiting {
  readonly finding: Finding;
  readonly approval: Approval;
  /** the question was put */
  readonly sinceAt: number;
}

/** When nobody has answered for long; what nobody answered in time is overdue at once. */
const overdue = dueIncidents((state, incident, policy) => {
  const dueAt = waitingIn(state, incident).map(({ approval, sinceAt }) =>
    approval.state === "expired" ? 0 : sinceAt + policy.rules["approval-unanswered"].after,
  );
  return dueAt.length === 0 ? null : Math.min(...dueAt);
});

/** In what is wide nothing is offered, so nobody owes an answer. */
function waitingIn(state: DeskState, incident: Incident): readonly Waiting[] {
  if (incident.state !== "open") return [];
  return askedOf(state, incident.incidentId).flatMap((finding) => {
    const approval = approvalOf(state, finding);
    if (approval === null || finding.clearedAt !== null || finding.standing !== "own") return [];
    if (!isUndecided(approval) && approval.state !== "expired") return [];
    return [{ finding, approval, sinceAt: finding.askedAt ?? approval.requestedAt }];
  });
}

function overdueIn(state: DeskState, incident: Incident, { now, policy }: DeskContext): readonly Waiting[] {
  const { after } = policy.rules["approval-unanswered"];
  const waiting = waitingIn(state, incident).filter(
    ({ approval, sinceAt }) => approval.state === "expired" || sinceAt + after <= now,
  );
  const bySubject = new Map(waiting.map((one) => [subjectKeyOf(one.finding.subject), one]));
  return [...bySubject.values()];
}

function findingOf({ approval, finding, sinceAt }: Waiting): DeskFinding {
  const { argv, action } = approval.proposal;
  return {
    subject: finding.subject,
    severity: finding.severity,
    title: `Nobody answered: may ${action} run for ${nameOf(finding.subject)}?`,
    happenedAt: sinceAt,
    evidence: [
      { at: finding.happenedAt, text: finding.title },
      { at: approval.requestedAt, text: `asked: ${argv.join(" ")}` },
      approval.seenAt === null
        ? { at: approval.requestedAt, text: "nobody opened the request" }
        : { at: approval.seenAt, text: "somebody opened the request and did not answer" },
    ],
  };
}
