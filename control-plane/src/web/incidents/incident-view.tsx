// One incident: how it stands, its course, what it holds with its evidence, what was asked and tried, who is next and who
// was paged, what it means and what was done. Pure. It has no field, so that it is fetched anew while something moves; what
// is written is written on a view of its own.
import { Layout } from "../frame/layout.tsx";
import { LastWords } from "../look/last-words.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { FleetHosts } from "./fleet-hosts.tsx";
import { IncidentBar } from "./incident-bar.tsx";
import { IncidentFindings } from "./incident-findings.tsx";
import { headlineOf, Held, IncidentHead } from "./incident-head.tsx";
import { IncidentHosts, IncidentShares } from "./incident-hosts.tsx";
import { IncidentLane } from "./incident-lane.tsx";
import { IncidentMeaning } from "./incident-meaning.tsx";
import { IncidentPages } from "./incident-pages.tsx";
import { IncidentTimeline } from "./incident-timeline.tsx";
import { IncidentTried } from "./incident-tried.tsx";
import type { ShownIncident } from "./shown-incident.ts";
import { WhoIsNext } from "./who-is-next.tsx";

/** How often it is fetched anew, in seconds: while what was approved is under way, and while it goes on. */
const UNDER_WAY_SECONDS = 3;
const GOING_SECONDS = 10;

/** One incident as it stands now. */
export function IncidentView({ shown }: { readonly shown: ShownIncident }) {
  const { found, frame } = shown;
  return (
    <Layout
      title={headlineOf(found.incident)}
      frame={frame}
      path="/incidents"
      moves={secondsOf(shown)}
      bar={<IncidentBar shown={shown} />}
    >
      <IncidentHead shown={shown} />
      <Held shown={shown} />
      <div class="split right">
        <div>
          <IncidentLane found={found} now={frame.now} />
          <IncidentShares shown={shown} />
          <IncidentFindings shown={shown} />
          <OwnCard what="Last words">
            <LastWords told={shown.lastWords} now={frame.now} />
          </OwnCard>
          <IncidentTried shown={shown} />
        </div>
        <div>
          <FleetHosts fleet={found.fleet} now={frame.now} people={shown.people} />
          <IncidentHosts shown={shown} />
          <WhoIsNext shown={shown} />
          <IncidentPages shown={shown} />
          <IncidentMeaning shown={shown} />
        </div>
        <div>
          <IncidentTimeline shown={shown} />
        </div>
      </div>
    </Layout>
  );
}

/** After how many seconds it is fetched anew; null: it is over, and stands still. */
export function secondsOf({ found: { approvals, incident } }: Pick<ShownIncident, "found">): number | null {
  const isUnderWay = approvals.some(({ state }) => state === "approved" || state === "executing");
  if (incident.state === "resolved" || incident.state === "merged") return null;
  return isUnderWay ? UNDER_WAY_SECONDS : GOING_SECONDS;
}
