// The IncidentDesk of this world: lives of the one shell over storage that outlives them, an alarm, and calls to
// providers that answer no life but the one that asked. It dies at the boundaries that it is told, and wakes again a
// moment later on the same rows.
import { refuse, type Result } from "@countersign/shared/values/result";
import { decideDesk } from "../../../control-plane/src/core/desk/decide-desk.ts";
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { ActRefusal } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { hearChannel } from "../../../control-plane/src/platform/desk/told-by-channels.ts";
import { OUTBOX_SHAPES } from "../../../control-plane/src/platform/outbox-shapes.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type {
  DecidedStep,
  DeskCalls,
  DeskPorts,
  DeskRecords,
} from "../../../control-plane/src/shell/desk/desk-ports.ts";
import { DeskShell } from "../../../control-plane/src/shell/desk/desk-shell.ts";
import { DESK_ROW_SHAPES } from "../../../control-plane/src/stored/desk-rows.ts";
import { DOCUMENT_SHAPES } from "../../../control-plane/src/stored/desk-shapes.ts";
import { SimulatedCrash } from "../faults/crash-points.ts";
import { ActorLife } from "../ports/actor-life.ts";
import { FaultyAlarm } from "../ports/faulty-alarm.ts";
import { Storage, StoredRows } from "../ports/stored-rows.ts";
import type { EffectBoundaries } from "./effect-boundaries.ts";
import { type Caller, providerCallsOf } from "./provider-calls.ts";
import type { WorkingClock } from "./working-clock.ts";

export const DOWN_MS = 1_000;

/** Production's own desk; a test may put a broken one in the place of a part of it. */
export interface DeskParts {
  readonly decide: typeof decideDesk;
  readonly callsOf: (caller: Caller) => DeskCalls;
}

export const PRODUCTION_DESK: DeskParts = { decide: decideDesk, callsOf: providerCallsOf };

export interface DeskSetup extends Pick<Caller, "bindings" | "lineOf"> {
  readonly clock: WorkingClock;
  readonly policy: Policy;
  readonly points: EffectBoundaries;
  readonly parts: DeskParts;
  readonly onDecided: (step: DecidedStep & { readonly armedAt: number | null }) => void;
}

export class DeskOfProviders {
  /** how often it has died */
  deaths = 0;
  readonly #setup: DeskSetup;
  readonly #alarm: FaultyAlarm;
  readonly #storage = new Storage<DeskRecords>({ ...DOCUMENT_SHAPES, ...DESK_ROW_SHAPES, ...OUTBOX_SHAPES });
  #isDown = false;
  #ids = 0;
  #rows = 0;
  #life: ActorLife;
  #shell: DeskShell | null = null;
  /** what no crash explains */
  #thrown: { readonly error: unknown } | null = null;

  constructor(setup: DeskSetup) {
    this.#setup = setup;
    this.#alarm = new FaultyAlarm(setup.clock, () => this.#enter((shell) => shell.ring()));
    this.#life = new ActorLife(setup.points);
    this.#wake();
  }

  get state(): DeskState {
    if (this.#shell === null) throw new Error("Look at the desk's state: it never woke");
    return this.#shell.state;
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** A shard tells; false: it was not taken, as far as the shard can know. */
  takeSignals(signals: readonly Signal[]): boolean {
    return this.#enter((shell) => shell.takeSignals("shard-1", signals));
  }

  /** A person does something; false: the desk did not answer. */
  acts(event: DeskEvent): boolean {
    return this.#enter((shell) => void shell.take([event]));
  }

  /** The minute's cron. */
  watch(): void {
    this.#enter((shell) => shell.watch());
  }

  /** A provider brings something for a channel. */
  async hears(channel: string, request: Request): Promise<Response> {
    const { bindings, policy } = this.#setup;
    const { headers, url } = request;
    const call = { url, headers: [...headers], body: await request.text() };
    if (this.#isDown) return new Response(null, { status: 503 });
    const life = this.#life;
    const stateNow = () => this.state;
    const desk = {
      get state() {
        return stateNow();
      },
      policy: () => policy,
      take: (events: readonly DeskEvent[]) => this.#takes(life, events),
    };
    try {
      const heard = await hearChannel(desk, bindings, { channel, call, now: this.#setup.clock.now });
      if (!heard.ok) return new Response(null, { status: 403 });
      const { body, contentType } = heard.value;
      return new Response(body, { headers: { "content-type": contentType } });
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
      return new Response(null, { status: 500 });
    }
  }

  /** Passes a boundary that lies outside of it; true: it died there. */
  passes(life: ActorLife, name: string): boolean {
    if (life !== this.#life || life.isOver) return true;
    return !this.#enter(() => {
      try {
        this.#setup.points.pass(name);
      } catch (error) {
        life.isOver = true;
        throw error;
      }
    });
  }

  /** It stops dead now. */
  dies(): void {
    if (this.#isDown) return;
    this.deaths += 1;
    this.#life.isOver = true;
    this.#isDown = true;
    this.#alarm.pause();
    this.#setup.clock.after(DOWN_MS, () => {
      this.#isDown = false;
      this.#life = new ActorLife(this.#setup.points);
      this.#wake();
    });
  }

  #wake(): void {
    this.#shell = new DeskShell(this.#portsOf(this.#life));
    if (this.#enter((shell) => shell.wake())) this.#alarm.resume();
  }

  /** Every entry into the object; false: it was not done. */
  #enter(work: (shell: DeskShell) => void): boolean {
    if (this.#isDown || this.#shell === null) return false;
    let isDone = true;
    try {
      work(this.#shell);
    } catch (error) {
      isDone = false;
      if (!(error instanceof SimulatedCrash)) this.#thrown ??= { error };
    }
    if (this.#thrown !== null) throw this.#thrown.error;
    if (!this.#life.isOver) return isDone;
    this.dies();
    return false;
  }

  #takes(life: ActorLife, events: readonly DeskEvent[]): Result<null, ActRefusal> {
    let answer: Result<null, ActRefusal> = refuse({ reason: "incident-unknown" });
    const isDone =
      life === this.#life &&
      this.#enter((shell) => {
        answer = shell.take(events);
      });
    if (!isDone) throw new SimulatedCrash("The desk is gone");
    return answer;
  }

  #portsOf(life: ActorLife): DeskPorts {
    const { bindings, clock, lineOf, onDecided, parts, policy } = this.#setup;
    const rows = new StoredRows(this.#storage, life);
    return {
      clock,
      alarm: this.#alarm.of(life),
      rows,
      log: {
        error: (_what, error) => {
          if (!(error instanceof SimulatedCrash)) this.#thrown ??= { error };
        },
      },
      newId: (prefix) => `${prefix}_${++this.#ids}`,
      audit: {
        append: (entry) => ({ ...entry, sequence: ++this.#rows, previousHash: "", hash: "" }),
        cut: () => null,
      },
      archive: { put: () => {}, standing: () => null, cut: () => {} },
      hosts: { shardOf: () => "shard-1", shards: () => ["shard-1"], isRetired: () => false },
      policies: { inForce: () => policy, unreadableVersion: () => null },
      calls: parts.callsOf({
        bindings,
        clock,
        lineOf,
        policy,
        performs: (effect) => life.performs(effect),
        passes: (name) => this.passes(life, name),
        hears: (answer) => {
          if (life === this.#life && !life.isOver) this.#enter(answer);
        },
      }),
      readSide: null,
      decide: parts.decide,
      onDecided: (step) => {
        if (step.isLeftUndone)
          throw new Error(`Decide ${step.events[0]?.kind}: something due was left undone`);
        onDecided({ ...step, armedAt: this.#alarm.armedAt });
        life.stored();
      },
    };
  }
}
