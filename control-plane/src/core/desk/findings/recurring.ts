// What begins again and again. A finding inherits the beginnings of the one before it, when that was over less than a day before. From the third one on it has to stay well
// for longer before it counts as over: half an hour at least, and as long as it usually takes to come back. So an hour bad and ten minutes good
// stays one episode, in which people are told once, and in which their no holds. Pure.
import { dueBy } from "@countersign/shared/values/records-index";
import { isFlapping, usualMs } from "../incidents/flapping.ts";
import type { Finding } from "../records/finding.ts";
import type { Recurrence } from "../records/recurrence.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { keyOfFinding } from "../state/finding-index.ts";

/** What has been over for so long, and begins, is new. */
export const FLAP_WINDOW_MS = 24 * 60 * 60_000;
export const FLAP_QUIET_MS = 30 * 60_000;
/** Beginnings kept: more say nothing more. */
const BEGINNINGS_MAX = 20;

const forgotten = dueBy<Recurrence, null>(({ endedAt }) => endedAt + FLAP_WINDOW_MS);

/** The beginnings after one more at `now`. */
export function addBeginning(beginningsAt: readonly number[], now: number): readonly number[] {
  return [...beginningsAt, now].slice(-BEGINNINGS_MAX);
}

/** The beginnings of what was wrong before with the same subject, for the same reason. */
export function beginningsBefore(
  { recurrences }: DeskState,
  finding: Pick<Finding, "subject" | "reason">,
): readonly number[] {
  return recurrences.get(keyOfFinding(finding))?.beginningsAt ?? [];
}

/** How long it must stay well before it is over. */
export function wellForMs(
  finding: Pick<Finding, "beginningsAt">,
  { policy }: Pick<DeskContext, "policy">,
): number {
  const { resolveAfterMs } = policy.incident;
  return isFlapping(finding) ? Math.max(resolveAfterMs, FLAP_QUIET_MS, usualMs(finding)) : resolveAfterMs;
}

/** Keeps the beginnings of a finding that is over. */
export function rememberBeginnings(change: DeskChange, finding: Finding): DeskChange {
  const findingKey = keyOfFinding(finding);
  const recurrences = change.state.recurrences.with(findingKey, {
    findingKey,
    beginningsAt: finding.beginningsAt,
    endedAt: finding.endedAt ?? 0,
  });
  return { ...change, state: { ...change.state, recurrences } };
}

/** Forgets what has not come back for long. */
export function forgetRecurrences(change: DeskChange, { now }: DeskContext): DeskChange {
  const over = forgotten.dueAt(change.state.recurrences, null, now);
  if (over.length === 0) return change;
  const recurrences = over.reduce(
    (kept, { findingKey }) => kept.without(findingKey),
    change.state.recurrences,
  );
  return { ...change, state: { ...change.state, recurrences } };
}

/** When the next one is forgotten; null: none is kept. */
export function recurrencesDueAt({ recurrences }: DeskState): number | null {
  return forgotten.earliestAt(recurrences, null);
}
