// The budgets of a shard's hosts, and what was dropped of each and not told yet. In memory alone (core/shard/host/host-budget.ts says why that is
// enough). Telling is paced: a host that floods must not make the shard decide, and write a row, for each frame that it drops.
import {
  chargeChanges,
  drawHello,
  drawNote,
  drawWords,
  type FrameVerdict,
  fullBudget,
  type HostBudget,
  judgeFrame,
} from "../../core/shard/host/host-budget.ts";
import type { ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { ShardEffect } from "../../core/words/effects.ts";
import type { Signal } from "../../core/words/signal.ts";
import { hostIdIn, subjectKeyOf } from "../../core/words/subject.ts";

/** What was dropped is told at once, and then no sooner than this. */
export const DROPS_TOLD_EVERY_MS = 15_000;

type Flooded = Extract<ShardEvent, { kind: "flooded" }>;
type Note = Extract<Signal, { kind: "note" }>;

interface Drops {
  readonly droppedCount: number;
  readonly lastAt: number;
  readonly isClosed: boolean;
  /** when anything was told last, and that a connection was ended */
  readonly toldAt: number;
  readonly closedToldAt: number;
}

const NOTHING_DROPPED: Drops = {
  droppedCount: 0,
  lastAt: 0,
  isClosed: false,
  toldAt: Number.NEGATIVE_INFINITY,
  closedToldAt: Number.NEGATIVE_INFINITY,
};

export class HostBudgets {
  readonly #budgets = new Map<string, HostBudget>();
  readonly #drops = new Map<string, Drops>();

  /** Judges a frame of a proven host by its size, before it is looked at. */
  judge(hostId: string, bytes: number, now: number): FrameVerdict {
    const { budget, verdict } = judgeFrame(this.#of(hostId, now), { bytes, now });
    this.#budgets.set(hostId, budget);
    return verdict;
  }

  /** Draws a connection of a host that has proven its key; false: it has begun too many. */
  drawHello(hostId: string, now: number): boolean {
    const budget = drawHello(this.#of(hostId, now), now);
    if (budget !== null) this.#budgets.set(hostId, budget);
    return budget !== null;
  }

  /** Draws last words to be kept; false: they are too many. */
  drawWords(hostId: string, now: number): boolean {
    const budget = drawWords(this.#of(hostId, now), now);
    if (budget !== null) this.#budgets.set(hostId, budget);
    return budget !== null;
  }

  /** Counts what was dropped; gives the event when it is time to say so. */
  drop(hostId: string, isClosed: boolean, now: number): Flooded | null {
    const before = this.#drops.get(hostId) ?? NOTHING_DROPPED;
    const drops: Drops = {
      ...before,
      droppedCount: before.droppedCount + 1,
      lastAt: now,
      isClosed: before.isClosed || isClosed,
    };
    this.#drops.set(hostId, drops);
    const toldAt = drops.isClosed ? drops.closedToldAt : drops.toldAt;
    return now >= toldAt + DROPS_TOLD_EVERY_MS ? this.#tell(hostId, drops, now) : null;
  }

  /** What is still untold; what was told long ago is forgotten. */
  untold(now: number): readonly Flooded[] {
    const told: Flooded[] = [];
    for (const [hostId, drops] of this.#drops) {
      if (drops.droppedCount > 0) told.push(this.#tell(hostId, drops, now));
      else if (now >= drops.toldAt + DROPS_TOLD_EVERY_MS) this.#drops.delete(hostId);
    }
    return told;
  }

  /** Charges a decision's signals to the host whose event it was, and drops the notes that are too many. */
  admit(event: ShardEvent, effects: readonly ShardEffect[], now: number): readonly ShardEffect[] {
    if (effects.length === 0) return effects;
    const signals = effects.flatMap((effect) => (effect.kind === "signal" ? [effect.signal] : []));
    if (signals.length === 0) return effects;
    for (const [hostId, theirs] of chargedHosts(event, signals))
      this.#budgets.set(hostId, chargeChanges(this.#of(hostId, now), theirs, now));
    return effects.flatMap((effect): readonly ShardEffect[] => {
      if (effect.kind !== "signal" || effect.signal.kind !== "note") return [effect];
      const note = this.#drawNote(effect.signal, now);
      return note === null ? [] : [{ kind: "signal", signal: note }];
    });
  }

  #drawNote(note: Note, now: number): Note | null {
    if (note.subject === null) return note;
    const hostId = payerOf(note);
    const drawn = drawNote(this.#of(hostId, now), note, now);
    this.#budgets.set(hostId, drawn.budget);
    return drawn.note;
  }

  #tell(hostId: string, drops: Drops, now: number): Flooded {
    const { droppedCount, lastAt, isClosed } = drops;
    const closedToldAt = isClosed ? now : drops.closedToldAt;
    this.#drops.set(hostId, { droppedCount: 0, lastAt, isClosed: false, toldAt: now, closedToldAt });
    return { kind: "flooded", hostId, droppedCount, lastAt, isClosed };
  }

  #of(hostId: string, now: number): HostBudget {
    return this.#budgets.get(hostId) ?? fullBudget(now);
  }
}

// Of what time alone brought, each host pays its own.
function chargedHosts(event: ShardEvent, signals: readonly Signal[]): ReadonlyMap<string, readonly Signal[]> {
  if ("hostId" in event) return new Map([[event.hostId, signals]]);
  return Map.groupBy(signals, payerOf);
}

// What is about no host has a budget of its own.
function payerOf({ subject }: Signal): string {
  return subject === null || subject === undefined ? "" : (hostIdIn(subject) ?? subjectKeyOf(subject));
}
