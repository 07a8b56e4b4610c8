// A service of a simulated host: its unit's state and whether its one check passes. The story says what happens to it.
import type { ServiceReport, UnitState } from "@countersign/shared/service-report";
import type { VirtualClock } from "./virtual-clock.ts";

export class SimulatedService {
  readonly name: string;
  isHealthy = true;
  /** how long a restart of ours helps; 0: not at all */
  restartHelpsForMs = Number.POSITIVE_INFINITY;
  unit: UnitState;
  readonly #clock: VirtualClock;
  #invocations = 1;

  constructor(name: string, clock: VirtualClock) {
    this.name = name;
    this.#clock = clock;
    this.unit = {
      activeState: "active",
      subState: "running",
      result: "success",
      restartCount: 0,
      invocationId: `${name}-1`,
      mainPid: 1_001,
      activeEnterAt: clock.now,
      memoryCurrentBytes: null,
    };
  }

  fails(): void {
    this.isHealthy = false;
    this.unit = { ...this.unit, activeState: "failed", subState: "failed", result: "exit-code", mainPid: 0 };
  }

  /** Well again without a new start, as when a dependency came back. */
  recovers(): void {
    this.isHealthy = true;
    this.unit = { ...this.unit, activeState: "active", subState: "running", result: "success" };
  }

  /** Started anew by somebody else: a watchdog, a person, systemd itself. */
  isRestartedBySomebody(): void {
    this.#start();
  }

  restartedByUs(): void {
    this.#start();
    if (this.restartHelpsForMs === 0) this.fails();
    else if (Number.isFinite(this.restartHelpsForMs))
      this.#clock.after(this.restartHelpsForMs, () => this.fails());
  }

  report(): ServiceReport {
    return {
      service: this.name,
      unit: this.unit,
      results: [
        {
          check: "http",
          kind: "http",
          status: this.isHealthy ? "pass" : "fail",
          severity: "error",
          summary: this.isHealthy ? "200" : "connection refused",
          latencyMs: 1,
          finishedAt: this.#clock.now,
          ttlMs: 15_000,
        },
      ],
    };
  }

  #start(): void {
    this.#invocations += 1;
    this.recovers();
    const invocationId = `${this.name}-${this.#invocations}`;
    this.unit = {
      ...this.unit,
      invocationId,
      mainPid: 1_000 + this.#invocations,
      activeEnterAt: this.#clock.now,
    };
  }
}
