// The restart budget of one service: a rolling window that counts our own executions (from the journal, exact) and restarts by
// anyone else (from what was seen of the unit whenever it was looked at, a lower bound). Pure.
import { isBetweenRuns } from "@countersign/shared/host/unit-run";
import type { UnitState } from "@countersign/shared/wire/service-report";

/** One instant by both clocks. Within a boot the monotonic clock counts; across boots only the wall clock can. */
export interface HostInstant {
  readonly bootId: string;
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export interface Execution {
  readonly service: string;
  readonly at: HostInstant;
}

/** What was seen of a service's unit at one instant. */
export interface Sighting {
  readonly service: string;
  readonly at: HostInstant;
  readonly restartCount: number;
  readonly invocationId: string;
  /** its next start is a run by plan, and no restart. absent: it is one */
  readonly isBetweenRuns?: true | undefined;
}

/** Sightings kept per service: enough for the window, bounded for the file. */
export const SIGHTINGS_PER_SERVICE_MAX = 32;

export interface RestartHistory {
  readonly service: string;
  readonly executions: readonly Execution[];
  readonly sightings: readonly Sighting[];
  readonly now: HostInstant;
  readonly windowMs: number;
}

/**
 * How many restarts the window holds. Every execution of ours counts whatever its level. Seen changes include our own
 * restarts, so the larger of both numbers is taken and not their sum.
 */
export function countRestarts(history: RestartHistory): number {
  const isRecent = (item: { readonly service: string; readonly at: HostInstant }) =>
    item.service === history.service && isWithin(item.at, history.now, history.windowMs);
  const executionCount = history.executions.filter(isRecent).length;
  return Math.max(executionCount, countSeenRestarts(history.sightings.filter(isRecent)));
}

/** Adds a sighting when it says something new, and forgets the oldest beyond the bound. */
export function addSighting(
  sightings: readonly Sighting[],
  seen: { readonly service: string; readonly at: HostInstant; readonly state: UnitState },
): readonly Sighting[] {
  const { service, at, state } = seen;
  if (state.activeState === "unknown") return sightings;
  const { restartCount, invocationId } = state;
  const own = sightings.filter((sighting) => sighting.service === service);
  const last = own.at(-1);
  const isSame =
    last?.restartCount === restartCount && last.invocationId === invocationId && last.at.bootId === at.bootId;
  // The last sighting moves forward in time, so that a growth is dated by the newest look before it.
  const kept = isSame && own.length > 1 ? own.slice(0, -1) : own;
  return [
    ...sightings.filter((sighting) => sighting.service !== service),
    ...kept.slice(-(SIGHTINGS_PER_SERVICE_MAX - 1)),
    { service, at, restartCount, invocationId, ...(isBetweenRuns(state) ? { isBetweenRuns: true } : {}) },
  ];
}

/** Says whether an instant lies in the window before now; an instant in the future counts (a clock was set back). */
export function isWithin(at: HostInstant, now: HostInstant, windowMs: number): boolean {
  return at.bootId === now.bootId
    ? now.monotonicMs - at.monotonicMs < windowMs
    : now.wallMs - at.wallMs < windowMs;
}

function countSeenRestarts(sightings: readonly Sighting[]): number {
  let count = 0;
  sightings.forEach((sighting, index) => {
    const before = sightings[index - 1];
    // A reboot starts every unit anew, which is no restart of the service by anyone.
    if (before === undefined || before.at.bootId !== sighting.at.bootId) return;
    const wasReset = sighting.restartCount < before.restartCount;
    const growth = wasReset ? sighting.restartCount : sighting.restartCount - before.restartCount;
    const isNewInvocation =
      before.isBetweenRuns !== true &&
      before.invocationId !== "" &&
      sighting.invocationId !== "" &&
      before.invocationId !== sighting.invocationId;
    count += Math.max(growth, isNewInvocation ? 1 : 0);
  });
  return count;
}
