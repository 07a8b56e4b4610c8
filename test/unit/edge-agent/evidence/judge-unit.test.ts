// How a unit is judged by its kind; the whole table of real ones is test/field/units.
import { describe, expect, test } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { hasFailedRunAfter, judgeUnit } from "../../../../edge-agent/src/core/evidence/judge-unit.ts";
import {
  parseUnitShow,
  type UnitSetting,
  UNKNOWN_UNIT_STATE,
} from "../../../../edge-agent/src/core/evidence/unit-state.ts";

const JOB: Partial<UnitState> = { type: "oneshot" };
const SOCKET: Partial<UnitState> = { type: "simple", triggeredBy: ["web.socket"] };

function seen(words: string, kind: Partial<UnitState>, setting: Partial<UnitSetting> = {}) {
  const [activeState, subState = "", result = "success"] = words.split(" ");
  const state = {
    ...UNKNOWN_UNIT_STATE,
    activeState: activeState as UnitState["activeState"],
    subState,
    result,
    ...kind,
  };
  return {
    state,
    omitted: [],
    setting: { remains: false, parts: [], isGivenUp: false, hasJob: false, changedAt: "1", ...setting },
  };
}

describe("a job, and a service that is started when it is wanted", () => {
  test.each([
    ["rests", seen("inactive dead", JOB), "pass"],
    ["runs", seen("activating start", JOB), "pass"],
    ["comes to its end", seen("deactivating stop-post", JOB), "pass"],
    ["failed", seen("failed failed exit-code", JOB), "fail"],
    ["waits to be started again", seen("activating auto-restart exit-code", JOB), "fail"],
    ["waits to be started again after a clean end", seen("activating auto-restart", JOB), "fail"],
    ["that is to stay active was stopped", seen("inactive dead", JOB, { remains: true }), "fail"],
    ["that is to stay active is started", seen("activating start", JOB, { remains: true }), "fail"],
    [
      "is started by a timer and is to stay active rests",
      seen("inactive dead", { ...JOB, triggeredBy: ["a.timer"] }, { remains: true }),
      "pass",
    ],
    [
      "is started by a timer and is to stay active is started",
      seen("activating start", { ...JOB, triggeredBy: ["a.timer"] }, { remains: true }),
      "fail",
    ],
    ["is to stay active comes to its end", seen("deactivating stop-post", JOB, { remains: true }), "fail"],
    ["is idle", seen("inactive dead", SOCKET), "pass"],
    ["ends because nobody asks", seen("deactivating stop-sigterm", SOCKET), "pass"],
    ["is started by its socket", seen("activating start", SOCKET), "fail"],
    ["died", seen("failed failed signal", SOCKET), "fail"],
    ["is idle, and nothing starts it any more", seen("inactive dead", SOCKET, { isForgotten: true }), "fail"],
    ["is masked", seen("inactive dead", { ...JOB, loadState: "masked" }), "fail"],
    ["of an older systemd, that says nothing of its kind, is stopped", seen("inactive dead", {}), "fail"],
  ] as const)("that %s: %s", (_, unit, status) => {
    expect(judgeUnit(unit).status).toBe(status);
  });

  test("runs again after a run that failed, and is not well before it has ended well", () => {
    const running = seen("activating start", JOB);
    expect(judgeUnit(running, { hasFailedRun: true })).toMatchObject({
      status: "fail",
      summary: "activating (start): its last run failed",
    });
    const states = ["failed", "activating", "unknown", "activating", "inactive", "activating"] as const;
    let known = false;
    const after = states.map(
      (activeState) => (known = hasFailedRunAfter(known, { ...running.state, activeState })),
    );
    expect(after).toEqual([true, true, true, true, false, false]);
  });
});

describe("what stands in its way is said, with what a person does about it", () => {
  const about = { unit: "web.service", resetAction: "clear" };
  test.each([
    [
      seen("inactive not-found", { loadState: "not-found" }),
      "this host has no unit web.service; correct its name",
    ],
    [
      seen("active running", { loadState: "not-found" }),
      "active (running): the unit file of web.service is gone",
    ],
    [seen("inactive dead", { loadState: "masked" }), "before `systemctl unmask web.service`"],
    [seen("inactive dead", { loadState: "error" }), "`systemctl status web.service` says why"],
    [
      seen("failed failed start-limit-hit", {}, { isGivenUp: true }),
      "its start limit is used up; `systemctl reset-failed web.service` lets it start again, as the action clear does",
    ],
    [seen("active exited", JOB), "active (exited): it has no process to watch"],
  ])("%#: %s", (unit, says) => {
    expect(judgeUnit(unit, about).summary).toContain(says);
  });

  test("a running unit that was masked meanwhile serves on", () => {
    expect(judgeUnit(seen("active running", { loadState: "masked" }), about).status).toBe("pass");
  });
});

describe("what systemd prints of a kind", () => {
  const read = (line: string) => parseUnitShow(`ActiveState=active\nResult=success\n${line}`, "web.service");
  test.each([
    ["1min 30s", 90_000],
    ["15min", 900_000],
    ["1h 1min 1s 500ms", 3_661_500],
    ["1.500s", 1_500],
    ["250us", 0],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
    ["1month 2d", 2_802_600_000],
    ["1y", 31_557_600_000],
    ["0", 0],
    ["infinity", null],
  ])("a start may take %s", (text, ms) => {
    expect(read(`TimeoutStartUSec=${text}`).state.startTimeoutMs).toBe(ms);
  });
  test.each([
    ["TimeoutStartUSec=soon", "startTimeoutMs"],
    ["TimeoutStartUSec=1parsec", "startTimeoutMs"],
    ["TimeoutStartUSec=2y", "startTimeoutMs"],
    [`Type=${"x".repeat(21)}`, "type"],
    ["LoadState=on-strike", "loadState"],
    ["InactiveExitTimestamp=Mon 1960-01-04 00:00:00 UTC", "inactiveExitAt"],
    [`ControlGroup=/${"g".repeat(300)}`, "controlGroup"],
    [`Id=${"i".repeat(201)}`, "id"],
    [`TriggeredBy=${"t".repeat(201)}`, "triggeredBy"],
  ] as const)("%s costs itself alone", (line, field) => {
    const { omitted, state } = read(line);
    expect(omitted).toEqual([field]);
    expect(state).not.toHaveProperty(field);
    expect(state).toMatchObject({ activeState: "active", result: "success" });
  });
  test("as many units that start it as can be told are told", () => {
    const names = Array.from({ length: 6 }, (_, index) => `t${index}.timer`);
    const { omitted, state } = read(`TriggeredBy=${names.join(" ")}`);
    expect([omitted, state.triggeredBy]).toEqual([[], names.slice(0, 4)]);
  });
  test("what was never so is absent", () => {
    const { state } = read(
      "Id=web.service\nLoadState=loaded\nType=\nInactiveExitTimestamp=\nControlGroup=\nTriggeredBy=",
    );
    expect(Object.keys(state).sort()).toEqual([...Object.keys(UNKNOWN_UNIT_STATE), "triggeredBy"].sort());
  });
});
