// The shell of a HostShard without its platform: sockets with the keepalive instants that the runtime would remember, alarms, and
// the real decideShard. It does what the actor does: load, decide, save, perform.
// What a reader would get wrong: an event of one host is decided on a state that holds that host alone, and while every host is up and
// heard a host is swept only at a deadline of its own. Both leave out only what decides nothing (core/shard-alarm.ts: a sweep that
// finds nothing due changes nothing), so that a month of a thousand hosts can be replayed. As soon as a host is not heard, or we
// doubt ourselves, every sweep is of all hosts, when production would make it.
import type { Policy } from "@countersign/shared/policy";
import { decideShard, emptyShard } from "../src/core/decide-shard.ts";
import { isNeverConnected } from "../src/core/liveness.ts";
import { EMPTY_BOOK } from "../src/core/fact-book.ts";
import { shardAlarmAt } from "../src/core/shard-alarm.ts";
import type { ShardContext, ShardDecision, ShardEvent } from "../src/core/shard-events.ts";
import type { HostState, PendingGrant, SecondOpinion, ShardState } from "../src/core/shard-state.ts";
import type { Signal } from "../src/core/signal.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const SECOND_OPINION_MS = 1_000;
/** A last sign of life that never grows old: what is due then is due for another reason than silence. */
const FOREVER_AT = Number.MAX_SAFE_INTEGER / 2;

interface Socket {
  readonly connectionId: string;
  readonly bootId: string;
  readonly host: SimulatedHost;
  readonly connectedAt: number;
}

interface Timer {
  readonly at: number;
  readonly cancel: () => void;
}

export class SimulatedShard {
  policy: Policy;
  isRunning = true;
  /** decisions made */
  decisionCount = 0;
  readonly #clock: VirtualClock;
  readonly #sendSignal: (signal: Signal) => void;
  readonly #hosts = new Set<SimulatedHost>();
  readonly #sockets = new Map<string, Socket>();
  /** the state of each host; the rest of the shard's state stands in #shared */
  readonly #hostStates = new Map<string, HostState>();
  #shared: ShardState;
  /** hosts that are not up, or not heard */
  readonly #troubled = new Set<string>();
  /** the next deadline of a host that is up and heard, and the timer that looks at it */
  readonly #dueAt = new Map<string, number>();
  readonly #timers = new Map<string, Timer>();
  #alarm: Timer | null = null;
  #connections = 0;
  #requests = 0;
  #stoppedAt = 0;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly policy: Policy;
    readonly sendSignal: (signal: Signal) => void;
    readonly name?: string;
  }) {
    this.#shared = emptyShard(parts.name ?? "shard-0");
    this.policy = parts.policy;
    this.#clock = parts.clock;
    this.#sendSignal = parts.sendSignal;
  }

  take(event: ShardEvent): void {
    this.#decide(event, "hostId" in event && this.#shared.gapSinceAt === null ? [event.hostId] : null);
  }

  hostState(hostId: string): HostState | null {
    return this.#hostStates.get(hostId) ?? null;
  }

  /** A host that begins: it is told when the control plane is back. */
  knowHost(host: SimulatedHost): void {
    this.#hosts.add(host);
  }

  /** Whether a host's keepalives arrive has changed. */
  reachChanged({ hostId }: SimulatedHost): void {
    const state = this.#hostStates.get(hostId);
    const socket = this.#sockets.get(hostId);
    if (state === undefined || socket === undefined) return;
    this.#noteTrouble(state);
    if (!this.#isQuiet()) this.#arm(lastSeenOn(socket) + this.policy.liveness.lateAfterMs, false);
  }

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
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#dueAt.clear();
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

  /** Decides on a state with these hosts alone; null: with all of them. */
  #decide(event: ShardEvent, hostIds: readonly string[] | null): void {
    this.decisionCount += 1;
    const { now } = this.#clock;
    const policy = this.policy;
    const newId: ShardContext["newId"] = (prefix) =>
      `${prefix}_${String(++this.#requests).padStart(22, "0")}`;
    const decision = decideShard(this.#stateOf(hostIds), event, { now, policy, newId });
    const { hosts, ...shared } = decision.state;
    this.#shared = { ...shared, hosts: {} };
    for (const hostId in hosts) this.#keep(hosts[hostId]);
    if (this.#isQuiet()) this.#armQuietly(event);
    else this.#arm(decision.alarmAt, event.kind === "sweep");
    for (const effect of decision.effects) this.#perform(effect);
  }

  #stateOf(hostIds: readonly string[] | null): ShardState {
    if (hostIds === null) return { ...this.#shared, hosts: Object.fromEntries(this.#hostStates) };
    const hosts: Record<string, HostState> = {};
    for (const hostId of hostIds) {
      const host = this.#hostStates.get(hostId);
      if (host !== undefined) hosts[hostId] = host;
    }
    return { ...this.#shared, hosts };
  }

  #keep(host: HostState | undefined): void {
    if (host === undefined) return;
    const { hostId } = host;
    const before = this.#hostStates.get(hostId);
    if (before === host) return;
    this.#hostStates.set(hostId, host);
    if (before !== undefined && isSameButSeen(before, host)) return;
    this.#noteTrouble(host);
    this.#dueAt.set(hostId, this.#ownDueAt(host));
    this.#armHost(hostId);
  }

  #noteTrouble(host: HostState): void {
    const isHeard = this.#sockets.get(host.hostId)?.host.isHeardNow === true;
    const isUsual = host.liveness === "up" && isHeard && host.refusedBoot === null;
    if (isNeverConnected(host) || isUsual) this.#troubled.delete(host.hostId);
    else this.#troubled.add(host.hostId);
  }

  /** Every host is up and heard, and we do not doubt ourselves. */
  #isQuiet(): boolean {
    const { graceUntilAt, gapSinceAt, fleetSilence } = this.#shared;
    const isSure = gapSinceAt === null && graceUntilAt <= this.#clock.now && fleetSilence === null;
    return isSure && this.#troubled.size === 0;
  }

  /** When a host is due for another reason than silence. */
  #ownDueAt(host: HostState): number {
    const hosts = { [host.hostId]: { ...host, lastSeenAt: FOREVER_AT } };
    const alone = { ...this.#shared, hosts, book: EMPTY_BOOK, grants: {} };
    return shardAlarmAt(alone, { now: this.#clock.now, policy: this.policy }) ?? FOREVER_AT;
  }

  // A timer that rings too early looks at the deadline again: most deadlines move on before they come.
  #armHost(hostId: string): void {
    const dueAt = this.#dueAt.get(hostId) ?? FOREVER_AT;
    const timer = this.#timers.get(hostId);
    if (dueAt >= FOREVER_AT || (timer !== undefined && timer.at <= dueAt)) return;
    timer?.cancel();
    const cancel = this.#clock.at(dueAt, () => this.#ringHost(hostId));
    this.#timers.set(hostId, { at: dueAt, cancel });
  }

  #ringHost(hostId: string): void {
    this.#timers.delete(hostId);
    const dueAt = this.#dueAt.get(hostId) ?? FOREVER_AT;
    if (dueAt > this.#clock.now) return this.#armHost(hostId);
    // the alarm of all hosts is armed, and no later than this
    if (!this.#isQuiet()) return;
    this.#decide({ kind: "sweep", lastSeenAt: this.#lastSeen([hostId]) }, [hostId]);
    this.#dueAgain(hostId);
  }

  // A sweep that changed nothing leaves the deadline as it was: the answer is asked for anew, and lies in the future.
  #dueAgain(hostId: string): void {
    const host = this.#hostStates.get(hostId);
    if (host === undefined || this.#timers.has(hostId)) return;
    this.#dueAt.set(hostId, this.#ownDueAt(host));
    this.#armHost(hostId);
  }

  // What is due beside the hosts: grants, and the rules of the whole shard.
  #armQuietly(event: ShardEvent): void {
    const { grants, book } = this.#shared;
    const isNothingDue = book === EMPTY_BOOK && !hasKey(grants);
    const sharedAt = isNothingDue
      ? FOREVER_AT
      : (shardAlarmAt(this.#shared, { now: this.#clock.now, policy: this.policy }) ?? FOREVER_AT);
    if (sharedAt < FOREVER_AT) return this.#arm(sharedAt, event.kind === "sweep");
    this.#alarm?.cancel();
    this.#alarm = null;
  }

  // An armed alarm is moved only forward, as in the actor: every setAlarm is a billed row.
  #arm(alarmAt: number | null, isSweep: boolean): void {
    if (alarmAt === null || (!isSweep && this.#alarm !== null && this.#alarm.at <= alarmAt)) return;
    this.#alarm?.cancel();
    const cancel = this.#clock.at(alarmAt, () => {
      this.#alarm = null;
      this.#decide({ kind: "sweep", lastSeenAt: this.#lastSeen([...this.#sockets.keys()]) }, null);
    });
    this.#alarm = { at: alarmAt, cancel };
  }

  #lastSeen(hostIds: readonly string[]): Record<string, number> {
    const lastSeenAt: Record<string, number> = {};
    for (const hostId of hostIds) {
      const socket = this.#sockets.get(hostId);
      if (socket !== undefined) lastSeenAt[hostId] = lastSeenOn(socket);
    }
    return lastSeenAt;
  }
}

function lastSeenOn({ host, connectedAt }: Socket): number {
  return host.lastKeepaliveAt(connectedAt);
}

/** Nothing but the last sign of life has changed, and it moves no deadline of a host that is heard. */
function isSameButSeen(before: HostState, after: HostState): boolean {
  return (
    before.services === after.services &&
    before.book === after.book &&
    before.connection === after.connection &&
    before.liveness === after.liveness &&
    before.refusedBoot === after.refusedBoot &&
    before.returnDueAt === after.returnDueAt
  );
}

function hasKey(record: object): boolean {
  for (const _key in record) return true;
  return false;
}
