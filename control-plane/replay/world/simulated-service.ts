// A service of a simulated host: its unit's state and what its checks say. The story says what happens to it. A job (a
// oneshot, or what a timer or a path starts) is inactive between its runs, and one that is started has run and ended well
// unless the story says otherwise. A check runs at its own period, and nobody looks at those of a service that is well, so
// they have always just run. A check that gives no result any more is one whose run does not end: as on a real host it keeps
// its last result, and is told to be overdue (shared/src/host/overdue.ts).
import type { expectedHeartbeats } from "@countersign/shared/host/heartbeat-spec";
import { type CheckRun, isOverdue, overdueToldAt, resultToTell } from "@countersign/shared/host/overdue";
import { lastOf, type RecentResults, withResult } from "@countersign/shared/host/recent-results";
import { ttlMsOf } from "@countersign/shared/host/report-plan";
import { classOfUnitResult } from "@countersign/shared/host/unit-class";
import { RESULTS_COUNTED_MAX } from "@countersign/shared/values/limits";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type {
  CheckResult,
  ServiceReport,
  Severity,
  UnitState,
} from "@countersign/shared/wire/service-report";
import type { VirtualClock } from "./virtual-clock.ts";

export interface CheckPlan {
  readonly name: string;
  readonly kind: "unit" | "http" | "tcp";
  readonly severity: Severity;
  readonly everyMs: number;
}

/** What a story says of a unit's kind. */
export interface UnitKind {
  /** as systemd.service(5) names it; absent: not told */
  readonly type?: string | undefined;
  /** absent: not told */
  readonly triggeredBy?: "timer" | "socket" | "path" | undefined;
}

/** An entry of the service's catalogue. */
export interface SimulatedAction {
  readonly action: string;
  readonly level: number;
  readonly undo?: string;
}

type ExpectedHeartbeats = Readonly<ReturnType<typeof expectedHeartbeats>>;

interface Check {
  readonly plan: CheckPlan;
  /** what its last result said */
  status: "pass" | "fail";
  /** it has begun a run that does not end */
  hangs: boolean;
  /** the agent began anew while it hung: there is no result */
  isUnknown: boolean;
  severity: Severity;
  summary: string;
  /** why it fails; undefined: it does not, or the story does not say */
  failureClass: FailureClass | undefined;
  /** as its agent keeps them; it has run for long when the story begins */
  recent: RecentResults;
  /** of the last result; that of a service that is well has always just come */
  finishedAt: number;
}

/** The digests that renew a passing result are left out while every check runs: it is good until something changes. */
const UNCHANGED_FOR_MS = 365 * 86_400_000;
/** The catalogue's own, of a check that declares none. */
const CHECK_TIMEOUT_MS = 3_000;

const DEMO_CHECK: CheckPlan = { name: "http", kind: "http", severity: "error", everyMs: 5_000 };

export class SimulatedService {
  readonly name: string;
  readonly unitName: string;
  actions: readonly SimulatedAction[];
  /** actions that run and change nothing */
  idleActions: readonly string[] = [];
  /** what the catalogue expects of it. null: no story ever said */
  heartbeats: ExpectedHeartbeats | null;
  /** how long a restart of ours helps; 0: not at all */
  restartHelpsForMs = Number.POSITIVE_INFINITY;
  unit: UnitState;
  /** something changed that the host must look at */
  onChange: () => void = () => {};
  /** the end of a run is over, and may not have been told yet */
  onRunEnded: () => void = () => {};
  readonly #clock: VirtualClock;
  readonly #checks: Map<string, Check>;
  readonly #isJob: boolean;
  readonly #isTriggered: boolean;
  #invocations = 1;

  constructor(
    clock: VirtualClock,
    plan: {
      readonly name: string;
      readonly unitName?: string;
      readonly actions?: readonly SimulatedAction[];
      readonly checks?: readonly CheckPlan[];
      readonly heartbeats?: ExpectedHeartbeats;
      readonly kind?: UnitKind;
    },
  ) {
    this.name = plan.name;
    this.unitName = plan.unitName ?? `${plan.name}.service`;
    this.actions = plan.actions ?? [{ action: "restart", level: 4 }];
    this.heartbeats = plan.heartbeats === undefined || plan.heartbeats.length === 0 ? null : plan.heartbeats;
    this.#clock = clock;
    this.#checks = new Map((plan.checks ?? [DEMO_CHECK]).map((check) => [check.name, newCheck(check)]));
    this.#isJob = isJob(plan.kind ?? {});
    this.#isTriggered = plan.kind?.triggeredBy !== undefined;
    this.unit = {
      restartCount: 0,
      memoryCurrentBytes: null,
      ...this.#startedUnit(),
      ...toldOf(plan.kind ?? {}, this.unitName),
    };
  }

  get isHealthy(): boolean {
    for (const { hangs, status } of this.#checks.values()) if (hangs || status !== "pass") return false;
    return true;
  }

  fails(): void {
    this.setUnit({ activeState: "failed", subState: "failed", result: "exit-code", mainPid: 0 });
    for (const name of this.#checks.keys())
      this.setCheck(name, { status: "fail", summary: "connection refused" });
  }

  /** Well again without a new start, as when a dependency came back. */
  recovers(): void {
    this.setUnit(this.#isJob ? RESTING : RUNNING);
    for (const name of this.#checks.keys()) this.setCheck(name, { status: "pass", summary: "200" });
  }

  /** Started anew by somebody else: a watchdog, a person, systemd itself (which counts its restarts). */
  isRestartedBySomebody(options: { readonly isCounted?: boolean } = {}): void {
    this.isStartedAnew({ isCounted: options.isCounted === true });
    this.recovers();
  }

  /**
   * A new process of the same unit; its checks say what they said. What systemd counts is a restart after a run that ended
   * by itself.
   */
  isStartedAnew(options: { readonly isCounted: boolean; readonly isByTrigger?: boolean }): void {
    const { activeState, restartCount, result } = this.unit;
    // Neither a timer nor a socket starts what runs: the run before had ended, and well where the story does not say
    // otherwise.
    const isByTrigger = options.isByTrigger === true && this.#isTriggered;
    if (isByTrigger && activeState === "active") this.setUnit({ ...RESTING, mainPid: 0 });
    const isCounted = options.isCounted && (!this.#isJob || result !== "success");
    this.#start(isCounted ? restartCount + 1 : 0);
  }

  restartedByUs(): void {
    this.#start();
    this.recovers();
    if (this.restartHelpsForMs === 0) this.fails();
    else if (Number.isFinite(this.restartHelpsForMs))
      this.#clock.after(this.restartHelpsForMs, () => this.fails());
  }

  setUnit(change: Partial<UnitState>): void {
    const { activeState } = this.unit;
    if (activeState === "failed" || activeState === "inactive") this.onRunEnded();
    const begins = change.activeState === "activating" && this.unit.activeState !== "activating";
    this.unit = { ...this.unit, ...change, ...(begins ? { inactiveExitAt: this.#clock.now } : {}) };
    this.onChange();
  }

  /** Its entry of the catalogue, as the hello tells it. */
  describeEntry() {
    const { actions, name, unitName } = this;
    return { service: name, title: name, unit: unitName, actions };
  }

  checkNames(): readonly string[] {
    return [...this.#checks.keys()];
  }

  /** From now on the check says this; it runs at once, and then at its period. `missing`: the run that begins now does not end. */
  setCheck(
    name: string,
    result: {
      readonly status: Check["status"] | "missing";
      readonly summary: string;
      readonly severity?: Severity | undefined;
      readonly failureClass?: FailureClass | undefined;
    },
  ): void {
    const check = this.#checks.get(name);
    if (check === undefined) return;
    if (result.status === "missing") return this.#hang(check);
    const isSame = check.status === result.status && check.status !== "fail" && !check.hangs;
    const isNews = !isSame || check.severity !== (result.severity ?? check.plan.severity);
    check.status = result.status;
    check.hangs = false;
    check.isUnknown = false;
    check.summary = result.summary;
    check.failureClass = result.status === "fail" ? result.failureClass : undefined;
    check.severity = result.severity ?? check.plan.severity;
    if (!isSame) check.finishedAt = Number.NEGATIVE_INFINITY;
    // What says the same as before is not told, so nobody has to look.
    if (isNews) this.onChange();
  }

  /** The agent began anew: what hangs hangs again from its first run on, and has given no result yet. */
  isWatchedAnew(): void {
    for (const check of this.#checks.values()) {
      check.recent = withResult([], check);
      if (!check.hangs) continue;
      check.isUnknown = true;
      check.finishedAt = this.#clock.now - check.plan.everyMs;
    }
  }

  /** Some check gives no result any more. */
  get hangs(): boolean {
    for (const { hangs } of this.#checks.values()) if (hangs) return true;
    return false;
  }

  /** When the next check that hangs is told to be overdue; null: none is to be, or all are. */
  overdueToldAt(): number | null {
    let least: number | null = null;
    for (const check of this.#checks.values()) {
      const run = runOf(check);
      if (!check.hangs || isOverdue(run, this.#clock.now)) continue;
      least = Math.min(least ?? Number.POSITIVE_INFINITY, overdueToldAt(run));
    }
    return least;
  }

  /**
   * When a check has its next result that is told: every one while a failure is among the last ten of one; null while none
   * is.
   */
  nextResultAt(): number | null {
    if (!this.#isTold()) return null;
    let least: number | null = null;
    for (const { hangs, finishedAt, plan } of this.#checks.values())
      if (!hangs) least = Math.min(least ?? Number.POSITIVE_INFINITY, finishedAt + plan.everyMs);
    return least;
  }

  /** What the host would say now; runs the checks whose time has come. */
  report(): ServiceReport {
    const { now } = this.#clock;
    const isTold = this.#isTold();
    for (const check of this.#checks.values())
      if (!check.hangs && (!isTold || now >= check.finishedAt + check.plan.everyMs)) runCheck(check, now);
    return {
      service: this.name,
      unit: this.unit,
      results: [...this.#checks.values()].flatMap((check) => this.#resultToTell(check) ?? []),
    };
  }

  #resultToTell(check: Check): CheckResult | undefined {
    const { failureClass, finishedAt, hangs, isUnknown, plan, recent, severity, status, summary } = check;
    const named = { check: plan.name, kind: plan.kind, severity };
    const ttlMs = ttlMsOf(status, plan.everyMs, CHECK_TIMEOUT_MS);
    const isGood = status === "pass" && !hangs;
    const ofUnit = plan.kind === "unit" && status === "fail" ? classOfUnitResult(this.unit.result) : null;
    const told = failureClass ?? ofUnit ?? undefined;
    const classed = told === undefined ? {} : { class: told };
    const result = { ...named, status, summary, latencyMs: 1, finishedAt, ...classed, last: lastOf(recent) };
    const last = isUnknown ? undefined : { ...result, ttlMs: ttlMs + (isGood ? UNCHANGED_FOR_MS : 0) };
    if (!hangs) return last;
    const { now } = this.#clock;
    return resultToTell({ ...named, run: runOf(check), last }, { monotonic: now, wall: now });
  }

  #isTold(): boolean {
    for (const { recent, status } of this.#checks.values())
      if (status === "fail" || recent.includes(true)) return true;
    return false;
  }

  #hang(check: Check): void {
    if (check.hangs) return;
    check.hangs = true;
    check.finishedAt = Math.max(check.finishedAt, this.#clock.now - check.plan.everyMs);
    this.onChange();
  }

  /** By anyone but systemd after a failure: its count begins anew. */
  #start(restartCount = 0): void {
    this.#invocations += 1;
    this.setUnit({ ...this.#startedUnit(), restartCount, inactiveExitAt: this.#clock.now });
  }

  #startedUnit() {
    const run = { invocationId: `${this.name}-${this.#invocations}` };
    if (this.#isJob) return { ...RESTING, ...run, mainPid: 0, activeEnterAt: null };
    return { ...RUNNING, ...run, mainPid: 1_000 + this.#invocations, activeEnterAt: this.#clock.now };
  }
}

const RUNNING = { activeState: "active", subState: "running", result: "success" } as const;
const RESTING = { activeState: "inactive", subState: "dead", result: "success" } as const;

// What a timer starts and that is no daemon by its type is a job, as in the field.
function isJob({ triggeredBy, type }: UnitKind): boolean {
  if (type === "oneshot") return true;
  const isStartedToEnd = triggeredBy === "timer" || triggeredBy === "path";
  return isStartedToEnd && (type === undefined || ["simple", "exec", "idle"].includes(type));
}

// As the agent tells it: a oneshot may take as long as it likes.
function toldOf({ triggeredBy, type }: UnitKind, unitName: string): Partial<UnitState> {
  return {
    ...(type === undefined ? {} : { type }),
    ...(type === "oneshot" ? { startTimeoutMs: null } : {}),
    ...(triggeredBy === undefined
      ? {}
      : { triggeredBy: [`${unitName.replace(/\.service$/, "")}.${triggeredBy}`] }),
  };
}

function newCheck(plan: CheckPlan): Check {
  return {
    plan,
    status: "pass",
    hangs: false,
    isUnknown: false,
    severity: plan.severity,
    summary: "200",
    failureClass: undefined,
    recent: Array.from({ length: RESULTS_COUNTED_MAX }, () => false),
    finishedAt: 0,
  };
}

function runCheck(check: Check, now: number): void {
  check.finishedAt = now;
  check.recent = withResult(check.recent, check);
}

function runOf({ finishedAt, plan }: Check): CheckRun {
  return { everyMs: plan.everyMs, timeoutMs: CHECK_TIMEOUT_MS, completedAt: finishedAt };
}
