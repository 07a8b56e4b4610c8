// Flapping: a condition that begins again and again. An incident inherits the beginnings of the one before it.
// From the third one within an hour on the incident counts as flapping: it stays one incident until it has been quiet for half an
// hour, and nobody is paged for a further beginning (the escalation's own steps go on). Pure.
import type { PageReason } from "../../words/signal.ts";
import type { Subject } from "../../words/subject.ts";
import type { Incident } from "../records/incident.ts";
import { incidentsAbout } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";

export const FLAP_BEGINNINGS_MIN = 3;
export const FLAP_WINDOW_MS = 60 * 60_000;
export const FLAP_QUIET_MS = 30 * 60_000;
/** Beginnings kept: more say nothing more. */
const BEGINNINGS_MAX = 20;

/** The beginnings after one more at `now`. */
export function addBeginning(beginningsAt: readonly number[], now: number): readonly number[] {
  return [...beginningsAt.filter((at) => at > now - FLAP_WINDOW_MS), now].slice(-BEGINNINGS_MAX);
}

/** The beginnings of the last incident of a subject and reason, which is over; a new one goes on from there. */
export function beginningsBefore(state: DeskState, subject: Subject, reason: PageReason): readonly number[] {
  return (
    incidentsAbout(state, subject, reason).reduce<Incident | null>(
      (last, incident) => (last === null || incident.openedAt >= last.openedAt ? incident : last),
      null,
    )?.beginningsAt ?? []
  );
}

export function isFlapping({ beginningsAt }: Pick<Incident, "beginningsAt">): boolean {
  return beginningsAt.length >= FLAP_BEGINNINGS_MIN;
}
