// The shell of production fed with recorded events, in memory. What a reader would get wrong: what hosts answered is given as it was, to what is asked here: an answer to a question nobody asks here is dropped.
import { NONE_NAMED, valuesOf } from "@countersign/shared/values/named";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { ShardEvent } from "../../src/core/shard/host/shard-events.ts";
import type { Connection, HostState, PendingGrant } from "../../src/core/shard/host/shard-state.ts";
import type { LivenessFlip, RecordedEvent } from "../../src/core/shard/kept/recording.ts";
import type { WordToShard } from "../../src/core/words/shard-word.ts";
import type { Signal } from "../../src/core/words/signal.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { Answered } from "../../src/shell/ports.ts";
import { ShardShell } from "../../src/shell/shard/shard-shell.ts";
import { memoryShardPorts } from "../ports/memory-shard-ports.ts";
import { VirtualAlarm } from "../ports/virtual-alarm.ts";
import type { VirtualClock } from "../world/virtual-clock.ts";
import { RecordedSockets } from "./recorded-sockets.ts";

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
  #policyVersion = 0;
  readonly #name: string;
  readonly #clock: VirtualClock;
  readonly #ask: (ask: Ask) => void;
  readonly #sockets: RecordedSockets;
  readonly #shell: ShardShell;
  /** of the hosts that are not heard, the ones that a sweep found: their next digest is on record */
  readonly #foundSilent = new Set<string>();
  readonly #connections = new Map<string, Connection>();
  /** the newest grant of a service, by host and service */
  readonly #grants = new Map<string, string>();

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly policy: Policy;
    readonly name: string;
    /** hears of each signal when it is decided */
    readonly onSignal: (signal: Signal) => void;
    readonly ask: (ask: Ask) => void;
    /** the desk's call */
    readonly tellDesk: (signals: readonly Signal[], answered: Answered<void>) => void;
  }) {
    this.#name = parts.name;
    this.#clock = parts.clock;
    this.#policy = parts.policy;
    this.#ask = parts.ask;
    this.#sockets = new RecordedSockets(parts.clock, (hostId, message) => this.#sent(hostId, message));
    const ports = memoryShardPorts({
      clock: parts.clock,
      alarm: new VirtualAlarm(parts.clock, (scheduledAt) => this.#shell.ring(scheduledAt)),
      sockets: this.#sockets,
      policy: () => this.#policy,
      calls: {
        tellDesk: (_shard, signals, answered) => parts.tellDesk(signals, answered),
        askPolicy: () => {},
        askTrust: () => {},
        fetchTrust: () => {},
        // What was answered is on record.
        askSecondOpinion: () => {},
      },
    });
    this.#shell = new ShardShell(ports, {
      onSaved: ({ effects }) => {
        for (const effect of effects) if (effect.kind === "signal") parts.onSignal(effect.signal);
      },
    });
  }

  /** A host that was there before the records begin. */
  knowHost({ hostId, name, connection }: Pick<HostState, "hostId" | "name" | "connection">): void {
    this.#enrol(hostId, name);
    if (connection !== null) this.#connect(hostId, { ...connection, connectedAt: this.#clock.now });
  }

  /** From now on this policy holds. */
  applyPolicy(policy: Policy): void {
    this.#policy = policy;
    this.#policyVersion += 1;
    this.#shell.takePolicy({ version: this.#policyVersion, hash: "", text: String(this.#policyVersion) });
  }

  hostState(hostId: string): HostState | null {
    return this.#shell.state.hosts.get(hostId) ?? null;
  }

  takeGrant(grant: PendingGrant): void {
    this.#grants.set(`${grant.hostId}/${grant.service}`, grant.grantId);
    this.take({ kind: "grant-issued", grant });
  }

  /** A host's last sign of life before a silence that is on record. */
  fallsSilent({ hostId, lastSeenAt }: Pick<LivenessFlip, "hostId" | "lastSeenAt">): void {
    this.#foundSilent.add(hostId);
    this.#sockets.fallsSilent(hostId, lastSeenAt);
  }

  takeWord(word: WordToShard): void {
    switch (word.kind) {
      case "pulled":
        return this.#shell.pullFreeze(word);
      case "lifted":
        return this.#shell.liftFreeze(word);
      case "asked":
        return this.#shell.askFor(word);
      case "retired":
        return this.#shell.retire(word);
    }
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
        return this.#enrol(event.hostId, event.name);
      case "host-retired":
        return this.#shell.retire({ shard: this.#name, hostId: event.hostId });
      case "asked-for":
        return this.#shell.askFor(event.ask);
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
        this.#sockets.fallsSilent(hostId, event.lastSeenAt ?? this.#clock.now);
        return this.take({ ...event, connectionId });
      }
      case "reported":
        this.#isHeard(event.hostId);
        if (event.healthyBefore.length > 0)
          this.take(freshReport({ ...event, digest: true, services: event.healthyBefore }));
        return this.take(freshReport(event));
      case "trust-told":
      case "examined":
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
    this.#shell.take(event);
  }

  #enrol(hostId: string, name: string): void {
    this.#shell.enrol({ shard: this.#name, hostId, name, publicKey: hostId });
  }

  #sent(hostId: string, message: ControlMessage): void {
    if (message.type === "propose") this.#ask({ hostId, service: message.service, action: message.action });
  }

  #isHeard(hostId: string): void {
    this.#sockets.isHeard(hostId);
    this.#foundSilent.delete(hostId);
  }

  #connect(hostId: string, connection: Connection): void {
    this.#connections.set(hostId, connection);
    this.#sockets.isConnected(hostId);
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
        if (!kept.has(hostId) && !this.#sockets.isSilent(hostId))
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
        proposal.boundTo === null &&
        (event.kind === "proposal-refused" ||
          (service === event.answered.service && proposal.action === event.answered.action)),
    );
    const requestId = asked?.proposal?.requestId;
    if (requestId !== undefined) this.take({ ...event, requestId });
  }
}

function freshReport({ hostId, digest, services }: Extract<ShardEvent, { kind: "reported" }>): ShardEvent {
  const fresh = services.map((report) => ({
    ...report,
    // One that is overdue is told to be; its time to live says how soon that is too long.
    results: report.results.map((result) =>
      result.overdueSinceAt === undefined ? { ...result, ttlMs: FRESH_MS } : result,
    ),
  }));
  return { kind: "reported", hostId, digest, services: fresh };
}
