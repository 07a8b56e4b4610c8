// One incident that is over, in a line. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import { Age, Badge, Exact } from "../frame/parts.tsx";

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
        <Badge shape="check">Resolved</Badge> <Age at={incident.resolvedAt} now={now} />
      </span>
    </li>
  );
}
