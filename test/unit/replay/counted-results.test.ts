// A check that comes and goes, told by the agent's own loop on a clock that is held, and by a simulated host: the same
// results with the same counts, until ten of ten passed. So what a replay makes of five of ten is what production would.
import { afterEach, expect, it, vi } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { NOTHING_REPORTED, planReport } from "@countersign/shared/host/report-plan";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { SimulatedService } from "../../../control-plane/replay/world/simulated-service.ts";
import { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import { type ObserveUnit, startCheckLoop } from "../../../edge-agent/src/checks/check-loop.ts";
import { RUNNING_UNIT } from "./running-unit.ts";

const EVERY_MS = 10_000;
const FROM_MS = 200_000;
/** From then on, one a run; before and after them all pass. */
const RUNS = "FFPFPPF";
const LENGTH_MS = 600_000;

function isFailingAt(at: number): boolean {
  return RUNS[Math.floor((at - FROM_MS) / EVERY_MS)] === "F";
}

/** What is told of the service, from the first failure on. */
function toldOf(frames: readonly (readonly ServiceReport[])[]) {
  return frames
    .flat()
    .flatMap(({ results }) => results)
    .filter(({ finishedAt }) => finishedAt >= FROM_MS)
    .map(({ class: failureClass, finishedAt, last, status }) => ({ failureClass, finishedAt, last, status }));
}

async function toldByAgent() {
  vi.useFakeTimers({ now: 0 });
  const observeUnit: ObserveUnit = () => {
    const failed = { activeState: "failed", result: "oom-kill" } as const;
    return Promise.resolve({
      state: isFailingAt(Date.now()) ? { ...RUNNING_UNIT, ...failed } : RUNNING_UNIT,
      omitted: [],
    });
  };
  const frames: (readonly ServiceReport[])[] = [];
  let reported = NOTHING_REPORTED;
  const check = { name: "unit", kind: "unit", severity: "error", every: "10s" };
  const catalogue = Catalogue.parse({
    version: 1,
    services: [{ name: "shop", unit: "shop.service", checks: [check] }],
  });
  const report = () => {
    const plan = planReport(checks.observed(), reported, 0);
    reported = plan.reported;
    frames.push(plan.services);
  };
  const checks = startCheckLoop({
    catalogue,
    observeUnit,
    onResult: report,
    onOverdue: report,
    onUnit: () => {},
  });
  await vi.advanceTimersByTimeAsync(LENGTH_MS);
  checks.stop();
  return toldOf(frames);
}

function toldBySimulatedService() {
  const clock = new VirtualClock(0);
  const checks = [{ name: "unit", kind: "unit", severity: "error", everyMs: EVERY_MS } as const];
  const service = new SimulatedService(clock, { name: "shop", checks });
  const frames: (readonly ServiceReport[])[] = [];
  let reported = NOTHING_REPORTED;
  for (let at = 0; at < LENGTH_MS; at += EVERY_MS) {
    clock.advanceTo(at);
    const isFailing = isFailingAt(at);
    const failed = { activeState: "failed", result: "oom-kill" } as const;
    const result = isFailing
      ? ({ status: "fail", failureClass: "memory" } as const)
      : ({ status: "pass" } as const);
    service.setCheck("unit", { ...result, summary: "" });
    service.setUnit(isFailing ? failed : { activeState: "active", result: "success" });
    const plan = planReport([service.report()], reported, 0);
    reported = plan.reported;
    frames.push(plan.services);
  }
  return toldOf(frames);
}

afterEach(() => {
  vi.useRealTimers();
});

it("a check that comes and goes is told as by the agent, until ten of ten passed", async () => {
  const told = await toldByAgent();
  expect(told).toHaveLength(RUNS.length + 10);
  expect(told.at(0)).toMatchObject({ failureClass: "memory", last: { failed: 1, of: 10 } });
  expect(told.at(-1)).toMatchObject({ status: "pass", last: { failed: 0, of: 10 } });
  expect(toldBySimulatedService()).toEqual(told);
});
