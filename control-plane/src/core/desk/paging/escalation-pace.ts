// How long the escalation waits before its steps begin again: as the policy says for the first few times, then longer and longer, and
// never longer than a day. Pure. Somebody who did not answer five pages will not answer ninety-six a day; but an open incident
// is never silent.

/** So many repeats come at the policy's own pace; each one after them waits twice as long as the one before. */
export const REPEATS_AT_FULL_PACE = 4;
/** The longest silence about an incident that nobody has acknowledged. */
export const REPEAT_PAUSE_MAX_MS = 86_400_000;
/** Steps never repeat faster than this, whatever the policy says. */
const REPEAT_PAUSE_MIN_MS = 1_000;

/** The pause before the steps begin again; `repeats` counts those that went before. */
export function repeatPauseMs(
  repeats: number,
  escalation: { readonly repeatMs: number; readonly steps: readonly { readonly afterMs: number }[] },
): number {
  const paceMs = Math.max(REPEAT_PAUSE_MIN_MS, escalation.repeatMs);
  const slower = 2 ** Math.max(0, repeats + 1 - REPEATS_AT_FULL_PACE);
  return Math.min(REPEAT_PAUSE_MAX_MS, paceMs * slower + (escalation.steps[0]?.afterMs ?? 0));
}
