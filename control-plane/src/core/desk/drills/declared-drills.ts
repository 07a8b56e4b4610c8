// Which ways the policy wants to be drilled, and when each is due: the drill, its repeat, the end of the wait for its
// receipt, and when a way counts as not exercised. Pure. What a reader would get wrong: what is due need not go out,
// for it may be night there (drills.ts).
import type { Policy } from "../../../policy/policy.ts";
import type { Drill } from "../records/pages/drill.ts";
import { DRILL_PAGE_KEPT_MS } from "../records/pages/test-page.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Who comes new sees soon that it works; and nobody is drilled by the very act of applying a policy. */
export const DRILL_FIRST_AFTER_MS = HOUR_MS;
/** So long a drill's receipt is waited for, and its link opens. */
export const DRILL_ANSWER_WITHIN_MS = DRILL_PAGE_KEPT_MS;
/** Something rang that person just now: it is judged again after this. */
export const DRILL_HELD_MS = HOUR_MS;
/** What rang them within so long, and is not over, holds a drill: some things stay open for weeks. */
export const RUNG_LATELY_MS = 4 * HOUR_MS;
/** The drill and its repeat had their time. */
export const UNTESTED_GRACE_MS = 2 * DAY_MS;
/** A drill that waits for a morning, a weekend or the end of an incident has this long. */
export const UNTESTED_LATEST_MS = 7 * DAY_MS;

/** One way, as the policy declares it. */
export interface DeclaredDrill extends Pick<Drill, "drillKey" | "path" | "responder"> {
  readonly everyMs: number;
}

/** The path of paging goes to everybody whom a step of the escalation names. */
export function declaredDrills({ drills, escalation }: Policy): readonly DeclaredDrill[] {
  if (drills.length === 0) return [];
  const named = new Set(escalation.steps.flatMap(({ notify }) => notify));
  return drills.flatMap(({ everyMs, path }) =>
    [...named].map((responder) => ({ drillKey: drillKeyOf(responder), path, responder, everyMs })),
  );
}

/** Under which the way to somebody is kept. */
export function drillKeyOf(responder: string): string {
  return `paging/${responder}`;
}

/** When the next thing is to be done about it, whether or not it can be then. */
export function drillDueAt(drill: Drill, everyMs: number): number {
  const { heldUntilAt, sentAt, sinceAt, stage } = drill;
  switch (stage) {
    case "waits":
      return Math.max(beginsAt(drill, everyMs), heldUntilAt ?? 0);
    case "to-repeat":
      return Math.max((sentAt ?? sinceAt) + DRILL_ANSWER_WITHIN_MS, heldUntilAt ?? 0);
    case "sent":
    case "repeated":
      return (sentAt ?? sinceAt) + DRILL_ANSWER_WITHIN_MS;
  }
}

function beginsAt({ provenAt, sentAt, sinceAt }: Drill, everyMs: number): number {
  if (provenAt === null && sentAt === null) return sinceAt + DRILL_FIRST_AFTER_MS;
  return Math.max(provenAt ?? 0, sentAt ?? 0) + everyMs;
}

/** When a way counts as not exercised: once nobody answered, or once it could not be drilled for long. */
export function untestedAt(drill: Drill, everyMs: number): number {
  const { failedAt, provenAt, sinceAt } = drill;
  const overdueAt = (provenAt ?? sinceAt) + everyMs;
  return failedAt === null
    ? overdueAt + UNTESTED_LATEST_MS
    : Math.min(overdueAt + UNTESTED_LATEST_MS, Math.max(failedAt, overdueAt + UNTESTED_GRACE_MS));
}
