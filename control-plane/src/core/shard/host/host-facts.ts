// Facts on their way into the books of a host, its services and the shard; and the facts that the shard derives by itself from
// reports and outcomes. Pure. A fact about a service that nobody reported opens a service of that name, known by facts alone; it
// is forgotten when its book is empty. A host that already has as many services as it may have opens no more: such facts are dropped.
import { SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import {
  namedAt,
  namedFrom,
  namesOf,
  valuesOf,
  withNamed,
  withoutNamed,
} from "@countersign/shared/values/named";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { atSaneInstants } from "../../facts/fact-instants.ts";
import { rulesListeningTo } from "../../facts/fact-rule-list.ts";
import { type BookScene, judgeBook, liftFreeze, takeIntoBook } from "../../facts/fact-rules.ts";
import type { ShardFact } from "../../facts/shard-fact.ts";
import type { Actor } from "../../words/actor.ts";
import { joinEffects, NO_EFFECTS } from "../../words/effects.ts";
import { fleetSubjectOf, type Subject } from "../../words/subject.ts";
import { policyOf } from "./host-policy.ts";
import { restartsOf } from "./service-words.ts";
import { isForgettable, restartsSeen, unreportedService } from "./services.ts";
import {
  chainHost,
  type HostScene,
  type HostChange,
  type SharedChange,
  isGranted,
  type ServiceChange,
  type ShardChange,
  subjectOf,
} from "./shard-change.ts";
import type { ShardContext } from "./shard-events.ts";
import type { HostState, ServiceState, ShardState } from "./shard-state.ts";

type Moment = Pick<ShardContext, "now" | "policy">;

/** Takes a host's facts into its own book and those of its services. */
export function takeHostFacts(host: HostState, facts: readonly ShardFact[], scene: Moment): HostChange {
  const [first] = facts;
  if (first === undefined) return { host, effects: NO_EFFECTS };
  if (facts.every(({ service }) => service === first.service))
    return takeFactsAbout(host, first.service, { facts, scene });
  const services = new Set(facts.map(({ service }) => service));
  return chainHost(
    host,
    ...[...services].map((name) => (current: HostState) => {
      const about = facts.filter(({ service }) => service === name);
      return takeFactsAbout(current, name, { facts: about, scene });
    }),
  );
}

function takeFactsAbout(
  host: HostState,
  name: string | null,
  told: { readonly facts: readonly ShardFact[]; readonly scene: Moment },
): HostChange {
  return name === null ? takeIntoHostBook(host, told.facts, told.scene) : takeNamedFacts(host, name, told);
}

/** Takes facts into the book of one service. */
export function takeServiceFacts(
  host: HostState,
  service: ServiceState,
  taken: { readonly facts: readonly ShardFact[]; readonly scene: Moment },
): ServiceChange {
  if (!isListenedTo(taken.facts, "service")) return { service, effects: NO_EFFECTS };
  const scene = sceneOfService(host, service, taken.scene);
  const { book, effects } = takeIntoBook(
    service.book,
    { facts: aboutOf(taken.facts, scene), scope: "service" },
    scene,
  );
  return { service: book === service.book ? service : { ...service, book }, effects };
}

/** Judges a service's book by time. */
export function judgeServiceBook(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  const { book, effects } = judgeBook(service.book, sceneOfService(host, service, moment));
  return { service: book === service.book ? service : { ...service, book }, effects };
}

/** Judges the host's own book by time. */
export function judgeHostBook(host: HostState, moment: Moment): HostChange {
  const { book, effects } = judgeBook(host.book, sceneOfHost(host, moment));
  return { host: book === host.book ? host : { ...host, book }, effects };
}

/** Forgets services that were known by facts alone and matter no more. */
export function forgetServices(host: HostState): HostChange {
  const services = valuesOf(host.services);
  if (!services.some(isForgettable)) return { host, effects: [] };
  const kept = services.filter((service) => !isForgettable(service));
  const byName = namedFrom(kept.map((service) => [service.service, service]));
  return { host: { ...host, services: byName }, effects: [] };
}

/** Takes a host's facts into the book of the whole shard. */
export function takeShardFacts(change: SharedChange, told: readonly Fact[], moment: Moment): SharedChange {
  if (!isListenedTo(told, "shard")) return change;
  const { host, shared, effects } = change;
  const scene: BookScene = { ...moment, subject: fleetSubjectOf(shared), restarts: null };
  const facts = told.map((fact) => ({
    fact: atSaneInstants(fact, moment.now),
    subject: subjectOf(host, fact.service),
  }));
  const taken = takeIntoBook(shared.book, { facts, scope: "shard" }, scene);
  return {
    host,
    shared: taken.book === shared.book ? shared : { ...shared, book: taken.book },
    effects: joinEffects(effects, taken.effects),
  };
}

/** Judges the book of the whole shard by time. */
export function judgeShardBook({ state, effects }: ShardChange, moment: Moment): ShardChange {
  const scene: BookScene = { ...moment, subject: fleetSubjectOf(state), restarts: null };
  return withShardBook({ state, effects }, judgeBook(state.book, scene));
}

/** A person lifts the freeze of the fleet: what rules of the whole shard froze. Freezes of hosts and services are lifted on their own. */
export function liftShardFreeze(state: ShardState, by: Actor, moment: Moment): ShardChange {
  const scene: BookScene = { ...moment, subject: fleetSubjectOf(state), restarts: null };
  return withShardBook({ state, effects: [] }, liftFreeze(state.book, by, scene));
}

/** A person lifts the freeze of a service, or of the host itself (null). */
export function liftHostFreeze(
  host: HostState,
  lifted: { readonly service: string | null; readonly by: Actor },
  moment: Moment,
): HostChange {
  if (lifted.service === null) {
    const { book, effects } = liftFreeze(host.book, lifted.by, sceneOfHost(host, moment));
    return { host: { ...host, book }, effects };
  }
  const service = namedAt(host.services, lifted.service);
  if (service === undefined) return { host, effects: [] };
  const { book, effects } = liftFreeze(service.book, lifted.by, sceneOfService(host, service, moment));
  return {
    host: { ...host, services: withNamed(host.services, service.service, { ...service, book }) },
    effects,
  };
}

/** What a report says beyond the state of unit and checks: who restarted it how often, how fast it answers, whether health turned. */
export function factsOfReport(
  previous: ServiceState,
  current: ServiceState,
  scene: Pick<HostScene, "now" | "grants" | "policy">,
): readonly Fact[] {
  const { now } = scene;
  const { service } = current;
  const count = restartsSeen(previous, current.report);
  const by = restartedBy(previous, current, scene);
  // A millisecond apart: restarts seen in one report are told apart by their instants.
  const restarts = Array.from({ length: count }, (_, index): Fact => {
    return { kind: "restart", service, at: now - (count - 1 - index), by };
  });
  const timed = scene.policy.rules["latency-high"].checks ? latenciesOf(previous, current, now) : [];
  const seen = [...restarts, ...timed];
  const facts: readonly Fact[] = isKilledForMemory(previous, current, count)
    ? [...seen, { kind: "oom-kill", service, at: now, by: "kernel" }]
    : seen;
  const isTurned = isFailing(previous) !== isFailing(current);
  return isTurned ? [...facts, { kind: "health", service, at: now, isHealthy: !isFailing(current) }] : facts;
}

// A failing check's latency says nothing of speed: a refused connection is fast. One result counts once, as for its failures.
function latenciesOf(previous: ServiceState, current: ServiceState, now: number): readonly Fact[] {
  return current.report.results.flatMap(({ check, kind, status, latencyMs, finishedAt }): readonly Fact[] => {
    if (kind === "unit" || status !== "pass" || latencyMs === null) return [];
    const before = previous.report.results.find((result) => result.check === check);
    if (before?.finishedAt === finishedAt) return [];
    return [{ kind: "latency", service: current.service, at: now, latencyMs }];
  });
}

function isFailing({ failing }: ServiceState): boolean {
  return namesOf(failing).length > 0;
}

// systemd's own verdict (`Result=oom-kill`) on the last run; it stands until the next start.
function isKilledForMemory(previous: ServiceState, current: ServiceState, restartCount: number): boolean {
  if (current.report.unit?.result !== "oom-kill") return false;
  return previous.report.unit?.result !== "oom-kill" || restartCount > 0;
}

/** What an outcome of ours says as an attempt; whether it helped is not known yet. null: it named no service */
export function factOfOutcome(outcome: Outcome, now: number): Fact | null {
  const { service, action, status, refusal } = outcome;
  if (service === null) return null;
  const text = refusal === null ? status : `${status}: ${refusal}`;
  return {
    kind: "attempt",
    service,
    at: now,
    action: action ?? "unknown",
    by: "countersign",
    outcome: text,
    isHelpful: false,
  };
}

// systemd's own restarts raise its counter. A new start without that is ours if an act of ours is under way, else anybody's.
function restartedBy(
  previous: ServiceState,
  current: ServiceState,
  scene: Pick<HostScene, "now" | "grants">,
): "systemd" | "countersign" | "unknown" {
  if (current.lastRestartCount > previous.lastRestartCount) return "systemd";
  const isSettling = current.verification !== null && current.verification.settledAt === null;
  return isGranted(current.service, scene) || isSettling ? "countersign" : "unknown";
}

function takeIntoHostBook(host: HostState, facts: readonly ShardFact[], moment: Moment): HostChange {
  const scene = sceneOfHost(host, moment);
  const { book, effects } = takeIntoBook(
    host.book,
    { facts: aboutOf(facts, scene), scope: "service" },
    scene,
  );
  return { host: book === host.book ? host : { ...host, book }, effects };
}

function takeNamedFacts(
  host: HostState,
  name: string,
  taken: { readonly facts: readonly ShardFact[]; readonly scene: Moment },
): HostChange {
  const known = namedAt(host.services, name);
  if (known === undefined && namesOf(host.services).length >= SERVICES_PER_HOST_MAX)
    return { host, effects: [] };
  const before = known ?? unreportedService(name);
  const { service, effects } = takeServiceFacts(host, before, taken);
  if (service === known || (known === undefined && service === before)) return { host, effects };
  const services = isForgettable(service)
    ? withoutNamed(host.services, name)
    : withNamed(host.services, name, service);
  return { host: { ...host, services }, effects };
}

function withShardBook({ state, effects }: ShardChange, change: ReturnType<typeof judgeBook>): ShardChange {
  return {
    state: change.book === state.book ? state : { ...state, book: change.book },
    effects: joinEffects(effects, change.effects),
  };
}

// Most facts are none of the shard's matter, and what nobody listens to needs no scene.
function isListenedTo(facts: readonly ShardFact[], scope: "service" | "shard"): boolean {
  for (const { kind } of facts) if (rulesListeningTo(kind, scope).length > 0) return true;
  return false;
}

function aboutOf(
  facts: readonly ShardFact[],
  { now, subject }: Pick<BookScene, "now" | "subject">,
): readonly { readonly fact: ShardFact; readonly subject: Subject }[] {
  return facts.map((fact) => ({ fact: atSaneInstants(fact, now), subject }));
}

function sceneOfService(host: HostState, service: ServiceState, moment: Moment): BookScene {
  const { now } = moment;
  const policy = policyOf(moment.policy, host, service.service);
  const restarts = restartsOf(service, { now, policy });
  return {
    now,
    policy,
    subject: subjectOf(host, service.service),
    restarts,
    seenSinceAt: seenSinceAtOf(host),
  };
}

function sceneOfHost(host: HostState, { now, policy }: Moment): BookScene {
  return {
    now,
    policy: policyOf(policy, host),
    subject: subjectOf(host),
    restarts: null,
    seenSinceAt: seenSinceAtOf(host),
  };
}

function seenSinceAtOf({ liveness, sinceAt }: HostState): number | null {
  return liveness === "up" ? sinceAt : null;
}
