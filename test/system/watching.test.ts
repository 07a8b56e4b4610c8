// How units are watched on a real systemd machine: hundreds of ticks of well units start next to no systemctl, and a crash, a start anew and a
// stop are told as soon as they ever were. systemctl is replaced by a script that counts how often the agent runs it,
// but not doctor, which looks once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { killService, mainPidOf, startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const EVERY_MS = 200;
const TICKS = 100;
const UNITS = ["demo", "idle-1", "idle-2", "idle-3"] as const;
/** The agent alone may write there. */
const ASKED = "/var/lib/countersign-agent/asked";
const COUNTING = `#!/bin/sh
[ "$(id -un)" = countersign-agent ] && ! grep -q doctor "/proc/$PPID/cmdline" && echo asked >> ${ASKED}
exec /usr/bin/systemctl.real "$@"
`;
const CATALOGUE = JSON.stringify({
  version: 1,
  services: UNITS.map((name) => ({
    name,
    unit: `${name}.service`,
    checks: [{ name: "unit", kind: "unit", every: `${EVERY_MS}ms` }],
  })),
});
/** A tick, and the way of a report to the control plane and back to this test, on a machine that does other things too. */
const TOLD_WITHIN_MS = 2_000;

describeOnMachine("the watch over units", () => {
  let fleet: Fleet;
  const unitOf = async (name: string): Promise<UnitState | null> => {
    const [host] = await fleet.hosts();
    return namedAt(host?.services, name)?.report.unit ?? null;
  };
  const asked = async () => Number.parseInt(await fleet.machine.run(["wc", "-l", ASKED]), 10);
  /** How long until a unit is told to be so. */
  const toldAfter = async (isTold: (unit: UnitState) => boolean): Promise<number> => {
    const since = Date.now();
    await waitFor("it to be told", 30_000, async () => {
      const unit = await unitOf("demo");
      return unit !== null && isTold(unit) ? true : null;
    });
    return Date.now() - since;
  };

  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    await machine.run(["cp", "/usr/bin/systemctl", "/usr/bin/systemctl.real"]);
    await machine.run(["rm", "/usr/bin/systemctl"]);
    await machine.write("/usr/bin/systemctl", COUNTING, 0o755);
    for (const unit of UNITS.slice(1))
      await machine.run(["systemd-run", `--unit=${unit}`, "--collect", "/usr/bin/sleep", "infinity"]);
    await machine.write("/etc/countersign/catalogue.yaml", CATALOGUE, 0o644);
    await machine.run(["systemctl", "restart", "countersign-agent.service"]);
    await waitFor("all units to be told", 30_000, async () => {
      const states = await Promise.all(UNITS.map(unitOf));
      return states.every((state) => state?.activeState === "active") ? true : null;
    });
  });
  afterAll(() => fleet?.end());

  test(`asks systemd at most twice in ${TICKS} ticks of units that are well`, async () => {
    const before = await asked();
    expect(before).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, TICKS * EVERY_MS));
    // once is the look of each minute
    expect((await asked()) - before).toBeLessThanOrEqual(2);
  });

  test("tells a crash within a tick", async () => {
    await killService(fleet.machine);
    expect(await toldAfter(({ activeState }) => activeState === "failed")).toBeLessThan(TOLD_WITHIN_MS);
  });

  test("tells a start and a start anew within a tick, each as a run of its own", async () => {
    await fleet.machine.run(["systemctl", "start", "demo.service"]);
    const first = await mainPidOf(fleet.machine);
    expect(await toldAfter(({ mainPid }) => mainPid === first)).toBeLessThan(TOLD_WITHIN_MS);
    const { invocationId } = (await unitOf("demo")) ?? {};
    await fleet.machine.run(["systemctl", "restart", "demo.service"]);
    const second = await mainPidOf(fleet.machine);
    expect(await toldAfter(({ mainPid }) => mainPid === second)).toBeLessThan(TOLD_WITHIN_MS);
    expect((await unitOf("demo"))?.invocationId).not.toBe(invocationId);
  });

  test("tells a stop within a tick", async () => {
    await fleet.machine.run(["systemctl", "stop", "demo.service"]);
    expect(await toldAfter(({ activeState }) => activeState === "inactive")).toBeLessThan(TOLD_WITHIN_MS);
  });
});
