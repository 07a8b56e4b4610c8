// A person takes an incident, for a bounded time: while it is acknowledged nobody is paged about it, and when the acknowledgement
// lapses paging goes on with a new round. Pure.
import { ok, refuse } from "@countersign/shared/result";
import type { AnsweredChange } from "./approvals.ts";
import { clockOf } from "./clock-text.ts";
import { addAudit, type DeskChange, putIncident, withTimeline } from "./desk-change.ts";
import type { ActRefusal, DeskContext } from "./desk-events.ts";
import type { Incident } from "./desk-state.ts";
import { restartSteps } from "./escalation.ts";

/** A person takes the incident: paging pauses until the acknowledgement lapses. */
export function acknowledge(
  change: DeskChange,
  context: DeskContext,
  act: { readonly incidentId: string; readonly by: string },
): AnsweredChange {
  const incident = change.state.incidents[act.incidentId];
  if (incident === undefined)
    return refuseAcknowledgement(change, context, { ...act, reason: "incident-unknown" });
  if (incident.state === "resolved")
    return refuseAcknowledgement(change, context, { ...act, reason: "incident-resolved" });
  const untilAt = context.now + context.policy.incident.acknowledgementMs;
  const acknowledged: Incident = {
    ...incident,
    state: "acknowledged",
    acknowledgedBy: act.by,
    acknowledgedUntilAt: untilAt,
    nextStep: restartSteps(incident, untilAt),
  };
  const put = putIncident(
    change,
    withTimeline(acknowledged, { at: context.now, by: act.by, text: "Acknowledged." }),
  );
  const audited = addAudit(put, context, {
    actor: act.by,
    act: "incident-acknowledged",
    subject: `incident:${incident.incidentId}`,
    why: `${incident.title}; paging pauses until ${clockOf(untilAt)} UTC`,
  });
  return { change: audited, answer: ok(null) };
}

/** Ends acknowledgements that are over: paging goes on. */
export function lapseAcknowledgements(change: DeskChange, context: DeskContext): DeskChange {
  return Object.values(change.state.incidents)
    .filter(
      ({ state, acknowledgedUntilAt }) =>
        state === "acknowledged" && acknowledgedUntilAt !== null && acknowledgedUntilAt <= context.now,
    )
    .reduce((before, incident) => {
      const text = `The acknowledgement by ${incident.acknowledgedBy ?? "somebody"} lapsed; paging goes on.`;
      const open: Incident = { ...incident, state: "open", acknowledgedBy: null, acknowledgedUntilAt: null };
      const put = putIncident(before, withTimeline(open, { at: context.now, by: "desk", text }));
      return addAudit(put, context, {
        actor: "desk",
        act: "acknowledgement-lapsed",
        subject: `incident:${incident.incidentId}`,
        why: text,
      });
    }, change);
}

function refuseAcknowledgement(
  change: DeskChange,
  context: DeskContext,
  refused: { readonly incidentId: string; readonly by: string; readonly reason: ActRefusal["reason"] },
): AnsweredChange {
  const { incidentId, by, reason } = refused;
  const audited = addAudit(change, context, {
    actor: by,
    act: "acknowledgement-refused",
    subject: `incident:${incidentId}`,
    why: reason,
  });
  return { change: audited, answer: refuse({ reason }) };
}
