// One incident that is over, in a line of a list: a link to it, and since when. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";

/** What a list says of it. */
export type ResolvedIncident = Pick<Incident, "incidentId" | "title"> & { readonly resolvedAt: number };

export function ResolvedLine(props: { readonly incident: ResolvedIncident; readonly now: number }) {
  const { incident, now } = props;
  return (
    <li class="row">
      <a href={`/incidents/${incident.incidentId}`}>
        <Exact text={incident.title} />
      </a>
      <span class="small soft">
        <State kind="done">Over</State> <Age at={incident.resolvedAt} now={now} />
      </span>
    </li>
  );
}
