// An incident ends when nothing in it fires or may fire again; the end is told once, to who was rung. Pure.
// What a reader would get wrong: what lies beneath does not hold its incident. What of it still fires is placed anew then, and rings.
import { BY_DESK } from "../../words/actor.ts";
import { tellEnd } from "../outbox/ends.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { refsOfIncident } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putFinding, putIncident, withTimeline } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { openFindingsOf } from "../state/finding-index.ts";
import { sumOf } from "../state/incident-sums.ts";
import { resultNote } from "../texts/page-texts.ts";
import { placeAnew } from "./move.ts";
import { rememberBeginnings } from "./recurring.ts";

/** Ends an incident of which all is over, and tells everybody who was told that it began. */
export function closeIfOver(
  change: DeskChange,
  context: DeskContext,
  { incidentId, why }: { readonly incidentId: string; readonly why: string },
): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined || incident.state === "resolved" || incident.state === "merged") return change;
  if (sumOf(change.state, incidentId).ownCount > 0) return change;
  const freed = openFindingsOf(change.state, incidentId).reduce(
    (before, finding) => leaveBeneath(before, context, finding),
    change,
  );
  const known = freed.state.incidents.get(incidentId) ?? incident;
  const closed = close(freed, context, { incident: known, why });
  const told = known.resultAt === null ? why : `${why} ${resultNote(closed.state, known)}`;
  return tellEnd(closed, context, { incidentId, why: told });
}

/** Nobody was told of what lay beneath: what has cleared ends with its host's silence. */
function leaveBeneath(change: DeskChange, context: DeskContext, finding: Finding): DeskChange {
  if (finding.clearedAt === null) return placeAnew(change, context, finding);
  const endedBecause = "It was over before it could be told.";
  const ended: Finding = { ...finding, endedAt: context.now, endedBecause, releasesAt: null };
  return rememberBeginnings(putFinding(change, ended), ended);
}

/** Ends an incident of which nothing is known any more: nobody is told that it is over. */
export function endUntold(
  change: DeskChange,
  context: DeskContext,
  end: { readonly incident: Incident; readonly why: string },
): DeskChange {
  return close(change, context, end);
}

function close(
  change: DeskChange,
  context: DeskContext,
  { incident, why }: { readonly incident: Incident; readonly why: string },
): DeskChange {
  const resolved: Incident = {
    ...incident,
    state: "resolved",
    resolvedAt: context.now,
    clearedAt: incident.clearedAt ?? context.now,
    acknowledgedUntilAt: null,
    nextStep: null,
    resultAt: null,
  };
  const put = putIncident(
    change,
    withTimeline(resolved, { at: context.now, by: BY_DESK, text: `Resolved. ${why}` }),
  );
  return addAudit(put, context, {
    actor: BY_DESK,
    act: "incident-resolved",
    refs: refsOfIncident(incident),
    why: `${incident.title}: ${why}`,
  });
}
