// One host: how it stands, what is open about it, each of its services, what may run there, what is to mend, and what it is.
// Pure.
// What a reader would get wrong: of a host that is not up nothing is known; what its services said last is shown as that.
import { namedAt } from "@countersign/shared/values/named";
import { driftedIn } from "../../core/facts/rules/credential-drift.ts";
import { unreadIn } from "../../core/facts/rules/evidence-unreadable.ts";
import { gapsIn } from "../../core/facts/rules/privilege-gap.ts";
import { HEALTHY, isTrouble, serviceConditionOf } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import { runnablesOn } from "../../core/shard/remedy/runnable.ts";
import type { HostRow } from "../../read-side/listed-host.ts";
import { Layout } from "../frame/layout.tsx";
import { OwnCard } from "../look/own-card.tsx";
import { Exact } from "../look/parts.tsx";
import { State } from "../look/state.tsx";
import { DoctorCard, type ToMend } from "./doctor-card.tsx";
import { serviceLineOf } from "./host-card.tsx";
import { HostFacts } from "./host-facts.tsx";
import { HostHead, HostNotices } from "./host-head.tsx";
import { HostIncidents } from "./host-incidents.tsx";
import { HostService } from "./host-service.tsx";
import { brakesOver, type HostViewProps, servicesOn } from "./host-shown.ts";
import { MayRunCard } from "./may-run-card.tsx";
import { runLinesOf } from "./may-run.ts";

/** How often the view is fetched again, in seconds: while something is not well, and else. */
const MOVES_ILL = 5;
const MOVES_WELL = 30;

/** One host as its shard knows it now or, where that does not answer, as the lists hold it. */
export function HostView(props: HostViewProps) {
  const { frame, host, incidents, state } = props;
  const isWell = state?.liveness === "up" && incidents.length === 0;
  return (
    <Layout
      title={host.name}
      frame={frame}
      path={`/hosts/${host.hostId}`}
      moves={isWell ? MOVES_WELL : MOVES_ILL}
    >
      <OwnCard what={`How ${host.hostId} is`}>
        <HostHead {...props} />
      </OwnCard>
      <OwnCard what="What lies over it">
        <HostNotices {...props} />
      </OwnCard>
      <div class="split right">
        <div>
          <HostIncidents incidents={incidents} known={props.known} now={frame.now} />
          <OwnCard what="Its services">
            <Services {...props} />
          </OwnCard>
        </div>
        <div>
          {state !== null && (
            <>
              <OwnCard what="What may run here">
                <MayRun {...props} state={state} />
              </OwnCard>
              <OwnCard what="What is to mend here">
                <Doctor {...props} state={state} />
              </OwnCard>
            </>
          )}
          <OwnCard what="What is known of it">
            <HostFacts {...props} />
          </OwnCard>
        </div>
      </div>
    </Layout>
  );
}

function Services(props: HostViewProps) {
  const { frame, lastWords, policy, state, strips } = props;
  const services = servicesOn(props);
  if (state === null) return <ListedServices row={props.row} />;
  if (services.length === 0)
    return (
      <p class="card soft">
        {state.lastSeenAt > 0
          ? "Its own list names no service."
          : "Its services come with its first connection."}
      </p>
    );
  const brakes = brakesOver(props);
  return (
    <>
      {worstFirst(state, services).map((service) => (
        <OwnCard what={`Service ${service}`}>
          <HostService
            {...{ service, brakes }}
            host={state}
            people={policy}
            strip={strips?.get(service) ?? null}
            words={{
              ...lastWords,
              words: lastWords.words?.filter((words) => words.service === service) ?? [],
            }}
            now={frame.now}
          />
        </OwnCard>
      ))}
    </>
  );
}

function worstFirst(state: HostState, services: readonly string[]): readonly string[] {
  return services
    .map((service) => ({ service, rank: rankOf(state, service) }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ service }) => service);
}

// One that cannot be judged stands on top, where its card says so.
function rankOf({ services }: HostState, service: string): number {
  try {
    const known = namedAt(services, service);
    const { status } = known === undefined ? HEALTHY : serviceConditionOf(known);
    return isTrouble({ status }) ? 0 : status === HEALTHY.status ? 2 : 1;
  } catch {
    return 0;
  }
}

function ListedServices({ row }: { readonly row: HostRow | null }) {
  if (row === null || row.services.length === 0) return <p class="card soft">No service of it is known.</p>;
  return (
    <section class="card" aria-labelledby="listed">
      <h2 id="listed">Services, as they were listed last</h2>
      <ul class="list small">
        {row.services.map((service) => {
          const line = serviceLineOf(service, row);
          return (
            <li class="row">
              <Exact text={line.service} />
              <State kind={line.kind}>{line.text}</State>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function MayRun(props: HostViewProps & { readonly state: HostState }) {
  const { argvs, frame, policy, state } = props;
  const { now } = frame;
  if (policy === null) return <MayRunCard lines="rules-unread" now={now} />;
  if (state.connection === null) return <MayRunCard lines="not-connected" now={now} />;
  const gapsOf = (service: string) => {
    const known = namedAt(state.services, service);
    return known === undefined ? [] : gapsIn(known.book, now);
  };
  const scene = { brakes: brakesOver(props), argvs, liveness: state.liveness, gapsOf };
  return <MayRunCard lines={runLinesOf(runnablesOn(state, { now, policy }), scene)} now={now} />;
}

function Doctor(props: HostViewProps & { readonly state: HostState }) {
  const { frame, state } = props;
  const { now } = frame;
  const { connection, past } = state;
  const toMend = servicesOn(props).flatMap((service): readonly ToMend[] => {
    const book = namedAt(state.services, service)?.book;
    if (book === undefined) return [];
    return [{ service, gaps: gapsIn(book, now), unread: unreadIn(book), drifted: driftedIn(book) }];
  });
  const isNotRight = (service: string, action: string) =>
    toMend.some(
      (each) =>
        each.service === service && each.gaps.some((gap) => gap.who === "audit" && gap.action === action),
    );
  const actions = (connection?.catalogue ?? []).flatMap(({ actions: offered, service }) =>
    offered.map(({ action }) => ({ service, action })),
  );
  const toldAt = past?.auditToldAt ?? null;
  const isTold = connection !== null && toldAt !== null && toldAt >= connection.connectedAt;
  const right = actions.filter(({ action, service }) => !isNotRight(service, action));
  const { examination } = state;
  return (
    <DoctorCard
      {...{ examination, toMend, now }}
      rightCount={isTold ? right.length : null}
      auditToldAt={toldAt}
    />
  );
}
