// Who is told about an incident next, and when, as things are: what the incident's view says in one line. Pure.
import type { Incident } from "../records/incident.ts";
import type { DeskState } from "../state/desk-state.ts";
import { isQuiet, mayBeTold, ringingOf, type SendingAt, knowersOf } from "./ringing.ts";
import { ringDueAt, updateDueAt } from "./stream.ts";

/** Something that goes out if nothing changes before. */
export interface NextSending {
  readonly kind: "ring" | "update";
  /** epoch milliseconds; in the past: it goes out now */
  readonly at: number;
  /** responders, by their ids in the policy; empty: the step names nobody who can be told */
  readonly to: readonly string[];
}

/** The next ring and, if it comes before that, the next update, the earlier one first; what is news rides on a ring. */
export function nextSendingsOf(
  state: DeskState,
  { now, policy }: SendingAt,
  incident: Incident,
): readonly NextSending[] {
  const told = (responders: readonly string[]) =>
    responders.filter((id) => mayBeTold(state, { now, policy }, { id, incident }));
  const ringAt = ringDueAt(state, incident, now);
  const updateAt = updateDueAt(state, incident, now);
  const sendings: NextSending[] = [];
  if (updateAt !== null && (ringAt === null || updateAt < ringAt))
    sendings.push({ kind: "update", at: updateAt, to: told(knowersOf(incident)) });
  if (ringAt === null) return sendings;
  const { responders } = ringingOf(state, { policy, now: Math.max(ringAt, now) }, incident);
  return [...sendings, { kind: isQuiet(incident) ? "update" : "ring", at: ringAt, to: told(responders) }];
}
