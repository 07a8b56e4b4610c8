// How an acknowledgement (core/desk/acts/acknowledge.ts) ends by its time, or because who gave it left the policy: paging goes on with a new round.
// When it also ends because the incident grew graver, or went down, is decided where it rings (core/desk/paging/stream.ts). Pure.
import { dueBy } from "@countersign/shared/values/records-index";
import type { Policy } from "../../../policy/policy.ts";
import { actorNameOf, BY_DESK, isResponder } from "../../words/actor.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putIncident, withTimeline } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { sumOf } from "../state/incident-sums.ts";
import { isGraver } from "./graver.ts";

const lapsing = dueBy<Incident, Policy>((incident, policy) => {
  if (incident.state !== "acknowledged") return null;
  return isHeld(incident, policy) ? incident.acknowledgedUntilAt : 0;
});

/** When the next acknowledgement lapses by time; null: none does. */
export function lapseAt({ incidents }: DeskState, { policy }: Pick<DeskContext, "policy">): number | null {
  return lapsing.earliestAt(incidents, policy);
}

/** Ends acknowledgements whose time is over: paging goes on. What somebody had who left the policy is nobody's, and rings at once. */
export function lapseAcknowledgements(change: DeskChange, context: DeskContext): DeskChange {
  return lapsing.dueAt(change.state.incidents, context.policy, context.now).reduce((before, incident) => {
    const because = isHeld(incident, context.policy)
      ? "lapsed"
      : "ended, for they are not in the policy any more";
    return lapse(before, context, { incident, because });
  }, change);
}

function isHeld({ acknowledgedBy }: Incident, policy: Policy): boolean {
  return acknowledgedBy === null || isResponder(policy, acknowledgedBy);
}

/** An acknowledgement was for what was known then: it ends for what is worse. */
export function endOutgrown(
  change: DeskChange,
  context: DeskContext,
  { incident, worse }: { readonly incident: Incident; readonly worse: Finding | undefined },
): DeskChange {
  if (incident.state !== "acknowledged" || worse === undefined) return change;
  const by = incident.acknowledgedBy === null ? "somebody" : actorNameOf(incident.acknowledgedBy);
  const { told } = sumOf(change.state, incident.incidentId);
  const text =
    told !== null && isGraver(worse.severity, told)
      ? `"${worse.title}" is ${worse.severity} now, and the acknowledgement by ${by} was for ${told}: it rings again.`
      : `"${worse.title}" has come since ${by} took it: it rings again.`;
  const open: Incident = {
    ...incident,
    state: "open",
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
  };
  const put = putIncident(change, withTimeline(open, { at: context.now, by: BY_DESK, text }));
  return addAudit(put, context, {
    actor: BY_DESK,
    act: "acknowledgement-outgrown",
    refs: refsOfIncident(incident),
    why: text,
  });
}

function lapse(
  change: DeskChange,
  context: DeskContext,
  { because, incident }: { readonly incident: Incident; readonly because: string },
): DeskChange {
  const by = incident.acknowledgedBy === null ? "somebody" : actorNameOf(incident.acknowledgedBy);
  const text = `The acknowledgement by ${by} ${because}; paging goes on.`;
  const { nextStep } = incident;
  const open: Incident = {
    ...incident,
    state: "open",
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    nextStep: nextStep === null ? null : { ...nextStep, dueAt: context.now, repeats: 0 },
  };
  const put = putIncident(change, withTimeline(open, { at: context.now, by: BY_DESK, text }));
  return addAudit(put, context, {
    actor: BY_DESK,
    act: "acknowledgement-lapsed",
    refs: refsOfIncident(incident),
    why: text,
  });
}
