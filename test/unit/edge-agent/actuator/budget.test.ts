// The budget's rolling window, the reading of systemctl's words, and when an act counts as done.
import { describe, expect, test } from "vitest";
import type { ActionSpec } from "@countersign/shared/host/catalogue";
import type { UnitState } from "@countersign/shared/wire/service-report";
import {
  addSighting,
  countRestarts,
  type HostInstant,
  type Sighting,
  SIGHTINGS_PER_SERVICE_MAX,
} from "../../../../edge-agent/src/core/actuator/budget.ts";
import { judgeProgress } from "../../../../edge-agent/src/core/actuator/execution-goal.ts";
import {
  parseUnitShow,
  type SeenUnit,
  UNKNOWN_UNIT_STATE,
} from "../../../../edge-agent/src/core/evidence/unit-state.ts";

const HOUR = 3_600_000;
const at = (ms: number, bootId = "boot-1"): HostInstant => ({ bootId, monotonicMs: ms, wallMs: ms });
const seen = (ms: number, restartCount: number, invocationId = "a", bootId = "boot-1"): Sighting => ({
  service: "web",
  at: at(ms, bootId),
  restartCount,
  invocationId,
});
const count = (history: { executions?: HostInstant[]; sightings?: Sighting[]; now?: HostInstant }) =>
  countRestarts({
    service: "web",
    executions: (history.executions ?? []).map((instant) => ({ service: "web", at: instant })),
    sightings: history.sightings ?? [],
    now: history.now ?? at(HOUR),
    windowMs: HOUR,
  });

describe("restarts in the window", () => {
  test("an execution counts up to the window's end and not beyond", () => {
    expect(count({ executions: [at(1)] })).toBe(1);
    expect(count({ executions: [at(0)] })).toBe(0);
  });
  test("across a reboot the wall clock counts, and one from the future counts too", () => {
    expect(count({ executions: [at(1, "boot-0")] })).toBe(1);
    expect(count({ executions: [at(0, "boot-0")] })).toBe(0);
    expect(count({ executions: [at(HOUR * 5, "boot-0")] })).toBe(1);
  });
  test("restarts by others are seen as growth of the count, a reset, or a new invocation", () => {
    expect(count({ sightings: [seen(1, 2), seen(2, 5)] })).toBe(3);
    expect(count({ sightings: [seen(1, 5), seen(2, 2)] })).toBe(2);
    expect(count({ sightings: [seen(1, 0, "a"), seen(2, 0, "b")] })).toBe(1);
    expect(count({ sightings: [seen(1, 0, "a"), seen(2, 0, "")] })).toBe(0);
    expect(count({ sightings: [seen(1, 0), seen(2, 7, "b", "boot-2")] })).toBe(0);
  });
  test("our own restart, seen as a new invocation, is not counted twice", () => {
    expect(count({ executions: [at(2)], sightings: [seen(1, 0, "a"), seen(3, 0, "b")] })).toBe(1);
  });
  test("another service's are not counted", () => {
    const executions = [{ service: "db", at: at(5) }];
    expect(countRestarts({ service: "web", executions, sightings: [], now: at(9), windowMs: HOUR })).toBe(0);
  });
});

describe("sightings", () => {
  const state: UnitState = { ...UNKNOWN_UNIT_STATE, activeState: "active", invocationId: "a" };
  test("of the same state move forward, news are added, the oldest are forgotten, unknown is none", () => {
    const first = addSighting([], { service: "web", at: at(1), state });
    const second = addSighting(first, { service: "web", at: at(2), state });
    const third = addSighting(second, { service: "web", at: at(3), state });
    expect(third.map((sighting) => sighting.at.monotonicMs)).toEqual([1, 3]);
    expect(addSighting(third, { service: "web", at: at(4), state: UNKNOWN_UNIT_STATE })).toBe(third);
    let many: readonly Sighting[] = [];
    for (let index = 0; index < 100; index += 1)
      many = addSighting(many, { service: "web", at: at(index), state: { ...state, restartCount: index } });
    expect(many.length).toBe(SIGHTINGS_PER_SERVICE_MAX);
    expect(many.at(-1)?.restartCount).toBe(99);
  });
});

test("runs by plan are no restarts, unless the one before ended badly", () => {
  const job: UnitState = {
    ...UNKNOWN_UNIT_STATE,
    activeState: "inactive",
    result: "success",
    type: "oneshot",
  };
  const failed: UnitState = { ...job, activeState: "failed", result: "exit-code" };
  const countOf = (states: readonly UnitState[]) => {
    const sightings = states.reduce<readonly Sighting[]>((kept, state, index) => {
      const invocationId = String(index).padStart(32, "0");
      return addSighting(kept, { service: "web", at: at(index), state: { ...state, invocationId } });
    }, []);
    return count({ sightings: [...sightings], now: at(100) });
  };
  expect(countOf([job, job, job, job])).toBe(0);
  expect(countOf([job, failed, job, failed, failed])).toBe(2);
  expect(countOf([job, { ...job, restartCount: 2 }])).toBe(2);
});

describe("systemctl show", () => {
  test("is read by its exact names", () => {
    const text = [
      "LoadState=loaded",
      "ActiveState=active",
      "SubState=running",
      "Result=success",
      "NRestarts=2",
      "InvocationID=fd6b051b049d4839a26beebe4a71abde",
      "MainPID=252",
      "ActiveEnterTimestamp=Sun 2026-11-22 02:38:10 UTC",
      "MemoryCurrent=1048576",
    ].join("\n");
    expect(parseUnitShow(text, "web.service").omitted).toEqual([]);
    expect(parseUnitShow(text, "web.service").state).toEqual({
      activeState: "active",
      subState: "running",
      result: "success",
      restartCount: 2,
      invocationId: "fd6b051b049d4839a26beebe4a71abde",
      mainPid: 252,
      activeEnterAt: Date.UTC(2026, 10, 22, 2, 38, 10),
      memoryCurrentBytes: 1_048_576,
    });
  });
  test("what is missing, unset or strange is unknown or null, never a healthy zero", () => {
    const read = (shown: string) => parseUnitShow(shown, "web.service").state;
    expect(read("")).toMatchObject({ activeState: "unknown", activeEnterAt: null });
    expect(read("ActiveState=maintenance")).toMatchObject({ activeState: "unknown" });
    expect(read("MemoryCurrent=[not set]")).toMatchObject({ memoryCurrentBytes: null });
    expect(read("MemoryCurrent=18446744073709551615")).toMatchObject({ memoryCurrentBytes: null });
    expect(read("LoadState=not-found\nActiveState=inactive\nSubState=dead")).toMatchObject({
      activeState: "inactive",
      subState: "not-found",
    });
    expect(read("ActiveEnterTimestamp=n/a")).toMatchObject({ activeEnterAt: null });
    expect(read("ActiveEnterTimestamp=Thu 2024-02-29 23:59:59 UTC").activeEnterAt).toBe(
      Date.UTC(2024, 1, 29, 23, 59, 59),
    );
  });
});

describe("progress", () => {
  const state: UnitState = { ...UNKNOWN_UNIT_STATE, activeState: "failed", invocationId: "a" };
  const before: SeenUnit = { state, omitted: [] };
  const action = (verb: string, level = 4) =>
    ({ kind: "systemctl", name: "act", verb, level, timeout: 1 }) as ActionSpec;
  const exec = (level: number) =>
    ({ kind: "exec", name: "act", argv: ["/bin/true"], level, timeout: 1 }) as ActionSpec;
  test.each([
    ["restart", "failed", "a", "waiting"],
    ["restart", "activating", "b", "waiting"],
    ["restart", "active", "a", "waiting"],
    ["restart", "active", "b", "succeeded"],
    ["restart", "failed", "b", "failed"],
    ["restart", "inactive", "b", "failed"],
    ["restart", "unknown", "", "waiting"],
    ["start", "active", "a", "succeeded"],
    ["start", "failed", "b", "failed"],
    ["stop", "deactivating", "a", "waiting"],
    ["stop", "inactive", "a", "succeeded"],
    ["stop", "failed", "a", "succeeded"],
    ["reload", "reloading", "a", "waiting"],
    ["reload", "active", "a", "succeeded"],
    ["reload", "failed", "a", "failed"],
    ["reset-failed", "failed", "a", "waiting"],
    ["reset-failed", "inactive", "", "succeeded"],
    ["reset-failed", "unknown", "", "waiting"],
  ])("%s: %s under invocation %j is %s", (verb, activeState, invocationId, expected) => {
    const after = { ...before, state: { ...state, activeState, invocationId } as UnitState };
    expect(judgeProgress(action(verb), { before, after, isObservable: true }).status).toBe(expected);
  });
  test("an exec is done by its exit code, but a restart of something observable by what is seen", () => {
    const look = { before, after: before };
    expect(judgeProgress(exec(2), { ...look, isObservable: true }).status).toBe("succeeded");
    expect(judgeProgress(exec(4), { ...look, isObservable: false }).status).toBe("succeeded");
    expect(judgeProgress(exec(4), { ...look, isObservable: true }).status).toBe("waiting");
  });

  /** Of a unit as `systemctl show` prints it: `failed exit-code a`, its last change and its restarts of five. */
  const shown = (words: string, changedAt: string, more = "") => {
    const [activeState = "", result = "", invocationId = ""] = words.split(" ");
    const lines = [`ActiveState=${activeState}`, `Result=${result}`, `InvocationID=${invocationId}`];
    const kind = ["StartLimitBurst=5", `StateChangeTimestampMonotonic=${changedAt}`, more];
    return parseUnitShow([...lines, ...kind].join("\n"), "web.service");
  };
  const unit = "web.service";
  const judged = (verb: string, seen: SeenUnit, then: SeenUnit) =>
    judgeProgress(verb === "exec" ? exec(4) : action(verb), {
      before: seen,
      after: then,
      isObservable: true,
      unit,
    });
  const FAILED_RUN = "failed exit-code a";

  test("what another user's manager starts anew within an active unit is done by the exit code", () => {
    const worker = { ...exec(4), runAs: "erik" } as const;
    const running = shown("active success a", "1");
    const look = { before: running, after: running, isObservable: true, unit };
    expect(judgeProgress(worker, look).status).toBe("succeeded");
    expect(judgeProgress(exec(4), look).status).toBe("waiting");
    expect(judgeProgress(worker, { ...look, before: shown(FAILED_RUN, "1") }).status).toBe("waiting");
    expect(judgeProgress(worker, { ...look, after: shown("failed exit-code a", "2") }).status).not.toBe(
      "succeeded",
    );
  });

  test.each(["start", "restart", "exec"])("%s: a start that its limit refuses has failed at once", (verb) => {
    const refused = judged(verb, shown(FAILED_RUN, "1"), shown(FAILED_RUN, "2", "NRestarts=5"));
    expect(refused.status).toBe("failed");
    expect(refused.detail).toMatch(/^systemd refused the start: .*`systemctl reset-failed web\.service`/);
    // five starts by hand leave no trace in NRestarts
    expect(judged(verb, shown(FAILED_RUN, "1"), shown(FAILED_RUN, "2")).detail).toBe(refused.detail);
    // a service that ran, and is stopped before its start is refused
    const after = shown("failed start-limit-hit a", "2");
    expect(judged(verb, shown("active success a", "1"), after).detail).toBe(refused.detail);
  });
  test.each([
    ["its job waits for another unit", "restart", FAILED_RUN, FAILED_RUN, "Job=258", "waiting"],
    ["a condition does not hold", "restart", FAILED_RUN, FAILED_RUN, "", "failed"],
    [
      "it was stopped, and then a condition did not hold",
      "restart",
      "active success a",
      "inactive success a",
      "",
      "failed",
    ],
    ["its command may still be on its way to systemd", "exec", FAILED_RUN, FAILED_RUN, "", "waiting"],
    [
      "a job ended well and was forgotten",
      "restart",
      FAILED_RUN,
      "inactive success ",
      "Type=oneshot",
      "succeeded",
    ],
    [
      "a job that was forgotten before",
      "start",
      "inactive success ",
      "inactive success ",
      "Type=oneshot",
      "waiting",
    ],
    ["a service that was forgotten", "start", FAILED_RUN, "inactive success ", "Type=simple", "waiting"],
  ])("without a new run: %s", (_, verb, seen, then, more, status) => {
    expect(judged(verb, shown(seen, "1"), shown(then, "1", more)).status).toBe(status);
  });
  test.each([
    ["NRestarts=18446744073709551614", "restartCount"],
    ["NRestarts=-1", "restartCount"],
    ["MainPID=9007199254740993", "mainPid"],
    ["MemoryCurrent=18446744073709551614", "memoryCurrentBytes"],
    ["ActiveEnterTimestamp=Fri 1960-01-01 00:00:00 UTC", "activeEnterAt"],
    ["ActiveEnterTimestamp=yesterday", "activeEnterAt"],
  ] as const)("%s costs that field, which is named", (line, field) => {
    const { state, omitted } = parseUnitShow(`ActiveState=active\n${line}`, "web.service");
    expect(omitted).toEqual([field]);
    expect(state.activeState).toBe("active");
    expect(state[field]).toBe(UNKNOWN_UNIT_STATE[field]);
  });
});
