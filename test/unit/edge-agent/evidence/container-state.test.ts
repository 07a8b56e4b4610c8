// What an engine tells of a container, in systemd's words. The texts are what docker 27 and podman 5 print, shortened.
import { describe, expect, test } from "vitest";
import {
  controlGroupIn,
  parseInspected,
  saysNoSuchContainer,
} from "../../../../edge-agent/src/core/evidence/container-state.ts";

const SECRET = "sk-ant-not-a-real-key";
const ID = "b0".repeat(32);

function inspected(state: object, more: object = {}): string {
  return JSON.stringify([
    {
      Id: ID,
      Created: "2026-11-30T09:00:00.000000000Z",
      State: {
        Status: "running",
        Running: true,
        Paused: false,
        Restarting: false,
        OOMKilled: false,
        Dead: false,
        Pid: 4_711,
        ExitCode: 0,
        Error: "",
        StartedAt: "2026-11-30T10:00:00.123456789Z",
        FinishedAt: "0001-01-01T00:00:00Z",
        ...state,
      },
      Name: "/n8n",
      RestartCount: 2,
      Config: { Env: [`ANTHROPIC_API_KEY=${SECRET}`], Labels: { token: SECRET } },
      ...more,
    },
  ]);
}

describe("a container's state", () => {
  test.each([
    ["running", {}, { activeState: "active", subState: "running", result: "success", mainPid: 4_711 }],
    ["paused", { Status: "paused", Paused: true }, { activeState: "inactive", subState: "paused" }],
    [
      "between two tries of its engine",
      { Status: "restarting", ExitCode: 1, Pid: 0 },
      { activeState: "activating", subState: "auto-restart", result: "exit-code" },
    ],
    ["ended well", { Status: "exited", Pid: 0 }, { activeState: "inactive", result: "success" }],
    [
      "ended badly",
      { Status: "exited", ExitCode: 3, Pid: 0 },
      { activeState: "failed", subState: "exited", result: "exit-code", mainPid: 0, activeEnterAt: null },
    ],
    ["killed", { Status: "exited", ExitCode: 137, Pid: 0 }, { activeState: "failed", result: "signal" }],
    [
      "killed for memory",
      { Status: "exited", ExitCode: 137, OOMKilled: true, Pid: 0 },
      { activeState: "failed", result: "oom-kill" },
    ],
    [
      "never started",
      { Status: "created", Pid: 0, StartedAt: "0001-01-01T00:00:00Z" },
      { activeState: "inactive", invocationId: "" },
    ],
    ["in a state of another version", { Status: "frozen" }, { activeState: "unknown" }],
  ])("%s", (_why, state, expected) => {
    expect(parseInspected(inspected(state)).state).toMatchObject(expected);
  });

  test("has another invocation whenever it is started, or made anew under its name", () => {
    const runOf = (text: string) => parseInspected(text).state.invocationId;
    const run = runOf(inspected({}));
    expect(run).toMatch(/^[0-9a-f]{32}$/);
    expect(runOf(inspected({ Pid: 1 }))).toBe(run);
    expect(runOf(inspected({ StartedAt: "2026-11-30T10:00:00.123456790Z" }))).not.toBe(run);
    expect(runOf(inspected({}, { Id: "c0".repeat(32) }))).not.toBe(run);
  });

  test("says when it began, and how often its engine began it again", () => {
    const { state } = parseInspected(inspected({}));
    expect(state.activeEnterAt).toBe(Date.UTC(2026, 10, 30, 10, 0, 0, 123));
    expect(state.restartCount).toBe(2);
  });

  test("nothing of its environment is in what is told, whatever else is wrong", () => {
    for (const text of [
      inspected({}),
      inspected({ Pid: "many" }),
      inspected({ Status: SECRET.repeat(3) }),
      `${inspected({})}x`,
    ])
      expect(JSON.stringify(parseInspected(text))).not.toContain(SECRET);
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "Error"],
    ["another shape", "{}"],
    ["no container", "[]"],
    ["two containers", JSON.stringify([{}, {}])],
    ["a state without a pid", inspected({ Pid: undefined })],
  ])("is unknown from %s", (_why, text) => {
    expect(parseInspected(text).state).toMatchObject({ activeState: "unknown", invocationId: "" });
  });
});

test("a container that the engine does not know is told from one that it cannot tell about", () => {
  expect(saysNoSuchContainer("Error response from daemon: No such container: n8n")).toBe(true);
  expect(saysNoSuchContainer('Error: no such container "n8n"')).toBe(true);
  expect(saysNoSuchContainer("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.")).toBe(
    false,
  );
});

test("the group of a process, of both versions of cgroups", () => {
  const scope = `/system.slice/docker-${ID}.scope`;
  expect(controlGroupIn(`0::${scope}\n`)).toBe(scope);
  expect(controlGroupIn(`12:memory:/other\n1:name=systemd:${scope}\n0::/\n`)).toBe(scope);
  expect(controlGroupIn("0::/\n")).toBeNull();
  expect(controlGroupIn("")).toBeNull();
});
