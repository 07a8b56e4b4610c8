// The end of an incident is told once, quietly, to who was rung about it and was reached; and to whom a ring reaches after the end. Pure.
import { UTC } from "../../words/clock-text.ts";
import type { Incident } from "../records/incident.ts";
import type { Told } from "../records/page.ts";
import { TOLD_MAX } from "../records/page.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { queuePage } from "./page-outbox.ts";
import { recoveredText, toldOverIn } from "./page-texts.ts";

/** Tells everybody who knows that it began. */
export function tellEnd(
  change: DeskChange,
  context: DeskContext,
  { incidentId, why }: { readonly incidentId: string; readonly why: string },
): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined) return change;
  return incident.reached.reduce(
    (before, responder) => tellEndTo(before, context, { incident, responder, why }),
    change,
  );
}

/** Tells one person; never twice. */
export function tellEndTo(
  change: DeskChange,
  context: DeskContext,
  end: { readonly incident: Incident; readonly responder: string; readonly why: string },
): DeskChange {
  const { incident, responder, why } = end;
  const person = context.policy.responders.find(({ id }) => id === responder);
  if (person === undefined) return change;
  const ended = toldOverIn(change.state, incident);
  const tells = ended.slice(0, TOLD_MAX).map(({ findingId, reason, subject }, index): Told => ({
    findingId,
    reason,
    subject,
    what: "ended",
    isFirst: false,
    isTitle: index === 0,
  }));
  return queuePage(change, context, {
    incidentId: incident.incidentId,
    approvalId: null,
    kind: "recovered",
    number: 0,
    responder,
    severity: "info",
    text: recoveredText(change.state, { incident, timeZone: person.timeZone ?? UTC, why }),
    tells,
    path: `/incidents/${incident.incidentId}`,
    firstChannel: 0,
    isEverywhere: false,
  });
}
