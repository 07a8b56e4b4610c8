// The shell of a HostShard that is fed with recorded events: the real decideShard, an alarm, and for each host whether it is heard.
// What a reader would get wrong: a host that no record calls silent is heard at every sweep, because keepalives of healthy hosts are
// not recorded. What hosts answered is given as it was, to what is asked here: an answer to a question nobody asks here is dropped.
import type { Policy } from "@countersign/shared/policy/policy";
import { namedAt, namedFrom, NONE_NAMED, valuesOf } from "@countersign/shared/values/named";
import { decideShard, emptyShard } from "../../src/core/shard/decide-shard.ts";
import type { ShardDecision, ShardEvent } from "../../src/core/shard/host/shard-events.ts";
import type {
  Connection,
  HostState,
  PendingGrant,
  ShardState,
} from "../../src/core/shard/host/shard-state.ts";
import type { LivenessFlip, RecordedEvent } from "../../src/core/shard/kept/recording.ts";
import { takeView, viewFor } from "../../src/core/shard/kept/shard-view.ts";
import type { Signal } from "../../src/core/words/signal.ts";
import type { VirtualClock } from "../world/virtual-clock.ts";

/** After a gap of ours that lost its socket, a host is taken to be back so soon: healthy returns are not recorded. */
const RECONNECT_MS = 5_000;
/** So soon after a hello a host is taken to be heard, unless a record says otherwise: a healthy digest is not recorded. */
const DIGEST_MS = 1_000;
/** Results that still pass are not recorded, so none goes stale here. */
const FRESH_MS = 400 * 24 * 3_600_000;

interface Ask {
  readonly hostId: string;
  readonly service: string;
  readonly action: string;
}

export class RecordedShard {
  readonly isRunning = true;
  #policy: Policy;
  readonly #clock: VirtualClock;
  readonly #tell: { readonly signal: (signal: Signal) => void; readonly ask: (ask: Ask) => void };
  #state: ShardState;
  /** last sign of life of hosts that are not heard */
  readonly #silentSince = new Map<string, number>();
  /** of these, the ones that a sweep found: their next digest is on record */
  readonly #foundSilent = new Set<string>();
  readonly #connections = new Map<string, Connection>();
  /** the newest grant of a service, by host and service */
  readonly #grants = new Map<string, string>();
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #requests = 0;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly policy: Policy;
    readonly name: string;
    readonly signal: (signal: Signal) => void;
    readonly ask: (ask: Ask) => void;
  }) {
    this.#clock = parts.clock;
    this.#policy = parts.policy;
    this.#state = emptyShard(parts.name, "replay");
    this.#tell = parts;
  }

  /** A host that was there before the records begin. */
  knowHost({ hostId, name, connection }: Pick<HostState, "hostId" | "name" | "connection">): void {
    this.take({ kind: "host-enrolled", hostId, name });
    if (connection !== null) this.#connect(hostId, { ...connection, connectedAt: this.#clock.now });
  }

  /** From now on this policy holds; production's next sweep, seconds later, judges every host by it. */
  applyPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#alarm?.cancel();
    this.#sweep();
  }

  hostState(hostId: string): HostState | null {
    return namedAt(this.#state.hosts, hostId) ?? null;
  }

  takeGrant(grant: PendingGrant): void {
    this.#grants.set(`${grant.hostId}/${grant.service}`, grant.grantId);
    this.take({ kind: "grant-issued", grant });
  }

  /** A host's last sign of life before a silence that is on record. */
  fallsSilent({ hostId, lastSeenAt }: Pick<LivenessFlip, "hostId" | "lastSeenAt">): void {
    this.#foundSilent.add(hostId);
    this.#noteSilence(hostId, lastSeenAt);
  }

  #noteSilence(hostId: string, lastSeenAt: number): void {
    if (!this.#silentSince.has(hostId)) this.#silentSince.set(hostId, lastSeenAt);
  }

  /** Gives a recorded event to the core, in the words of this run. */
  takeRecorded(event: RecordedEvent): void {
    switch (event.kind) {
      case "liveness":
        for (const { hostId, liveness } of event.flips) if (liveness === "up") this.#isHeard(hostId);
        return;
      case "woke":
        return this.#wakes(event);
      case "host-enrolled":
      case "host-retired":
      case "boot-refused":
      case "frame-refused":
      case "second-opinion":
      case "flooded":
        return this.take(event);
      case "connected":
        return this.#connect(event.hostId, event.connection);
      case "disconnected": {
        const { hostId } = event;
        const connectionId = this.hostState(hostId)?.connection?.connectionId ?? event.connectionId;
        this.#noteSilence(hostId, event.lastSeenAt ?? this.#clock.now);
        return this.take({ ...event, connectionId });
      }
      case "reported":
        this.#isHeard(event.hostId);
        if (event.healthyBefore.length > 0)
          this.take(freshReport({ ...event, digest: true, services: event.healthyBefore }));
        return this.take(freshReport(event));
      case "facts":
      case "leaving":
        this.#isHeard(event.hostId);
        return this.take(event);
      case "proposed":
      case "proposal-refused":
      case "outcome":
        return this.#takeAnswer(event);
    }
  }

  take(event: ShardEvent): void {
    const before = viewFor(event, this.#state);
    const decision = decideShard(before, event, {
      now: this.#clock.now,
      policy: this.#policy,
      newId: (prefix) => `${prefix}_${String(++this.#requests).padStart(22, "0")}`,
    });
    this.#state = takeView(this.#state, before, decision.state);
    this.#arm(decision.alarmAt);
    for (const effect of decision.effects) this.#perform(effect);
  }

  #perform(effect: ShardDecision["effects"][number]): void {
    if (effect.kind === "signal") return this.#tell.signal(effect.signal);
    if (effect.kind !== "send" || effect.message.type !== "propose") return;
    const { service, action } = effect.message;
    this.#tell.ask({ hostId: effect.hostId, service, action });
  }

  #isHeard(hostId: string): void {
    this.#silentSince.delete(hostId);
    this.#foundSilent.delete(hostId);
  }

  #connect(hostId: string, connection: Connection): void {
    this.#connections.set(hostId, connection);
    this.take({ kind: "connected", hostId, connection });
    this.#clock.after(DIGEST_MS, () => this.#hear(hostId, connection.connectionId));
  }

  // Nothing on record says that it was not understood.
  #hear(hostId: string, connectionId: string): void {
    const host = this.hostState(hostId);
    if (host?.connection?.connectionId !== connectionId || host.unheard?.refusedCount !== 0) return;
    if (this.#foundSilent.has(hostId)) return;
    this.#isHeard(hostId);
    this.take({ kind: "reported", hostId, digest: true, services: [] });
  }

  #wakes(event: Extract<ShardEvent, { kind: "woke" }>): void {
    this.take(event);
    const kept = new Set(event.connectedHostIds);
    this.#clock.after(RECONNECT_MS, () => {
      for (const [hostId, connection] of this.#connections)
        if (!kept.has(hostId) && !this.#silentSince.has(hostId))
          this.#connect(hostId, { ...connection, connectedAt: this.#clock.now });
    });
  }

  #takeAnswer(event: Extract<RecordedEvent, { kind: "proposed" | "proposal-refused" | "outcome" }>): void {
    this.#isHeard(event.hostId);
    if (event.kind === "outcome") {
      const grantId = this.#grants.get(`${event.hostId}/${event.outcome.service ?? ""}`);
      if (grantId !== undefined) this.take({ ...event, outcome: { ...event.outcome, grantId } });
      return;
    }
    const services = valuesOf(this.hostState(event.hostId)?.services ?? NONE_NAMED);
    const asked = services.find(
      ({ service, proposal }) =>
        proposal !== null &&
        proposal.invocationId === null &&
        (event.kind === "proposal-refused" ||
          (service === event.answered.service && proposal.action === event.answered.action)),
    );
    const requestId = asked?.proposal?.requestId;
    if (requestId !== undefined) this.take({ ...event, requestId });
  }

  #arm(alarmAt: number | null): void {
    if (alarmAt === null || (this.#alarm !== null && this.#alarm.at <= alarmAt)) return;
    this.#alarm?.cancel();
    this.#alarm = { at: alarmAt, cancel: this.#clock.at(alarmAt, () => this.#sweep()) };
  }

  #sweep(): void {
    this.#alarm = null;
    const { now } = this.#clock;
    const seen = valuesOf(this.#state.hosts).flatMap(({ hostId, lastSeenAt }) =>
      lastSeenAt === 0 ? [] : [[hostId, this.#silentSince.get(hostId) ?? now] as const],
    );
    this.take({ kind: "sweep", lastSeenAt: namedFrom(seen) });
  }
}

function freshReport({ hostId, digest, services }: Extract<ShardEvent, { kind: "reported" }>): ShardEvent {
  const fresh = services.map((report) => ({
    ...report,
    results: report.results.map((result) => ({ ...result, ttlMs: FRESH_MS })),
  }));
  return { kind: "reported", hostId, digest, services: fresh };
}
