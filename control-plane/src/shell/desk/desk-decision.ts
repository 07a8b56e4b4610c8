// Several events of the desk decided one after the other, as one change. Pure. Where no decision can be made, what is to blame is looked
// for in the state: a tick alone must be possible at any moment.
import { ok, type Result } from "@countersign/shared/values/result";
import type { decideDesk } from "../../core/desk/decide-desk.ts";
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import { findCulprits, type RecordPlace } from "../../core/desk/state/culprits.ts";
import type { ActRefusal, DeskContext, DeskDecision, DeskEffect } from "../../core/desk/state/desk-events.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";

/** We are wrong: no decision can be made of these events, and nothing was changed. */
export class Undecidable extends Error {}

/** How one event is decided, and in what context. */
export interface Deciding {
  readonly decide: typeof decideDesk;
  readonly context: DeskContext;
}

/** Decides events in order; gives the last answer. */
export function decideEvents(
  state: DeskState,
  events: readonly DeskEvent[],
  { context, decide }: Deciding,
): DeskDecision {
  const effects: DeskEffect[] = [];
  let answer: Result<null, ActRefusal> = ok(null);
  let alarmAt: number | null = null;
  let isLeftUndone = false;
  let after = state;
  for (const event of events) {
    const decision = decide(after, event, context);
    ({ state: after, alarmAt, answer, isLeftUndone } = decision);
    effects.push(...decision.effects);
  }
  return { state: after, effects, alarmAt, answer, isLeftUndone };
}

/** The records because of which not even a tick can be decided. */
export function culpritsOf(state: DeskState, { context, decide }: Deciding): readonly RecordPlace[] {
  return findCulprits(state, (part) => {
    try {
      decide(part, { kind: "tick" }, context);
      return true;
    } catch {
      return false;
    }
  });
}
