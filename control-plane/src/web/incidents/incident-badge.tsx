// The state of an incident: a shape and a word. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import { actorNameOf } from "../../core/words/actor.ts";
import { State } from "../look/state.tsx";

/** How an incident stands. What has cleared is well again and still held. */
export function IncidentBadge({ incident }: { readonly incident: Incident }) {
  const { acknowledgedBy, clearedAt, state } = incident;
  if (isGoing(incident) && clearedAt !== null) return <State kind="well">Well, not over yet</State>;
  switch (state) {
    case "open":
      return <State kind="rings">Rings now</State>;
    case "acknowledged":
      return (
        <State kind="taken">
          {acknowledgedBy === null ? "Taken" : `Taken by ${actorNameOf(acknowledgedBy)}`}
        </State>
      );
    case "merged":
      return <State kind="done">Went into another</State>;
    case "resolved":
      return <State kind="done">Over</State>;
  }
}

function isGoing({ state }: Incident): boolean {
  return state === "open" || state === "acknowledged";
}
