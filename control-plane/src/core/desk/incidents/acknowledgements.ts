// A person takes an incident, for a bounded time and as grave as it is: while it is acknowledged nobody is paged about it, and when the
// acknowledgement lapses, or the incident grows worse than it was, paging goes on with a new round. Pure.
import { dueBy } from "@countersign/shared/values/records-index";
import { ok, refuse } from "@countersign/shared/values/result";
import { actorNameOf, BY_DESK, byPerson } from "../../words/actor.ts";
import { clockOf } from "../../words/clock-text.ts";
import { restartSteps } from "../paging/escalation.ts";
import { isRaised, toldNow } from "../paging/raised.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import {
  addAudit,
  type AnsweredChange,
  type DeskChange,
  putIncident,
  withTimeline,
} from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import type { DeskState, Incident } from "../state/desk-state.ts";

const byTime = dueBy<Incident, null>(lapseAtOf);
/** what has grown worse than was taken is due at once */
const lapsing = dueBy<Incident, null>((incident) =>
  incident.state === "acknowledged" && isRaised(incident) ? 0 : lapseAtOf(incident),
);

/** A person takes the incident: paging pauses until the acknowledgement lapses. */
export function acknowledge(
  change: DeskChange,
  context: DeskContext,
  act: { readonly incidentId: string; readonly by: string },
): AnsweredChange {
  const incident = change.state.incidents.get(act.incidentId);
  if (incident === undefined)
    return refuseAcknowledgement(change, context, { ...act, reason: "incident-unknown" });
  if (incident.state === "resolved")
    return refuseAcknowledgement(change, context, { ...act, reason: "incident-resolved" });
  const untilAt = context.now + context.policy.incident.acknowledgementMs;
  const acknowledged: Incident = {
    ...incident,
    state: "acknowledged",
    acknowledgedBy: byPerson(act.by),
    acknowledgedUntilAt: untilAt,
    // What is told once is not told again because somebody has seen it.
    nextStep: incident.nextStep === null ? null : restartSteps(incident, untilAt),
    toldSeverity: toldNow(incident),
  };
  const put = putIncident(
    change,
    withTimeline(acknowledged, { at: context.now, by: byPerson(act.by), text: "Acknowledged." }),
  );
  const audited = addAudit(put, context, {
    actor: byPerson(act.by),
    act: "incident-acknowledged",
    refs: refsOfIncident(incident),
    why: `${incident.title}; paging pauses until ${clockOf(untilAt)} UTC`,
  });
  return { change: audited, answer: ok(null) };
}

/** When the next acknowledgement lapses by time; null: none does. */
export function lapseAt({ incidents }: DeskState): number | null {
  return byTime.earliestAt(incidents, null);
}

/** Ends acknowledgements whose time is over, or whose incident has grown worse: paging goes on. */
export function lapseAcknowledgements(change: DeskChange, context: DeskContext): DeskChange {
  return lapsing.dueAt(change.state.incidents, null, context.now).reduce((before, incident) => {
    const by = incident.acknowledgedBy === null ? "somebody" : actorNameOf(incident.acknowledgedBy);
    if (isRaised(incident)) {
      const text = `It is ${incident.severity} now: the acknowledgement by ${by} was for ${incident.toldSeverity}. Paging goes on.`;
      return reopen(before, context, { incident, act: "acknowledgement-outgrown", text });
    }
    const text = `The acknowledgement by ${by} lapsed; paging goes on.`;
    return reopen(before, context, { incident, act: "acknowledgement-lapsed", text });
  }, change);
}

function lapseAtOf({ acknowledgedUntilAt, state }: Incident): number | null {
  return state === "acknowledged" ? acknowledgedUntilAt : null;
}

function reopen(
  change: DeskChange,
  context: DeskContext,
  end: { readonly incident: Incident; readonly act: string; readonly text: string },
): DeskChange {
  const { act, incident, text } = end;
  const { nextStep } = incident;
  const open: Incident = {
    ...incident,
    state: "open",
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    nextStep: nextStep === null ? null : { ...nextStep, dueAt: Math.min(nextStep.dueAt, context.now) },
  };
  const put = putIncident(change, withTimeline(open, { at: context.now, by: BY_DESK, text }));
  return addAudit(put, context, { actor: BY_DESK, act, refs: refsOfIncident(incident), why: text });
}

function refuseAcknowledgement(
  change: DeskChange,
  context: DeskContext,
  refused: { readonly incidentId: string; readonly by: string; readonly reason: ActRefusal["reason"] },
): AnsweredChange {
  const { incidentId, by, reason } = refused;
  const audited = addAudit(change, context, {
    actor: byPerson(by),
    act: "acknowledgement-refused",
    refs: [{ kind: "incident", incidentId }],
    why: reason,
  });
  return { change: audited, answer: refuse({ reason }) };
}
