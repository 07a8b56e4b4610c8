// The end of an incident is told once, quietly, to who was rung about it and was reached, or may have been; and to whom a ring reaches after the end. Pure.
import { UTC } from "../../words/clock-text.ts";
import type { Incident } from "../records/incident.ts";
import { type Page, type Told, TOLD_MAX } from "../records/pages/page.ts";
import { type DeskChange, putIncident } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { heldIn } from "../state/held-in.ts";
import { recoveredText, toldOverIn } from "../texts/page-texts.ts";
import { queuePage } from "./page-queue.ts";

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

/** A ring came to its person, or may have: they are told the end, at once where it is over. */
export function noteReached(
  change: DeskChange,
  context: DeskContext,
  { incidentId, kind, responder }: Pick<Page, "incidentId" | "kind" | "responder">,
): DeskChange {
  const incident = kind === "ring" ? heldIn(change.state, incidentId) : undefined;
  if (incident === undefined) return change;
  const known = incident.reached.includes(responder)
    ? change
    : putIncident(change, { ...incident, reached: [...incident.reached, responder] });
  if (incident.state !== "resolved") return known;
  return tellEndTo(known, context, { incident, responder, why: "It was over before this page reached you." });
}
