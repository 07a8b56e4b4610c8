// What a list says of a host and of each of its services, as data: whether anything is wrong, and the names of what is. Pure.
// What a reader would get wrong: nothing here moves with a keepalive or a latency, so that a host which is well is projected once and never again.
import { entriesOf, namesOf, valuesOf } from "@countersign/shared/values/named";
import { isFiring } from "../../facts/fact-book.ts";
import { isFailing } from "./services.ts";
import type { HostState, ServiceState } from "./shard-state.ts";
import { excusedUntilAt } from "./unit-start.ts";

/**
 * How a service is; `starting`: its checks fail, and its unit is only being started; `recovering`: its checks pass, and not
 * yet for long enough; `in-shadow`: only rules in shadow found something.
 */
export type ServiceStatus =
  | "failing"
  | "starting"
  | "finding"
  | "verifying"
  | "recovering"
  | "in-shadow"
  | "healthy";

/** How a service is, with the checks that fail or the findings that fire; none where it needs none. */
export interface ServiceCondition {
  readonly status: ServiceStatus;
  readonly names: readonly string[];
}

/** What is said of a service of which nothing is remembered. */
export const HEALTHY: ServiceCondition = { status: "healthy", names: [] };

/** The worst that is known of a service. */
export function serviceConditionOf(state: ServiceState): ServiceCondition {
  if (isFailing(state) && !isOnlyStarting(state)) return { status: "failing", names: namesOf(state.failing) };
  // Failing checks are named one by one, and when they pass the service recovers.
  const found = entriesOf(state.book.firing).filter(([, { reason }]) => reason !== "check-failing");
  const inEarnest = found.filter(([, { isShadow }]) => isShadow !== true).map(([key]) => key);
  if (inEarnest.length > 0) return { status: "finding", names: inEarnest };
  if (isFailing(state)) return { status: "starting", names: namesOf(state.failing) };
  if (state.verification !== null) return { status: "verifying", names: [] };
  if (isFiring(state.book, "check-failing")) return { status: "recovering", names: [] };
  if (found.length > 0) return { status: "in-shadow", names: found.map(([key]) => key) };
  return HEALTHY;
}

// When its time for that is over, what fails is told.
function isOnlyStarting(state: ServiceState): boolean {
  return excusedUntilAt(state) !== null && !isFiring(state.book, "check-failing");
}

/** Whether a service needs a person's look; a rule in shadow only records. */
export function isTrouble({ status }: Pick<ServiceCondition, "status">): boolean {
  return status === "failing" || status === "finding";
}

/** It is up, it is understood, and nothing is wrong with it or its services. */
export function isWell(host: HostState): boolean {
  const { book, flooding, liveness, services } = host;
  if (liveness !== "up" || flooding !== null || isNotUnderstood(host)) return false;
  const isFound = book !== undefined && valuesOf(book.firing).some(({ isShadow }) => isShadow !== true);
  return !isFound && !valuesOf(services).some((state) => isTrouble(serviceConditionOf(state)));
}

/** The services of a host, by name: of its catalogue, and those known by facts alone. */
export function serviceNamesOf({ listed, services }: HostState): readonly string[] {
  return [...new Set([...(listed ?? []), ...namesOf(services)])].toSorted();
}

/** It speaks, and nothing it says counts: its keepalives neither. */
export function isNotUnderstood({ unheard }: Pick<HostState, "unheard">): boolean {
  return unheard !== null && (unheard.refusedCount > 0 || unheard.isOverdue);
}
