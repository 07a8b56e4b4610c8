// The runbooks as the desk serves them: whoever is paged must be able to read what to do from the same device, also when nothing but
// the desk answers. The texts are those of docs/runbooks; test/unit/web/runbooks/runbooks.test.ts keeps both in step, and writes them anew with
// COUNTERSIGN_UPDATE_RUNBOOKS=1.
import TEXTS from "./runbook-texts.json" with { type: "json" };

const byReason: Readonly<Record<string, string>> = TEXTS;

/** The Markdown of a reason's runbook; null: there is no such reason. */
export function runbookOf(reason: string): string | null {
  return Object.hasOwn(byReason, reason) ? (byReason[reason] ?? null) : null;
}

/** Every reason that has a runbook, in the order of the alphabet. */
export function runbookReasons(): readonly string[] {
  return Object.keys(byReason).toSorted();
}
