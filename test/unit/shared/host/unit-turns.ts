// One table of how a unit may differ from what a proposal was minted for: the definition is tried by it, and the shard and the actuator, which
// both judge by that definition.
import type { UnitTurn } from "@countersign/shared/host/same-unit";
import type { UnitState } from "@countersign/shared/wire/service-report";

/** A unit that systemd has given up. */
export const FAILED: UnitState = {
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  restartCount: 0,
  invocationId: "1".repeat(32),
  mainPid: 0,
  activeEnterAt: null,
  memoryCurrentBytes: null,
};

const ANOTHER = "2".repeat(32);
const WAITING: UnitState = { ...FAILED, activeState: "activating", subState: "auto-restart" };
const STARTING: UnitState = { ...FAILED, activeState: "activating", subState: "start", result: "success" };
const RUNNING: UnitState = { ...FAILED, activeState: "active", subState: "running", result: "success" };
const UNSEEN: UnitState = { ...FAILED, activeState: "unknown", subState: "", result: "", invocationId: "" };

/** title, as it was minted, as it is now, what became of it (null: nothing) */
export const UNIT_TURNS: readonly (readonly [string, UnitState, UnitState, UnitTurn | null])[] = [
  ["as it was", FAILED, FAILED, null],
  ["dead without a run, as before", { ...FAILED, invocationId: "" }, { ...FAILED, invocationId: "" }, null],
  ["with more memory and another pid", RUNNING, { ...RUNNING, memoryCurrentBytes: 1, mainPid: 7 }, null],
  ["with more restarts counted", FAILED, { ...FAILED, restartCount: 3 }, null],
  ["with another word of systemd's", RUNNING, { ...RUNNING, subState: "exited" }, null],
  ["given up after a crash loop", WAITING, FAILED, "turned"],
  ["in a crash loop", FAILED, WAITING, "turned"],
  ["with another result", FAILED, { ...FAILED, result: "signal" }, "turned"],
  ["up", FAILED, { ...RUNNING, invocationId: FAILED.invocationId }, "turned"],
  ["waiting to be started again after a clean end", STARTING, { ...WAITING, result: "success" }, "turned"],
  ["seen, and minted unseen", { ...UNSEEN, invocationId: FAILED.invocationId }, FAILED, "turned"],
  ["started anew by anyone", FAILED, { ...RUNNING, invocationId: ANOTHER }, "started-anew"],
  ["started anew, and failed as before", FAILED, { ...FAILED, invocationId: ANOTHER }, "started-anew"],
  ["started for the first time", { ...FAILED, invocationId: "" }, FAILED, "started-anew"],
  ["reset", FAILED, { ...FAILED, activeState: "inactive", invocationId: "" }, "reset"],
  ["not to be seen", FAILED, UNSEEN, "unseen"],
  ["not to be seen, as when it was minted", UNSEEN, UNSEEN, "unseen"],
];
