// A service's state from the agent's reports: failures in a row and among the last ten, health, restarts by anyone. Pure.
// Time is the shard's: the host's clock may be wrong. A report may come twice (change, digest, reconnect), so a result counts
// once per `finishedAt` of its check. A restart while our own memory was lost (a deploy, no baseline) is not seen.
import { isFailure } from "@countersign/shared/host/recent-results";
import { isBetweenRuns } from "@countersign/shared/host/unit-run";
import { CHECKS_PER_SERVICE_MAX, SERVICES_PER_HOST_MAX } from "@countersign/shared/values/limits";
import { isNoneNamed, namedAt, namedFrom, namesOf, NONE_NAMED } from "@countersign/shared/values/named";
import {
  type CheckResult,
  isSevere,
  type ServiceReport,
  type Severity,
} from "@countersign/shared/wire/service-report";
import type { Policy } from "../../../policy/policy.ts";
import { EMPTY_BOOK, isEmptyBook } from "../../facts/fact-book.ts";
import type { HostState, ServiceState } from "./shard-state.ts";
import { isFailingOfTen, talliesAfter } from "./tallies.ts";
import { startAfter, withoutStartFailures } from "./unit-start.ts";

/** Newest restarts kept for one service: as many as the largest budget of a policy. */
export const RESTARTS_KEPT_MAX = 100;
/** How long after a reconnect the host's digest is waited for, before data that is missing counts as failure. */
export const REPORT_WAIT_MS = 60_000;

const NONE_FAILING: ServiceState["failing"] = NONE_NAMED;

/**
 * Every check of severity error or critical passes, and did not fail too often among its last ten: what all rules call well.
 */
export function isWell({ healthySinceAt }: Pick<ServiceState, "healthySinceAt">): boolean {
  return healthySinceAt !== null;
}

/**
 * Since when its checks all pass; null: one does not, or brings no result. undefined: nothing was reported of any, so there
 * is none to ask.
 */
export function checksPassSinceAt({
  failing,
  healthySinceAt,
  report,
}: ServiceState): number | null | undefined {
  const isUnchecked = report.results.length === 0 && healthySinceAt === null && !isFailing({ failing });
  return isUnchecked ? undefined : healthySinceAt;
}

/**
 * Some check of severity error or critical fails, or did too often among its last ten. A service without a result is neither
 * this nor well.
 */
export function isFailing({ failing }: Pick<ServiceState, "failing">): boolean {
  return !isNoneNamed(failing);
}

/** Nobody knows what it would say now, so its service is not well; nothing is a failure of it either. */
function isSeverelyOverdue({ overdueSinceAt, severity }: CheckResult): boolean {
  return overdueSinceAt !== undefined && isSevere(severity);
}

/** No check fails, as far as is known: one that is overdue is another rule's matter (core/shard/check-stale.ts). */
export function isFailingNoMore(service: ServiceState): boolean {
  return isWell(service) || (!isFailing(service) && service.report.results.some(isSeverelyOverdue));
}

/** Says whether a host may have this service: it has it, its catalogue names it, or there is room for one more. */
export function hasRoomFor({ connection, services }: HostState, name: string): boolean {
  if (namedAt(services, name) !== undefined || namesOf(services).length < SERVICES_PER_HOST_MAX) return true;
  return connection?.catalogue.some(({ service }) => service === name) ?? false;
}

/** Nothing about the service has to be remembered across a loss of memory: healthy, no restart in the window, nothing open. */
export function isBoring(service: ServiceState): boolean {
  return (
    isWell(service) &&
    service.tallies === undefined &&
    service.relapse === undefined &&
    service.restartsAt.length === 0 &&
    service.proposal === null &&
    service.verification === null &&
    service.ladder === undefined &&
    isEmptyBook(service.book)
  );
}

/** Known by facts alone (no report named it), and the facts matter no more. */
export function isForgettable(service: ServiceState): boolean {
  return (
    service.reportedAt === 0 &&
    service.proposal === null &&
    service.verification === null &&
    service.ladder === undefined &&
    isEmptyBook(service.book)
  );
}

/** A service of which nothing was reported yet. */
export function unreportedService(service: string): ServiceState {
  return {
    service,
    report: { service, unit: null, results: [] },
    reportedAt: 0,
    failing: NONE_NAMED,
    healthySinceAt: null,
    restartsAt: [],
    lastInvocationId: "",
    lastRestartCount: 0,
    proposal: null,
    verification: null,
    book: EMPTY_BOOK,
  };
}

/** The state after one report. A digest names all checks; in another report a check that is not named keeps its last result. */
export function applyReport(
  previous: ServiceState,
  update: {
    readonly report: ServiceReport;
    readonly digest: boolean;
    readonly now: number;
    readonly policy: Pick<Policy, "checkFailing" | "restartBudget">;
  },
): ServiceState {
  const { report, digest, now, policy } = update;
  const { windowMs } = policy.restartBudget;
  const results = digest ? report.results : mergeResults(previous.report.results, report.results);
  const before = withoutStartFailures(previous, report.unit);
  const { isBetweenRuns: _ended, passingSinceAt: _since, start: _start, tallies: _tallies, ...rest } = before;
  const tallies = talliesAfter(before, results, now);
  const counted: ServiceState = tallies === undefined ? rest : { ...rest, tallies };
  const failing = failingAfter(counted, results, update);
  const isOverdue = results.some(isSeverelyOverdue);
  const isPassing = results.length > 0 && !results.some(isFailure) && !isOverdue;
  const passingSinceAt = isPassing ? (previous.healthySinceAt ?? previous.passingSinceAt ?? now) : null;
  const isHealthy = failing === NONE_FAILING && !isOverdue;
  const restarts = Array.from({ length: restartsSeen(previous, report) }, () => now);
  return {
    ...counted,
    ...runAfter(previous, { unit: report.unit, results, now }),
    report: results === report.results ? report : { ...report, results: [...results] },
    reportedAt: now,
    failing,
    healthySinceAt: isHealthy ? passingSinceAt : null,
    ...(isHealthy || passingSinceAt === null ? {} : { passingSinceAt }),
    restartsAt: [...restartsWithin(previous, now, windowMs), ...restarts].slice(-RESTARTS_KEPT_MAX),
    lastInvocationId: report.unit?.invocationId || previous.lastInvocationId,
    lastRestartCount: report.unit?.restartCount ?? previous.lastRestartCount,
  };
}

// What the report says of the unit's runs: whether it is between two of them, and whether one is being started.
function runAfter(
  previous: ServiceState,
  told: Parameters<typeof startAfter>[1],
): Pick<ServiceState, "isBetweenRuns" | "start"> {
  const { unit } = told;
  const isUnseen = unit === null || unit.activeState === "unknown";
  const isEnded = isUnseen ? previous.isBetweenRuns === true : isBetweenRuns(unit);
  const start = startAfter(previous, told);
  return { ...(isEnded ? { isBetweenRuns: true } : {}), ...(start === undefined ? {} : { start }) };
}

/** Restarts still inside the budget's window: one exactly a window old has left it. */
export function restartsWithin(service: ServiceState, now: number, windowMs: number): readonly number[] {
  if (service.restartsAt.length === 0) return service.restartsAt;
  return service.restartsAt.filter((at) => at > now - windowMs);
}

/** The service without the restarts that have left the window; the same value when none has. */
export function forgetOldRestarts(service: ServiceState, now: number, windowMs: number): ServiceState {
  const restartsAt = restartsWithin(service, now, windowMs);
  return restartsAt.length === service.restartsAt.length ? service : { ...service, restartsAt };
}

/**
 * From when the service may be judged: at once when the live connection has reported it, else when the wait for its digest is
 * over; null while the host is not up (missing data of a silent host is the silence's matter, never a failed check).
 */
export function judgeableAt(host: HostState, service: ServiceState): number | null {
  if (host.liveness !== "up" || host.connection === null) return null;
  const { connectedAt } = host.connection;
  return service.reportedAt >= connectedAt ? service.reportedAt : connectedAt + REPORT_WAIT_MS;
}

/** The live connection has not reported the service. */
export function isReportMissing(host: HostState, service: ServiceState): boolean {
  return host.connection !== null && service.reportedAt < host.connection.connectedAt;
}

/** The highest severity among the named checks as last reported; error where none is known. */
export function severityOf(service: ServiceState, checks: readonly string[]): Severity {
  const isCritical = service.report.results.some(
    ({ check, severity }) => checks.includes(check) && severity === "critical",
  );
  return isCritical ? "critical" : "error";
}

function mergeResults(
  previous: readonly CheckResult[],
  reported: readonly CheckResult[],
): readonly CheckResult[] {
  const kept = previous.filter(({ check }) => !reported.some((result) => result.check === check));
  // Names of checks come from outside: the newest as many as a service may have.
  return kept.length === 0 ? reported : [...kept, ...reported].slice(-CHECKS_PER_SERVICE_MAX);
}

function failingAfter(
  counted: ServiceState,
  results: readonly CheckResult[],
  { now, policy }: { readonly now: number; readonly policy: Pick<Policy, "checkFailing"> },
): ServiceState["failing"] {
  const failed = results.filter(
    (result) => isFailure(result) || isFailingOfTen(counted, result.check, policy),
  );
  const entries = failed.flatMap((result): [string, { count: number; sinceAt: number }][] => {
    const before = namedAt(counted.failing, result.check);
    // One that is overdue says what was known: what failed goes on to, and it counts for nothing more.
    if (result.overdueSinceAt !== undefined) return before === undefined ? [] : [[result.check, before]];
    if (!isFailure(result))
      return [[result.check, { count: 0, sinceAt: namedAt(counted.tallies, result.check)?.sinceAt ?? now }]];
    if (before === undefined || before.count === 0) return [[result.check, { count: 1, sinceAt: now }]];
    const isRepeated = counted.report.results.some(
      ({ check, finishedAt }) => check === result.check && finishedAt === result.finishedAt,
    );
    return [[result.check, isRepeated ? before : { ...before, count: before.count + 1 }]];
  });
  return entries.length === 0 ? NONE_FAILING : namedFrom(entries);
}

/**
 * Restarts that a report shows, by anyone. systemd's own changes the InvocationID and NRestarts together: that is one restart. A
 * manual one resets NRestarts. A run by plan, after one that ended well, is none.
 */
export function restartsSeen(previous: ServiceState, { unit }: ServiceReport): number {
  if (unit === null || previous.lastInvocationId === "" || unit.invocationId === "") return 0;
  const isStartedAnew = previous.isBetweenRuns !== true && unit.invocationId !== previous.lastInvocationId;
  const growth = unit.restartCount - previous.lastRestartCount;
  return Math.min(RESTARTS_KEPT_MAX, Math.max(isStartedAnew ? 1 : 0, growth));
}
