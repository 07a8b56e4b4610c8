// Evidence on a real systemd machine, as installed: what the agent's sandbox lets it see, the actuator's audit through real sudo, the units of
// docs/evidence.md word for word, and an OOM kill by a real kernel.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../control-plane/embedded/bundle.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const CREDENTIAL = "/home/bob/.claude/.credentials.json";
const CATALOGUE = JSON.stringify({
  version: 1,
  services: [
    {
      name: "demo",
      unit: "demo.service",
      checks: [{ name: "unit", kind: "unit", every: "1s" }],
      actions: [{ name: "restart", kind: "systemctl", verb: "restart", level: 4 }],
    },
    {
      name: "bob",
      checks: [{ name: "disk", kind: "plugin", argv: ["/usr/bin/true"], every: "1s" }],
      evidence: {
        every: "1s",
        ledger: "/var/lib/bob/ledger.ndjson",
        credentials: [{ name: "anthropic", path: CREDENTIAL }],
      },
    },
    {
      name: "glutton",
      unit: "glutton.service",
      checks: [{ name: "unit", kind: "unit", every: "1s" }],
    },
  ],
});
/** Eats memory until the kernel kills it; `ulimit`, should nothing else hold it. */
const EAT = "ulimit -v 400000; exec tail /dev/zero";
/** Its child is killed by the kernel in its cgroup; it runs on, and its unit never fails. */
const GLUTTON = `[Service]
MemoryMax=24M
MemorySwapMax=0
OOMPolicy=continue
ExecStart=/bin/sh -c 'while [ ! -e /run/eat ]; do sleep 0.2; done; (${EAT}); sleep 600'
`;
const OLD_GROUP = "/sys/fs/cgroup/memory/countersign-evidence-test";
const isUnified = existsSync("/sys/fs/cgroup/cgroup.controllers");

/** Without cgroup v2 a machine in a container gets no memory controller of its own: the kill then is beside it, in the same kernel. */
async function eatBesideTheMachine(): Promise<void> {
  mkdirSync(OLD_GROUP, { recursive: true });
  try {
    writeFileSync(join(OLD_GROUP, "memory.limit_in_bytes"), String(24 * 1024 * 1024));
    await execa("/bin/sh", ["-c", `echo $$ > ${OLD_GROUP}/cgroup.procs; ${EAT}`], { reject: false });
  } finally {
    rmdirSync(OLD_GROUP);
  }
}

/** The lines of unit files in the document, by their first word. */
function documentedLines(word: string): readonly string[] {
  const text = readFileSync(join(PROJECT_ROOT, "docs/evidence.md"), "utf8");
  return text.split("\n").filter((line) => line.startsWith(`${word}=`));
}

describeOnMachine("evidence of a real host", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    const write = (path: string, text: string, mode = 0o644) => machine.write(path, text, mode);
    await write("/etc/systemd/system/glutton.service", GLUTTON);
    await write("/opt/bob/run", "#!/bin/sh\nexit 41\n", 0o755);
    const shell = [
      ...documentedLines("ExecStartPre"),
      "ExecStart=/opt/bob/run",
      ...documentedLines("ExecStopPost"),
    ];
    await write("/etc/systemd/system/bob-wrapped.service", `[Service]\n${documentedLines("ExecStart")[0]}\n`);
    await write("/etc/systemd/system/bob.service", `[Service]\n${shell.join("\n")}\n`);
    await machine.run(["install", "-d", "/var/lib/bob", "/home/bob"]);
    await machine.run(["install", "-d", "-m", "711", "/home/bob/.claude"]);
    await machine.run(["chmod", "700", "/home/bob"]);
    await write("/home/bob/.claude/slot-a", "secret", 0o600);
    await machine.run(["ln", "-s", "/home/bob/.claude/slot-a", CREDENTIAL]);
    await write("/etc/countersign/catalogue.yaml", CATALOGUE);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "start", "glutton.service"]);
    await machine.run([INSTALLED_COMMAND, "install"]);
    await machine.run(["systemctl", "restart", "countersign-agent.service"]);
  });
  afterAll(() => fleet?.end());

  const pageAbout = (title: RegExp) =>
    waitFor(
      `a page about ${String(title)}`,
      30_000,
      () => fleet.pages.map(({ page }) => page).find((page) => title.test(String(page["title"]))) ?? null,
    );

  test("sessions whose units are as documented die of a 401, and a person is paged", async () => {
    await fleet.machine.exec(["systemctl", "start", "bob-wrapped.service"]);
    for (let count = 0; count < 2; count += 1)
      await fleet.machine.exec(["systemctl", "start", "bob.service"]);
    await waitFor("three lines", 20_000, async () => {
      const ledger = await fleet.machine.exec(["cat", "/var/lib/bob/ledger.ndjson"]);
      return ledger.stdout.trim().split("\n").length >= 3 ? true : null;
    });
    await pageAbout(/Sessions of bob on .* die at their start: auth/);
  });

  test("a symlink in a closed home that becomes a file is seen through the sandbox", async () => {
    await fleet.machine.run(["rm", CREDENTIAL]);
    await fleet.machine.write(CREDENTIAL, "secret", 0o600);
    // it joins the incident of bob's sessions, and is paged as an update of it, five minutes after the ring
    const isDrift = (title: string) => /Credential files of bob .* anthropic/.test(title);
    await waitFor("the drift", 30_000, async () => (await fleet.findingTitles()).find(isDrift) ?? null);
  });

  test("a kill by the kernel for memory is told, although no unit failed", async () => {
    if (isUnified) await fleet.machine.run(["touch", "/run/eat"]);
    else await eatBesideTheMachine();
    await pageAbout(isUnified ? /glutton on .* is out of memory/ : /is out of memory/);
    expect((await fleet.machine.run(["systemctl", "is-active", "glutton.service"])).trim()).toBe("active");
  });

  test("the audit finds what sudo no longer allows, and doctor sees with the agent's eyes", async () => {
    const doctor = await fleet.machine.exec([INSTALLED_COMMAND, "doctor", "--json"]);
    const { findings } = JSON.parse(doctor.stdout) as {
      findings: { check: string; status: string; detail: string }[];
    };
    expect(findings.filter(({ status }) => status !== "ok")).toEqual([]);
    expect(findings.map(({ check }) => check)).toContain(`evidence: ${CREDENTIAL}`);
    expect(fleet.pages.map(({ page }) => page["title"]).join()).not.toMatch(/not permitted/);
    await fleet.machine.run(["rm", "/etc/sudoers.d/countersign"]);
    await fleet.machine.run(["systemctl", "restart", "countersign-agent.service"]);
    const page = await pageAbout(/An action on demo on .* is not permitted/);
    expect(String(page["body"])).toContain("sudo /usr/bin/systemctl restart --no-block demo.service");
  });
});
