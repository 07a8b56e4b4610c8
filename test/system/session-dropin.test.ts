// The drop-in of sessions under a real systemd: services stay what they are, and each start and end becomes a line that the
// agent takes.
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareLink, bootMachine, type Machine } from "../../edge-agent/demo-host/machine.ts";
import { parseLedgerLine } from "../../edge-agent/src/core/evidence/ledger.ts";
import { renderSessionDropin } from "../../edge-agent/src/core/evidence/session-dropin.ts";
import { describeOnMachine } from "./prerequisites.ts";

/** Of a user of its own, in a sandbox that leaves it its state and nothing else. */
const SANDBOX = `User=daemon
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
NoNewPrivileges=yes
`;
const NOTIFIES = `Type=notify
NotifyAccess=all
ExecStart=/bin/sh -c 'systemd-notify --ready; exec sleep 600'
`;
const CLASSES = [{ exit: 41, class: "auth" }] as const;

describeOnMachine("sessions by a drop-in", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootMachine(await prepareLink());
  });
  afterAll(() => machine?.destroy());

  const ledgerOf = (name: string) => `/var/lib/${name}/ledger.ndjson`;

  async function installUnit(name: string, lines: string, ledger = ledgerOf(name)): Promise<void> {
    const unit = `${name}.service`;
    const folder = name.replace(/@.*$/, "");
    const text = `[Service]\nStateDirectory=${folder}\n${SANDBOX}${lines}`;
    await machine.write(`/etc/systemd/system/${unit}`, text, 0o644);
    const dropin = renderSessionDropin({ unit, ledger, classes: CLASSES });
    await machine.write(`/etc/systemd/system/${unit}.d/countersign-session.conf`, dropin, 0o644);
    await machine.run(["systemctl", "daemon-reload"]);
  }

  /** What the agent takes of a ledger: kind, and class of what has ended. */
  async function taken(ledger: string): Promise<readonly string[]> {
    const { stdout } = await machine.exec(["cat", ledger]);
    const scene = { service: "bob", now: Date.now(), credentials: [], commands: [] };
    return stdout
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => {
        const facts = parseLedgerLine(line, scene);
        if (!facts.ok) throw new Error(`Take ${line}: ${facts.error.reason}`);
        return facts.value.map((fact) => (fact.kind === "session" ? `ended ${fact.class}` : fact.kind));
      });
  }

  const show = async (name: string, property: string) =>
    (await machine.run(["systemctl", "show", `--property=${property}`, "--value", `${name}.service`])).trim();

  test("systemd finds nothing wrong with the lines", async () => {
    await installUnit("checked", NOTIFIES);
    const verified = await machine.exec(["systemd-analyze", "verify", "/etc/systemd/system/checked.service"]);
    expect([verified.code, verified.stderr]).toEqual([0, ""]);
  });

  test("a service that notifies becomes active, is one process, and three planned stops are three good ends", async () => {
    await installUnit("notifies", NOTIFIES);
    for (let count = 0; count < 3; count += 1) {
      await machine.run(["systemctl", "start", "notifies.service"]);
      expect(await show("notifies", "ActiveState")).toBe("active");
      const main = await show("notifies", "MainPID");
      expect((await machine.run(["cat", `/proc/${main}/comm`])).trim()).toBe("sleep");
      expect((await taken(ledgerOf("notifies"))).at(-1)).toBe("session-running");
      await machine.run(["systemctl", "stop", "notifies.service"]);
      expect([await show("notifies", "ActiveState"), await show("notifies", "Result")]).toEqual([
        "inactive",
        "success",
      ]);
    }
    await machine.run(["systemctl", "start", "notifies.service"]);
    await machine.run(["systemctl", "restart", "notifies.service"]);
    await machine.run(["systemctl", "stop", "notifies.service"]);
    const session = ["session-running", "ended null"];
    expect(await taken(ledgerOf("notifies"))).toEqual(Array.from({ length: 5 }, () => session).flat());
    expect(await machine.run(["ls", "/var/lib/notifies"]), "no start is left behind").toBe("ledger.ndjson");
  });

  test.each([
    ["well", "exit 0", "null"],
    ["refused", "exit 41", "auth"],
    ["crashed", "kill -SEGV $$$$", "crash"],
    ["killed", "kill -KILL $$$$", "crash"],
    ["limited", "exit 124", "timeout"],
    ["missing", "exit 127", "config"],
    ["says-terminated", "exit 143", "null"],
    ["fails", "exit 1", "other"],
  ])("one that is %s ends as %s: %s", async (name, command, failure) => {
    await installUnit(name, `ExecStart=/bin/sh -c '${command}'\n`);
    await machine.exec(["systemctl", "start", "--wait", `${name}.service`]);
    expect(await taken(ledgerOf(name))).toEqual(["session-running", `ended ${failure}`]);
  });

  test.each([
    ["a program that is not there", "ExecStart=/nonexistent/bob\n", ["session-running", "ended config"]],
    ["a step before it that fails", "ExecStartPre=/bin/false\nExecStart=/bin/sleep 600\n", ["ended config"]],
    ["no word that it is ready", "Type=notify\nExecStart=/bin/true\n", ["session-running", "ended config"]],
    [
      "a start that takes too long",
      "Type=notify\nTimeoutStartSec=1\nExecStart=/bin/sleep 600\n",
      ["session-running", "ended timeout"],
    ],
    ["a condition that does not hold", "ExecCondition=/bin/false\nExecStart=/bin/true\n", []],
  ])("of a start with %s is told what is known", async (title, lines, told) => {
    const name = title.replaceAll(" ", "-");
    await installUnit(name, lines);
    await machine.exec(["systemctl", "start", "--wait", `${name}.service`]);
    expect(await taken(ledgerOf(name))).toEqual(told);
  });

  test("a start that a power cut left behind is none of the next run's", async () => {
    await installUnit("cut", "ExecStartPre=/bin/sh -c '! test -e /run/broken'\nExecStart=/bin/sleep 600\n");
    // the unit's own step comes before ours, as a drop-in's lines come last
    await machine.run(["systemctl", "start", "cut.service"]);
    const state = `${ledgerOf("cut")}.cut.service`;
    const [, runId] = (await machine.run(["cat", state])).split(" ");
    expect(runId?.trim()).toBe(await show("cut", "InvocationID"));
    await machine.run(["systemctl", "stop", "cut.service"]);
    await machine.write(state, `1700000000 ${runId}`, 0o644);
    await machine.run(["touch", "/run/broken"]);
    await machine.exec(["systemctl", "start", "--wait", "cut.service"]);
    const last = (await machine.run(["tail", "-n", "1", ledgerOf("cut")])).trim();
    const { endedAt, startedAt } = JSON.parse(last) as { startedAt: number; endedAt: number };
    expect([(await taken(ledgerOf("cut"))).at(-1), endedAt - startedAt]).toEqual(["ended config", 0]);
  });

  test("a start that systemd refuses by its limit begins no session", async () => {
    await installUnit("limit", "ExecStart=/bin/sh -c 'exit 41'\n");
    for (let count = 0; count < 5; count += 1)
      await machine.exec(["systemctl", "start", "--wait", "limit.service"]);
    const refused = await machine.exec(["systemctl", "start", "limit.service"]);
    expect(refused.code, "one that is begun answers 0, however it ends").toBe(1);
    expect((await taken(ledgerOf("limit"))).filter((told) => told === "ended auth")).toHaveLength(5);
  });

  test("instances of a template keep their starts apart, in one ledger", async () => {
    const ledger = ledgerOf("queue");
    await installUnit("queue@", "ExecStart=/bin/sh -c 'sleep %i; exit 41'\n", ledger);
    await machine.run(["systemctl", "start", "queue@600.service"]);
    await machine.exec(["systemctl", "start", "--wait", "queue@2.service"]);
    expect(await taken(ledger)).toEqual(["session-running", "session-running", "ended auth"]);
    await machine.run(["systemctl", "stop", "queue@600.service"]);
    const lines = (await machine.run(["cat", ledger])).trim().split("\n");
    const [first, second, died, stopped] = lines.map((line) => JSON.parse(line) as { startedAt: number });
    expect([died?.startedAt, stopped?.startedAt]).toEqual([second?.startedAt, first?.startedAt]);
  });

  test("a ledger whose path is full of what shells and systemd read is that file, and a start never fails for it", async () => {
    const ledger = `/var/lib/strange/a "b" $HOME %n 'c'\\x; touch pwned.ndjson`;
    await installUnit("strange", NOTIFIES, ledger);
    await machine.run(["systemctl", "start", "strange.service"]);
    await machine.run(["systemctl", "stop", "strange.service"]);
    expect(await taken(ledger)).toEqual(["session-running", "ended null"]);
    expect((await machine.run(["ls", "/var/lib/strange"])).trim().split("\n")).toHaveLength(1);
  });

  test.each([
    ["cannot be written", "/nonexistent/ledger.ndjson"],
    ["is a pipe that nobody reads", "/var/lib/piped/ledger.ndjson"],
  ])("a ledger that %s costs nothing but its lines", async (title, ledger) => {
    const name = title.startsWith("is") ? "piped" : "unwritable";
    await installUnit(name, NOTIFIES, ledger);
    await machine.run(["install", "-d", "-o", "daemon", "/var/lib/piped"]);
    if (name === "piped") await machine.run(["mkfifo", "-m", "666", ledger]);
    await machine.run(["systemctl", "start", `${name}.service`]);
    expect(await show(name, "ActiveState")).toBe("active");
    await machine.run(["systemctl", "stop", `${name}.service`]);
    expect(await show(name, "Result")).toBe("success");
  });

  test("what ran before there was a drop-in ends without a line", async () => {
    await installUnit("earlier", "ExecStart=/bin/sleep 600\n");
    await machine.run(["mv", "/etc/systemd/system/earlier.service.d", "/root/earlier"]);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "start", "earlier.service"]);
    await machine.run(["mv", "/root/earlier", "/etc/systemd/system/earlier.service.d"]);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "kill", "--signal=SEGV", "earlier.service"]);
    await machine.exec(["systemctl", "stop", "earlier.service"]);
    expect(await taken(ledgerOf("earlier"))).toEqual([]);
  });
});
