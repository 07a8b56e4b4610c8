// Plans which service states a host reports: changes at once (that a result is overdue is one), every result while a service
// is unhealthy or a failure is among the last ten of a check, and everything (a digest) on connect and every 15 minutes.
// What is healthy and unchanged costs nothing. Pure. The agent reports by it, and the hosts of a replay and of the
// simulation as well.
import { sameBy } from "../values/same-by.ts";
import type { CheckResult, ServiceReport, UnitState } from "../wire/service-report.ts";

export const DIGEST_EVERY_MS = 15 * 60_000;

/** What the control plane was last told on this connection. */
export interface Reported {
  /** monotonic; null: nothing was sent on this connection yet */
  readonly digestAt: number | null;
  readonly services: ReadonlyMap<string, ServiceReport>;
}

export const NOTHING_REPORTED: Reported = { digestAt: null, services: new Map() };

export interface ReportPlan {
  readonly digest: boolean;
  /** empty: nothing is due */
  readonly services: readonly ServiceReport[];
  readonly reported: Reported;
}

/** Decides which services are due at `now` (monotonic), given the newest observation of every service. */
export function planReport(observed: readonly ServiceReport[], reported: Reported, now: number): ReportPlan {
  // A service whose first check has not ended yet is not known, which is something else than empty.
  const known = observed.filter(({ results, unit }) => results.length > 0 || unit !== null);
  const digest = reported.digestAt === null || now - reported.digestAt >= DIGEST_EVERY_MS;
  const services = digest
    ? known
    : known.filter((service) => isDue(service, reported.services.get(service.service)));
  if (services.length === 0 && !digest) return { digest: false, services, reported };
  const told = new Map(reported.services);
  for (const service of services) told.set(service.service, service);
  return { digest, services, reported: { digestAt: digest ? now : reported.digestAt, services: told } };
}

function isDue(service: ServiceReport, told: ServiceReport | undefined): boolean {
  if (told === undefined || !isSameUnit(service.unit, told.unit)) return true;
  // Evidence that cannot be read says nothing about the service's health.
  const isUnhealthy = service.results.some(
    (result) => (result.status === "fail" && result.kind !== "evidence") || failedOf(result) > 0,
  );
  return (
    service.results.length !== told.results.length ||
    service.results.some((result) => {
      const before = told.results.find(({ check }) => check === result.check);
      if (before === undefined || before.status !== result.status || before.severity !== result.severity)
        return true;
      // That it is overdue is news, and so is the end of it; while it is, nothing of it is new.
      const isOverdue = result.overdueSinceAt !== undefined;
      if (isOverdue !== (before.overdueSinceAt !== undefined)) return true;
      if (isOverdue && result.kind !== "evidence") return false;
      // The last of ten passes too: it says that all of them passed.
      if (failedOf(before) !== failedOf(result)) return true;
      if (result.kind === "evidence") return before.finishedAt !== result.finishedAt;
      return isUnhealthy && before.finishedAt !== result.finishedAt;
    })
  );
}

function failedOf({ last }: CheckResult): number {
  return last?.failed ?? 0;
}

// Memory in use changes all the time and is no reason to report; a unit that became active anew has another invocation.
const isSameUnit = sameBy<UnitState>({
  activeState: true,
  subState: true,
  result: true,
  restartCount: true,
  invocationId: true,
  mainPid: true,
  loadState: true,
  activeEnterAt: false,
  memoryCurrentBytes: false,
  // What a new load of the unit file changes is told with the next start, or the next digest.
  id: false,
  type: false,
  triggeredBy: false,
  startTimeoutMs: false,
  inactiveExitAt: false,
  controlGroup: false,
});

/**
 * How long a result stays valid. A failing one is followed by the next result; a passing one is repeated only by the digest,
 * and until then the earned keepalive says that its check still runs, or is told to be overdue.
 */
export function ttlMsOf(status: CheckResult["status"], everyMs: number, timeoutMs: number): number {
  return 2 * (everyMs + timeoutMs) + (status === "pass" ? DIGEST_EVERY_MS : 0);
}

/** Period and timeout of the check together, as `ttlMsOf` put them into its result. */
export function roundMsOf({ status, ttlMs }: Pick<CheckResult, "status" | "ttlMs">): number {
  return Math.max(0, (ttlMs - (status === "pass" ? DIGEST_EVERY_MS : 0)) / 2);
}
