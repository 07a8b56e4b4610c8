// What a decision of a shard asks for: signals to the desk, frames to hosts, a second opinion; and how effects are put together before
// their signals are numbered (core/shard/finish-decision.ts). Pure.
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { Signal } from "./signal.ts";
import type { Subject } from "./subject.ts";

export type ShardEffect =
  | { readonly kind: "signal"; readonly signal: Signal }
  | { readonly kind: "send"; readonly hostId: string; readonly message: ControlMessage }
  /** fetch this version of the fleet's trust, and send it to the host */
  | { readonly kind: "offer-trust"; readonly hostId: string; readonly version: number }
  /** TCP connect to the host's declared port */
  | {
      readonly kind: "ask-second-opinion";
      readonly hostId: string;
      readonly address: string;
      readonly port: number;
    };

export type WithoutKey<S> = S extends Signal ? Omit<S, "key" | "noticedAt"> : never;

/** Nothing to be done: one value for all, because most parts of most decisions have none. */
export const NO_EFFECTS: readonly EffectDraft[] = [];

/** A signal before it is numbered and stamped. */
export type SignalDraft = WithoutKey<Signal>;

/** An effect before its signal is numbered. */
export type EffectDraft =
  | { readonly kind: "signal"; readonly signal: SignalDraft }
  | Exclude<ShardEffect, { readonly kind: "signal" }>;

/** Effects in order, the very same list when there is nothing to join. */
export function joinEffects(
  before: readonly EffectDraft[],
  after: readonly EffectDraft[],
): readonly EffectDraft[] {
  if (after.length === 0) return before;
  return before.length === 0 ? after : [...before, ...after];
}

export function signalEffect(signal: SignalDraft): EffectDraft {
  return { kind: "signal", signal };
}

/** A line for history and audit. */
export function noteEffect(subject: Subject | null, happenedAt: number, text: string): EffectDraft {
  return signalEffect({ kind: "note", subject, happenedAt, text });
}
