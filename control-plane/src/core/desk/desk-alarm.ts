// When the desk must wake next: the earliest instant at which anything it holds becomes due. Pure. Every deadline that a due-work
// step of decide-desk.ts acts on has its line here; a deadline without one would be a page that is never sent.
import { overdueAt, redeliveryAt } from "./approvals/approval-outcomes.ts";
import { deskRulesDueAt } from "./desk-rules.ts";
import { resolveDueAt } from "./incidents/incidents.ts";
import { stepDueAt } from "./paging/escalation.ts";
import { isUndecided } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { approvalsIn, incidentsIn, pagesIn } from "./state/desk-index.ts";
import type { Approval, DeskState, Incident, Page } from "./state/desk-state.ts";

/** The next due instant; null when nothing is ever due by itself. */
export function nextAlarmAt(state: DeskState, context: DeskContext): number | null {
  const dueAt = [
    ...incidentsIn(state).flatMap((incident) => incidentDueAt(state, incident, context)),
    ...approvalsIn(state).flatMap((approval) => approvalDueAt(approval, context)),
    ...pagesIn(state).map(pageDueAt),
    ...state.silences.values().map(({ endsAt }) => endsAt),
    ...state.standing.values().map(({ untilAt }) => untilAt),
    deskRulesDueAt(state, context),
  ].filter((at) => at !== null);
  return dueAt.length === 0 ? null : dueAt.reduce((left, right) => Math.min(left, right));
}

function incidentDueAt(
  state: DeskState,
  incident: Incident,
  context: DeskContext,
): readonly (number | null)[] {
  const lapsesAt = incident.state === "acknowledged" ? incident.acknowledgedUntilAt : null;
  return [stepDueAt(state, incident, context.now), lapsesAt, resolveDueAt(state, incident, context)];
}

function approvalDueAt(approval: Approval, context: DeskContext): readonly (number | null)[] {
  const expiresAt = isUndecided(approval) ? approval.expiresAt : null;
  return [expiresAt, redeliveryAt(approval, context.now), overdueAt(approval, context.policy)];
}

function pageDueAt(page: Page): number | null {
  return page.state === "pending" ? page.nextAttemptAt : null;
}
