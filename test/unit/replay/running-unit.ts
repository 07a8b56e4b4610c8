// A unit as it runs, for tests that hold the real agent's loops against a simulated host.
import type { UnitState } from "@countersign/shared/wire/service-report";

export const RUNNING_UNIT: UnitState = {
  activeState: "active",
  subState: "running",
  result: "success",
  restartCount: 0,
  invocationId: "1",
  mainPid: 1,
  activeEnterAt: 0,
  memoryCurrentBytes: null,
};
