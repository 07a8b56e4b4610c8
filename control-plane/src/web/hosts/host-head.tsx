// The head of a host's view: how it is in a word and a sentence, when it was heard last, and what must be known before
// anything is done about it. Pure.
import { namedAt } from "@countersign/shared/values/named";
import { isNotUnderstood } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { FreezeLine, SilenceLine } from "../brakes/brake-lines.tsx";
import type { Brakes } from "../brakes/brakes-on.ts";
import { May } from "../look/may.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { Age } from "../look/time.tsx";
import { ApproversNotice } from "./host-approvers.tsx";
import { LivenessBadge } from "./host-card.tsx";
import { retirePathOf, setAsidePathOf } from "./host-facts.tsx";
import { brakesOver, type HostViewProps, servicesOn } from "./host-shown.ts";

/** A name breaks nowhere, as long as it fits a phone. */
const UNBROKEN_CHARS_MAX = 18;

/** Chips, name and one sentence. */
export function HostHead(props: HostViewProps) {
  const { frame, host, state } = props;
  return (
    <div>
      <p class="row head small">
        <span class="chips">
          <Life {...props} />
          <Holds brakes={brakesOver(props)} />
        </span>
        {state !== null && state.lastSeenAt > 0 && (
          <span class="soft">
            heard <Age at={Math.min(state.lastSeenAt, frame.now)} now={frame.now} />
          </span>
        )}
      </p>
      <h1 class={host.name.length <= UNBROKEN_CHARS_MAX ? "nb" : ""}>
        <Exact text={host.name} />
      </h1>
      <p class="lead">
        <Lead {...props} />
      </p>
    </div>
  );
}

function Life({ row, state }: Pick<HostViewProps, "row" | "state">) {
  if (state === null)
    return row?.liveness === "down" ? (
      <LivenessBadge liveness="down" isThrottled={false} />
    ) : (
      <State kind="unknown">not known now</State>
    );
  if (isNeverSeen(state)) return <State kind="unknown">never seen</State>;
  return <LivenessBadge liveness={state.liveness} isThrottled={state.flooding !== null} />;
}

function Holds({ brakes }: { readonly brakes: Brakes }) {
  const { freezes, silences } = brakes;
  const frozen = frozenText(freezes);
  return (
    <>
      {frozen !== null && <State kind="frozen">{frozen}</State>}
      {silences.length > 0 && (
        <State kind="silenced">{silences.length === 1 ? "silenced" : `${silences.length} silences`}</State>
      )}
    </>
  );
}

/** All that holds it, the widest first: one that is lifted leaves the others. null: nothing does. */
export function frozenText(freezes: Brakes["freezes"]): string | null {
  const services = freezes.filter(({ scope }) => scope.kind === "service").length;
  const wide = [
    ...(freezes.some(({ scope }) => scope.kind === "fleet") ? ["with the fleet"] : []),
    ...(freezes.some(({ scope }) => scope.kind === "host") ? ["by itself"] : []),
  ];
  const own = services === 0 ? [] : [services === 1 ? "1 service" : `${services} services`];
  if (wide.length === 0) return own.length === 0 ? null : `${own.join("")} frozen`;
  return `frozen ${[...wide, ...own.map((text) => `${text} of it too`)].join(", ")}`;
}

function Lead(props: HostViewProps) {
  const { incidents, state } = props;
  if (isNeverSeen(state))
    return (
      <>
        It is enrolled, and was never heard. Run <code>countersign-agent doctor</code> there.
      </>
    );
  const open = incidents.length;
  const said = open === 0 ? "No open incident." : open === 1 ? "1 open incident." : `${open} open incidents.`;
  return (
    <>
      {livenessText(state, servicesOn(props).length)} {said}
    </>
  );
}

function livenessText(state: HostState | null, serviceCount: number): string {
  switch (state?.liveness) {
    case undefined:
      return "How it is now is not known.";
    case "up":
      return serviceCount === 1 ? "1 service." : `${serviceCount} services.`;
    case "late":
      return "It is late: nothing runs there until it is heard again.";
    case "down":
      return "Nothing is heard from it, so nothing is known of its services.";
    case "unknown":
      return "This desk was blind for a while and has not heard it since.";
  }
}

function isNeverSeen(state: HostState | null): boolean {
  return (
    state !== null && state.liveness === "unknown" && state.lastSeenAt === 0 && state.connection === null
  );
}

/** What lies over it and what it said of itself. */
export function HostNotices(props: HostViewProps) {
  const { frame, host, isOfSilentFleet, policy, state } = props;
  const brakes = brakesOver(props);
  const { now } = frame;
  const wide = brakes.freezes.filter(({ scope }) => scope.kind !== "service");
  return (
    <>
      {state === null && <NotReached />}
      {state !== null && <ApproversNotice state={state} trust={props.trust} />}
      {state !== null && <OfItself state={state} hostId={host.hostId} now={now} />}
      {wide.map((freeze) => (
        <article class="card">
          <FreezeLine freeze={freeze} people={policy} now={now} />
        </article>
      ))}
      {brakes.silences.map((silence) => (
        <article class="card">
          <SilenceLine
            silence={silence}
            host={silence.matcher.hostId === null ? null : host.name}
            token={namedAt(props.endTokens, silence.silenceId) ?? ""}
            people={policy}
            now={now}
          />
        </article>
      ))}
      {isOfSilentFleet && (
        <p class="say" data-says="set-aside">
          It is away with many others.{" "}
          <May needs="answer">
            <a href={setAsidePathOf(host.hostId)}>Set it aside …</a> when you look after it apart.
          </May>
        </p>
      )}
    </>
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

function OfItself(props: { readonly state: HostState; readonly hostId: string; readonly now: number }) {
  const { hostId, now, state } = props;
  const { returnDueAt, saysRetired, unheard } = state;
  return (
    <>
      {unheard !== null && isNotUnderstood(state) && (
        <p class="say no" data-says="not-understood">
          It connects, and what it says is not understood, since{" "}
          <Age at={Math.min(unheard.sinceAt, now)} now={now} />:{" "}
          {unheard.refusal === null ? "its report never came" : `its report is refused (${unheard.refusal})`}.
        </p>
      )}
      {returnDueAt !== null && (
        <p class="say" data-says="away">
          It said that it will be back <Age at={returnDueAt} now={now} />. Nobody is paged before.
        </p>
      )}
      {saysRetired === true && (
        <p class="say" data-says="retired">
          This host says that it is retired.{" "}
          <May needs="administer">
            <a href={retirePathOf(hostId)}>Retire it …</a> if that is so.{" "}
          </May>
          Until then it is watched, and its silence pages.
        </p>
      )}
    </>
  );
}
