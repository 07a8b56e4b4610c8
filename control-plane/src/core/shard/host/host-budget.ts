// What one host may cost the others: frames and bytes on its connection, connections, changes that people read of, notes, last words. Pure.
// What a reader would get wrong: a frame that is over is dropped whole and unread, so that shard and desk never disagree about half of
// one; what is told *because of* a frame is charged afterwards, and holds back the next frame. The first time that something fires within
// an hour costs nothing: a host on which everything fails at once is in trouble and no nuisance. Held in memory alone: an eviction gives
// one burst more, and to bring one about a host must be quiet for longer than that burst takes to fill.
import {
  FLOOD_CLOSE_FACTOR,
  HOST_BYTES_BURST_MAX,
  HOST_BYTES_PER_SECOND_MAX,
  HOST_CHANGES_BURST_MAX,
  HOST_CHANGES_PER_MINUTE_MAX,
  HOST_FRAMES_BURST_MAX,
  HOST_FRAMES_PER_SECOND_MAX,
  HOST_HELLOS_BURST_MAX,
  HOST_HELLOS_PER_MINUTE_MAX,
  HOST_NOTES_BURST_MAX,
  HOST_NOTES_PER_MINUTE_MAX,
  HOST_WORDS_BURST_MAX,
  HOST_WORDS_PER_MINUTE_MAX,
} from "@countersign/shared/values/limits";
import type { Signal } from "../../words/signal.ts";
import { FLEET, placeNameOf, subjectKeyOf } from "../../words/subject.ts";
import { type Allowance, charged, drawn, type Left, leftNow } from "./allowance.ts";

const FRAMES: Allowance = { burstMax: HOST_FRAMES_BURST_MAX, perSecond: HOST_FRAMES_PER_SECOND_MAX };
const BYTES: Allowance = { burstMax: HOST_BYTES_BURST_MAX, perSecond: HOST_BYTES_PER_SECOND_MAX };
const FRAMES_BEFORE_CLOSE = times(FRAMES, FLOOD_CLOSE_FACTOR);
const BYTES_BEFORE_CLOSE = times(BYTES, FLOOD_CLOSE_FACTOR);
const HELLOS: Allowance = { burstMax: HOST_HELLOS_BURST_MAX, perSecond: HOST_HELLOS_PER_MINUTE_MAX / 60 };
const CHANGES: Allowance = { burstMax: HOST_CHANGES_BURST_MAX, perSecond: HOST_CHANGES_PER_MINUTE_MAX / 60 };
const NOTES: Allowance = { burstMax: HOST_NOTES_BURST_MAX, perSecond: HOST_NOTES_PER_MINUTE_MAX / 60 };
const WORDS: Allowance = { burstMax: HOST_WORDS_BURST_MAX, perSecond: HOST_WORDS_PER_MINUTE_MAX / 60 };
/** What fired before this is told for free again. */
const FIRED_KEPT_MS = 3_600_000;
/** Findings remembered of one host; one more costs as if it were known. */
export const FIRED_KEPT_MAX = 1_024;

/** What is left of one host's budget. */
export interface HostBudget {
  readonly frames: Left;
  readonly bytes: Left;
  readonly framesBeforeClose: Left;
  readonly bytesBeforeClose: Left;
  readonly hellos: Left;
  readonly changes: Left;
  readonly notes: Left;
  readonly words: Left;
  /** when what fired was told first, by service and reason */
  readonly firedAt: ReadonlyMap<string, number>;
  /** notes that were dropped since the last one that was told */
  readonly notesDropped: number;
}

/** What becomes of a frame. */
export type FrameVerdict = "take" | "drop" | "close";

/** A budget of which nothing was spent. */
export function fullBudget(now: number): HostBudget {
  const full = ({ burstMax }: Allowance): Left => ({ count: burstMax, at: now });
  return {
    frames: full(FRAMES),
    bytes: full(BYTES),
    framesBeforeClose: full(FRAMES_BEFORE_CLOSE),
    bytesBeforeClose: full(BYTES_BEFORE_CLOSE),
    hellos: full(HELLOS),
    changes: full(CHANGES),
    notes: full(NOTES),
    words: full(WORDS),
    firedAt: new Map(),
    notesDropped: 0,
  };
}

/** Judges a frame by its size alone. */
export function judgeFrame(
  budget: HostBudget,
  { bytes, now }: { readonly bytes: number; readonly now: number },
): { readonly budget: HostBudget; readonly verdict: FrameVerdict } {
  const framesBeforeClose = drawn(leftNow(budget.framesBeforeClose, FRAMES_BEFORE_CLOSE, now), 1);
  const bytesBeforeClose = drawn(leftNow(budget.bytesBeforeClose, BYTES_BEFORE_CLOSE, now), bytes);
  if (framesBeforeClose === null || bytesBeforeClose === null) return { budget, verdict: "close" };
  const changes = leftNow(budget.changes, CHANGES, now);
  const seen: HostBudget = { ...budget, framesBeforeClose, bytesBeforeClose, changes };
  const frames = drawn(leftNow(budget.frames, FRAMES, now), 1);
  const drawnBytes = drawn(leftNow(budget.bytes, BYTES, now), bytes);
  if (frames === null || drawnBytes === null || changes.count < 1) return { budget: seen, verdict: "drop" };
  return { budget: { ...seen, frames, bytes: drawnBytes }, verdict: "take" };
}

/** Draws one connection whose key was proven; null: the host has begun too many. */
export function drawHello(budget: HostBudget, now: number): HostBudget | null {
  const hellos = drawn(leftNow(budget.hellos, HELLOS, now), 1);
  return hellos === null ? null : { ...budget, hellos };
}

/** Draws last words to be kept, each of which writes a row; null: the host has told too many. */
export function drawWords(budget: HostBudget, now: number): HostBudget | null {
  const words = drawn(leftNow(budget.words, WORDS, now), 1);
  return words === null ? null : { ...budget, words };
}

/** Charges what a host's event made the shard tell. */
export function chargeChanges(budget: HostBudget, signals: readonly Signal[], now: number): HostBudget {
  const firedAt = new Map(budget.firedAt);
  for (const [key, at] of firedAt) if (at <= now - FIRED_KEPT_MS) firedAt.delete(key);
  const cost = signals.reduce((sum, signal) => sum + costOf(signal, firedAt, now), 0);
  return { ...budget, changes: charged(leftNow(budget.changes, CHANGES, now), cost, CHANGES), firedAt };
}

/** Draws one note; null: it is one too many, and is dropped. A note that is told says how many were dropped before it. */
export function drawNote<S extends Extract<Signal, { kind: "note" }>>(
  budget: HostBudget,
  note: S,
  now: number,
): { readonly budget: HostBudget; readonly note: S | null } {
  const notes = drawn(leftNow(budget.notes, NOTES, now), 1);
  const { notesDropped } = budget;
  if (notes === null) return { budget: { ...budget, notesDropped: notesDropped + 1 }, note: null };
  const name = placeNameOf(note.subject ?? FLEET);
  const text =
    notesDropped === 0 ? note.text : `${note.text} (${notesDropped} notes of ${name} before it were dropped)`;
  return { budget: { ...budget, notes, notesDropped: 0 }, note: { ...note, text } };
}

// What answers a question of ours (a proposal, a verification) is bounded by our asking.
function costOf(signal: Signal, firedAt: Map<string, number>, now: number): number {
  switch (signal.kind) {
    case "firing": {
      const key = JSON.stringify([subjectKeyOf(signal.subject), signal.reason]);
      const isNew = !firedAt.has(key) && firedAt.size < FIRED_KEPT_MAX;
      if (isNew) firedAt.set(key, now);
      return isNew ? 0 : 1;
    }
    case "cleared":
    case "outcome":
      return 1;
    case "proposed":
    case "proposal-refused":
    case "superseded":
    case "verification":
    case "grant-recalled":
    case "unreadable":
    case "census":
    case "note":
      return 0;
  }
}

function times({ burstMax, perSecond }: Allowance, factor: number): Allowance {
  return { burstMax: burstMax * factor, perSecond: perSecond * factor };
}
