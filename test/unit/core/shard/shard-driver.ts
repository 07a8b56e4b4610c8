// Drives the shard's core as its shell does, on a virtual clock: hosts that live ping, the alarm rings when the core said, and each
// ring brings the sockets' last keepalives. Everything the core wanted is kept in order.
import type { BoundUnit } from "@countersign/shared/host/same-unit";
import { namedAt, namedFrom } from "@countersign/shared/values/named";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { CheckResult, ServiceReport } from "@countersign/shared/wire/service-report";
import { decideShard, emptyShard } from "../../../../control-plane/src/core/shard/decide-shard.ts";
import type { ShardEvent } from "../../../../control-plane/src/core/shard/host/shard-events.ts";
import type {
  Connection,
  HostState,
  PendingGrant,
  ServiceState,
  ShardState,
} from "../../../../control-plane/src/core/shard/host/shard-state.ts";
import { planHostRows } from "../../../../control-plane/src/core/shard/kept/host-rows.ts";
import { type StoredHost, storedHostOf } from "../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { shardAlarmAt } from "../../../../control-plane/src/core/shard/shard-alarm.ts";
import type { ShardEffect } from "../../../../control-plane/src/core/words/effects.ts";
import type { ToldTrust } from "../../../../control-plane/src/core/words/shard-word.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { assertReadableShard } from "../../stored/readable-records.ts";

export const START_AT = 1_800_000_000_000;
export const WEB_1 = "host_00000000000000000000000000000001";
export const WEB_2 = "host_00000000000000000000000000000002";
export const BOOT_A = "aaaaaaaa-0000-4000-8000-000000000000";
export const BOOT_B = "bbbbbbbb-0000-4000-8000-000000000000";

/** The unit of a report that fails, as a proposal is bound to it. */
export const DEAD_UNIT: BoundUnit = {
  activeState: "failed",
  result: "exit-code",
  invocationId: "inv-1",
  isStarting: false,
};

type Answered = Extract<ShardEvent, { kind: "proposed" }>["answered"];

/** The default policy, with what a test changes. */
export function policyWith(changes: Record<string, unknown> = {}): Policy {
  return Policy.parse({ version: 1, ...changes });
}

export function connectionWith(changes: Partial<Connection> = {}): Connection {
  return {
    connectionId: "con_1",
    bootId: BOOT_A,
    connectedAt: START_AT,
    agentVersion: "0.1.0",
    hostname: "web-1.example.org",
    address: "192.0.2.10",
    probePort: 22,
    catalogue: [
      { service: "web", title: "Web", unit: "web.service", actions: [{ action: "restart", level: 4 }] },
    ],
    signing: { trust: null },
    ...changes,
  };
}

export function resultWith(changes: Partial<CheckResult> = {}): CheckResult {
  return {
    check: "http",
    kind: "http",
    status: "pass",
    severity: "error",
    summary: "200 in 3 ms",
    latencyMs: 3,
    finishedAt: START_AT,
    // these stories bring no digests, so a result stands for a day
    ttlMs: 86_400_000,
    ...changes,
  };
}

/** A report of the service `web`; `run` tells one run of the checks from the next. */
export function reportWith(facts: {
  readonly run: number;
  readonly status?: "pass" | "fail";
  readonly invocationId?: string;
  readonly restartCount?: number;
  readonly severity?: CheckResult["severity"];
}): ServiceReport {
  const { run, status = "pass", invocationId = "inv-1", restartCount = 0, severity = "error" } = facts;
  const isUp = status === "pass";
  return {
    service: "web",
    unit: {
      activeState: isUp ? "active" : "failed",
      subState: isUp ? "running" : "failed",
      result: isUp ? "success" : "exit-code",
      restartCount,
      invocationId,
      mainPid: isUp ? 4242 : 0,
      activeEnterAt: null,
      memoryCurrentBytes: null,
    },
    results: [
      resultWith({
        status,
        severity,
        summary: isUp ? "200 in 3 ms" : "connection refused",
        finishedAt: START_AT + run,
      }),
    ],
  };
}

export function outcomeWith(changes: Partial<Outcome> = {}): Outcome {
  return {
    nonce: "n".repeat(22),
    grantId: "grt_1",
    action: "restart",
    service: "web",
    status: "succeeded",
    refusal: null,
    detail: "active in 0.2 s",
    unitBefore: null,
    unitAfter: null,
    startedAt: START_AT,
    finishedAt: START_AT,
    sequence: 1,
    ...changes,
  };
}

export function grantWith(changes: Partial<PendingGrant> = {}): PendingGrant {
  return {
    grantId: "grt_1",
    hostId: WEB_1,
    service: "web",
    expiresAt: START_AT + 120_000,
    envelope: JSON.stringify({ payloadType: "t", payload: "", signatures: [] }),
    ...changes,
  };
}

/** The rows that what lies between two states makes necessary, with rows that say all of the first. */
export function hostWrites(before: ShardState, after: ShardState, now = START_AT): readonly StoredHost[] {
  const rowOf = (hostId: string) => {
    const host = before.hosts.get(hostId);
    return host === undefined ? undefined : { ...storedHostOf(host), savedAt: now };
  };
  return planHostRows(before, after, { rowOf, now });
}

/** A shard with its runtime around it. */
export function driveShard(firstPolicy: Policy = policyWith()) {
  let policy = firstPolicy;
  let state: ShardState = emptyShard("shard-0", "first");
  let now = START_AT;
  let alarmAt: number | null = null;
  let idCount = 0;
  let run = 0;
  /** hosts that ping, since when their pings run, and the last one as the runtime remembers it */
  const pinging = new Map<string, { lastAt: number }>();
  const effects: ShardEffect[] = [];
  let trust: ToldTrust | null = null;

  function send(event: ShardEvent): readonly ShardEffect[] {
    const decision = decideShard(state, event, {
      now,
      policy,
      ...(trust === null ? {} : { trust }),
      newId: (prefix) => `${prefix}_${String((idCount += 1)).padStart(22, "0")}`,
    });
    assertReadableShard(state, decision);
    state = decision.state;
    alarmAt = shardAlarmAt(state, { now, policy });
    effects.push(...decision.effects);
    return decision.effects;
  }

  function pingUntil(at: number): void {
    for (const ping of pinging.values())
      while (ping.lastAt + policy.liveness.keepaliveMs <= at) ping.lastAt += policy.liveness.keepaliveMs;
  }

  function sweep(): readonly ShardEffect[] {
    pingUntil(now);
    const lastSeenAt = namedFrom([...pinging].map(([hostId, { lastAt }]) => [hostId, lastAt]));
    return send({ kind: "sweep", lastSeenAt });
  }

  /** who asked for a request, and why, as the host was told */
  function sentFor(requestId: string) {
    const said = effects.flatMap((effect) =>
      effect.kind === "send" && effect.message.type === "propose" && effect.message.requestId === requestId
        ? [effect.message]
        : [],
    );
    const { askedBy = { kind: "rule", rule: "check-failing" }, reason = "nobody asked" } = said.at(-1) ?? {};
    return { askedBy, reason } as const;
  }

  return {
    policy: firstPolicy,
    /** an apply: the shard is judged by it from now on */
    applyPolicy: (next: Policy) => void (policy = next),
    effects,
    /** the desk tells the shard the fleet's trust */
    knowTrust(told: ToldTrust) {
      trust = told;
      return send({ kind: "trust-known" });
    },
    /** which version each offer to a host was of, in order */
    offers(hostId = WEB_1): readonly number[] {
      return effects.flatMap((effect) =>
        effect.kind === "offer-trust" && effect.hostId === hostId ? [effect.version] : [],
      );
    },
    send,
    sweep,
    now: () => now,
    state: () => state,
    alarmAt: () => alarmAt,
    replaceState: (next: ShardState) => void (state = next),
    host(hostId = WEB_1): HostState {
      const host = state.hosts.get(hostId);
      if (host === undefined) throw new Error(`no host ${hostId}`);
      return host;
    },
    service(): ServiceState {
      const service = namedAt(state.hosts.get(WEB_1)?.services, "web");
      if (service === undefined) throw new Error("no service web");
      return service;
    },
    enrol(hostId = WEB_1, name = "web-1") {
      send({ kind: "host-enrolled", hostId, name });
    },
    /** a hello and a digest that is accepted, and pings from now on */
    connect(hostId = WEB_1, changes: Partial<Connection> = {}) {
      this.hello(hostId, changes);
      this.digest(hostId);
    },
    /** a hello, and pings from now on */
    hello(hostId = WEB_1, changes: Partial<Connection> = {}) {
      send({ kind: "connected", hostId, connection: connectionWith({ connectedAt: now, ...changes }) });
      pinging.set(hostId, { lastAt: now });
    },
    /** the host's actuator answers the open request of `web` with what was asked; what a test forges is overridden */
    mint(
      forged: Partial<Answered> & { readonly requestId?: string; readonly unit?: Partial<BoundUnit> } = {},
    ) {
      const host = state.hosts.get(WEB_1);
      const open = namedAt(host?.services, "web")?.proposal;
      const { requestId = open?.requestId ?? "none", unit = {}, ...changed } = forged;
      const action = open?.action ?? "restart";
      const offered = host?.connection?.catalogue.find(({ service }) => service === "web")?.actions ?? [];
      const level = offered.find((candidate) => candidate.action === action)?.level ?? 4;
      const asked = sentFor(requestId);
      const answered = { hostId: WEB_1, service: "web", action, level, ...asked, ...changed };
      const boundTo = { bootId: host?.connection?.bootId ?? BOOT_A, unit: { ...DEAD_UNIT, ...unit } };
      send({ kind: "proposed", hostId: WEB_1, requestId, proposal: "cHJvcG9zYWw=", answered, boundTo });
      return requestId;
    },
    /** a digest, or a part of one, that is accepted and names no service */
    digest(hostId = WEB_1, part?: { readonly number: number; readonly of: number }) {
      const numbered = part === undefined ? {} : { part };
      return send({ kind: "reported", hostId, digest: true, services: [], ...numbered });
    },
    /** its digest comes, and is refused */
    refuse(hostId = WEB_1, isDigest = true) {
      pingUntil(now);
      const lastSeenAt = pinging.get(hostId)?.lastAt;
      const seen = lastSeenAt === undefined ? {} : { lastSeenAt };
      return send({ kind: "frame-refused", hostId, reason: "frame-malformed", isDigest, ...seen });
    },
    fallSilent: (hostId = WEB_1) => void pinging.delete(hostId),
    /** its pings come through again, on the same socket */
    resumePings: (hostId = WEB_1) => void pinging.set(hostId, { lastAt: now }),
    report(facts: Omit<Parameters<typeof reportWith>[0], "run"> = {}, digest = false) {
      run += 1;
      return send({ kind: "reported", hostId: WEB_1, digest, services: [reportWith({ run, ...facts })] });
    },
    /** time passes; the alarm rings whenever it is due */
    advance(durationMs: number) {
      const endAt = now + durationMs;
      while (alarmAt !== null && alarmAt <= endAt) {
        now = Math.max(now, alarmAt);
        sweep();
      }
      now = endAt;
    },
    /** time passes while nobody runs: the object is gone */
    skip: (durationMs: number) => void (now += durationMs),
    signals<K extends Signal["kind"]>(kind: K): readonly Extract<Signal, { kind: K }>[] {
      return effects.flatMap((effect) =>
        effect.kind === "signal" && effect.signal.kind === kind
          ? [effect.signal as Extract<Signal, { kind: K }>]
          : [],
      );
    },
    sent<T extends ControlMessage["type"]>(type: T): readonly Extract<ControlMessage, { type: T }>[] {
      return effects.flatMap((effect) =>
        effect.kind === "send" && effect.message.type === type
          ? [effect.message as Extract<ControlMessage, { type: T }>]
          : [],
      );
    },
    notes(): readonly string[] {
      return effects.flatMap((effect) =>
        effect.kind === "signal" && effect.signal.kind === "note" ? [effect.signal.text] : [],
      );
    },
  };
}

export type DrivenShard = ReturnType<typeof driveShard>;

/** A shard with one host that is up. */
export function driveUpHost(policy?: Policy): DrivenShard {
  const shard = driveShard(policy);
  shard.enrol();
  shard.connect();
  return shard;
}

/** A host whose service `web` has just been found failing, with its firing signal sent and its proposal asked for. */
export function driveFailingService(policy?: Policy): DrivenShard {
  const shard = driveUpHost(policy);
  shard.report();
  for (let count = 0; count < 3; count += 1) {
    shard.advance(5_000);
    shard.report({ status: "fail" });
  }
  return shard;
}
