// The IncidentDesk of a simulation: lives of the one shell (shell/desk) over storage that outlives them, an alarm, and calls that go wrong. It
// dies at any effect; deliveries under way die with it. It is down, or it is entered: nothing reaches a shell otherwise.
import type { Result } from "@countersign/shared/values/result";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { ActRefusal } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { OUTBOX_SHAPES } from "../../../control-plane/src/platform/outbox-shapes.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type {
  DecidedStep,
  DeskPorts,
  DeskRecords,
} from "../../../control-plane/src/shell/desk/desk-ports.ts";
import { DeskShell } from "../../../control-plane/src/shell/desk/desk-shell.ts";
import { DESK_ROW_SHAPES } from "../../../control-plane/src/stored/desk-rows.ts";
import { DOCUMENT_SHAPES } from "../../../control-plane/src/stored/desk-shapes.ts";
import type { Cores } from "../cores.ts";
import { CrashPoints, SimulatedCrash, StorageFailure } from "../faults/crash-points.ts";
import { ActorLife } from "../ports/actor-life.ts";
import { deskCallsOf } from "../ports/desk-calls.ts";
import { DistantReadSide } from "../ports/distant-read-side.ts";
import { FaultyAlarm } from "../ports/faulty-alarm.ts";
import { Storage, StoredRows } from "../ports/stored-rows.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { callerOf } from "./call-as-life.ts";
import type { Network } from "./network.ts";
import type { Observer } from "./observer.ts";
import type { Pager } from "./pager.ts";
import { type KeyedRow, type ReadSide, rowIn } from "./read-side.ts";
import type { ShardActor } from "./shard-actor.ts";

export interface DeskActorParts {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly network: Network;
  readonly policy: () => Policy;
  readonly cores: Cores;
  readonly observer: Observer;
  readonly pager: Pager;
  readonly newId: (prefix: string) => string;
  readonly readSide: ReadSide;
  /** hears of every row for the read side when it is stored */
  readonly onRowStored: (row: KeyedRow) => void;
  readonly shardOf: (hostId: string) => ShardActor | null;
  readonly shards: () => readonly ShardActor[];
}

export class DeskActor {
  /** stored with the audit rows */
  auditCount = 0;
  readonly points = new CrashPoints();
  runsSinceAt: number;
  readonly #parts: DeskActorParts;
  readonly #alarm: FaultyAlarm;
  readonly #storage = new Storage<DeskRecords>({ ...DOCUMENT_SHAPES, ...DESK_ROW_SHAPES, ...OUTBOX_SHAPES });
  #isDown = false;
  #life: ActorLife;
  #shell: DeskShell;
  /** what a core threw, which production would survive; null: nothing */
  #thrown: { readonly error: unknown } | null = null;

  constructor(parts: DeskActorParts) {
    this.#parts = parts;
    this.runsSinceAt = parts.clock.now;
    this.#alarm = new FaultyAlarm(parts.clock, () => this.#ring());
    this.#storage.onStored = (kind, id, text) => {
      if (kind === "projection") parts.onRowStored({ key: String(id), text: rowIn(text) });
    };
    this.#life = new ActorLife(this.points);
    this.#shell = this.#wakes();
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get state(): DeskState {
    return this.#shell.state;
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  /** The shards' RPC; false: it was not done, as far as can be known. */
  receiveSignals(shard: string, signals: readonly Signal[]): boolean {
    return this.#enter(() => this.#shell.takeSignals(shard, signals));
  }

  /** A person's act; null: the desk did not answer, and it is not known whether it was done. */
  act(event: DeskEvent): Result<null, ActRefusal> | null {
    let answer: Result<null, ActRefusal> | null = null;
    const isDone = this.#enter(() => {
      answer = this.#shell.take([event]);
    });
    return isDone ? answer : null;
  }

  /** The minute's cron. */
  watch(): void {
    this.#enter(() => this.#shell.watch());
  }

  stops(downMs: number): void {
    this.#life.isOver = true;
    this.#isDown = true;
    this.#alarm.pause();
    const life = this.#life;
    this.#parts.clock.after(downMs, () => {
      if (life !== this.#life) return;
      this.#isDown = false;
      this.runsSinceAt = this.#parts.clock.now;
      this.#life = new ActorLife(this.points);
      this.#enter(() => (this.#shell = this.#wakes()));
      if (!this.#isDown) this.#alarm.resume();
    });
  }

  #wakes(): DeskShell {
    const shell = new DeskShell(this.#makePorts(this.#life));
    shell.wake();
    return shell;
  }

  /** Every entry into the object. A crash ends its life here; a failed storage step ends only this event. */
  #enter(work: () => void): boolean {
    if (this.#isDown) return false;
    let isDone = true;
    try {
      work();
    } catch (error) {
      isDone = false;
      const isFault = error instanceof StorageFailure || error instanceof SimulatedCrash;
      if (!isFault) this.#thrown ??= { error };
    }
    const { observer, random } = this.#parts;
    if (this.#thrown !== null) observer.threw(this.#thrown.error);
    if (!this.#life.isOver) return isDone;
    this.stops(random.whole(10, 5_000));
    return false;
  }

  /** false: its life ended in it */
  #ring(): boolean {
    const life = this.#life;
    this.#enter(() => this.#shell.ring());
    return !life.isOver;
  }

  #decided(step: DecidedStep): void {
    const [first] = step.events;
    // Production arms again, tells it and goes on; a simulation is there to find it.
    if (step.isLeftUndone) throw new Error(`Decide ${first?.kind}: something due was left undone`);
    this.#parts.observer.deskDecided({ ...step, armedAt: this.#alarm.armedAt });
  }

  #hears(life: ActorLife, answer: () => void): void {
    if (life === this.#life && !life.isOver) this.#enter(answer);
  }

  #makePorts(life: ActorLife): DeskPorts {
    const { clock, newId, pager, policy, readSide, shardOf, shards } = this.#parts;
    const { decideDesk: core } = this.#parts.cores;
    const rows = new StoredRows(this.#storage, life);
    const ask = callerOf(this.#parts.network, (answer) => this.#hears(life, answer));
    return {
      clock,
      alarm: this.#alarm.of(life),
      rows,
      log: { error: (_what, error) => this.#logged(error) },
      newId,
      audit: {
        append: (entry) => {
          rows.alsoWrites(() => {
            this.auditCount += 1;
            return () => (this.auditCount -= 1);
          });
          return { ...entry, sequence: this.auditCount, previousHash: "", hash: "" };
        },
        cut: () => null,
      },
      archive: { put: () => {}, standing: () => null, cut: () => {} },
      hosts: {
        shardOf: (hostId) => shardOf(hostId)?.name ?? null,
        shards: () => shards().map(({ name }) => name),
        isRetired: () => false,
      },
      policies: { inForce: policy, unreadableVersion: () => null },
      calls: deskCallsOf({
        ask: (run, answered) => life.performs(() => ask(run, answered)),
        hears: (answer) => this.#hears(life, answer),
        performs: (effect) => life.performs(effect),
        clock,
        pager,
        shardNamed: (name) => shards().find((shard) => shard.name === name) ?? null,
      }),
      readSide: new DistantReadSide(readSide, (run, answered) => life.performs(() => ask(run, answered))),
      decide: (...asked) => this.#orThrown(() => core(...asked)),
      onDecided: (step) => {
        this.#decided(step);
        life.stored();
      },
    };
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
