// Somebody decided a question of an incident: it is in their hands, and does not ring by its pauses for as long as an acknowledgement lasts. Pure.
// What a reader would get wrong: a no does not mend anything, so an incident that goes on is heard again afterwards; it is never silent for good.
import { type DeskChange, putIncident } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";

/** Puts the next repeat off. What must be told at once is told all the same. */
export function holdRepeats(change: DeskChange, context: DeskContext, incidentId: string): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined || incident.nextStep === null || incident.state !== "open") return change;
  const { nextStep } = incident;
  const dueAt = Math.max(nextStep.dueAt, context.now + context.policy.incident.acknowledgementMs);
  return putIncident(change, { ...incident, nextStep: { ...nextStep, dueAt } });
}
