// Facts on their way into the books of a host, its services and the shard. Pure. What the shard derives by itself from reports and
// outcomes is made in derived-facts.ts. A fact about a service that nobody reported opens a service of that name, known by facts alone; it
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
import { isFiring } from "../../facts/fact-book.ts";
import { atSaneInstants } from "../../facts/fact-instants.ts";
import { rulesListeningTo } from "../../facts/fact-rule-list.ts";
import { type BookScene, judgeBook, liftFreeze, takeIntoBook } from "../../facts/fact-rules.ts";
import type { ShardFact } from "../../facts/shard-fact.ts";
import type { Actor } from "../../words/actor.ts";
import { joinEffects, NO_EFFECTS } from "../../words/effects.ts";
import type { PageReason } from "../../words/signal.ts";
import { fleetSubjectOf, type Subject } from "../../words/subject.ts";
import { policyOf } from "./host-policy.ts";
import { restartsOf } from "./service-words.ts";
import { checksPassSinceAt, isForgettable, unreportedService } from "./services.ts";
import {
  chainHost,
  type HostChange,
  type SharedChange,
  type ServiceChange,
  type ShardChange,
  subjectOf,
} from "./shard-change.ts";
import type { ShardContext } from "./shard-events.ts";
import type { HostState, ServiceState, ShardState } from "./shard-state.ts";
import { unitRunsSinceAt } from "./unit-run.ts";

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

/**
 * Judges a service's book anew where its checks have turned to pass, or pass no longer, one that hangs included: no fact
 * says so, and what waits for it would never be over.
 */
export function judgeTurnedChecks(
  host: HostState,
  turned: { readonly previous: ServiceState; readonly service: ServiceState },
  moment: Moment,
): ServiceChange {
  const { previous, service } = turned;
  const isTurned = checksPassSinceAt(previous) !== checksPassSinceAt(service);
  return isTurned ? judgeServiceBook(host, service, moment) : { service, effects: NO_EFFECTS };
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
    levelOf: (action) => levelOf(host, service.service, action),
    ...runsOf(service),
    ...(isAiling(service) ? { isAiling: true } : {}),
  };
}

function levelOf({ connection }: HostState, service: string, action: string): number | null {
  const entry = connection?.catalogue.find((candidate) => candidate.service === service);
  return entry?.actions.find((offered) => offered.action === action)?.level ?? null;
}

function runsOf(service: ServiceState): Pick<BookScene, "unitRunsSinceAt" | "wellSinceAt"> {
  const wellSinceAt = checksPassSinceAt(service);
  return {
    ...(wellSinceAt === undefined ? {} : { wellSinceAt }),
    ...(service.report.unit === null ? {} : { unitRunsSinceAt: unitRunsSinceAt(service) }),
  };
}

/** What says that a service does not work although no check of it fails, nor a session, nor a credential. */
const AILING = [
  "check-stale",
  "no-progress",
  "success-rate-low",
  "latency-high",
  "heartbeat-missed",
  "remediation-ineffective",
] as const satisfies readonly PageReason[];

// Old code works: an act that makes it new is no remedy of what fails.
function isAiling({ book, verification }: ServiceState): boolean {
  if (verification !== null && verification.reason !== "stale-code") return true;
  return AILING.some((reason) => isFiring(book, reason));
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
