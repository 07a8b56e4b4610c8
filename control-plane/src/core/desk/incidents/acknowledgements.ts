// How an acknowledgement (core/desk/acts/acknowledge.ts) ends: by its time, or because the incident grew worse than it was. Paging then goes
// on with a new round. Pure.
import { dueBy } from "@countersign/shared/values/records-index";
import { actorNameOf, BY_DESK } from "../../words/actor.ts";
import { isRaised } from "../paging/raised.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putIncident, withTimeline } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";

const byTime = dueBy<Incident, null>(lapseAtOf);
/** what has grown worse than was taken is due at once */
const lapsing = dueBy<Incident, null>((incident) =>
  incident.state === "acknowledged" && isRaised(incident) ? 0 : lapseAtOf(incident),
);

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
