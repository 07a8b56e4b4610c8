// How long an execution is watched: to its goal, within its own limit, or as long as the unit it started may take to start;
// both sides of each.
import { describe, expect, test } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { executePlan } from "../../../../edge-agent/src/actuator/execute-plan.ts";
import type { Plan } from "../../../../edge-agent/src/core/actuator/admission.ts";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";

const BEFORE: UnitState = {
  ...UNKNOWN_UNIT_STATE,
  activeState: "failed",
  result: "exit-code",
  invocationId: "a",
};
const STARTING: UnitState = {
  ...BEFORE,
  activeState: "activating",
  subState: "start",
  result: "success",
  invocationId: "b",
};

/** A restart with a limit of 30 s, of a unit that is seen as `during` until `activeAfterMs`. */
async function restart(during: UnitState, activeAfterMs: number) {
  let clockMs = 0;
  const action = { kind: "systemctl", name: "restart", verb: "restart", level: 4, timeout: 30_000 };
  const plan = { entry: { service: { name: "web", unit: "web.service" }, action }, argv: [] };
  const end = await executePlan(
    plan as unknown as Plan,
    { state: BEFORE, omitted: [] },
    {
      now: () => ({ bootId: "boot", monotonicMs: clockMs, wallMs: clockMs }),
      run: () => Promise.resolve({ how: "exited", exitCode: 0, output: "" }),
      wait: (ms) => Promise.resolve(void (clockMs += ms)),
      observe: () =>
        Promise.resolve({
          state: clockMs < activeAfterMs ? during : { ...STARTING, activeState: "active" },
          omitted: [],
        }),
    },
  );
  return { status: end.status, afterMs: clockMs };
}

describe("a unit that is starting", () => {
  test.each([
    ["within the action's own limit", { startTimeoutMs: 20_000 }, 29_000, "succeeded", 29_000],
    ["beyond both", { startTimeoutMs: 20_000 }, 31_000, "timed-out", 30_000],
    ["within its TimeoutStartSec", { startTimeoutMs: 120_000 }, 119_000, "succeeded", 119_000],
    ["beyond it", { startTimeoutMs: 120_000 }, 121_000, "timed-out", 120_000],
    ["within systemd's default, of which nothing is told", {}, 89_000, "succeeded", 89_000],
    ["without a bound, for five minutes", { startTimeoutMs: null }, 299_000, "succeeded", 299_000],
    ["and no longer", { startTimeoutMs: null }, 301_000, "timed-out", 300_000],
    ["again, after a run that died", { restartCount: 1 }, 31_000, "timed-out", 30_000],
    ["not at all, but waits for that", { subState: "auto-restart" }, 31_000, "timed-out", 30_000],
  ])("%s", async (_, changes, activeAfterMs, status, afterMs) => {
    expect(await restart({ ...STARTING, ...changes }, activeAfterMs)).toEqual({ status, afterMs });
  });
});
