// Runs every check on its own period and keeps the newest result of each. One run of a check at a time: a run that does not
// come to an end, in spite of its own timeout, blocks that check for good, and is told to be overdue
// (shared/src/host/overdue.ts). Nothing here races a check against a timer, because that would let a stuck one look alive.
// Not pure.
import {
  type Catalogue,
  type CheckSpec,
  EVIDENCE_CHECK,
  type ServiceSpec,
} from "@countersign/shared/host/catalogue";
import type { WatchedRun } from "@countersign/shared/host/earned-keepalive";
import { resultToTell } from "@countersign/shared/host/overdue";
import { lastOf, type RecentResults, withResult } from "@countersign/shared/host/recent-results";
import { ttlMsOf } from "@countersign/shared/host/report-plan";
import { CHECKS_PER_SERVICE_MAX } from "@countersign/shared/values/limits";
import type { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";
import { summaryOf } from "../core/connection/reporting.ts";
import { hasFailedRunAfter, judgeUnit } from "../core/evidence/judge-unit.ts";
import { type Observation, severityOf } from "../core/evidence/observation.ts";
import type { SeenUnit } from "../core/evidence/unit-state.ts";
import { checkHttp } from "./http-check.ts";
import { type CheckPlugin, spawnPlugin } from "./plugin-check.ts";
import { EVERY_MS_MIN, notRunYet, repeat, type Repeated, watchOverdue } from "./repeat.ts";
import { checkTcp } from "./tcp-check.ts";

/** What `observeUnit` allows itself, whatever a check says. */
const UNIT_TIMEOUT_MS = 3_000;
/** The same where the actuator is asked, which may have to be started first. */
export const EXACT_LOOK_TIMEOUT_MS = 6_000;

export type ObserveUnit = (
  service: Pick<ServiceSpec, "name" | "unit" | "manager" | "user" | "pidFile" | "container">,
) => Promise<SeenUnit>;

export interface CheckLoop {
  /** for `isKeepaliveEarned`; instants of `performance.now()` */
  readonly runs: () => readonly WatchedRun[];
  /** every check has a result */
  readonly isFirstRoundOver: () => boolean;
  /** the newest observation of every service, in the catalogue's order */
  readonly observed: () => readonly ServiceReport[];
  readonly stop: () => void;
}

interface Job extends Repeated {
  readonly service: ServiceSpec;
  /** null: the unit is observed for the record, without a verdict */
  readonly check: CheckSpec | null;
}

interface ServiceObservation {
  unit: UnitState | null;
  /** of a job: the last run whose end was seen failed */
  hasFailedRun: boolean;
  readonly results: Map<string, CheckResult>;
  /** of each check; an agent that begins anew has forgotten them */
  readonly recent: Map<string, RecentResults>;
}

/** What a run was of. */
export interface RunName {
  readonly service: string;
  /** null: a look at the unit, without a verdict */
  readonly check: string | null;
}

/**
 * Starts all checks of a catalogue; `onResult` is called after each run, `onOverdue` when one is overdue, `onUnit` after
 * each look at a unit.
 */
export function startCheckLoop(options: {
  readonly catalogue: Catalogue;
  readonly observeUnit: ObserveUnit;
  /** how a plugin is run; absent: as a child of this process */
  readonly checkPlugin?: CheckPlugin;
  readonly onResult: (run: RunName) => void;
  readonly onOverdue: (run: RunName) => void;
  readonly onUnit: (service: string, omitted: readonly string[]) => void;
}): CheckLoop {
  const { catalogue, observeUnit, checkPlugin = spawnPlugin, onOverdue, onResult, onUnit } = options;
  const observations = new Map<string, ServiceObservation>(
    catalogue.services.map(({ name }) => [
      name,
      { unit: null, hasFailedRun: false, results: new Map(), recent: new Map() },
    ]),
  );
  const jobs = catalogue.services.flatMap(jobsOf);
  const stopping = new AbortController();

  for (const job of jobs) {
    const run = { service: job.service.name, check: job.check?.name ?? null };
    void repeat(job, stopping.signal, async () => {
      const kept = observations.get(job.service.name);
      const observation = await runJob(job, { observeUnit, checkPlugin }, kept?.hasFailedRun === true);
      if (kept !== undefined) keepObservation(kept, job, observation);
      if (observation.omitted !== undefined) onUnit(job.service.name, observation.omitted);
      onResult(run);
    });
    watchOverdue(job, stopping.signal, () => onOverdue(run));
  }

  return {
    runs: () => jobs.map(watchedRunOf),
    isFirstRoundOver: () =>
      catalogue.services.every(({ checks, name }) => observations.get(name)?.results.size === checks.length),
    observed: () => {
      const now = { monotonic: performance.now(), wall: Date.now() };
      return catalogue.services.map(({ name }) => {
        const kept = observations.get(name);
        const results = jobs.flatMap(({ check, service, ...run }) => {
          if (check === null || service.name !== name) return [];
          const { kind, severity } = check;
          const last = kept?.results.get(check.name);
          return resultToTell({ check: check.name, kind, severity, run, last }, now) ?? [];
        });
        return { service: name, unit: kept?.unit ?? null, results };
      });
    },
    stop: () => stopping.abort(),
  };
}

function jobsOf(service: ServiceSpec): Job[] {
  const jobs: Job[] = service.checks.map((check) => ({
    service,
    check,
    ...notRunYet({
      everyMs: Math.max(EVERY_MS_MIN, check.every),
      timeoutMs: check.kind === "unit" ? Math.max(lookTimeoutOf(service), check.timeout) : check.timeout,
    }),
  }));
  const { container, pidFile, unit } = service;
  const isObservable = unit !== undefined || pidFile !== undefined || container !== undefined;
  if (!isObservable || service.checks.some(({ kind }) => kind === "unit")) return jobs;
  // Restarts by anyone count, so the unit is watched even where nobody asked for a verdict on it.
  const everyMs = Math.min(...jobs.map((job) => job.everyMs));
  return [...jobs, { service, check: null, ...notRunYet({ everyMs, timeoutMs: lookTimeoutOf(service) }) }];
}

function lookTimeoutOf({ container, manager }: ServiceSpec): number {
  return container !== undefined || manager === "user" ? EXACT_LOOK_TIMEOUT_MS : UNIT_TIMEOUT_MS;
}

// A look at a unit has no result of its own: that it hangs is told by the one about the evidence, where there is room for
// it.
function watchedRunOf({ service, check, ...run }: Job): WatchedRun {
  if (check !== null) return { ...run, service: service.name, check: check.name };
  const isTold = service.checks.length < CHECKS_PER_SERVICE_MAX;
  return { ...run, service: isTold ? service.name : null, check: EVIDENCE_CHECK };
}

/** Runs one check once, or looks at the unit; never throws. */
export async function runJob(
  { service, check, timeoutMs }: Pick<Job, "check" | "service" | "timeoutMs">,
  looks: { readonly observeUnit: ObserveUnit; readonly checkPlugin: CheckPlugin },
  hasFailedRun: boolean,
): Promise<Observation> {
  try {
    if (check === null || check.kind === "unit") {
      const { unit } = service;
      const seen = await looks.observeUnit(service);
      const resetAction = resetActionOf(service);
      return { ...judgeUnit(seen, { unit, resetAction, hasFailedRun }), omitted: seen.omitted };
    }
    if (check.kind === "http") return await checkHttp({ url: check.url, status: check.status, timeoutMs });
    if (check.kind === "plugin") return await looks.checkPlugin({ service: service.name, check });
    return await checkTcp({ host: check.host, port: check.port, timeoutMs });
  } catch (error) {
    // Missing data is a failure, never zero and never healthy.
    const summary = `could not be checked: ${error instanceof Error ? error.message : String(error)}`;
    return { status: "fail", summary, latencyMs: null, unit: null, class: "other" };
  }
}

function resetActionOf({ actions }: ServiceSpec): string | undefined {
  return actions.find((action) => action.kind === "systemctl" && action.verb === "reset-failed")?.name;
}

function keepObservation(
  kept: ServiceObservation,
  { check, everyMs, timeoutMs }: Job,
  observation: Observation,
): void {
  if (observation.unit !== undefined) kept.unit = observation.unit;
  if (kept.unit !== null) kept.hasFailedRun = hasFailedRunAfter(kept.hasFailedRun, kept.unit);
  if (check === null) return;
  const { class: failureClass, status } = observation;
  const severity = severityOf(check.severity, observation);
  const recent = withResult(kept.recent.get(check.name) ?? [], { status, severity });
  kept.recent.set(check.name, recent);
  kept.results.set(check.name, {
    check: check.name,
    kind: check.kind,
    status,
    severity,
    summary: summaryOf(observation.summary),
    latencyMs: observation.latencyMs === null ? null : Math.round(observation.latencyMs * 10) / 10,
    finishedAt: Date.now(),
    ttlMs: ttlMsOf(status, everyMs, timeoutMs),
    ...(failureClass === undefined ? {} : { class: failureClass }),
    last: lastOf(recent),
  });
}
