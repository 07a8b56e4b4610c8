// Debian's own monitoring-plugins on a real systemd machine: as installed they judge the machine as it is, and not what the
// agent's sandbox shows; and whatever a plugin does, the agent goes on.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { startFleet, type Fleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const PLUGINS = "/usr/lib/nagios/plugins";
const python = (code: string) => ["/usr/bin/python3", "-c", code];
const CHECKS: Record<string, readonly string[]> = {
  home: [`${PLUGINS}/check_disk`, "-w", "10%", "-c", "5%", "-p", "/home"],
  http: [`${PLUGINS}/check_http`, "-H", "127.0.0.1", "-p", "8080", "-u", "/health"],
  procs: [`${PLUGINS}/check_procs`, "-u", "nobody", "-c", "1:", "-a", "demo-service"],
  load: [`${PLUGINS}/check_load`, "-w", "999,999,999", "-c", "999,999,999"],
  tmp: ["/usr/bin/find", "/tmp/of-the-machine", "-printf", "seen by %u\n"],
  mounts: ["/usr/bin/readlink", "/proc/self/ns/mnt"],
  who: ["/usr/bin/id", "-un"],
  key: ["/bin/cat", "/var/lib/countersign-agent/identity.json"],
  words: ["/usr/bin/printf", "[%s]", 'a"b', "$HOME", "%h", ";", "c\\d", "e f"],
  import: python("import nonsense_of_ours"),
  grows: python("x = []\nwhile True: x.append(b'x' * (16 << 20))"),
  long: ["/bin/sleep", "600"],
  floods: ["/usr/bin/yes", "no end"],
  complains: python("import sys\nwhile True: sys.stderr.write('e' * 65536)"),
  child: python(
    "import os, time\nprint('OK - leaves a child', flush=True)\nif os.fork() == 0: time.sleep(600)",
  ),
  gone: ["/usr/lib/nagios/plugins/check_nonsense"],
};
/** To fill a gigabyte takes a slow machine a while. */
const TIMEOUTS: Record<string, string> = { long: "2s", grows: "30s" };
/** At most eight checks of one service. */
const names = Object.keys(CHECKS);
const checksOf = (some: readonly string[]) =>
  some.map((name) => ({
    name,
    kind: "plugin",
    argv: CHECKS[name],
    severity: "critical",
    every: "5s",
    timeout: TIMEOUTS[name] ?? "10s",
  }));
const CATALOGUE = {
  version: 1,
  services: [
    { name: "sees", checks: checksOf(names.slice(0, 8)) },
    { name: "dies", checks: checksOf(names.slice(8)) },
    { name: "demo", unit: "demo.service", checks: [{ name: "unit", kind: "unit", every: "1s" }] },
  ],
};

describeOnMachine("plugins on a real host", () => {
  let fleet: Fleet;
  const install = () => fleet.machine.run([INSTALLED_COMMAND, "install"]);
  const writeCatalogue = (catalogue: object) =>
    fleet.machine.write("/etc/countersign/catalogue.yaml", JSON.stringify(catalogue), 0o644);

  beforeAll(async () => {
    fleet = await startFleet(demoPolicy("fast"));
    const { machine } = fleet;
    await machine.run(["mount", "-t", "tmpfs", "-o", "size=10M,mode=755", "tmpfs", "/home"]);
    await machine.run(["dd", "if=/dev/zero", "of=/home/full", "bs=1k", "count=9930"]);
    await machine.run(["touch", "/tmp/of-the-machine"]);
    await writeCatalogue(CATALOGUE);
    await install();
  });
  afterAll(() => fleet?.end());

  /**
   * The first result of a check with this summary, among those that the control plane comes to know. Others come before it: on a
   * busy machine a plugin may have no time to answer, or its next run begins before the last one is ended.
   */
  const saying = async (check: string, summary: RegExp): Promise<CheckResult> => {
    const seen = new Set<string>();
    return waitFor(`the meant result of ${check}`, 90_000, async () => {
      const host = (await fleet.hosts()).find(({ hostId }) => hostId === fleet.hostId);
      const results = Object.values(host?.services ?? {}).flatMap(({ report }) => report.results);
      const newest = results.find((result) => result.check === check);
      if (newest !== undefined) seen.add(newest.summary);
      return newest !== undefined && summary.test(newest.summary) ? newest : null;
    }).catch((error: unknown) => {
      throw new Error(`${check} never gave what is meant, but: ${[...seen].join(" | ")}`, { cause: error });
    });
  };

  test.each([
    ["home", "fail", /^DISK CRITICAL - free space: \/home 0MiB \(\d%/],
    ["http", "pass", /^HTTP OK: /],
    ["procs", "pass", /^PROCS OK: 1 process/],
    ["load", "pass", /load average/],
    ["tmp", "pass", /^seen by root$/],
    ["who", "pass", /^countersign-plugins$/],
    ["words", "pass", /^\[a"b\]\[\$HOME\]\[%h\]\[;\]\[c\\d\]\[e f\]$/],
  ])("%s sees the machine itself", async (check, status, summary) => {
    expect(await saying(check, summary)).toMatchObject({ status, severity: "critical" });
  });

  test("they share the machine's mounts, and are kept from the agent's key all the same", async () => {
    const { summary } = await saying("mounts", /^mnt:/);
    expect(summary).toBe((await fleet.machine.run(["readlink", "/proc/1/ns/mnt"])).trim());
    const key = await saying("key", /Permission denied; no status line, exit code 1$/);
    expect(key).toMatchObject({ status: "fail", severity: "critical" });
  });

  test.each([
    ["import", /^ModuleNotFoundError: No module named 'nonsense_of_ours'; no status line, exit code 1$/],
    // what has no memory left may not even be able to say so
    ["grows", /memory than a plugin may|^(?:MemoryError; )?no status line/],
    ["long", /^no answer within 2s$/],
    ["floods", /^ended because it wrote more than 16 MB$/],
    ["complains", /^e+…; no status line/],
    ["gone", /^could not be run: there is no such program/],
  ])("%s fails with the declared severity", async (check, summary) => {
    expect(await saying(check, summary)).toMatchObject({ status: "fail", severity: "critical" });
  });

  test("a child that it leaves holds nothing up, and the agent has gone on through all of it", async () => {
    expect(await saying("child", /^OK - leaves a child$/)).toMatchObject({ status: "pass" });
    const restarts = ["systemctl", "show", "--property=NRestarts", "--value", "countersign-agent.service"];
    expect((await fleet.machine.run(restarts)).trim()).toBe("0");
    const children = await fleet.machine.exec(["pgrep", "-f", "os.fork"]);
    expect(children.stdout.trim().split("\n").filter(Boolean).length).toBeLessThan(3);
  });

  test("systemd closes no socket for being asked often, and fills no journal", async () => {
    const failed = await fleet.machine.run(["systemctl", "list-units", "--failed", "--plain", "--no-legend"]);
    expect(failed).not.toContain("countersign");
    const lines = await fleet.machine.run([
      "journalctl",
      "--boot",
      "--quiet",
      "--unit=countersign-plugin-sees.*",
    ]);
    expect(lines.split("\n").filter((line) => line.includes("@"))).toEqual([]);
  });

  test("a catalogue that is newer than the units is told, by the check and by doctor, and install mends it", async () => {
    const first = await fleet.machine.run([INSTALLED_COMMAND, "install"]);
    expect(first.split("\n").filter((line) => /^done .* write /.test(line))).toEqual([]);
    const argv = [`${PLUGINS}/check_disk`, "-w", "1%", "-c", "1%", "-p", "/"];
    const home = { ...checksOf(["home"])[0], argv };
    await writeCatalogue({ version: 1, services: [{ name: "sees", checks: [home] }] });
    await fleet.machine.run(["systemctl", "restart", "countersign-agent.service"]);
    await saying("home", /run `countersign-agent install`/);
    const doctor = async () => (await fleet.machine.exec([INSTALLED_COMMAND, "doctor"])).stdout;
    expect(await doctor()).toMatch(
      /wrong +units: .*countersign-plugin-sees\.home.* is not what the catalogue says/,
    );
    await install();
    expect((await saying("home", /^DISK/)).status).toBe("pass");
    expect(await doctor()).not.toMatch(/^wrong +(?:units|plugin)/m);
    const units = await fleet.machine.run(["ls", "/etc/systemd/system"]);
    expect(units.split("\n").filter((name) => name.startsWith("countersign-plugin"))).toEqual([
      "countersign-plugin-sees.home.socket",
      "countersign-plugin-sees.home@.service",
      "countersign-plugins.slice",
    ]);
  });

  test("uninstall takes all of it back, and names the user whose process it may not end", async () => {
    const { machine } = fleet;
    await machine.run(["systemd-run", "--unit=lingers", "--uid=countersign-plugins", "sleep", "2"]);
    await machine.run(["systemd-run", "--unit=stays", "--uid=countersign-journal", "sleep", "300"]);
    const isThere = async (user: string) => (await machine.exec(["getent", "passwd", user])).stdout !== "";

    const first = await machine.exec([INSTALLED_COMMAND, "uninstall", "--purge"]);
    expect(first).toMatchObject({ code: 1 });
    expect(first.stderr).toMatch(
      /user countersign-journal.*\bprocess\b.*run `sudo userdel countersign-journal`/,
    );
    const left = ["find", "/etc/systemd", "/run/countersign", "-name", "*plugin*"];
    expect((await machine.run(left)).trim()).toBe("");
    expect(await isThere("countersign-plugins")).toBe(false);

    await machine.run(["systemctl", "stop", "stays.service"]);
    await machine.run(["userdel", "countersign-journal"]);
    expect(await isThere("countersign-journal")).toBe(false);
  });
});
