// The desk: open incidents first, the most urgent on top, then the hosts with what is wrong on top, then what was resolved lately. Pure.
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import { nameOf } from "../../core/words/subject.ts";
import type { HostList } from "../../read-side/listed-host.ts";
import { statusOf } from "../approvals/approval-words.ts";
import { AsOf } from "../frame/as-of.tsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact } from "../frame/parts.tsx";
import { Age } from "../frame/time.tsx";
import { HostListing } from "../hosts/host-listing.tsx";
import { IncidentBadge, SeverityWord } from "../incidents/incident-badge.tsx";
import { byUrgency } from "../incidents/incident-words.ts";
import { type ResolvedIncident, ResolvedLine } from "../incidents/resolved-line.tsx";

/** More open incidents than this are on further views: the worst must load on a bad connection. */
export const INCIDENTS_PER_VIEW = 40;

export interface OverviewViewProps {
  readonly frame: Frame;
  readonly incidents: readonly Incident[];
  readonly approvals: readonly Approval[];
  readonly hosts: HostList;
  /** what is over, as the lists hold it; null: they cannot be read now */
  readonly resolved: readonly ResolvedIncident[];
  readonly isHistoryRead: boolean;
  /** how many open incidents stand on the views before this one */
  readonly skipCount: number;
}

/** The fleet at a glance. */
export function OverviewView(props: OverviewViewProps) {
  const { frame, incidents } = props;
  const open = byUrgency(incidents);
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
          <a class="btn plain" href={`/?skip=${nextCount}`}>
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
        <p class="chips">
          <a class="btn" href={`/approvals/${waiting.approvalId}`}>
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

function Hosts({ frame, hosts }: OverviewViewProps) {
  return (
    <section aria-labelledby="hosts">
      <h2 id="hosts">
        {hosts.enrolledCount} {hosts.enrolledCount === 1 ? "host" : "hosts"}
      </h2>
      <HostListing
        list={hosts}
        now={frame.now}
        morePath={(after) => `/hosts?after=${encodeURIComponent(after)}`}
      />
    </section>
  );
}

function Resolved({ frame, isHistoryRead, resolved }: OverviewViewProps) {
  if (resolved.length === 0 && isHistoryRead) return null;
  return (
    <section aria-labelledby="resolved">
      <h2 id="resolved">Recently resolved</h2>
      {!isHistoryRead && <AsOf asOf={null} now={frame.now} what="history" />}
      <ul class="list">
        {resolved.map((incident) => (
          <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
            <ResolvedLine incident={incident} now={frame.now} />
          </OwnCard>
        ))}
      </ul>
      <p class="small">
        <a href="/incidents">All that is over</a>
      </p>
    </section>
  );
}
