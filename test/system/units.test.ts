// Units of every kind on a real systemd machine: what the installed agent tells of each and makes of it (the table of
// test/field/units), what is proposed for those that cannot be started, and what doctor says of the names in the catalogue.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { ServiceState } from "../../control-plane/src/core/shard/host/shard-state.ts";
import type { Machine } from "../../edge-agent/demo-host/machine.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { UNIT_READINGS, UNITS_FOLDER } from "../field/unit-readings.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const UNIT_DIR = "/etc/systemd/system";
const STARTED = [
  "app@1.service",
  "backup.timer",
  "cluster.service",
  "cluster@15-main.service",
  "firewall.service",
  "inbox.path",
  "once.timer",
  "prober.socket",
  "report.timer",
  "rotate.timer",
  "web.service",
] as const;
const STARTED_AND_NOT_UP = [
  "looping.service",
  "replica.service",
  "report.service",
  "search.service",
  "shop.service",
];
const MISSPELT = "serach.service";
/** Of a unit that nothing can start: it does not run, and no act on it could be executed. */
const FIRING_OF_NONE = ["check-failing", "privilege-gap"];
const UNITS = [...Object.keys(UNIT_READINGS), MISSPELT];

function serviceNameOf(unit: string): string {
  return unit.replaceAll(/[^a-z0-9]/g, "-");
}

function catalogueText(): string {
  const services = UNITS.map((unit) => ({
    name: serviceNameOf(unit),
    unit,
    checks: [{ name: "unit", kind: "unit", every: "1s" }],
    actions: [
      { name: "restart", kind: "systemctl", verb: "restart", level: 4 },
      ...(unit === "shop.service"
        ? [{ name: "clear", kind: "systemctl", verb: "reset-failed", level: 4 }]
        : []),
    ],
  }));
  return JSON.stringify({ version: 1, services });
}

async function startUnits(machine: Machine): Promise<void> {
  for (const name of readdirSync(UNITS_FOLDER))
    if (/\.(?:service|socket|timer|path)$/.test(name))
      await machine.write(`${UNIT_DIR}/${name}`, readFileSync(join(UNITS_FOLDER, name), "utf8"), 0o644);
  await machine.run(["ln", "-s", "/dev/null", `${UNIT_DIR}/retired.service`]);
  await machine.run(["systemctl", "daemon-reload"]);
  await machine.run(["systemctl", "enable", "web.service", "rotate.timer"]);
  await machine.run(["systemctl", "start", ...STARTED]);
  await machine.run(["systemctl", "stop", "rotate.timer"]);
  await machine.run(["systemctl", "start", "--no-block", ...STARTED_AND_NOT_UP]);
}

describeOnMachine("units of a real host", () => {
  let fleet: Fleet;
  /** what `install` said of the catalogue */
  let installed: string;
  /** The service of a unit, as the shard knows it, once it is as wanted. */
  const serviceOf = (unit: string, isWanted: (service: ServiceState) => boolean) =>
    waitFor(`${unit} as wanted`, 20_000, async () => {
      const [host] = await fleet.hosts();
      const service = namedAt(host?.services, serviceNameOf(unit));
      return service !== undefined && isWanted(service) ? service : null;
    });

  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    await startUnits(machine);
    await machine.write("/etc/countersign/catalogue.yaml", catalogueText(), 0o644);
    installed = await machine.run([INSTALLED_COMMAND, "install"]);
    // shop has died as often as it may by now, and the timer that runs once has run
    await machine.run(["systemctl", "restart", "countersign-agent.service"]);
    await serviceOf("gone.service", ({ ladder }) => ladder?.isHeldBack === true);
  });
  afterAll(() => fleet?.end());

  describe("what the agent tells of each", () => {
    test.each(Object.entries(UNIT_READINGS))("%s", async (unit, { reads, says, severity, status }) => {
      const { report } = await serviceOf(unit, ({ report: { results } }) => results.length > 0);
      expect(report.unit).toMatchObject(reads);
      const summary = expect.stringContaining(says) as string;
      expect(report.results).toMatchObject([{ status, severity: severity ?? "error", summary }]);
    });
  });

  test("a start within its own time is no failure, and what cannot be started is proposed for by nobody", async () => {
    for (const unit of ["gone.service", "retired.service", "queue.service", MISSPELT]) {
      const { book, proposal } = await serviceOf(unit, ({ ladder }) => ladder?.isHeldBack === true);
      expect([unit, proposal, Object.keys(book.firing).toSorted()]).toEqual([unit, null, FIRING_OF_NONE]);
    }
    for (const unit of ["search.service", "replica.service"]) {
      const { book, failing } = await serviceOf(
        unit,
        (service) => (namedAt(service.failing, "unit")?.count ?? 0) > 3,
      );
      expect([unit, Object.keys(book.firing), Object.keys(failing)]).toEqual([unit, [], ["unit"]]);
    }
    const { report } = await serviceOf("shop.service", ({ proposal }) => proposal !== null);
    expect(report.results[0]?.summary).toMatch(/lets it start again, as the action clear does$/);
  });

  test("doctor says which names in the catalogue are wrong, and which units say nothing", async () => {
    const asked = await fleet.machine.exec([INSTALLED_COMMAND, "doctor", "--json"]);
    const { findings } = JSON.parse(asked.stdout) as {
      findings: readonly { readonly check: string; readonly status: string; readonly detail: string }[];
    };
    const about = (unit: string) => findings.find(({ check }) => check === `unit: ${unit}`);
    expect(about(MISSPELT)).toMatchObject({
      status: "wrong",
      detail: expect.stringContaining("did you mean search.service?"),
    });
    expect(installed, "install warns of the same").toMatch(
      /^warning +unit: serach\.service: .*did you mean search\.service\?$/m,
    );
    expect(installed.match(/^warning +unit: .*/gm)).toHaveLength(
      findings.filter(({ check, status }) => check.startsWith("unit: ") && status === "wrong").length,
    );
    expect(about("gone.service")).toMatchObject({ status: "wrong" });
    expect(about("retired.service")).toMatchObject({
      status: "wrong",
      detail: expect.stringContaining("masked"),
    });
    expect(about("queue.service")).toMatchObject({
      status: "wrong",
      detail: expect.stringContaining("bad-setting"),
    });
    expect(about("cluster.service")).toMatchObject({
      status: "wrong",
      detail: expect.stringContaining("cluster@15-main.service"),
    });
    expect(about("firewall.service")).toMatchObject({ status: "ok" });
    expect(about("www.service")).toMatchObject({
      status: "ok",
      detail: expect.stringContaining("web.service"),
    });
    expect(about("backup.service")).toMatchObject({ status: "ok" });
  });
});
