// When the desk must wake next: the earliest instant at which anything it holds becomes due. Pure. Every deadline that a due-work
// step of decide-desk.ts acts on has its line here; a deadline without one would be a page that is never sent.
import { underWayDueAt } from "./approvals/approval-outcomes.ts";
import { expiryAt } from "./approvals/approvals.ts";
import { askDueAt } from "./deliveries/deliveries.ts";
import { settleDueAt } from "./deliveries/settling.ts";
import { deskRulesDueAt } from "./desk-rules.ts";
import { drillsDueAt } from "./drills/drills.ts";
import { nextEndAt, nextReleaseAt } from "./findings/findings.ts";
import { recurrencesDueAt } from "./findings/recurring.ts";
import { lapseAt } from "./incidents/acknowledgements.ts";
import { heldDueAt } from "./outbox/digest.ts";
import { attemptDueAt } from "./outbox/page-outbox.ts";
import { swallowDueAt } from "./outbox/swallowed.ts";
import { nextPageAt } from "./paging/sending.ts";
import type { DeskContext } from "./state/desk-events.ts";
import type { DeskState } from "./state/desk-state.ts";

/** The next due instant; null when nothing is ever due by itself. */
export function nextAlarmAt(state: DeskState, context: DeskContext): number | null {
  const dueAt = [
    nextPageAt(state, context),
    lapseAt(state, context),
    nextEndAt(state, context),
    nextReleaseAt(state),
    recurrencesDueAt(state),
    expiryAt(state),
    underWayDueAt(state, context),
    attemptDueAt(state),
    askDueAt(state),
    swallowDueAt(state),
    settleDueAt(state),
    heldDueAt(state, context),
    drillsDueAt(state, context),
    ...state.silences.values().map(({ endsAt }) => endsAt),
    ...state.standing.values().map(({ untilAt }) => untilAt),
    deskRulesDueAt(state, context),
  ].filter((at) => at !== null);
  return dueAt.length === 0 ? null : dueAt.reduce((left, right) => Math.min(left, right));
}
