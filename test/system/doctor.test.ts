// Doctor as a newcomer meets it: a host with faults of several kinds, all named before anything fails, each with the command that mends it; the
// commands are run as they stand there, and then doctor has nothing to say. What it finds reaches the desk meanwhile.
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { Finding } from "../../edge-agent/src/commands/doctor/finding.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const SLEEPS = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n";
const CATALOGUE_FILE = "/etc/countersign/catalogue.yaml";

const service = (name: string, more: object) => ({
  name,
  checks: [{ name: "unit", kind: "unit", every: "2s", timeout: "1s" }],
  ...more,
});
const RESTART = { name: "restart", kind: "systemctl", verb: "restart", level: 4, timeout: "3m" };
const LOOSE = "/opt/tools/rotate";
const CLOSED = "/opt/tools/flush";
const EXEC = { kind: "exec", level: 4, timeout: "1m" };
const PROGRAMS = [
  { ...EXEC, name: "rotate", argv: [LOOSE], runAs: "root" },
  { ...EXEC, name: "flush", argv: [CLOSED], runAs: "ada" },
];
const CATALOGUE = JSON.stringify(
  {
    version: 1,
    services: [
      service("search", { unit: "serach.service", actions: [RESTART] }),
      service("loop", { unit: "loop.service" }),
      service("old", { unit: "old.service" }),
      service("twice", { unit: "twice.service", actions: [RESTART, ...PROGRAMS] }),
      service("gateway", { unit: "gateway.service", manager: "user", user: "ada", actions: [RESTART] }),
    ],
  },
  null,
  2,
);

describeOnMachine("doctor on a real host", () => {
  let fleet: Fleet;
  let installed = "";
  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    const write = (path: string, text: string, mode = 0o644) => machine.write(path, text, mode);
    for (const unit of ["search", "old", "twice"]) await write(`/etc/systemd/system/${unit}.service`, SLEEPS);
    await write(
      "/etc/systemd/system/loop.service",
      SLEEPS.replace("[Service]", "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always"),
    );
    await machine.run(["useradd", "--create-home", "ada"]);
    await write("/etc/systemd/user/gateway.service", SLEEPS.replace("multi-user", "default"));
    await write("/etc/cron.d/twice", "@reboot root systemctl start twice\n");
    await machine.run(["systemctl", "daemon-reload"]);
    for (const unit of ["search", "loop", "old", "twice"])
      await machine.run(["systemctl", "enable", "--now", `${unit}.service`]);
    await machine.run(["systemctl", "stop", "old.service"]);
    // After ours, as a cloud image's or an admin's own rule comes: sudo still says yes, and asks for a password.
    const later =
      "countersign-actuator ALL=(root) PASSWD: /usr/bin/systemctl restart --no-block twice.service\n";
    await write("/etc/sudoers.d/zz-later", later, 0o440);
    await write(LOOSE, "#!/bin/sh\n", 0o777);
    await write(CLOSED, "#!/bin/sh\n", 0o700);
    await write(CATALOGUE_FILE, CATALOGUE);
    installed = await machine.run([INSTALLED_COMMAND, "install"]);
  });
  afterAll(() => fleet?.end());

  const doctor = async (): Promise<readonly Finding[]> => {
    const { stdout } = await fleet.machine.exec([INSTALLED_COMMAND, "doctor", "--json"]);
    return (JSON.parse(stdout) as { findings: Finding[] }).findings;
  };

  const about = (findings: readonly Finding[], check: string) =>
    findings.find((finding) => finding.check === check);

  test("install names what is wrong at its end, with the commands, and installs all the same", () => {
    expect(installed).toMatch(
      /^warning +unit: serach\.service: .*did you mean search\.service\?\n +mend: sudo sed -i /m,
    );
    expect(installed).toMatch(/^warning +linger: ada: .*\n +mend: sudo loginctl enable-linger ada$/m);
  });

  test("every fault is named before anything has failed, with the command that mends it", async () => {
    const findings = await doctor();
    const wrong = findings.filter(({ status }) => status === "wrong");
    expect(wrong.map(({ check, mend }) => [check, mend])).toEqual(
      expect.arrayContaining([
        ["unit: serach.service", expect.stringContaining("s/\\bserach\\.service/search.service/")],
        ["linger: ada", "sudo loginctl enable-linger ada"],
        [
          "start-limit: loop.service",
          expect.stringContaining("/etc/systemd/system/loop.service.d/start-limit.conf"),
        ],
        ["managers: twice.service", "sudoedit /etc/cron.d/twice"],
        [
          "privilege: /usr/bin/systemctl restart --no-block twice.service",
          "sudo visudo -f /etc/sudoers.d/zz-later",
        ],
        ["check: old unit", "sudo systemctl restart old.service"],
        // Root would run what anybody may change, and ada may not run what is hers to run.
        [`program: ${LOOSE}`, `sudo chown root ${LOOSE}; sudo chmod go-w ${LOOSE}`],
        [`program: ${CLOSED}`, `sudo chmod a+rx ${CLOSED}`],
      ]),
    );
    expect(about(findings, "control plane")).toMatchObject({ status: "ok" });
    expect(about(findings, "clock")).toMatchObject({ status: "ok" });
    const text = (await fleet.machine.exec([INSTALLED_COMMAND, "doctor"])).stdout;
    expect(text).toMatch(/^This host\n/);
    expect(text).toMatch(/^wrong +linger: ada: .*\n +mend: sudo loginctl enable-linger ada$/m);
  });

  test("the desk hears of it, what root alone sees too, and pages that this host will not work as it is set up", async () => {
    const examination = await waitFor("the examination", 60_000, async () => {
      const told = (await fleet.hosts())[0]?.examination ?? null;
      return told?.findings.some(({ check }) => check === "managers: twice.service") === true ? told : null;
    });
    const checks = examination.findings.map(({ check }) => check);
    expect(checks).toContain("unit: serach.service");
    expect(checks.filter((check) => check.startsWith("check: "))).toEqual([]);
    await waitFor("the page", 30_000, async () =>
      fleet.pages.some(({ page }) => /will not work as it is set up/.test(String(page["body"])))
        ? true
        : null,
    );
  });

  test("after the commands, as they stand there, doctor has nothing more to say, and the desk hears that it is over", async () => {
    const run = async (check: string) => {
      const { mend } = about(await doctor(), check) ?? {};
      if (typeof mend === "string") await fleet.machine.run(["/bin/sh", "-ec", mend]);
    };
    for (const check of [
      "linger: ada",
      "unit: serach.service",
      "start-limit: loop.service",
      "check: old unit",
      `program: ${LOOSE}`,
      `program: ${CLOSED}`,
    ])
      await run(check);
    // These two open an editor; what a person does there is done here.
    await fleet.machine.run(["rm", "/etc/cron.d/twice", "/etc/sudoers.d/zz-later"]);
    await fleet.machine.run(["systemctl", "--global", "enable", "gateway.service"]);
    await run("check: gateway unit");
    const left = (await doctor()).filter(({ status }) => status !== "ok");
    expect(left).toEqual([]);
    expect((await fleet.machine.exec([INSTALLED_COMMAND, "doctor"])).code).toBe(0);
    await waitFor("the end of it", 60_000, async () =>
      (await fleet.hosts())[0]?.examination?.wrongSinceAt === null ? true : null,
    );
  });

  test("a user's systemd that answers nothing costs doctor its time, and not its end", async () => {
    const { machine } = fleet;
    const uid = (await machine.run(["id", "-u", "ada"])).trim();
    const signal = (name: string) =>
      machine.run(["systemctl", "kill", "--kill-who=main", `--signal=${name}`, `user@${uid}.service`]);
    await signal("STOP");
    try {
      const from = performance.now();
      const findings = await doctor();
      expect(performance.now() - from).toBeLessThan(60_000);
      expect(about(findings, "unit: gateway.service of ada")?.status).not.toBe("ok");
      expect(about(findings, "unit: loop.service")?.status).toBe("ok");
    } finally {
      await signal("CONT");
    }
  });
});
