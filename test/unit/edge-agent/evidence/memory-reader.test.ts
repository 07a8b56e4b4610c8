// Where pressure and OOM kills are read, on a machine, in a container and on the old hierarchy: a kernel of the test's own.
import { describe, expect, test } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
import { createMemoryReader } from "../../../../edge-agent/src/evidence/read-memory.ts";

const running: UnitState = { ...UNKNOWN_UNIT_STATE, activeState: "active", mainPid: 7, invocationId: "a" };
const psi = (full: number) =>
  `some avg10=${full}.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=${full}.00 avg60=0.00 avg300=0.00 total=1\n`;

function readerOf(files: Record<string, string>) {
  const units = [{ service: "web", unit: "web.service", unitNow: () => running }];
  return createMemoryReader(units, (path) => Promise.resolve(files[path] ?? null));
}

describe("memory", () => {
  const cgroup = "/sys/fs/cgroup/system.slice/web.service";

  test("of a unit is read from its own cgroup", async () => {
    const files: Record<string, string> = {
      "/proc/7/cgroup": "0::/system.slice/web.service\n",
      [`${cgroup}/memory.events`]: "oom_kill 0\n",
      [`${cgroup}/memory.pressure`]: psi(30),
      "/proc/vmstat": "oom_kill 3\n",
    };
    const read = readerOf(files);
    expect((await read()).events).toMatchObject([{ kind: "pressure", service: "web", fullAvg10: 30 }]);
    files[`${cgroup}/memory.pressure`] = psi(4);
    files[`${cgroup}/memory.events`] = "oom_kill 1\n";
    files["/proc/vmstat"] = "oom_kill 4\n";
    expect((await read()).events).toMatchObject([{ kind: "oom-kill", service: "web" }]);
    expect((await read()).events).toEqual([]);
  });

  test("of the host is the machine's, or in a container the container's own", async () => {
    const files: Record<string, string> = {
      "/proc/vmstat": "oom_kill 3\n",
      "/proc/pressure/memory": psi(50),
    };
    const onMachine = readerOf(files);
    expect((await onMachine()).events).toMatchObject([{ kind: "pressure", service: null, fullAvg10: 50 }]);
    files["/sys/fs/cgroup/memory.events"] = "oom_kill 0\n";
    files["/sys/fs/cgroup/memory.pressure"] = psi(0);
    const inContainer = readerOf(files);
    expect((await inContainer()).events).toEqual([]);
    files["/proc/vmstat"] = "oom_kill 9\n";
    expect((await inContainer()).events, "a neighbour's kill is none of ours").toEqual([]);
    files["/sys/fs/cgroup/memory.events"] = "oom_kill 1\n";
    expect((await inContainer()).events).toMatchObject([{ kind: "oom-kill", service: null }]);
  });

  test("that the kernel does not tell is not told", async () => {
    expect((await readerOf({})()).events).toEqual([]);
  });
});
