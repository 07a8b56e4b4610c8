// The shell of a HostShard without its platform: sockets with the keepalive instants that the runtime would remember, alarms, and
// the real decideShard. It does what the actor does: load, decide, save, perform.
// What a reader would get wrong: an event of one host is decided on a state that holds that host alone, and while every host is up and
// heard a host is swept only at a deadline of its own. Both leave out only what decides nothing (core/shard/shard-alarm.ts: a sweep that
// finds nothing due changes nothing), so that a month of a thousand hosts can be replayed. As soon as a host is not heard, or we
// doubt ourselves, every sweep is of all hosts, when production would make it.
import type { Policy } from "@countersign/shared/policy/policy";
import {
  type Named,
  named,
  namedFrom,
  NONE_NAMED,
  setNamed,
  valuesOf,
} from "@countersign/shared/values/named";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import { EMPTY_BOOK } from "../../src/core/facts/fact-book.ts";
import { changedDueAt, judgementDueAt } from "../../src/core/shard/at-rest.ts";
import { decideHost, decideSweep } from "../../src/core/shard/decide-host.ts";
import { decideShard, emptyShard } from "../../src/core/shard/decide-shard.ts";
import { isSameButSeen } from "../../src/core/shard/host/same-host.ts";
import type {
  HostDecision,
  ShardContext,
  ShardDecision,
  ShardEvent,
} from "../../src/core/shard/host/shard-events.ts";
import type {
  HostState,
  PendingGrant,
  SecondOpinion,
  ShardState,
} from "../../src/core/shard/host/shard-state.ts";
import { ALARM_FLOOR_MS, shardAlarmAt } from "../../src/core/shard/shard-alarm.ts";
import { isNeverConnected } from "../../src/core/shard/silence/liveness.ts";
import type { Signal } from "../../src/core/words/signal.ts";
import { eventOf } from "../../src/shell/shard/shard-frames.ts";
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

interface KeptHost {
  state: HostState;
  /** while it is up and heard: its next deadline, and the timer that looks at it */
  dueAt: number;
  timer: Timer | null;
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
  /** the hosts; the rest of the shard's state stands in #shared */
  readonly #kept = new Map<string, KeptHost>();
  #shared: ShardState;
  /** hosts that are not up, or not heard */
  readonly #troubled = new Set<string>();
  /** at the last decision all was quiet, and the alarm rings for no host */
  #isArmedQuietly = false;
  #alarm: Timer | null = null;
  readonly #newId: ShardContext["newId"] = (prefix) =>
    `${prefix}_${String(++this.#requests).padStart(22, "0")}`;
  #connections = 0;
  #requests = 0;
  #stoppedAt = 0;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly policy: Policy;
    readonly sendSignal: (signal: Signal) => void;
    readonly name?: string;
  }) {
    this.#shared = emptyShard(parts.name ?? "shard-0", "replay");
    this.policy = parts.policy;
    this.#clock = parts.clock;
    this.#sendSignal = parts.sendSignal;
  }

  say(hostId: string, message: AgentMessage): void {
    const host = this.hostState(hostId);
    const reading = host === null ? null : eventOf(host, message, this.#clock.now);
    if (reading?.ok === true && reading.value !== null) this.take(reading.value);
  }

  take(event: ShardEvent): void {
    if (!("hostId" in event) || this.#shared.gapSinceAt !== null) return this.#decide(event, null);
    const kept = this.#kept.get(event.hostId);
    if (event.kind === "host-retired") return void this.#kept.delete(event.hostId);
    if (kept === undefined || event.kind === "host-enrolled") return this.#decide(event, [event.hostId]);
    const view = { host: kept.state, shared: this.#shared };
    this.#takeDecision(kept, decideHost(view, event, this.#context()));
  }

  /** From now on this policy holds. Production's next sweep, seconds later, judges every host by it; here none may come for hours. */
  applyPolicy(policy: Policy): void {
    this.policy = policy;
    if (this.isRunning) this.#sweepAll();
  }

  hostState(hostId: string): HostState | null {
    return this.#kept.get(hostId)?.state ?? null;
  }

  /** A host that begins: it is told when the control plane is back. */
  knowHost(host: SimulatedHost): void {
    this.#hosts.add(host);
  }

  /** Whether a host's keepalives arrive has changed. */
  reachChanged({ hostId }: SimulatedHost): void {
    const state = this.#kept.get(hostId)?.state;
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
    this.#isArmedQuietly = false;
    for (const kept of this.#kept.values()) {
      kept.timer?.cancel();
      kept.timer = null;
      kept.dueAt = FOREVER_AT;
    }
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
    const decision = decideShard(this.#stateOf(hostIds), event, this.#context());
    const { hosts, ...shared } = decision.state;
    this.#shared = { ...shared, hosts: NONE_NAMED };
    for (const host of valuesOf(hosts)) this.#keep(host);
    this.#armAfter(decision.alarmAt, event.kind === "sweep");
    for (const effect of decision.effects) this.#perform(effect);
  }

  /** Takes in what was decided about one host alone. */
  #takeDecision(kept: KeptHost, { host, shared, effects }: HostDecision): void {
    this.decisionCount += 1;
    const isSharedSame = shared === this.#shared;
    if (!isSharedSame) this.#shared = { ...shared, hosts: NONE_NAMED };
    this.#keepHost(kept, host);
    if (!isSharedSame || !this.#isArmedQuietly || !this.#isQuiet()) {
      const view = { ...this.#shared, hosts: named({ [host.hostId]: host }) };
      this.#armAfter(shardAlarmAt(view, { now: this.#clock.now, policy: this.policy }), false);
    }
    for (const effect of effects) this.#perform(effect);
  }

  #context(): ShardContext {
    return { now: this.#clock.now, policy: this.policy, newId: this.#newId };
  }

  #stateOf(hostIds: readonly string[] | null): ShardState {
    const hosts: Named<HostState> = namedFrom([]);
    for (const hostId of hostIds ?? this.#kept.keys()) {
      const kept = this.#kept.get(hostId);
      if (kept !== undefined) setNamed(hosts, hostId, kept.state);
    }
    return { ...this.#shared, hosts };
  }

  #keep(host: HostState | undefined): void {
    if (host === undefined) return;
    const kept = this.#kept.get(host.hostId);
    if (kept !== undefined) return this.#keepHost(kept, host);
    const first: KeptHost = { state: host, dueAt: FOREVER_AT, timer: null };
    this.#kept.set(host.hostId, first);
    this.#noteTrouble(host);
    this.#armHost(first);
  }

  #keepHost(kept: KeptHost, host: HostState): void {
    const before = kept.state;
    if (before === host) return;
    kept.state = host;
    if (isSameButSeen(before, host)) return;
    if (
      before.liveness !== host.liveness ||
      before.connection !== host.connection ||
      before.unheard !== host.unheard ||
      before.refusedBoot !== host.refusedBoot
    )
      this.#noteTrouble(host);
    // Only what changed is looked at: the rest is due no sooner than it was. When the timer rings, the whole host is asked.
    kept.dueAt = Math.min(kept.dueAt, this.#afterNow(changedDueAt(before, host, this.policy)));
    this.#armHost(kept);
  }

  #noteTrouble(host: HostState): void {
    const isHeard = this.#sockets.get(host.hostId)?.host.isHeardNow === true;
    const isUsual = host.liveness === "up" && host.unheard === null && isHeard && host.refusedBoot === null;
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
    return this.#afterNow(judgementDueAt(host, this.policy));
  }

  #afterNow(dueAt: number): number {
    return dueAt >= FOREVER_AT ? FOREVER_AT : Math.max(dueAt, this.#clock.now + ALARM_FLOOR_MS);
  }

  // A timer that rings too early looks at the deadline again: most deadlines move on before they come.
  #armHost(kept: KeptHost): void {
    const { dueAt, timer } = kept;
    if (dueAt >= FOREVER_AT || (timer !== null && timer.at <= dueAt)) return;
    timer?.cancel();
    const cancel = this.#clock.at(dueAt, () => this.#ringHost(kept));
    kept.timer = { at: dueAt, cancel };
  }

  #ringHost(kept: KeptHost): void {
    kept.timer = null;
    const dueAt = judgementDueAt(kept.state, this.policy);
    if (dueAt > this.#clock.now) {
      kept.dueAt = this.#afterNow(dueAt);
      return this.#armHost(kept);
    }
    // the alarm of all hosts is armed, and no later than this
    if (!this.#isQuiet()) return;
    const socket = this.#sockets.get(kept.state.hostId);
    const seenAt = socket === undefined ? kept.state.lastSeenAt : lastSeenOn(socket);
    const view = { host: kept.state, shared: this.#shared };
    this.#takeDecision(kept, decideSweep(view, seenAt, this.#context()));
    this.#dueAgain(kept);
  }

  // A sweep that changed nothing leaves the deadline as it was: the answer is asked for anew, and lies in the future.
  #dueAgain(kept: KeptHost): void {
    if (kept.timer !== null) return;
    kept.dueAt = this.#ownDueAt(kept.state);
    this.#armHost(kept);
  }

  #armAfter(alarmAt: number | null, isSweep: boolean): void {
    const isQuiet = this.#isQuiet();
    // While somebody was not heard the alarm of all hosts rang for the deadlines of each.
    if (isQuiet && !this.#isArmedQuietly) for (const kept of this.#kept.values()) this.#dueAgain(kept);
    this.#isArmedQuietly = isQuiet;
    if (isQuiet) this.#armQuietly(isSweep);
    else this.#arm(alarmAt, isSweep);
  }

  // What is due beside the hosts: grants, and the rules of the whole shard.
  #armQuietly(isSweep: boolean): void {
    const { grants, book } = this.#shared;
    const isNothingDue = book === EMPTY_BOOK && !hasKey(grants);
    const sharedAt = isNothingDue
      ? FOREVER_AT
      : (shardAlarmAt(this.#shared, { now: this.#clock.now, policy: this.policy }) ?? FOREVER_AT);
    if (sharedAt < FOREVER_AT) return this.#arm(sharedAt, isSweep);
    this.#alarm?.cancel();
    this.#alarm = null;
  }

  // An armed alarm is moved only forward, as in the actor: every setAlarm is a billed row.
  #arm(alarmAt: number | null, isSweep: boolean): void {
    if (alarmAt === null || (!isSweep && this.#alarm !== null && this.#alarm.at <= alarmAt)) return;
    this.#alarm?.cancel();
    const cancel = this.#clock.at(alarmAt, () => {
      this.#alarm = null;
      this.#sweepAll();
    });
    this.#alarm = { at: alarmAt, cancel };
  }

  #sweepAll(): void {
    this.#decide({ kind: "sweep", lastSeenAt: this.#lastSeen([...this.#sockets.keys()]) }, null);
    // A sweep that changed nothing may still have judged by another policy than the one before.
    for (const kept of this.#kept.values()) {
      kept.dueAt = Math.min(kept.dueAt, this.#ownDueAt(kept.state));
      this.#armHost(kept);
    }
  }

  #lastSeen(hostIds: readonly string[]): Named<number> {
    const lastSeenAt: Named<number> = namedFrom([]);
    for (const hostId of hostIds) {
      const socket = this.#sockets.get(hostId);
      if (socket !== undefined) setNamed(lastSeenAt, hostId, lastSeenOn(socket));
    }
    return lastSeenAt;
  }
}

function lastSeenOn({ host, connectedAt }: Socket): number {
  return host.lastKeepaliveAt(connectedAt);
}

function hasKey(record: object): boolean {
  for (const _key in record) return true;
  return false;
}
