// The course of an incident as a picture: broke, paged, seen, approved or taken, ran, well. Pure. Only what is on record has
// an instant; what is still to come is dotted, and once it is over what never came is left out.
import { courseOf, leadingApproval, type Turn } from "../../http/incident-course.ts";
import type { FoundIncident } from "../../http/post-mortem.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { Lane, type LanePoint } from "../look/lane.tsx";
import { fullSpanOf } from "../look/place-time.ts";

export function IncidentLane({ found, now }: { readonly found: FoundIncident; readonly now: number }) {
  const { incident } = found;
  if (incident.state === "merged") return null;
  const points = lanePoints(found, now);
  if (points.length < 2) return null;
  const { clearedAt, happenedAt } = incident;
  return (
    <figure class="card">
      <figcaption>
        {clearedAt === null ? (
          <>
            <b class="bad">Not well for {fullSpanOf(now - happenedAt)}.</b> {waitWords(found, now)}
          </>
        ) : (
          <b>Not well for {fullSpanOf(clearedAt - happenedAt)}, then well.</b>
        )}
      </figcaption>
      <Lane points={points} now={now} />
    </figure>
  );
}

/** Its turns in the order in which they came, then those that are still to come. */
export function lanePoints(found: FoundIncident, now: number): readonly LanePoint[] {
  const { approvals, incident } = found;
  const isAsked = approvals.some((approval) => statusOf(approval, now).isOpen);
  const isAnswered = approvals.some(({ decidedAt, state }) => decidedAt !== null && state !== "denied");
  const isOver = incident.state === "resolved" || incident.state === "merged";
  const turns = courseOf(found).filter(({ at, name }) => {
    if (at !== null) return name !== "taken" || !isAnswered;
    if (isOver) return false;
    if (name === "approved" || name === "ran") return isAsked || isAnswered;
    if (name === "taken") return !isAsked && !isAnswered && incident.clearedAt === null;
    return name === "well" || incident.clearedAt === null;
  });
  const came = turns
    .filter(({ at }) => at !== null)
    .toSorted((left, right) => (left.at ?? 0) - (right.at ?? 0));
  const didHelp = leadingApproval(approvals)?.state !== "failed";
  return [...came, ...turns.filter(({ at }) => at === null)].map((turn) =>
    pointOf(turn, { isAsked, didHelp }),
  );
}

/** `didHelp` false: what ran did not, so it is down as before. */
function pointOf(
  { at, name }: Turn,
  { didHelp, isAsked }: { readonly isAsked: boolean; readonly didHelp: boolean },
): LanePoint {
  const leads = name === "ran" && didHelp ? "returning" : name === "well" ? "well" : "down";
  const note = at === null && name === "approved" && isAsked ? { note: "waits" } : {};
  return { name, at, leads, ...note };
}

function waitWords({ approvals, incident }: FoundIncident, now: number): string {
  if (approvals.some((approval) => statusOf(approval, now).isOpen)) return "Waiting for an answer.";
  if (approvals.some(({ state }) => state === "approved")) return "What was approved runs.";
  if (approvals.some(({ state }) => state === "executing")) return "What was approved ran; is it well?";
  if (incident.state === "acknowledged") return "Somebody is on it.";
  return incident.state === "open" ? "Waiting for somebody to take it." : "";
}
