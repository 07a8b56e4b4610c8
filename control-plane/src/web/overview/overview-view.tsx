// The desk: open incidents first, the most urgent on top, then the hosts with what is wrong on top, then what was resolved lately. Pure.
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { nameOf } from "../../core/words/subject.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Age, Badge, Exact } from "../frame/parts.tsx";
import { HostCard, hostsByUrgency, type ListedHost } from "../hosts/host-card.tsx";
import { IncidentBadge, SeverityWord } from "../incidents/incident-badge.tsx";
import { byUrgency } from "../incidents/incident-words.ts";

const RESOLVED_SHOWN_MAX = 10;
/** More open incidents than this are on further views: the worst must load on a bad connection. */
export const INCIDENTS_PER_VIEW = 40;
/** More hosts than this would make the view too heavy for a phone; the ones with trouble come first. */
const HOSTS_SHOWN_MAX = 200;

export interface OverviewViewProps {
  readonly frame: Frame;
  readonly incidents: readonly Incident[];
  readonly approvals: readonly Approval[];
  readonly hosts: readonly ListedHost[];
  /** shards that did not answer just now */
  readonly silentShards: readonly string[];
  /** how many open incidents stand on the views before this one */
  readonly skipCount: number;
}

/** The fleet at a glance. */
export function OverviewView(props: OverviewViewProps) {
  const { frame, incidents } = props;
  const open = byUrgency(incidents.filter(({ state }) => state !== "resolved"));
  const nextCount = props.skipCount + INCIDENTS_PER_VIEW;
  return (
    <Layout title="Desk" frame={frame} path="/">
      <h1>{headlineOf(open.length)}</h1>
      {open.slice(props.skipCount, nextCount).map((incident) => (
        <OwnCard what={`Incident ${incident.incidentId}`}>
          <IncidentCard incident={incident} approvals={props.approvals} now={frame.now} />
        </OwnCard>
      ))}
      {open.length > nextCount && (
        <p>
          <a class="button plain" href={`/?skip=${nextCount}`}>
            {open.length - nextCount} more, none more urgent than these
          </a>
        </p>
      )}
      <Hosts {...props} />
      <Resolved {...props} />
    </Layout>
  );
}

function headlineOf(openCount: number): string {
  if (openCount === 0) return "No open incident";
  return openCount === 1 ? "1 open incident" : `${openCount} open incidents`;
}

function IncidentCard(props: {
  readonly incident: Incident;
  readonly approvals: readonly Approval[];
  readonly now: number;
}) {
  const { incident, now } = props;
  const waiting = props.approvals.find(
    (approval) => approval.incidentId === incident.incidentId && statusOf(approval, now).isOpen,
  );
  return (
    <article class="card">
      <div class="row">
        <IncidentBadge incident={incident} />
        <span class="soft small">
          {incident.reason}, <SeverityWord incident={incident} />
        </span>
      </div>
      <h3>
        <a href={`/incidents/${incident.incidentId}`}>
          <Exact text={incident.title} />
        </a>
      </h3>
      <p class="soft small">
        <Exact text={nameOf(incident.subject)} />, began <Age at={incident.happenedAt} now={now} />
      </p>
      {waiting !== undefined && (
        <p class="row start">
          <a class="button" href={`/approvals/${waiting.approvalId}`}>
            Answer: {waiting.proposal.action} {waiting.proposal.service}
          </a>
          <span class="soft small">
            expires <Age at={waiting.expiresAt} now={now} />
          </span>
        </p>
      )}
    </article>
  );
}

function Hosts({ frame, hosts, silentShards }: OverviewViewProps) {
  const sorted = hostsByUrgency(hosts);
  return (
    <section aria-labelledby="hosts">
      <h2 id="hosts">
        {hosts.length} {hosts.length === 1 ? "host" : "hosts"}
      </h2>
      {silentShards.length > 0 && (
        <p class="say no" role="alert">
          {silentShards.join(", ")} did not answer just now: its hosts are missing below.
        </p>
      )}
      {hosts.length === 0 && silentShards.length === 0 && (
        <p>
          No host is enrolled yet. <a href="/hosts/new">Add the first one</a>.
        </p>
      )}
      <div class="hosts">
        {sorted.slice(0, HOSTS_SHOWN_MAX).map((host) => (
          <OwnCard what={`Host ${host.hostId}`}>
            <HostCard host={host} now={frame.now} />
          </OwnCard>
        ))}
      </div>
      {sorted.length > HOSTS_SHOWN_MAX && (
        <p class="soft">{sorted.length - HOSTS_SHOWN_MAX} more hosts, none more urgent than those above.</p>
      )}
    </section>
  );
}

function Resolved({ frame, incidents }: OverviewViewProps) {
  const resolved = incidents
    .filter(({ state }) => state === "resolved")
    .toSorted((left, right) => (right.resolvedAt ?? 0) - (left.resolvedAt ?? 0))
    .slice(0, RESOLVED_SHOWN_MAX);
  if (resolved.length === 0) return null;
  return (
    <section aria-labelledby="resolved">
      <h2 id="resolved">Recently resolved</h2>
      <ul class="list">
        {resolved.map((incident) => (
          <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
            <ResolvedLine incident={incident} now={frame.now} />
          </OwnCard>
        ))}
      </ul>
    </section>
  );
}

function ResolvedLine({ incident, now }: { readonly incident: Incident; readonly now: number }) {
  return (
    <li class="row">
      <a href={`/incidents/${incident.incidentId}`}>
        <Exact text={incident.title} />
      </a>
      <span class="small soft">
        <Badge shape="check">Resolved</Badge>{" "}
        {incident.resolvedAt !== null && <Age at={incident.resolvedAt} now={now} />}
      </span>
    </li>
  );
}
