// Takes in what shards tell. A batch is one decision where it can be, so that nobody is paged for what the same batch says is over. A
// signal that no decision can be made of costs only itself: it is put aside and counts as taken, or its shard would repeat it for ever and
// everything behind it would wait.
import { sha256Hex } from "@countersign/shared/values/digest";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { Signal } from "../../core/words/signal.ts";
import { hostIdIn } from "../../core/words/subject.ts";
import { checkStored } from "../../stored/read-stored.ts";
import { SignalShape } from "../../stored/signal-shape.ts";
import type { Clock } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import { Undecidable } from "./desk-decision.ts";
import type { TakenSignals } from "./taken-signals.ts";

/** The desk that takes them in. */
export interface SignalTaker {
  readonly clock: Clock;
  readonly state: () => DeskState;
  readonly taken: TakenSignals;
  readonly aside: PutAside;
  readonly isRetired: (hostId: string) => boolean;
  readonly take: (events: readonly DeskEvent[], alsoWrite: (now: number) => void) => void;
  readonly tellUnreadable: () => void;
}

/** Takes signals in that are new; a key that was taken before is dropped. */
export function takeSignals(desk: SignalTaker, shard: string, signals: readonly Signal[]): void {
  const readable: Signal[] = [];
  for (const signal of signals) {
    const read = checkStored<Signal>(signal, SignalShape);
    if (read.ok) readable.push(read.value);
    else noteSignal(desk, signal, read.error.problem);
  }
  takeReadable(
    desk,
    shard,
    firstOfEachKey(readable).filter(({ key }) => !desk.taken.has(key)),
  );
  desk.tellUnreadable();
}

// A key stands for one signal, and a batch that breaks this must not stop its shard for ever.
function firstOfEachKey(signals: readonly Signal[]): readonly Signal[] {
  const byKey = Map.groupBy(signals, ({ key }) => key);
  return [...byKey.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}

function takeReadable(desk: SignalTaker, shard: string, signals: readonly Signal[]): void {
  if (signals.length === 0) return;
  try {
    // Each event costs a decision: this one only where it changes something.
    const heard = desk.state().shardTroubles.has(shard) ? [{ kind: "shard-heard", shard } as const] : [];
    // What was on its way when its host was retired opens nothing any more.
    const told = signals.filter((signal) => !isOfRetired(desk, signal));
    desk.take([...heard, { kind: "signals", signals: told }], (now) => {
      for (const { key } of signals) desk.taken.take(key, now);
    });
  } catch (error) {
    if (!(error instanceof Undecidable)) throw error;
    const [signal, ...others] = signals;
    if (signal !== undefined && others.length === 0)
      noteSignal(desk, signal, "no decision can be made of it");
    else for (const each of signals) takeReadable(desk, shard, [each]);
  }
}

function isOfRetired(desk: SignalTaker, { subject }: Signal): boolean {
  const hostId = subject === null || subject === undefined ? null : hostIdIn(subject);
  return hostId !== null && desk.isRetired(hostId);
}

function noteSignal(desk: SignalTaker, signal: unknown, problem: string): void {
  const text = JSON.stringify(signal) ?? "";
  const { key } = Object(signal) as { readonly key?: unknown };
  const id = typeof key === "string" ? key : sha256Hex(text).slice(0, 16);
  if (desk.taken.has(id)) return;
  desk.aside.note({
    record: { kind: "signal", id, problem },
    text,
    remove: () => desk.taken.take(id, desk.clock.now),
  });
}
