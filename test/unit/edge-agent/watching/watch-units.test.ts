// Watching with a systemd, a kernel and an actuator that are files and functions: how often somebody is asked, and what is told when nobody answers.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SeenUnit } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
import { createShowUnits } from "../../../../edge-agent/src/watching/show-units.ts";
import { createUnitWatch } from "../../../../edge-agent/src/watching/watch-units.ts";

const CGROUP = "/user.slice/user-1001.slice/user@1001.service/app.slice/gateway.service";
const GATEWAY = { name: "gateway", unit: "gateway.service", manager: "user", user: "bob" } as const;

let root: string;
let now: number;
let asked: (readonly string[])[];
let answers: "all" | "nothing";
let exact: SeenUnit | null;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cs-watch-"));
  now = 0;
  asked = [];
  answers = "all";
  exact = null;
  for (const unit of ["a.service", "b.service"]) begin(unit, 10);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function begin(unit: string, pid: number): void {
  mkdirSync(join(root, "units"), { recursive: true });
  rmSync(join(root, "units", `invocation:${unit}`), { force: true });
  symlinkSync(`id${pid}`, join(root, "units", `invocation:${unit}`));
  put(`proc/${pid}/stat`, `${pid} (x y) S ${"0 ".repeat(18)}${pid}00 0`);
}

function sectionOf(unit: string): string {
  return `Id=${unit}\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=10\nInvocationID=id10`;
}

function watch() {
  return createUnitWatch({
    showUnits: createShowUnits(
      async (argv) => {
        const units = argv.slice(argv.indexOf("--") + 1);
        asked.push(units);
        return answers === "all" ? `${units.map(sectionOf).join("\n\n")}\n` : null;
      },
      () => now,
    ),
    observeExactly: async (service) => {
      asked.push([service]);
      if (exact === null) throw new Error("nobody is there");
      return exact;
    },
    lookAtPidFile: async () => ({ state: UNKNOWN_UNIT_STATE, omitted: [] }),
    places: { units: join(root, "units"), cgroups: join(root, "cgroup"), processes: join(root, "proc") },
    passwd: () => "bob:x:1001:1001::/home/bob:/bin/sh\n",
    now: () => now,
  });
}

describe("units of the machine", () => {
  const both = async (look: ReturnType<typeof watch>) =>
    await Promise.all(
      ["a", "b"].map(async (name) => (await look({ name, unit: `${name}.service` })).state.activeState),
    );

  it("are asked about once, together, and then not as long as they run", async () => {
    const look = watch();
    for (let tick = 0; tick < 10; tick += 1, now += 5_000)
      expect(await both(look)).toEqual(["active", "active"]);
    expect(asked).toEqual([["a.service", "b.service"]]);
  });

  it("are asked about together again within a minute, also when one was looked at in between", async () => {
    const look = watch();
    await both(look);
    now = 20_000;
    begin("a.service", 11);
    await both(look);
    expect(asked).toEqual([["a.service", "b.service"], ["a.service"]]);
    now = 55_000;
    await look({ name: "b", unit: "b.service" });
    expect(asked[2]).toEqual(["b.service", "a.service"]);
  });

  it("are unknown as soon as one must be asked about and systemctl does not answer", async () => {
    const look = watch();
    await both(look);
    answers = "nothing";
    now = 30_000;
    expect(await both(look)).toEqual(["active", "active"]);
    now = 60_000;
    expect(await both(look)).toEqual(["unknown", "unknown"]);
    answers = "all";
    now = 65_000;
    expect(await both(look)).toEqual(["active", "active"]);
  });
});

describe("a user's unit", () => {
  const running = (controlGroup?: string): SeenUnit => ({
    omitted: [],
    state: {
      ...UNKNOWN_UNIT_STATE,
      activeState: "active",
      subState: "running",
      mainPid: 10,
      ...(controlGroup === undefined ? {} : { controlGroup }),
    },
  });
  const ended: SeenUnit = {
    omitted: [],
    state: { ...UNKNOWN_UNIT_STATE, activeState: "inactive", subState: "dead", result: "success" },
  };

  it("is asked about once, and when its main process has died", async () => {
    const look = watch();
    exact = running(CGROUP);
    for (let tick = 0; tick < 5; tick += 1, now += 5_000) await look(GATEWAY);
    expect(asked).toEqual([["gateway"]]);
    rmSync(join(root, "proc/10"), { recursive: true });
    exact = ended;
    expect((await look(GATEWAY)).state.activeState).toBe("inactive");
    expect(asked).toHaveLength(2);
  });

  it("is seen to begin by its cgroup, where nobody has told yet where that is", async () => {
    const look = watch();
    exact = ended;
    await look(GATEWAY);
    await look(GATEWAY);
    expect(asked).toHaveLength(1);
    put(`cgroup${CGROUP}/cgroup.procs`, "10\n");
    exact = running(CGROUP);
    expect((await look(GATEWAY)).state.activeState).toBe("active");
  });

  it("is unknown without an answer, never what it was", async () => {
    const look = watch();
    exact = running(CGROUP);
    await look(GATEWAY);
    exact = null;
    now = 59_000;
    expect((await look(GATEWAY)).state.activeState).toBe("unknown");
    now = 60_000;
    expect((await look(GATEWAY)).state.activeState).toBe("unknown");
  });
});
