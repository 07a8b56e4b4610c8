// What is open about one host, the most urgent first. Pure.
import type { IncidentNow } from "../../core/desk/incidents-now.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { byUrgency } from "../incidents/incident-words.ts";
import { OpenStanding, standingOf } from "../incidents/open-standing.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";

const SHOWN_MAX = 40;

/** Nothing where nothing is open. */
export function HostIncidents(props: {
  readonly incidents: readonly Incident[];
  /** what the desk knows of them besides */
  readonly known: readonly IncidentNow[];
  readonly now: number;
}) {
  const { incidents, known, now } = props;
  if (incidents.length === 0) return null;
  const lines = byUrgency(incidents).map((incident) => {
    const about = known.find(({ incidentId }) => incidentId === incident.incidentId) ?? null;
    return { incident, known: about, standing: standingOf(incident, about, about?.isRunning === true) };
  });
  const isRinging = lines.some(({ standing }) => standing === "rings");
  return (
    <section class={isRinging ? "card no" : "card"} aria-labelledby="open">
      <h2 id="open">{incidents.length === 1 ? "Open incident" : `${incidents.length} open incidents`}</h2>
      <ul class="list">
        {lines.slice(0, SHOWN_MAX).map((line) => (
          <OwnCard as="li" what={`Incident ${line.incident.incidentId}`}>
            <Line {...line} now={now} />
          </OwnCard>
        ))}
      </ul>
    </section>
  );
}

function Line(props: Omit<Parameters<typeof OpenStanding>[0], "incident"> & { readonly incident: Incident }) {
  const { incident, now } = props;
  return (
    <li>
      <p class="row small">
        <OpenStanding {...props} />
        <span class="soft">
          began <Age at={Math.min(incident.happenedAt, now)} now={now} />
        </span>
      </p>
      <p>
        <a class="tap" href={`/incidents/${incident.incidentId}`}>
          <Exact text={incident.title} />
        </a>
      </p>
    </li>
  );
}
