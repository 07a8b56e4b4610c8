// Decides whether the keepalive may be sent. Pure. It is earned: by everything that ends in time, and by telling what does
// not. A check that hangs is told and costs no keepalive (ADR 0036); one that hangs and was not told proves that the agent's
// loop is stuck, and that host falls silent on purpose, so that the control plane pages for it.
import { type CheckRun, isOverdue } from "./overdue.ts";
import type { Reported } from "./report-plan.ts";

/** What is run again and again, and the result by which its overdue is told. */
export interface WatchedRun extends CheckRun {
  /** null: no result of a service tells it; it is told by a fact */
  readonly service: string | null;
  readonly check: string;
}

/** How long a report about what is overdue may take to be made: results that end together travel together. */
export const TELLING_MS = 1_000;

/**
 * True while everything has ended in time, or is told to be overdue on this connection. A loop that runs nothing earns it:
 * it has nothing to get stuck on.
 */
export function isKeepaliveEarned(
  runs: readonly WatchedRun[],
  { now, reported }: { readonly now: number; readonly reported: Reported },
): boolean {
  return runs.every((run) => !isOverdue(run, now - TELLING_MS) || isToldOverdue(run, reported));
}

function isToldOverdue({ check: name, service }: WatchedRun, { services }: Reported): boolean {
  if (service === null) return true;
  const told = services.get(service)?.results.find(({ check }) => check === name);
  return told?.overdueSinceAt !== undefined;
}
