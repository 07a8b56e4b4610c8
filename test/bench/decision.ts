// Benchmark: what one event costs the shard's core while the shard holds a thousand hosts with half a month of history. Each event is
// decided as its holder does it: in view of its host, and the view taken back. All kinds take turns, so that no kind has the compiler
// to itself, and each decision is timed alone: what the garbage collector or another process takes falls on whichever is running.
import { namedFrom, valuesOf } from "@countersign/shared/values/named";
import { recordsFrom } from "@countersign/shared/values/records";
import type { Fact } from "@countersign/shared/wire/fact";
import type { CheckResult, ServiceReport } from "@countersign/shared/wire/service-report";
import { EMPTY_BOOK, isEmptyBook } from "../../control-plane/src/core/facts/fact-book.ts";
import { decideShard, emptyShard } from "../../control-plane/src/core/shard/decide-shard.ts";
import type { ShardContext, ShardEvent } from "../../control-plane/src/core/shard/host/shard-events.ts";
import type {
  Connection,
  HostState,
  ShardState,
} from "../../control-plane/src/core/shard/host/shard-state.ts";
import { Policy } from "../../control-plane/src/policy/policy.ts";
import { type Beside, figure, percentile, type Figure, type Measured, type Say } from "./figures.ts";

const HOSTS = 1_000;
const HISTORY_DAYS = 15;
const WARM_ROUNDS = 4_000;
const ROUNDS = 16_000;
const QUICK_ROUNDS = 4_000;
const ROUND_MS = 1_000;
const SWEEP_EACH_ROUNDS = 500;
const P99_AIM: Beside = { kind: "limit", value: 20, what: "aim" };

const START_AT = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const policy = Policy.parse({ version: 1 });

interface Moment {
  readonly hostId: string;
  readonly now: number;
  readonly round: number;
}

const facts = (fact: Fact, { hostId }: Moment): ShardEvent => ({ kind: "facts", hostId, facts: [fact] });

/** The events of one round, in turn, all about one host. */
const KINDS: Readonly<Record<string, (moment: Moment) => ShardEvent>> = {
  "session ends well": (moment) => facts(sessionOf(moment.now, null), moment),
  "session fails": (moment) => facts(sessionOf(moment.now, "network"), moment),
  "work counter": (moment) => facts(workOf(moment.now, moment.round), moment),
  latency: (moment) => facts({ kind: "latency", service: "api", at: moment.now, latencyMs: 20 }, moment),
  "provider answers": (moment) =>
    facts({ ...aboutApi(moment), kind: "provider", provider: "llm", isOk: true, class: null }, moment),
  "restart by a watchdog": (moment) =>
    facts({ ...aboutApi(moment), kind: "restart", by: "watchdog" }, moment),
  "check fails": (moment) => reported(moment, "fail", 0),
  "check fails again": (moment) => reported(moment, "fail", 1),
  "check recovers": (moment) => reported(moment, "pass", 2),
  "digest, nothing new": ({ hostId, now }) => {
    const services = [reportOf("agent", "pass", now), reportOf("api", "pass", now)];
    return { kind: "reported", hostId, digest: true, services };
  },
  "socket closes": ({ hostId, round }) => ({
    kind: "disconnected",
    hostId,
    connectionId: `con_${round - HOSTS}`,
  }),
  "host connects": ({ hostId, now, round }) => ({
    kind: "connected",
    hostId,
    connection: connectionAt(now, round),
  }),
};

function aboutApi({ now }: Moment) {
  return { service: "api", at: now } as const;
}

function reported({ hostId, now }: Moment, status: CheckResult["status"], offset: number): ShardEvent {
  const services = [reportOf("api", status, now + offset)];
  return { kind: "reported", hostId, digest: false, services };
}

function sessionOf(at: number, failureClass: "network" | null): Fact {
  return {
    kind: "session",
    service: "agent",
    at,
    startedAt: at - MINUTE_MS,
    class: failureClass,
    detail: "",
  };
}

function workOf(at: number, value: number): Fact {
  return { kind: "work", service: "agent", at, counter: "tasks", value };
}

function reportOf(service: string, status: CheckResult["status"], at: number): ServiceReport {
  const result = {
    check: "http",
    kind: "http",
    severity: "error",
    latencyMs: 20,
    ttlMs: 365 * 86_400_000,
  } as const;
  return {
    service,
    unit: {
      activeState: "active",
      subState: "running",
      result: "success",
      restartCount: 0,
      invocationId: `${service}-1`,
      mainPid: 4_242,
      activeEnterAt: null,
      memoryCurrentBytes: null,
    },
    results: [{ ...result, status, summary: status === "pass" ? "200 in 20 ms" : "refused", finishedAt: at }],
  };
}

function connectionAt(connectedAt: number, round: number): Connection {
  const actions = [{ action: "restart", level: 4 }];
  return {
    connectionId: `con_${round}`,
    bootId: "aaaaaaaa-0000-4000-8000-000000000000",
    connectedAt,
    agentVersion: "0.1.0",
    hostname: "host.example.org",
    address: "192.0.2.10",
    probePort: 22,
    catalogue: ["agent", "api"].map((service) => ({
      service,
      title: service,
      unit: `${service}.service`,
      actions,
    })),
  };
}

function contextAt(now: number): ShardContext {
  return { now, policy, newId: () => "prq_0000000000000000000000" };
}

/** A host with half a month of sessions and work behind it. */
function seasonedHost(): HostState {
  const hostId = "host_seasoned";
  let state = emptyShard("shard-0", "first");
  const send = (now: number, event: ShardEvent): void => {
    state = decideShard(state, event, contextAt(now)).state;
  };
  send(START_AT, { kind: "host-enrolled", hostId, name: "seasoned" });
  send(START_AT, { kind: "connected", hostId, connection: connectionAt(START_AT, 0) });
  const services = [reportOf("agent", "pass", START_AT), reportOf("api", "pass", START_AT)];
  send(START_AT, { kind: "reported", hostId, digest: true, services });
  for (let hour = 0; hour < HISTORY_DAYS * 24; hour += 1)
    for (let minute = 0; minute < 60; minute += 5) {
      const now = START_AT + hour * HOUR_MS + minute * MINUTE_MS;
      const told = [sessionOf(now, null), workOf(now, hour * 12 + minute / 5)];
      send(now, { kind: "facts", hostId, facts: told });
    }
  const host = state.hosts.get(hostId);
  if (host === undefined) throw new Error("Season a host: it is gone");
  return host;
}

// Each host has values of its own: what the core remembers about a value must not help a thousand hosts at once.
function fullShard(): ShardState {
  const seasoned = seasonedHost();
  const hosts: [string, HostState][] = [];
  for (let index = 0; index < HOSTS; index += 1) {
    const hostId = hostIdOf(index);
    const services = valuesOf(seasoned.services).map((service) => {
      const own = structuredClone(service);
      return [service.service, isEmptyBook(own.book) ? { ...own, book: EMPTY_BOOK } : own] as const;
    });
    hosts.push([hostId, { ...seasoned, hostId, name: `host-${index}`, services: namedFrom(services) }]);
  }
  return { ...emptyShard("shard-0", "first"), hosts: recordsFrom(hosts) };
}

function hostIdOf(index: number): string {
  return `host_${String(index).padStart(32, "0")}`;
}

export async function benchDecision(say: Say, isQuick: boolean): Promise<Measured> {
  say(`${HISTORY_DAYS} days of history for ${HOSTS} hosts`);
  let state = fullShard();
  const spentUs = new Map(Object.keys(KINDS).map((kind): [string, number[]] => [kind, []]));
  const timerUs: number[] = [];
  const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
  let effectCount = 0;
  say("deciding");
  for (let round = 0; round < WARM_ROUNDS + rounds; round += 1) {
    const now = START_AT + HISTORY_DAYS * 24 * HOUR_MS + round * ROUND_MS;
    const context = contextAt(now);
    const moment = { hostId: hostIdOf(round % HOSTS), now, round };
    if (round % SWEEP_EACH_ROUNDS === 0) state = sweep(state, now);
    for (const [kind, eventOf] of Object.entries(KINDS)) {
      const event = eventOf(moment);
      const startedAt = performance.now();
      const decision = decideShard(state, event, context);
      state = decision.state;
      const endedAt = performance.now();
      effectCount += decision.effects.length;
      if (round >= WARM_ROUNDS) spentUs.get(kind)?.push((endedAt - startedAt) * 1_000);
    }
    const startedAt = performance.now();
    timerUs.push((performance.now() - startedAt) * 1_000);
  }
  return {
    figures: [...spentUs, ["the timer itself", timerUs] as const].flatMap(([kind, us]) =>
      figuresOf(kind, us),
    ),
    notes: [
      `${rounds} rounds over ${HOSTS} hosts after ${WARM_ROUNDS} to warm up; ${effectCount} effects. Wall time of one decision, not CPU time:`,
      "the collection of garbage, and whatever else the machine did meanwhile, shows in p99 and max.",
    ],
  };
}

function sweep(state: ShardState, now: number): ShardState {
  const lastSeenAt = namedFrom(state.hosts.ids().map((hostId) => [hostId, now]));
  return decideShard(state, { kind: "sweep", lastSeenAt }, contextAt(now)).state;
}

function figuresOf(kind: string, us: readonly number[]): readonly Figure[] {
  return [
    figure(`${kind}, p50`, percentile(us, 0.5), "µs"),
    figure(`${kind}, p99`, percentile(us, 0.99), "µs", P99_AIM),
    figure(`${kind}, max`, percentile(us, 1), "µs"),
  ];
}
