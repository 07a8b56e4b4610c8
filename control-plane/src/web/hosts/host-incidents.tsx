// What is open about one host, the most urgent first. Pure.
import type { Incident } from "../../core/desk/records/incident.ts";
import { IncidentBadge } from "../incidents/incident-badge.tsx";
import { byUrgency } from "../incidents/incident-words.ts";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { Age } from "../look/time.tsx";

const SHOWN_MAX = 40;

/** Nothing where nothing is open. */
export function HostIncidents(props: { readonly incidents: readonly Incident[]; readonly now: number }) {
  const { incidents, now } = props;
  if (incidents.length === 0) return null;
  return (
    <section class="card no" aria-labelledby="open">
      <h2 id="open">{incidents.length === 1 ? "Open incident" : `${incidents.length} open incidents`}</h2>
      <ul class="list">
        {byUrgency(incidents)
          .slice(0, SHOWN_MAX)
          .map((incident) => (
            <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
              <Line incident={incident} now={now} />
            </OwnCard>
          ))}
      </ul>
    </section>
  );
}

function Line({ incident, now }: { readonly incident: Incident; readonly now: number }) {
  return (
    <li>
      <p class="row small">
        <IncidentBadge incident={incident} />
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
