// The HostShard of a simulation: lives of the one shell (shell/shard) over storage and sockets that outlive them, an alarm, and calls that go
// wrong. It may lose its memory between any two events and die at any effect; what it restores from is what was stored, as text.
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { AgentMessage, ControlMessage } from "@countersign/shared/wire/protocol";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import { emptyShard } from "../../../control-plane/src/core/shard/decide-shard.ts";
import type { PendingGrant, ShardState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import type {
  LiftedFreeze,
  PersonAsk,
  PulledFreeze,
} from "../../../control-plane/src/core/words/shard-word.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { SHARD_RECORD_SHAPES } from "../../../control-plane/src/platform/shard/shard-record-shapes.ts";
import { PutAside } from "../../../control-plane/src/shell/put-aside.ts";
import { ShardArrivals } from "../../../control-plane/src/shell/shard/shard-arrivals.ts";
import type { ShardPorts, ShardRecords } from "../../../control-plane/src/shell/shard/shard-ports.ts";
import { type SavedDecision, ShardShell } from "../../../control-plane/src/shell/shard/shard-shell.ts";
import type { Cores } from "../cores.ts";
import { CrashPoints, SimulatedCrash, StorageFailure } from "../faults/crash-points.ts";
import { ActorLife } from "../ports/actor-life.ts";
import { DistantReadSide } from "../ports/distant-read-side.ts";
import { FaultyAlarm } from "../ports/faulty-alarm.ts";
import { faultySocketsOf } from "../ports/faulty-sockets.ts";
import { type ShardPolicies, shardCallsOf } from "../ports/shard-calls.ts";
import { Storage, StoredRows } from "../ports/stored-rows.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { callerOf } from "./call-as-life.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import { type KeyedRow, type ReadSide, rowIn } from "./read-side.ts";
import type { SimulatedVps } from "./simulated-vps.ts";
import { type Socket, SocketTable } from "./socket-table.ts";

const ECHO_MS = 20_000;

export interface ShardActorParts {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: Network;
  readonly policies: ShardPolicies;
  readonly cores: Cores;
  readonly observer: Observer;
  readonly newId: (prefix: string) => string;
  readonly readSide: ReadSide;
  /** hears of every row for the read side when it is stored */
  readonly onRowStored: (row: KeyedRow) => void;
  /** the desk's RPC; false: it could not be reached, or failed */
  readonly receiveSignals: (signals: readonly Signal[]) => boolean;
}

/** One life of the object. */
interface Alive {
  readonly life: ActorLife;
  readonly shell: ShardShell;
  readonly arrivals: ShardArrivals;
}

export class ShardActor {
  readonly name: string;
  readonly points = new CrashPoints();
  readonly network: Network;
  readonly sockets = new SocketTable();
  /** since when it has run without a break */
  runsSinceAt: number;
  readonly #parts: ShardActorParts;
  readonly #alarm: FaultyAlarm;
  readonly #storage = new Storage<ShardRecords>(SHARD_RECORD_SHAPES);
  #isDown = false;
  /** null: evicted; the next event restores it */
  #alive: Alive | null = null;
  /** what it knew when it was there last */
  #known: ShardState = emptyShard("", "");
  /** an outage that begins in another one takes its place */
  #stopCount = 0;
  #version = 1;
  /** what a core threw, which production would survive; null: nothing */
  #thrown: { readonly error: unknown } | null = null;

  constructor(parts: ShardActorParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.network = parts.network;
    this.runsSinceAt = parts.clock.now;
    this.#alarm = new FaultyAlarm(parts.clock, (scheduledAt) => this.#ring(scheduledAt));
    this.#storage.onStored = (kind, id, text) => {
      if (kind === "projection") parts.onRowStored({ key: String(id), text: rowIn(text) });
    };
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  /** What it knows now, or knew when it was evicted. */
  get state(): ShardState {
    return this.#alive?.shell.state ?? this.#known;
  }

  /** Signals that the desk has not confirmed. */
  get waitingCount(): number {
    return this.#storage.of("signal").size + this.#storage.of("note").size;
  }

  /** The hosts' rows as they are stored. */
  storedHosts(): readonly (readonly [hostId: string, text: string])[] {
    return this.#storage
      .of("host")
      .list({})
      .map(([hostId, text]) => [String(hostId), text]);
  }

  enrol(hostId: string, name: string): void {
    this.#enter(({ shell }) => void shell.enrol({ shard: this.name, hostId, name, publicKey: hostId }));
  }

  /** The hello of a host; null: it could not be taken, or was refused. */
  connect(vps: SimulatedVps): string | null {
    let connectionId: string | null = null;
    const isDone = this.#enter(({ arrivals }) => {
      if (!arrivals.makesRoom(vps.hostId, vps.bootId)) return;
      connectionId = this.#parts.newId("con");
      this.#welcome(arrivals, vps, connectionId);
    });
    if (!isDone) this.sockets.remove(vps.hostId);
    return isDone ? connectionId : null;
  }

  takeFrame(vps: SimulatedVps, connectionId: string, message: AgentMessage): void {
    if (this.sockets.of(vps.hostId)?.connectionId !== connectionId) return;
    this.#enter(({ arrivals }) => {
      if (!vps.isUnderstood) {
        const isDigest = message.type === "report" && message.digest;
        const reason = "version-unsupported";
        return arrivals.refuseFrame(vps.hostId, { reason, isDigest, frameHash: null });
      }
      const taken = arrivals.takeMessage(vps.hostId, message);
      if (!taken.ok) throw new Error(`Read frame of ${vps.name}: ${taken.error.reason}`);
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
    return this.#enter(({ shell }) => shell.take({ kind: "grant-issued", grant }));
  }

  pullFreeze(pulled: PulledFreeze): boolean {
    return this.#enter(({ shell }) => shell.pullFreeze(pulled));
  }

  askFor(ask: PersonAsk): boolean {
    return this.#enter(({ shell }) => shell.askFor(ask));
  }

  liftFreeze(lifted: LiftedFreeze): boolean {
    return this.#enter(({ shell }) => shell.liftFreeze(lifted));
  }

  /** The desk tells a policy; lost where the shard does not hear it: it asks within a minute. */
  hearsPolicy(): void {
    this.#enter(({ shell }) => shell.takePolicy(this.#parts.policies.told));
  }

  /** A grant that nobody asked the desk for, put on the wire as a compromised control plane would. */
  forge(hostId: string, envelope: PendingGrant["envelope"]): void {
    const message = { version: 1, type: "grant", grantId: "grt_forged", envelope: JSON.parse(envelope) };
    this.sockets.of(hostId)?.vps.take(message as Parameters<SimulatedVps["take"]>[0]);
  }

  /** The minute's cron: an alarm that the runtime lost is set again. */
  watch(): void {
    this.#enter(({ shell }) => void shell.watch());
  }

  /** Memory is gone, sockets stay: hibernation. */
  isEvicted(): void {
    if (this.#alive === null) return;
    this.#known = this.#alive.shell.state;
    this.#alive.life.isOver = true;
    this.#alive = null;
  }

  /** Memory is gone, sockets too as a rule, and for a while nothing runs. */
  stops(end: {
    readonly downMs: number;
    readonly isSocketLost: boolean;
    readonly isNewVersion: boolean;
  }): void {
    this.isEvicted();
    if (end.isNewVersion) this.#version += 1;
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

  /** Every entry into the object. A crash ends its life here; a failed storage step ends only this event. */
  #enter(work: (alive: Alive) => void): boolean {
    if (this.#isDown) return false;
    let isDone = true;
    const alive = this.#alive ?? this.#begins();
    try {
      if (this.#alive === null) {
        this.#alive = alive;
        alive.shell.wake();
      }
      if (!alive.life.isOver) work(alive);
    } catch (error) {
      isDone = false;
      const isFault = error instanceof StorageFailure || error instanceof SimulatedCrash;
      if (!isFault) this.#thrown ??= { error };
    }
    const { observer, random } = this.#parts;
    if (this.#thrown !== null) observer.threw(this.#thrown.error);
    if (!alive.life.isOver || this.#alive !== alive) return isDone;
    this.stops({
      downMs: random.whole(10, 5_000),
      isSocketLost: random.isHit(0.7),
      isNewVersion: false,
    });
    return false;
  }

  /** false: its life ended in it, or before */
  #ring(scheduledAt: number): boolean {
    let life: ActorLife | null = null;
    this.#enter((alive) => {
      ({ life } = alive);
      alive.shell.ring(scheduledAt);
      alive.arrivals.retry();
    });
    const ended = life as ActorLife | null;
    return ended !== null && !ended.isOver;
  }

  #welcome(arrivals: ShardArrivals, vps: SimulatedVps, connectionId: string): void {
    const { now } = this.#parts.clock;
    const { hostId, bootId, name } = vps;
    const connection = {
      connectionId,
      bootId,
      connectedAt: now,
      agentVersion: "0.1.0",
      hostname: name,
      address: hostId,
      probePort: 22,
      catalogue: vps.describeCatalogue(),
      signing: { trust: null },
    };
    const lastSeenAt = this.sockets.lastSeen(hostId);
    this.sockets.put(vps, connection, { connection, sinceAt: now, services: NONE_NAMED });
    arrivals.greet(hostId, connection, { addressGroup: "", lastSeenAt });
  }

  #closes(socket: Socket): void {
    const { connectionId, vps } = socket;
    if (this.sockets.of(vps.hostId) !== socket) return;
    this.#enter(({ arrivals }) => {
      const lastSeenAt = this.sockets.lastSeenOn(socket);
      this.sockets.remove(vps.hostId);
      arrivals.noteEnd({ kind: "disconnected", hostId: vps.hostId, connectionId, lastSeenAt });
    });
  }

  #begins(): Alive {
    const life = new ActorLife(this.points);
    const ports = this.#makePorts(life);
    const shell = new ShardShell(ports, {
      onSaved: (saved) => {
        this.#saved(shell, saved);
        life.stored();
      },
    });
    return { life, shell, arrivals: new ShardArrivals(shell, ports) };
  }

  #saved(shell: ShardShell, { after, before, effects, event, rows }: SavedDecision): void {
    const { clock, observer } = this.#parts;
    observer.shardDecided({
      shard: this.name,
      policy: shell.policies.inForce(clock.now),
      event,
      before,
      after,
      effects,
      rows,
      lastSeenAt: (hostId) => this.sockets.lastSeen(hostId) ?? 0,
      armedAt: this.#alarm.armedAt,
    });
  }

  #makePorts(life: ActorLife): ShardPorts {
    const { clock, cores, newId, policies, readSide, receiveSignals } = this.#parts;
    const rows = new StoredRows(this.#storage, life);
    const hears = (answer: () => void) => {
      if (this.#alive?.life === life && !life.isOver) this.#enter(answer);
    };
    const ask = callerOf(this.network, hears);
    const performs = (effect: () => void) => life.performs(effect);
    return {
      clock,
      alarm: this.#alarm.of(life),
      rows,
      aside: new PutAside(rows),
      sockets: faultySocketsOf(this.sockets, {
        performs,
        send: (hostId, message) => this.#send(hostId, message),
      }),
      calls: shardCallsOf({
        clock,
        hears,
        policies,
        receiveSignals,
        ask: (run, answered) => performs(() => ask(run, answered)),
        vpsAt: (address) => this.sockets.lastKnown(address),
      }),
      core: { ...cores, decideShard: (...asked) => this.#orThrown(() => cores.decideShard(...asked)) },
      newId,
      newEpoch: () => newId("epo"),
      log: { error: (_what, error) => this.#logged(error) },
      loadPolicy: (text) => policies.of(text),
      version: String(this.#version),
      readSide: new DistantReadSide(readSide, (run, answered) => performs(() => ask(run, answered))),
      history: null,
      isMemoryLasting: false,
    };
  }

  #send(hostId: string, message: ControlMessage): void {
    const socket = this.sockets.reaching(hostId);
    if (socket === null) return;
    const { clock, random } = this.#parts;
    const arrive = () => {
      if (socket.vps.connectionId === socket.connectionId) socket.vps.take(message);
    };
    clock.after(this.network.delayMs(socket.vps.isNetworkBad), arrive);
    if (socket.vps.hasEcho) clock.after(random.whole(200, ECHO_MS), arrive);
  }

  #logged(error: unknown): void {
    if (error instanceof SimulatedCrash || error instanceof StorageFailure) return;
    this.#thrown ??= { error };
  }

  #orThrown<T>(decide: () => T): T {
    try {
      return decide();
    } catch (error) {
      this.#thrown ??= { error };
      throw error;
    }
  }
}
