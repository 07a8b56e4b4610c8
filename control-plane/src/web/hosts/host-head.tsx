// The head of a host's view: how it is in a word and a sentence, when it was heard last, and what must be known before anything is done about it. Pure.
import { namedAt } from "@countersign/shared/values/named";
import { isNotUnderstood } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { FreezeLine, SilenceLine } from "../brakes/brake-lines.tsx";
import type { Brakes } from "../brakes/brakes-on.ts";
import { Exact } from "../frame/parts.tsx";
import { State } from "../frame/state.tsx";
import { Age } from "../frame/time.tsx";
import { LivenessBadge } from "./host-card.tsx";
import { retirePathOf, setAsidePathOf } from "./host-facts.tsx";
import type { HostViewProps } from "./host-shown.ts";

/** Chips, name and one sentence. */
export function HostHead(props: HostViewProps & { readonly services: readonly string[] }) {
  const { brakes, frame, host, row, state } = props;
  return (
    <div>
      <p class="row head small">
        <span class="chips">
          {isNeverSeen(state) ? (
            <State kind="unknown">never seen</State>
          ) : (
            <LivenessBadge
              liveness={state?.liveness ?? row?.liveness ?? "unknown"}
              isThrottled={state === null ? row?.condition === "throttled" : state.flooding !== null}
            />
          )}
          <Holds brakes={brakes} />
        </span>
        {state !== null && state.lastSeenAt > 0 && (
          <span class="soft">
            heard <Age at={Math.min(state.lastSeenAt, frame.now)} now={frame.now} />
          </span>
        )}
      </p>
      <h1 class="nb">
        <Exact text={host.name} />
      </h1>
      <p class="lead">{leadOf(props)}</p>
    </div>
  );
}

function Holds({ brakes }: { readonly brakes: Brakes }) {
  const { freezes, silences } = brakes;
  const wide = freezes.find(({ scope }) => scope.kind !== "service");
  const count = freezes.length;
  return (
    <>
      {wide !== undefined && (
        <State kind="frozen">{wide.scope.kind === "fleet" ? "frozen with the fleet" : "frozen"}</State>
      )}
      {wide === undefined && count > 0 && (
        <State kind="frozen">{count === 1 ? "1 service frozen" : `${count} services frozen`}</State>
      )}
      {silences.length > 0 && (
        <State kind="silenced">{silences.length === 1 ? "silenced" : `${silences.length} silences`}</State>
      )}
    </>
  );
}

function leadOf({
  incidents,
  services,
  state,
}: HostViewProps & { readonly services: readonly string[] }): string {
  if (state === null) return "What is shown is what was listed last, and what is open.";
  if (isNeverSeen(state))
    return "It is enrolled, and was never heard. Look there with: countersign-agent doctor";
  const many = services.length === 1 ? "1 service." : `${services.length} services.`;
  const open = incidents.length;
  const said = open === 0 ? "No open incident." : open === 1 ? "1 open incident." : `${open} open incidents.`;
  switch (state.liveness) {
    case "up":
      return `${many} ${said}`;
    case "late":
      return `It is late: nothing runs there until it is heard again. ${said}`;
    case "down":
      return `Nothing is heard from it, so nothing is known of its services. ${said}`;
    case "unknown":
      return `This desk was blind for a while and has not heard it since. ${said}`;
  }
}

function isNeverSeen(state: HostState | null): boolean {
  return (
    state !== null && state.liveness === "unknown" && state.lastSeenAt === 0 && state.connection === null
  );
}

/** What lies over it and what it said of itself. */
export function HostNotices(props: HostViewProps) {
  const { brakes, frame, host, isOfSilentFleet, policy, state } = props;
  const { now } = frame;
  const wide = brakes.freezes.filter(({ scope }) => scope.kind !== "service");
  return (
    <>
      {state === null && <NotReached />}
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
          It is away with many others. <a href={setAsidePathOf(host.hostId)}>Set it aside …</a> when you look
          after it apart.
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
          This host says that it is retired. <a href={retirePathOf(hostId)}>Retire it …</a> if that is so:
          until then it is watched, and its silence pages.
        </p>
      )}
    </>
  );
}
