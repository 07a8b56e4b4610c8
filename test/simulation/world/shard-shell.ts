// The shell of a HostShard on simulated storage, sockets and alarm, with the actor's own four lines: load, decide, save, perform. It may
// lose its memory between any two events and die at any effect; what it restores from is what the real store would hold, as JSON.
import type { Policy } from "@countersign/shared/policy/policy";
import { namedAt } from "@countersign/shared/values/named";
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import { emptyShard } from "../../../control-plane/src/core/shard/decide-shard.ts";
import type { ShardEvent } from "../../../control-plane/src/core/shard/host/shard-events.ts";
import type { PendingGrant, ShardState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import { takeView, viewFor } from "../../../control-plane/src/core/shard/kept/shard-view.ts";
import type { ShardEffect } from "../../../control-plane/src/core/words/effects.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { blindSinceAtOf, isLate } from "../../../control-plane/src/shell/shard/shard-wake.ts";
import type { Cores } from "../cores.ts";
import { CrashPoints, SimulatedCrash, StorageFailure } from "../faults/crash-points.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { ActorAlarm } from "./actor-alarm.ts";
import { arrivalOf } from "./arrival.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import type { ProjectionQueue } from "./read-side.ts";
import { ShardStorage } from "./shard-storage.ts";
import type { SimulatedVps } from "./simulated-vps.ts";
import { type Socket, SocketTable } from "./socket-table.ts";

const SECOND_OPINION_MS = 1_000;
const SIGNALS_PER_BATCH_MAX = 100;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 5_000;
const ECHO_MS = 20_000;

export interface ShardShellParts {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: Network;
  readonly policy: Policy;
  readonly cores: Cores;
  readonly observer: Observer;
  readonly newId: (prefix: string) => string;
  readonly projections: ProjectionQueue;
  /** the desk's RPC; false: it could not be reached, or failed */
  readonly receiveSignals: (signals: readonly Signal[]) => boolean;
}

export class ShardShell {
  readonly name: string;
  readonly points = new CrashPoints();
  readonly network: Network;
  readonly storage: ShardStorage;
  readonly sockets: SocketTable;
  readonly projections: ProjectionQueue;
  /** since when it has run without a break */
  runsSinceAt: number;
  /** as the desk told it last */
  policy: Policy;
  readonly #parts: ShardShellParts;
  readonly #alarm: ActorAlarm;
  #isDown = false;
  /** null: evicted; the next event restores it */
  #state: ShardState | null = null;
  /** counts the lives of the object: what an earlier life began must not end in a later one */
  #life = 0;
  /** an outage that begins in another one takes its place */
  #stopCount = 0;
  #isWakeUnjudged = false;
  #isNewVersion = false;
  #isDraining = false;
  #failures = 0;
  #retryAt: number | null = null;

  constructor(parts: ShardShellParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.network = parts.network;
    this.policy = parts.policy;
    this.runsSinceAt = parts.clock.now;
    this.storage = new ShardStorage(parts.cores.planHostRows, () => parts.clock.now);
    this.sockets = new SocketTable();
    this.projections = parts.projections;
    this.#alarm = new ActorAlarm(parts.clock, (scheduledAt) => this.#ring(scheduledAt));
    this.#state = emptyShard(parts.name, parts.newId("epo"));
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  /** What it knows now; what it would restore while it is evicted. */
  get state(): ShardState {
    return this.#state ?? this.storage.load({ name: this.name, epoch: "" }, this.sockets);
  }

  enrol(hostId: string, name: string): void {
    this.#enter(() => this.#apply({ kind: "host-enrolled", hostId, name }));
  }

  /** The hello of a host; null: it could not be taken, or was refused. */
  connect(vps: SimulatedVps): string | null {
    let connectionId: string | null = null;
    const isDone = this.#enter(() => {
      connectionId = this.#welcome(vps);
    });
    if (!isDone && connectionId === null) this.sockets.remove(vps.hostId);
    return isDone ? connectionId : null;
  }

  takeFrame(vps: SimulatedVps, connectionId: string, message: AgentMessage): void {
    if (this.sockets.of(vps.hostId)?.connectionId !== connectionId) return;
    this.#enter(() => {
      const host = namedAt(this.#loaded().hosts, vps.hostId);
      if (host === undefined) return;
      const event = arrivalOf({ vps, host, message }, this.#parts.clock.now, this.sockets);
      if (event !== null) this.#apply(event);
      this.#deliver();
    });
  }

  /** The host's end of a socket is gone; the close may never be told. */
  socketFallsSilent(hostId: string, connectionId: string): void {
    const socket = this.sockets.of(hostId);
    if (socket?.connectionId !== connectionId || socket.silentAt !== null) return;
    socket.silentAt = this.sockets.lastSeenOn(socket);
    if (!this.#parts.random.isHit(0.5)) return;
    this.#parts.clock.after(this.#parts.random.whole(50, 20_000), () => this.#closes(socket));
  }

  takeGrant(grant: PendingGrant): boolean {
    return this.#enter(() => {
      this.#apply({ kind: "grant-issued", grant });
      this.#deliver();
    });
  }

  pullFreeze(pulled: Extract<ShardEvent, { kind: "freeze-pulled" }>): boolean {
    return this.#enter(() => {
      this.#apply(pulled);
      this.#deliver();
    });
  }

  liftFreeze(lifted: Extract<ShardEvent, { kind: "freeze-lifted" }>): boolean {
    return this.#enter(() => this.#apply(lifted));
  }

  /** A grant that nobody asked the desk for, put on the wire as a compromised control plane would. */
  forge(hostId: string, envelope: PendingGrant["envelope"]): void {
    const message = { version: 1, type: "grant", grantId: "grt_forged", envelope: JSON.parse(envelope) };
    this.sockets.of(hostId)?.vps.take(message as Parameters<SimulatedVps["take"]>[0]);
  }

  /** The minute's cron: an alarm that the runtime lost is set again. */
  watch(): void {
    this.#enter(() => {
      const { now } = this.#parts.clock;
      if (this.#alarm.armedAt === null) this.#alarm.arm(now);
      this.#deliver();
    });
  }

  /** Memory is gone, sockets stay: hibernation. */
  isEvicted(): void {
    this.#life += 1;
    this.projections.isForgotten();
    this.#state = null;
    this.#isDraining = false;
    this.#failures = 0;
    this.#retryAt = null;
  }

  /** Memory is gone, sockets too as a rule, and for a while nothing runs. */
  stops(end: {
    readonly downMs: number;
    readonly isSocketLost: boolean;
    readonly isNewVersion: boolean;
  }): void {
    this.isEvicted();
    this.#isNewVersion ||= end.isNewVersion;
    if (end.isSocketLost)
      for (const { connectionId, vps } of this.sockets.clear())
        vps.losesSocket(connectionId, this.#parts.random.isHit(0.7));
    this.#isDown = true;
    this.#alarm.pause();
    this.#stopCount += 1;
    const count = this.#stopCount;
    this.#parts.clock.after(end.downMs, () => {
      if (count !== this.#stopCount) return;
      this.#isDown = false;
      this.runsSinceAt = this.#parts.clock.now;
      this.#alarm.resume();
    });
  }

  /** Every entry into the object. A crash ends it here; a failed storage step ends only this event. */
  #enter(work: () => void): boolean {
    if (this.#isDown) return false;
    try {
      if (this.#state === null) this.#wake();
      work();
      return true;
    } catch (error) {
      if (error instanceof StorageFailure) return false;
      if (!(error instanceof SimulatedCrash)) {
        this.#parts.observer.threw(error);
        return false;
      }
      const { random } = this.#parts;
      this.stops({
        downMs: random.whole(10, 5_000),
        isSocketLost: random.isHit(0.7),
        isNewVersion: false,
      });
      return false;
    }
  }

  #wake(): void {
    this.#state = this.storage.load({ name: this.name, epoch: this.#parts.newId("epo") }, this.sockets);
    this.#isWakeUnjudged = true;
    if (this.#alarm.armedAt !== null) this.#judgeWake(this.#alarm.armedAt);
  }

  #loaded(): ShardState {
    if (this.#state === null) throw new SimulatedCrash("The object was evicted while it worked");
    return this.#state;
  }

  #judgeWake(alarmAt: number | null): void {
    if (!this.#isWakeUnjudged) return;
    this.#isWakeUnjudged = false;
    const connectedHostIds = this.sockets.hostIds();
    const blindSinceAt = blindSinceAtOf(this.#loaded(), {
      now: this.#parts.clock.now,
      alarmAt,
      connectedHostIds: new Set(connectedHostIds),
      isNewVersion: this.#isNewVersion,
      policy: this.policy,
    });
    this.#apply({ kind: "woke", connectedHostIds, blindSinceAt });
    this.#isNewVersion = false;
  }

  #ring(scheduledAt: number): void {
    const { policy } = this;
    const { clock } = this.#parts;
    const { now } = clock;
    const life = this.#life;
    const isDone = this.#enter(() => {
      this.#isWakeUnjudged ||= isLate(this.#loaded(), { now, alarmAt: scheduledAt, policy });
      this.#judgeWake(scheduledAt);
      this.#apply({ kind: "sweep", lastSeenAt: this.sockets.lastSeen() });
      this.#deliver();
    });
    // The handler catches and sets it again; a handler that died is called again by the runtime.
    if (!isDone) this.#alarm.arm(life === this.#life ? now + RETRY_MAX_MS : now + 2_000);
  }

  #welcome(vps: SimulatedVps): string | null {
    const { now } = this.#parts.clock;
    const { hostId, bootId, name } = vps;
    const other = this.sockets.of(hostId);
    if (other !== undefined && other.bootId !== bootId) {
      const known = namedAt(this.#loaded().hosts, hostId);
      const seenAt = Math.max(this.sockets.lastSeenOn(other), known?.lastSeenAt ?? 0);
      if (now - seenAt < this.policy.liveness.lateAfterMs) {
        this.#apply({ kind: "boot-refused", hostId, bootId });
        this.#deliver();
        return null;
      }
    }
    const connection = {
      connectionId: this.#parts.newId("con"),
      bootId,
      connectedAt: now,
      agentVersion: "0.1.0",
      hostname: name,
      address: "192.0.2.1",
      probePort: 22,
      catalogue: vps.describeCatalogue(),
    };
    this.sockets.put(vps, connection);
    this.storage.catalogues.set(hostId, connection.catalogue);
    this.#apply({ kind: "connected", hostId, connection });
    this.#deliver();
    return connection.connectionId;
  }

  #closes(socket: Socket): void {
    const { connectionId, vps } = socket;
    if (this.sockets.of(vps.hostId) !== socket) return;
    this.#enter(() => {
      const lastSeenAt = this.sockets.lastSeenOn(socket);
      this.sockets.remove(vps.hostId);
      this.#apply({ kind: "disconnected", hostId: vps.hostId, connectionId, lastSeenAt });
      this.#deliver();
    });
  }

  #apply(event: ShardEvent): void {
    if (this.#isWakeUnjudged && event.kind !== "woke") this.#judgeWake(this.#parts.clock.now);
    const { policy } = this;
    const { clock, cores, newId, observer } = this.#parts;
    const whole = this.#loaded();
    const before = viewFor(event, whole);
    const decision = cores.decideShard(before, event, { now: clock.now, policy, newId });
    this.points.beforeStoring();
    const rows = this.storage.save(before, decision);
    this.projections.put(cores.planShardProjection(before, decision.state));
    this.#state = takeView(whole, before, decision.state);
    this.#alarm.arm(decision.alarmAt);
    this.sockets.attachChanged(before, decision.state, (hostId) => this.storage.rowOf(hostId));
    observer.shardDecided({
      shard: this.name,
      event,
      policy,
      before,
      after: decision.state,
      effects: decision.effects,
      rows,
      lastSeenAt: (hostId) => this.sockets.lastSeenOf(hostId),
      armedAt: this.#alarm.armedAt,
    });
    this.projections.drain();
    this.#perform(decision.effects);
  }

  #perform(effects: readonly ShardEffect[]): void {
    this.points.afterEffects(0);
    effects.forEach((effect, index) => {
      this.#performOne(effect);
      this.points.afterEffects(index + 1);
    });
  }

  #performOne(effect: ShardEffect): void {
    switch (effect.kind) {
      case "signal":
        return; // in the outbox already
      case "send":
        return this.#send(effect);
      case "ask-second-opinion":
        return this.#askSecondOpinion(effect.hostId);
    }
  }

  #send({ hostId, message }: Extract<ShardEffect, { kind: "send" }>): void {
    const socket = this.sockets.of(hostId);
    if (socket === undefined || socket.silentAt !== null) return;
    const { clock, random } = this.#parts;
    const arrive = () => {
      if (socket.vps.connectionId === socket.connectionId) socket.vps.take(message);
    };
    clock.after(this.network.delayMs(socket.vps.isNetworkBad), arrive);
    if (socket.vps.hasEcho) clock.after(random.whole(200, ECHO_MS), arrive);
  }

  #askSecondOpinion(hostId: string): void {
    const life = this.#life;
    const vps = this.sockets.lastKnown(hostId);
    this.#parts.clock.after(SECOND_OPINION_MS, () => {
      if (life !== this.#life) return;
      const opinion = vps?.answersProbe === true ? "answers" : "no-answer";
      this.#enter(() => {
        this.#apply({ kind: "second-opinion", hostId, opinion });
        this.#deliver();
      });
    });
  }

  /** Moves the outbox; one batch at a time, in order, again after a pause when it failed. */
  #deliver(): void {
    const { clock } = this.#parts;
    const batch = this.storage.signals.slice(0, SIGNALS_PER_BATCH_MAX);
    const isPausing = this.#retryAt !== null && this.#retryAt > clock.now;
    if (this.#isDraining || isPausing || batch.length === 0) return;
    this.#isDraining = true;
    const life = this.#life;
    const deliver = () => this.#parts.receiveSignals(batch.map((text) => JSON.parse(text) as Signal));
    this.network.call(deliver, (isDone) => {
      if (life !== this.#life) return;
      this.#isDraining = false;
      if (isDone && !this.points.isStorageFailing) return this.#delivered(batch.length);
      this.#retryAt = clock.now + Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.#alarm.arm(this.#retryAt);
    });
  }

  #delivered(count: number): void {
    this.storage.signals.splice(0, count);
    this.#failures = 0;
    this.#retryAt = null;
    this.#deliver();
  }
}
