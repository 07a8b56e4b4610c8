// The badge of an incident, a shape and a word, and its severity. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import { Badge } from "../frame/parts.tsx";

/** The state of an incident: a shape and a word. What has cleared is well again and still held. */
export function IncidentBadge({ incident }: { readonly incident: Incident }) {
  if (isGoing(incident) && incident.clearedAt !== null) return <Badge shape="half">Cleared</Badge>;
  switch (incident.state) {
    case "open":
      return (
        <Badge shape="triangle" isBad>
          Open
        </Badge>
      );
    case "acknowledged":
      return <Badge shape="half">Acknowledged</Badge>;
    case "merged":
      return <Badge shape="check">Taken into another</Badge>;
    case "resolved":
      return <Badge shape="check">Resolved</Badge>;
  }
}

/** How bad it is, in a word; the worst also by its colour. */
export function SeverityWord({ incident }: { readonly incident: Incident }) {
  const { severity } = incident;
  const isLoud = isGoing(incident) && severity === "critical";
  return <span class={isLoud ? "severity bad" : "severity"}>{severity}</span>;
}

function isGoing({ state }: Incident): boolean {
  return state === "open" || state === "acknowledged";
}
