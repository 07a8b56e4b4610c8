// The shell of a HostShard without its platform: sockets with the keepalive instants that the runtime would remember, one alarm,
// and the real decideShard. It does what the actor does: load, decide, save, perform.
import type { Policy } from "@countersign/shared/policy";
import { decideShard, emptyShard } from "../src/core/decide-shard.ts";
import type { ShardDecision, ShardEvent } from "../src/core/shard-events.ts";
import type { PendingGrant, SecondOpinion } from "../src/core/shard-state.ts";
import type { Signal } from "../src/core/signal.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const SECOND_OPINION_MS = 1_000;

interface Socket {
  readonly connectionId: string;
  readonly bootId: string;
  readonly host: SimulatedHost;
  readonly connectedAt: number;
}

export class SimulatedShard {
  state;
  policy: Policy;
  isRunning = true;
  /** decisions made */
  decisionCount = 0;
  readonly #clock: VirtualClock;
  readonly #sendSignal: (signal: Signal) => void;
  readonly #hosts = new Set<SimulatedHost>();
  readonly #sockets = new Map<string, Socket>();
  #alarm: { readonly at: number; readonly cancel: () => void } | null = null;
  #connections = 0;
  #requests = 0;
  #stoppedAt = 0;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly policy: Policy;
    readonly sendSignal: (signal: Signal) => void;
    readonly name?: string;
  }) {
    this.state = emptyShard(parts.name ?? "shard-0");
    this.policy = parts.policy;
    this.#clock = parts.clock;
    this.#sendSignal = parts.sendSignal;
  }

  take(event: ShardEvent): void {
    this.decisionCount += 1;
    const decision = decideShard(this.state, event, {
      now: this.#clock.now,
      policy: this.policy,
      newId: (prefix) => `${prefix}_${String(++this.#requests).padStart(22, "0")}`,
    });
    this.state = decision.state;
    this.#arm(decision.alarmAt, event.kind === "sweep");
    for (const effect of decision.effects) this.#perform(effect);
  }

  /** A host that begins: it is told when the control plane is back. */
  knowHost(host: SimulatedHost): void {
    this.#hosts.add(host);
  }

  /** Whether a host's keepalives arrive has changed. */
  reachChanged(_host: SimulatedHost): void {}

  /** The hello of a host; null: refused, because another boot is live. */
  connect(host: SimulatedHost): string | null {
    const { hostId, bootId, name } = host;
    const live = this.#sockets.get(hostId);
    const isLive =
      live !== undefined && this.#clock.now < lastSeenOn(live) + this.policy.liveness.lateAfterMs;
    if (isLive && live.bootId !== bootId) {
      this.take({ kind: "boot-refused", hostId, bootId });
      return null;
    }
    const connectionId = `connection-${++this.#connections}`;
    this.#sockets.set(hostId, { connectionId, bootId, host, connectedAt: this.#clock.now });
    // Another machine had the socket: it notices, and tries again.
    if (live !== undefined && live.host !== host) live.host.wakes();
    const connection = {
      connectionId,
      bootId,
      connectedAt: this.#clock.now,
      agentVersion: "0.1.0",
      hostname: name,
      address: "192.0.2.1",
      probePort: 22,
      catalogue: host.describeCatalogue(),
    };
    this.take({ kind: "connected", hostId, connection });
    return connectionId;
  }

  hasSocket(hostId: string, connectionId: string): boolean {
    return this.#sockets.get(hostId)?.connectionId === connectionId;
  }

  /** A deploy or crash of ours: all sockets end, no alarm rings. */
  stops(): void {
    this.isRunning = false;
    this.#stoppedAt = this.#clock.now;
    this.#sockets.clear();
    this.#alarm?.cancel();
    this.#alarm = null;
  }

  startsAgain(): void {
    this.isRunning = true;
    this.take({ kind: "woke", connectedHostIds: [], blindSinceAt: this.#stoppedAt });
    for (const host of this.#hosts) host.wakes();
  }

  takeGrant(grant: PendingGrant): void {
    this.take({ kind: "grant-issued", grant });
  }

  #perform(effect: ShardDecision["effects"][number]): void {
    switch (effect.kind) {
      case "signal":
        return this.#sendSignal(effect.signal);
      case "send":
        return this.#sockets.get(effect.hostId)?.host.take(effect.message);
      case "ask-second-opinion":
        return this.#askSecondOpinion(effect.hostId);
    }
  }

  #askSecondOpinion(hostId: string): void {
    this.#clock.after(SECOND_OPINION_MS, () => {
      const isUp = this.#sockets.get(hostId)?.host.answersProbe === true;
      const opinion: SecondOpinion = isUp ? "answers" : "no-answer";
      if (this.isRunning) this.take({ kind: "second-opinion", hostId, opinion });
    });
  }

  // An armed alarm is moved only forward, as in the actor: every setAlarm is a billed row.
  #arm(alarmAt: number | null, isSweep: boolean): void {
    if (alarmAt === null || (!isSweep && this.#alarm !== null && this.#alarm.at <= alarmAt)) return;
    this.#alarm?.cancel();
    const cancel = this.#clock.after(alarmAt - this.#clock.now, () => {
      this.#alarm = null;
      this.take({ kind: "sweep", lastSeenAt: this.#lastSeen() });
    });
    this.#alarm = { at: alarmAt, cancel };
  }

  #lastSeen(): Record<string, number> {
    return Object.fromEntries([...this.#sockets].map(([hostId, socket]) => [hostId, lastSeenOn(socket)]));
  }
}

function lastSeenOn({ host, connectedAt }: Socket): number {
  return host.lastKeepaliveAt(connectedAt);
}
