// One host: how it stands, each service with what its checks last said, what rules found, and the open incidents. Pure.
// Only what is not boring is remembered of a healthy service, so its checks' results are not always here; the view says so.
import { formatDuration } from "@countersign/shared/values/duration";
import { namedAt } from "@countersign/shared/values/named";
import type { Incident } from "../../core/desk/records/incident.ts";
import {
  HEALTHY,
  isNotUnderstood,
  serviceConditionOf,
  serviceNamesOf,
} from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { hostedSubject, type Scope } from "../../core/words/subject.ts";
import type { RegisteredHost } from "../../platform/desk/desk-hosts.ts";
import type { HostRow } from "../../read-side/listed-host.ts";
import { askPathOf } from "../asks/ask-path.ts";
import { freezePathOf } from "../brakes/freeze-view.tsx";
import { Layout, type Frame } from "../frame/layout.tsx";
import { OwnCard } from "../frame/own-card.tsx";
import { Exact } from "../frame/parts.tsx";
import { State } from "../frame/state.tsx";
import { Age } from "../frame/time.tsx";
import { WhyForm } from "../frame/why-form.tsx";
import { IncidentBadge, SeverityWord } from "../incidents/incident-badge.tsx";
import { byUrgency } from "../incidents/incident-words.ts";
import { LivenessBadge, serviceLineOf, ServiceItem } from "./host-card.tsx";

const INCIDENTS_SHOWN_MAX = 40;

export interface HostViewProps {
  readonly frame: Frame;
  /** as the desk has registered it */
  readonly host: Pick<RegisteredHost, "hostId" | "name">;
  /** as its shard knows it now; null: the shard does not answer, or does not know it yet */
  readonly state: HostState | null;
  /** as the lists hold it, shown where its shard does not answer; null: they cannot be read, or lack it */
  readonly row: HostRow | null;
  /** unresolved ones of this host */
  readonly incidents: readonly Incident[];
  readonly retireToken: string;
  /** for setting it aside; null: it is not on the list of a silent fleet */
  readonly asideToken: string | null;
}

/** One host as its shard knows it now or, where that does not answer, as the lists hold it. */
export function HostView({ asideToken, frame, host, incidents, retireToken, row, state }: HostViewProps) {
  return (
    <Layout title={host.name} frame={frame}>
      <LivenessBadge
        liveness={state?.liveness ?? row?.liveness ?? "unknown"}
        isThrottled={state === null ? row?.condition === "throttled" : state.flooding !== null}
      />
      <h1>
        <Exact text={host.name} />
      </h1>
      {state === null ? (
        <NotReached />
      ) : (
        <OwnCard what="What is known of it">
          <Facts host={state} now={frame.now} />
        </OwnCard>
      )}
      {state?.saysRetired === true && (
        <p class="say" data-says="retired">
          This host says that it is retired. <a href="#retire">Retire it</a> if that is so: until then it is
          watched, and its silence pages.
        </p>
      )}
      <p class="chips">
        <a href={freezePathOf(scopeOf(host, null))}>Freeze this host</a>
      </p>
      <Incidents incidents={incidents} now={frame.now} />
      {asideToken !== null && <SetAside host={host} token={asideToken} />}
      <h2>Services</h2>
      <OwnCard what="Its services">
        {state === null ? <ListedServices row={row} /> : <Services host={state} now={frame.now} />}
      </OwnCard>
      <Retire host={host} token={retireToken} />
    </Layout>
  );
}

function NotReached() {
  return (
    <p class="say no" role="alert" data-says="not-reached">
      The part that watches this host does not answer just now, or does not know it yet. What is shown is what
      was last listed, and what is open.
    </p>
  );
}

function ListedServices({ row }: { readonly row: HostRow | null }) {
  if (row === null || row.services.length === 0) return <p>None is known.</p>;
  return (
    <ul class="list small">
      {row.services.map((service) => (
        <ServiceItem line={serviceLineOf(service, row)} />
      ))}
    </ul>
  );
}

function SetAside({ host, token }: { readonly host: HostViewProps["host"]; readonly token: string }) {
  return (
    <section aria-labelledby="aside" data-says="set-aside">
      <h2 id="aside">Away with many others</h2>
      <p class="soft small">
        Set it aside when you look after it apart: the fleet's incident waits for it no longer, and its
        silence is an incident of its own. Nothing is silenced by that.
      </p>
      <WhyForm action={`/hosts/${host.hostId}/set-aside`} token={token}>
        Set this host aside
      </WhyForm>
    </section>
  );
}

function Retire({ host, token }: { readonly host: HostViewProps["host"]; readonly token: string }) {
  return (
    <section aria-labelledby="retire">
      <h2 id="retire">Retire</h2>
      <p class="soft small">
        For good: it is watched no more, its key is refused, and what is open about it ends. To bring it back,
        enrol it again with a new key.
      </p>
      <WhyForm action={`/hosts/${host.hostId}/retire`} token={token}>
        Retire this host
      </WhyForm>
    </section>
  );
}

function Services({ host, now }: { readonly host: HostState; readonly now: number }) {
  const names = serviceNamesOf(host);
  if (names.length === 0) return <p>Its catalogue names no service.</p>;
  return (
    <>
      {names.map((service) => (
        <OwnCard what={`Service ${service}`}>
          <Service service={service} host={host} now={now} />
        </OwnCard>
      ))}
    </>
  );
}

function Facts({ host, now }: { readonly host: HostState; readonly now: number }) {
  const { connection, flooding, lastSeenAt, returnDueAt, unheard } = host;
  return (
    <dl class="facts">
      <dt>Last seen</dt>
      <dd>{lastSeenAt > 0 ? <Age at={Math.min(lastSeenAt, now)} now={now} /> : "never"}</dd>
      {host.liveness !== "up" && <dt>Since</dt>}
      {host.liveness !== "up" && (
        <dd>
          {host.liveness} for {formatDuration(now - host.sinceAt)}
        </dd>
      )}
      {unheard !== null && isNotUnderstood(host) && <dt>Not understood</dt>}
      {unheard !== null && isNotUnderstood(host) && (
        <dd>
          since <Age at={unheard.sinceAt} now={now} />:{" "}
          {unheard.refusal === null ? "its report never came" : `its report is refused (${unheard.refusal})`}
        </dd>
      )}
      {flooding !== null && <dt>Throttled</dt>}
      {flooding !== null && (
        <dd>
          since <Age at={flooding.sinceAt} now={now} />: it sends too much, and {flooding.droppedCount}{" "}
          messages were dropped unread
        </dd>
      )}
      {returnDueAt !== null && <dt>Announced</dt>}
      {returnDueAt !== null && (
        <dd>
          to be back by <Age at={returnDueAt} now={now} />
        </dd>
      )}
      {(host.tags?.length ?? 0) > 0 && <dt>Tags</dt>}
      {(host.tags?.length ?? 0) > 0 && <dd>{host.tags?.join(", ")}</dd>}
      {connection !== null && <dt>Agent</dt>}
      {connection !== null && (
        <dd>
          <Exact text={connection.agentVersion} />, connected <Age at={connection.connectedAt} now={now} />
        </dd>
      )}
      <dt>Key</dt>
      <dd class="mono small">{host.hostId}</dd>
    </dl>
  );
}

function Incidents({ incidents, now }: { readonly incidents: readonly Incident[]; readonly now: number }) {
  return (
    <>
      <h2>Open incidents</h2>
      {incidents.length === 0 && <p>None.</p>}
      <ul class="list">
        {byUrgency(incidents)
          .slice(0, INCIDENTS_SHOWN_MAX)
          .map((incident) => (
            <OwnCard as="li" what={`Incident ${incident.incidentId}`}>
              <IncidentLine incident={incident} now={now} />
            </OwnCard>
          ))}
      </ul>
    </>
  );
}

function IncidentLine({ incident, now }: { readonly incident: Incident; readonly now: number }) {
  return (
    <li>
      <div class="row">
        <IncidentBadge incident={incident} />
        <span class="soft small">
          <SeverityWord incident={incident} />, began <Age at={incident.happenedAt} now={now} />
        </span>
      </div>
      <a href={`/incidents/${incident.incidentId}`}>
        <Exact text={incident.title} />
      </a>
    </li>
  );
}

function Service(props: { readonly service: string; readonly host: HostState; readonly now: number }) {
  const { host, now, service } = props;
  const state = namedAt(host.services, service);
  const condition = state === undefined ? HEALTHY : serviceConditionOf(state);
  const line = serviceLineOf({ service, ...condition }, host);
  const entry = host.connection?.catalogue.find(({ service }) => service === line.service);
  const unit = entry?.unit ?? null;
  const results = state?.report.results ?? [];
  return (
    <article class="card">
      <div class="row">
        <h3>{line.service}</h3>
        <State kind={line.kind}>{line.text}</State>
      </div>
      {unit !== null && (
        <p class="soft small">
          <Exact text={unit} />
        </p>
      )}
      <ul class="list">
        {results.map((result) => (
          <li>
            {result.check}: {result.overdueSinceAt === undefined ? result.status : "overdue; last known"},{" "}
            <Exact text={result.summary} />
            <br />
            <Age at={Math.min(result.finishedAt, now)} now={now} />
          </li>
        ))}
      </ul>
      {results.length === 0 && line.kind === "well" && (
        <p class="soft small">Every check passes; the last results of a healthy service are not kept.</p>
      )}
      <p class="small chips">
        <a href={freezePathOf(scopeOf(host, line.service))}>Freeze</a>
        {entry !== undefined && <a href={askPathOf(host.hostId, { service })}>Ask for …</a>}
      </p>
    </article>
  );
}

function scopeOf({ hostId, name }: HostViewProps["host"], service: string | null): Scope {
  return hostedSubject({ hostId, hostName: name }, service);
}
