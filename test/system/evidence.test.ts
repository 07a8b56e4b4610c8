// Evidence on a real systemd machine, as installed: what the agent's sandbox lets it see, the actuator's audit through real
// sudo, the drop-in of sessions as it is installed, and an OOM kill by a real kernel.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import type { Runs } from "../../control-plane/src/core/facts/lived-run.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const CREDENTIAL = "/home/bob/.claude/.credentials.json";
const LEDGER = "/var/lib/bob/ledger.ndjson";
/** As the program of docs/evidence.md, which runs only once somebody has logged in. */
const BOB = `[Service]
StateDirectory=bob
ExecStart=/bin/sh -c '[ -e /run/logged-in ] || exit 41; exec sleep 600'
`;
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
      unit: "bob.service",
      checks: [{ name: "disk", kind: "plugin", argv: ["/bin/echo", "DISK OK"], every: "1s" }],
      evidence: {
        every: "1s",
        ledger: LEDGER,
        sessions: { classes: [{ exit: 41, class: "auth" }] },
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

describeOnMachine("evidence of a real host", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    const write = (path: string, text: string, mode = 0o644) => machine.write(path, text, mode);
    await write("/etc/systemd/system/glutton.service", GLUTTON);
    await write("/etc/systemd/system/bob.service", BOB);
    await machine.run(["install", "-d", "/home/bob"]);
    await machine.run(["install", "-d", "-m", "711", "/home/bob/.claude"]);
    await machine.run(["chmod", "700", "/home/bob"]);
    await write("/home/bob/.claude/slot-a", "secret", 0o600);
    await machine.run(["ln", "-s", "/home/bob/.claude/slot-a", CREDENTIAL]);
    await write("/etc/countersign/catalogue.yaml", CATALOGUE);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "start", "glutton.service"]);
    await machine.run([INSTALLED_COMMAND, "install", "--session-dropins"]);
    await machine.run(["systemctl", "restart", "countersign-agent.service"]);
  });
  afterAll(() => fleet?.end());

  const pageAbout = (title: RegExp) =>
    waitFor(
      `a page about ${String(title)}`,
      30_000,
      () => fleet.pages.map(({ page }) => page).find(({ body }) => title.test(String(body))) ?? null,
    );

  test("a service that is started as ever dies of a 401, and a person is paged", async () => {
    for (let count = 0; count < 3; count += 1)
      await fleet.machine.exec(["systemctl", "start", "--wait", "bob.service"]);
    await pageAbout(/Sessions of bob on .* die at their start: auth/);
  });

  test("the session that runs since is told while it runs", async () => {
    await fleet.machine.run(["touch", "/run/logged-in"]);
    await fleet.machine.run(["systemctl", "start", "bob.service"]);
    const begun = JSON.parse((await fleet.machine.run(["tail", "-n", "1", LEDGER])).trim()) as object;
    expect(begun).toMatchObject({ kind: "session-running" });
    await waitFor("it to be told", 30_000, async () => {
      const [host] = await fleet.hosts();
      const deaths = host === undefined ? null : namedAt(host.services, "bob")?.book.slices["startup-death"];
      const { toldAt = null, unitAt = null } = (deaths as { runs?: Partial<Runs> } | null)?.runs ?? {};
      return toldAt !== null && unitAt !== null ? true : null;
    });
  });

  test("the drop-in is written once, left alone without the flag, and goes with its declaration", async () => {
    const again = await fleet.machine.run([INSTALLED_COMMAND, "install", "--session-dropins"]);
    expect(again).toMatch(/unchanged +write .*bob\.service\.d\/countersign-session\.conf/);
    const path = "/etc/systemd/system/bob.service.d/countersign-session.conf";
    await fleet.machine.run(["rm", path]);
    expect(await fleet.machine.run([INSTALLED_COMMAND, "install"])).toMatch(
      /left +write .*--session-dropins/,
    );
    expect((await fleet.machine.exec(["test", "-e", path])).code).toBe(1);
    const stray = "/etc/systemd/system/gone.service.d/countersign-session.conf";
    await fleet.machine.write(stray, "# Made by `countersign-agent install`.\n[Service]\n", 0o644);
    const others = "/etc/systemd/system/others.service.d/countersign-session.conf";
    await fleet.machine.write(others, "[Service]\n", 0o644);
    const written = await fleet.machine.run([INSTALLED_COMMAND, "install", "--session-dropins"]);
    expect(written).toMatch(/done +remove .*gone\.service\.d[^]*done +systemctl daemon-reload/);
    const there = await fleet.machine.exec(["ls", "-d", path, "/etc/systemd/system/gone.service.d", others]);
    expect(there.stdout.trim().split("\n")).toEqual([path, others]);
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
    expect(fleet.pages.map(({ page }) => page["body"]).join()).not.toMatch(/not permitted/);
    await fleet.machine.run(["rm", "/etc/sudoers.d/countersign"]);
    await fleet.machine.run(["systemctl", "restart", "countersign-agent.service"]);
    const page = await pageAbout(/An action on demo on .* is not permitted/);
    expect(String(page["body"])).toContain("sudo /usr/bin/systemctl restart --no-block demo.service");
  });

  test("what is uninstalled leaves no drop-in behind", async () => {
    await fleet.machine.run([INSTALLED_COMMAND, "uninstall"]);
    expect((await fleet.machine.exec(["test", "-e", "/etc/systemd/system/bob.service.d"])).code).toBe(1);
  });
});
