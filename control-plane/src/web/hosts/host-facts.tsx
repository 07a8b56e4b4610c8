// What is known of a host itself: by what it is watched, since when, and, folded, the ids that stand in records. Pure.
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { hostSubject } from "../../core/words/subject.ts";
import { askPathOf } from "../asks/ask-path.ts";
import { freezePathOf, silencePathOf } from "../brakes/brake-paths.ts";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { Age, AgeAndClock } from "../look/time.tsx";
import { agentAgeOf, agentAgeText } from "./agent-age.ts";
import { believesText } from "./host-approvers.tsx";
import { brakesOver, type HostViewProps } from "./host-shown.ts";

/** The card of the host itself, with what can be done about it. */
export function HostFacts(props: HostViewProps) {
  const { host, state, trust } = props;
  const { now } = props.frame;
  const isFrozen = brakesOver(props).freezes.some(({ scope }) => scope.kind !== "service");
  const subject = hostSubject(host.hostId, host.name);
  const hasActions = state?.connection?.catalogue.some(({ actions }) => actions.length > 0) === true;
  return (
    <section class="card" aria-labelledby="itself">
      <h2 id="itself">This host</h2>
      {state !== null && <Facts state={state} trust={trust} now={now} />}
      <details>
        <summary>For the record</summary>
        <Record host={host} state={state} now={now} />
      </details>
      <p class="links">
        <May needs="answer">
          {!isFrozen && (
            <a href={freezePathOf(subject)}>
              <span>
                Freeze all of <Exact text={host.name} />
              </span>
            </a>
          )}
          <a href={silencePathOf(subject)}>Silence it while you work</a>
          {hasActions && <a href={askPathOf(host.hostId)}>Ask it for an action</a>}
        </May>
        <May needs="administer">
          <a href={retirePathOf(host.hostId)}>Retire it</a>
        </May>
      </p>
    </section>
  );
}

/** Where a host is retired. */
export function retirePathOf(hostId: string): string {
  return `/hosts/${encodeURIComponent(hostId)}/retire`;
}

/** Where a host of a silent fleet is set aside. */
export function setAsidePathOf(hostId: string): string {
  return `/hosts/${encodeURIComponent(hostId)}/set-aside`;
}

function Facts({
  now,
  state,
  trust,
}: Pick<HostViewProps, "trust"> & { readonly state: HostState; readonly now: number }) {
  const { connection, flooding, tags = [] } = state;
  const believes = believesText({ state, trust });
  return (
    <dl class="facts small">
      {connection !== null && <Agent version={connection.agentVersion} />}
      <dt>Connected</dt>
      <dd>
        {connection === null ? "not now" : <Age at={Math.min(connection.connectedAt, now)} now={now} />}
      </dd>
      {believes !== null && <dt>Believes</dt>}
      {believes !== null && (
        <dd>
          {believes}. <a href="/passkey">Who may approve</a>
        </dd>
      )}
      {flooding !== null && <dt>Sends</dt>}
      {flooding !== null && (
        <dd>
          too much: {flooding.droppedCount} messages were dropped unread, since{" "}
          <Age at={Math.min(flooding.sinceAt, now)} now={now} />
        </dd>
      )}
      {(connection?.framesRefused ?? 0) > 0 && <dt>Refused</dt>}
      {(connection?.framesRefused ?? 0) > 0 && (
        <dd>{connection?.framesRefused} of its messages on this connection were not understood</dd>
      )}
      {tags.length > 0 && <dt>Tags</dt>}
      {tags.length > 0 && <dd>{tags.join(", ")}</dd>}
    </dl>
  );
}

function Agent({ version }: { readonly version: string }) {
  const age = agentAgeOf(version);
  return (
    <>
      <dt>Watched by</dt>
      <dd>
        agent <Exact text={version} />, <span class={age === "older" ? "warn" : ""}>{agentAgeText(age)}</span>
      </dd>
    </>
  );
}

function Record({ host, now, state }: Pick<HostViewProps, "host" | "state"> & { readonly now: number }) {
  const connection = state?.connection ?? null;
  return (
    <dl class="facts small">
      <dt>Key</dt>
      <dd class="mono">{host.hostId}</dd>
      {connection !== null && (
        <>
          <dt>Calls itself</dt>
          <dd>
            <Exact text={connection.hostname} />
          </dd>
          <dt>Comes from</dt>
          <dd class="mono">
            {connection.address === null ? "not known" : <Exact text={connection.address} />}
          </dd>
          <dt>Boot</dt>
          <dd class="mono">{connection.bootId}</dd>
          <dt>Connected</dt>
          <dd>
            <AgeAndClock at={Math.min(connection.connectedAt, now)} now={now} />
          </dd>
        </>
      )}
    </dl>
  );
}
