// A service of a simulated host: its unit's state and what its checks say. The story says what happens to it. A check runs at its own
// period; as on a real host, every result is reported while it fails, and a passing one only when something changes.
import type { ServiceReport, Severity, UnitState } from "@countersign/shared/wire/service-report";
import type { VirtualClock } from "./virtual-clock.ts";

export interface CheckPlan {
  readonly name: string;
  readonly kind: "unit" | "http" | "tcp";
  readonly severity: Severity;
  readonly everyMs: number;
}

/** An entry of the service's catalogue. */
export interface SimulatedAction {
  readonly action: string;
  readonly level: number;
  readonly undo?: string;
}

interface Check {
  readonly plan: CheckPlan;
  status: "pass" | "fail" | "missing";
  /** what its last result said */
  told: "pass" | "fail";
  severity: Severity;
  summary: string;
  /** of the last result; a passing check has always just run */
  finishedAt: number;
}

/** A passing result is told again only when something changes: until then the earned keepalive says that its check still runs. */
const UNCHANGED_FOR_MS = 365 * 86_400_000;

const DEMO_CHECK: CheckPlan = { name: "http", kind: "http", severity: "error", everyMs: 5_000 };

export class SimulatedService {
  readonly name: string;
  readonly unitName: string;
  actions: readonly SimulatedAction[];
  /** actions that run and change nothing */
  idleActions: readonly string[] = [];
  /** how long a restart of ours helps; 0: not at all */
  restartHelpsForMs = Number.POSITIVE_INFINITY;
  unit: UnitState;
  /** something changed that the host must look at */
  onChange: () => void = () => {};
  readonly #clock: VirtualClock;
  readonly #checks: Map<string, Check>;
  #invocations = 1;

  constructor(
    clock: VirtualClock,
    plan: {
      readonly name: string;
      readonly unitName?: string;
      readonly actions?: readonly SimulatedAction[];
      readonly checks?: readonly CheckPlan[];
    },
  ) {
    this.name = plan.name;
    this.unitName = plan.unitName ?? `${plan.name}.service`;
    this.actions = plan.actions ?? [{ action: "restart", level: 4 }];
    this.#clock = clock;
    this.#checks = new Map((plan.checks ?? [DEMO_CHECK]).map((check) => [check.name, newCheck(check)]));
    this.unit = {
      activeState: "active",
      subState: "running",
      result: "success",
      restartCount: 0,
      invocationId: `${plan.name}-1`,
      mainPid: 1_001,
      activeEnterAt: clock.now,
      memoryCurrentBytes: null,
    };
  }

  get isHealthy(): boolean {
    for (const { status } of this.#checks.values()) if (status !== "pass") return false;
    return true;
  }

  fails(): void {
    this.setUnit({ activeState: "failed", subState: "failed", result: "exit-code", mainPid: 0 });
    for (const name of this.#checks.keys())
      this.setCheck(name, { status: "fail", summary: "connection refused" });
  }

  /** Well again without a new start, as when a dependency came back. */
  recovers(): void {
    this.setUnit({ activeState: "active", subState: "running", result: "success" });
    for (const name of this.#checks.keys()) this.setCheck(name, { status: "pass", summary: "200" });
  }

  /** Started anew by somebody else: a watchdog, a person, systemd itself (which counts its restarts). */
  isRestartedBySomebody(options: { readonly isCounted?: boolean } = {}): void {
    this.#start();
    this.recovers();
    if (options.isCounted === true) this.setUnit({ restartCount: this.unit.restartCount + 1 });
  }

  /** A new process of the same unit; its checks say what they said. */
  isStartedAnew(options: { readonly isCounted: boolean }): void {
    this.#start();
    if (options.isCounted) this.setUnit({ restartCount: this.unit.restartCount + 1 });
  }

  restartedByUs(): void {
    this.#start();
    this.recovers();
    if (this.restartHelpsForMs === 0) this.fails();
    else if (Number.isFinite(this.restartHelpsForMs))
      this.#clock.after(this.restartHelpsForMs, () => this.fails());
  }

  setUnit(change: Partial<UnitState>): void {
    this.unit = { ...this.unit, ...change };
    this.onChange();
  }

  checkNames(): readonly string[] {
    return [...this.#checks.keys()];
  }

  /** From now on the check says this; it runs at once, and then at its period. */
  setCheck(
    name: string,
    result: {
      readonly status: Check["status"];
      readonly summary: string;
      readonly severity?: Severity | undefined;
    },
  ): void {
    const check = this.#checks.get(name);
    if (check === undefined) return;
    const isSame = check.status === result.status && check.status !== "fail";
    const isNews = !isSame || check.severity !== (result.severity ?? check.plan.severity);
    check.status = result.status;
    if (result.status !== "missing") check.told = result.status;
    check.summary = result.summary;
    check.severity = result.severity ?? check.plan.severity;
    if (!isSame && result.status !== "missing") check.finishedAt = Number.NEGATIVE_INFINITY;
    // What says the same as before is not told, so nobody has to look.
    if (isNews) this.onChange();
  }

  /** When a failing check has its next result; null while none fails. */
  nextResultAt(): number | null {
    let least: number | null = null;
    for (const { status, finishedAt, plan } of this.#checks.values())
      if (status === "fail") least = Math.min(least ?? Number.POSITIVE_INFINITY, finishedAt + plan.everyMs);
    return least;
  }

  /** What the host would say now; runs the failing checks whose time has come. */
  report(): ServiceReport {
    const { now } = this.#clock;
    for (const check of this.#checks.values())
      if (
        check.status === "pass" ||
        (check.status === "fail" && now >= check.finishedAt + check.plan.everyMs)
      )
        check.finishedAt = now;
    return {
      service: this.name,
      unit: this.unit,
      results: [...this.#checks.values()].map(({ plan, status, told, severity, summary, finishedAt }) => ({
        check: plan.name,
        kind: plan.kind,
        status: told,
        severity,
        summary,
        latencyMs: 1,
        finishedAt,
        ttlMs: 3 * plan.everyMs + (status === "pass" ? UNCHANGED_FOR_MS : 0),
      })),
    };
  }

  /** What would have to change for the host to report at once. */
  statusText(): string {
    const checks = [...this.#checks.values()].map(({ status }) => status).join();
    return `${checks} ${this.unit.invocationId} ${this.unit.activeState} ${this.unit.restartCount}`;
  }

  #start(): void {
    this.#invocations += 1;
    this.setUnit({
      activeState: "active",
      subState: "running",
      result: "success",
      invocationId: `${this.name}-${this.#invocations}`,
      mainPid: 1_000 + this.#invocations,
      activeEnterAt: this.#clock.now,
    });
  }
}

function newCheck(plan: CheckPlan): Check {
  return { plan, status: "pass", told: "pass", severity: plan.severity, summary: "200", finishedAt: 0 };
}
