// What can be acted on, on a real host: a unit of the machine, one of a lingering user, a container, and an exact argv as root and as a user.
// Each is broken, proposed, signed by an approver's passkey, and executed by exactly its own line of sudo; nothing beside it is.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { AS_BOB, GATEWAY, startAgents } from "./acts/agents.ts";
import { killService } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";
import { type SignedHost, startSignedHost } from "./signed-host.ts";

const FLUSH = '#!/bin/sh\necho "$(id -un) $*" >> /dev/shm/flushed-by-$(id -un)\n';
const pace = { every: "5s", timeout: "2s" };
const healthOf = (port: number) => ({
  name: "answers",
  kind: "http",
  url: `http://127.0.0.1:${port}/health`,
  ...pace,
});
const CATALOGUE = {
  version: 1,
  budget: { restartsMax: 50, window: "1h" },
  services: [
    {
      name: "demo",
      unit: "demo.service",
      checks: [healthOf(8080)],
      actions: [{ name: "restart", kind: "systemctl", verb: "restart", level: 4 }],
    },
    {
      name: "gateway",
      unit: GATEWAY,
      manager: "user",
      user: "bob",
      checks: [healthOf(18_789)],
      actions: [{ name: "restart", kind: "systemctl", verb: "restart", level: 4 }],
    },
    {
      name: "n8n",
      container: { name: "n8n" },
      checks: [healthOf(18_790)],
      actions: [{ name: "restart", kind: "container", verb: "restart", level: 4, timeout: "60s" }],
    },
    {
      name: "cache",
      checks: [healthOf(8080)],
      actions: [
        { name: "flush", kind: "exec", argv: ["/opt/acts/flush", "a=b,c:d"], runAs: "root", level: 4 },
        { name: "flush-own", kind: "exec", argv: ["/opt/acts/flush"], runAs: "bob", level: 4 },
      ],
    },
  ],
};

describeOnMachine("acts on a real host", () => {
  let host: SignedHost;
  beforeAll(async () => {
    host = await startSignedHost();
    const { machine } = host;
    await machine.write("/opt/acts/flush", FLUSH, 0o755);
    await startAgents(machine);
    await host.install(CATALOGUE);
  });
  afterAll(() => host?.end());

  const healthAt = (port: number) =>
    waitFor(`an answer at ${port}`, 20_000, async () => {
      const url = `http://${host.machine.link.address}:${port}/health`;
      const response = await fetch(url).catch(() => null);
      return response?.ok === true ? true : null;
    });
  const sudo = (...argv: readonly string[]) =>
    host.machine.exec(["runuser", "-u", "countersign-actuator", "--", "/usr/bin/sudo", "-n", ...argv]);

  test("every one of them is executable, by the actuator's own audit", async () => {
    const names = CATALOGUE.services.flatMap(({ actions, name }) =>
      actions.map((action) => ({ service: name, action: action.name })),
    );
    await waitFor("all of them", 30_000, async () =>
      (await host.actuator.audit()).length === names.length ? true : null,
    );
    expect(await host.actuator.audit()).toEqual(names);
  });

  test("a unit of the machine", async () => {
    await killService(host.machine);
    const { outcome, proposal } = await host.perform("demo", "restart");
    expect(proposal).toMatchObject({ runAs: "root", verification: { unit: "demo.service" } });
    expect(outcome).toMatchObject({ status: "succeeded", unitAfter: { activeState: "active" } });
  });

  test("a unit of a lingering user", async () => {
    const { actuator, machine } = host;
    const running = (await actuator.observe("gateway")).state;
    expect(running).toMatchObject({ activeState: "active", subState: "running" });
    expect(running.controlGroup).toMatch(/\/user@[0-9]+\.service\/app\.slice\/openclaw-gateway\.service$/);
    expect(Math.abs((running.activeEnterAt ?? 0) - Date.now())).toBeLessThan(300_000);
    await machine.run([...AS_BOB, "kill", "--signal=USR2", GATEWAY]);
    await waitFor("it to be seen dead", 30_000, async () =>
      (await actuator.observe("gateway")).state.activeState === "failed" ? true : null,
    );
    const { outcome, proposal } = await host.perform("gateway", "restart");
    expect(proposal).toMatchObject({
      runAs: "root",
      precondition: { activeState: "failed", result: "exit-code" },
      verification: { unit: `bob’s ${GATEWAY}` },
    });
    expect(proposal.argv.slice(2)).toEqual([
      "/usr/bin/systemctl",
      "--user",
      "--machine=bob@.host",
      "restart",
      "--no-block",
      GATEWAY,
    ]);
    expect(outcome).toMatchObject({ status: "succeeded", unitAfter: { activeState: "active" } });
    expect(outcome.unitAfter?.invocationId).not.toBe(running.invocationId);
    await healthAt(18_789);
  });

  test("a container, of which nothing but its state is told", async () => {
    const { actuator, machine } = host;
    const running = await actuator.observe("n8n");
    expect(running.state).toMatchObject({ activeState: "active", subState: "running" });
    expect(running.state.controlGroup).toMatch(/\/system\.slice\/docker-[0-9a-f]{64}\.scope$/);
    await machine.run(["kill", "-KILL", String(running.state.mainPid)]);
    await waitFor("it to be seen dead", 30_000, async () =>
      (await actuator.observe("n8n")).state.activeState === "failed" ? true : null,
    );
    const { outcome, proposal } = await host.perform("n8n", "restart");
    expect(proposal.argv.slice(2)).toEqual(["/usr/bin/docker", "restart", "n8n"]);
    expect(outcome).toMatchObject({ status: "succeeded", unitAfter: { activeState: "active" } });
    expect(outcome.unitAfter?.invocationId).not.toBe(running.state.invocationId);
    expect(JSON.stringify([running, outcome, proposal])).not.toContain("sk-ant");
    await healthAt(18_790);
  });

  test.each([
    ["flush", "root", "root a=b,c:d"],
    ["flush-own", "bob", "bob "],
  ])("an exact argv: %s runs as %s", async (action, user, written) => {
    const { outcome, proposal } = await host.perform("cache", action);
    expect(proposal.runAs).toBe(user);
    expect(outcome).toMatchObject({ status: "succeeded" });
    expect(await host.machine.run(["cat", `/dev/shm/flushed-by-${user}`])).toBe(written);
  });

  describe("sudo allows nothing beside", () => {
    test.each([
      [
        "another user's systemd",
        ["systemctl", "--user", "--machine=alice@.host", "restart", "--no-block", GATEWAY],
      ],
      [
        "another unit of that user",
        ["systemctl", "--user", "--machine=bob@.host", "restart", "--no-block", "x.service"],
      ],
      ["another verb", ["systemctl", "--user", "--machine=bob@.host", "stop", "--no-block", GATEWAY]],
      ["one more unit", ["systemctl", "restart", "--no-block", "demo.service", "dbus.service"]],
      ["another container", ["docker", "restart", "postgres"]],
      ["one more container", ["docker", "restart", "n8n", "postgres"]],
      ["a look at another container", ["docker", "container", "inspect", "postgres"]],
      ["a command in the container", ["docker", "exec", "n8n", "sh"]],
    ])("%s", async (_why, [program = "", ...args]) => {
      const { code, stderr } = await sudo(`/usr/bin/${program}`, ...args);
      expect(code).not.toBe(0);
      expect(stderr).toContain("a password is required");
    });
    test("other arguments, none, or another user", async () => {
      for (const argv of [
        ["/opt/acts/flush"],
        ["/opt/acts/flush", "a=b"],
        ["-u", "bob", "/opt/acts/flush", "x"],
        ["-u", "nobody", "/opt/acts/flush"],
        ["PATH=/tmp", "/opt/acts/flush", "a=b,c:d"],
      ])
        expect((await sudo(...argv)).code).not.toBe(0);
    });
  });

  test("a later rule that asks for a password is a gap before any failure, with what mends it", async () => {
    const { actuator, machine } = host;
    const command = "/usr/bin/systemctl restart --no-block demo.service";
    const rule = `countersign-actuator ALL=(root) PASSWD: ${command}\n`;
    await machine.write("/etc/sudoers.d/zz-admin", rule, 0o440);
    // sudo itself still says yes.
    expect((await sudo("-l", ...command.split(" "))).code).toBe(0);
    expect(await actuator.audit()).not.toContainEqual({ service: "demo", action: "restart" });
    const doctor = await machine.exec([INSTALLED_COMMAND, "doctor"]);
    expect(doctor.stdout).toContain("a later rule of sudo asks for a password");
    await machine.run(["rm", "/etc/sudoers.d/zz-admin"]);
    expect(await actuator.audit()).toContainEqual({ service: "demo", action: "restart" });
  });

  test("a user's unit that is masked is a gap too", async () => {
    const { actuator, machine } = host;
    await machine.run([...AS_BOB, "mask", GATEWAY]);
    const left = (await actuator.audit()).map(({ service }) => service);
    expect(left).not.toContain("gateway");
    expect(left).toContain("n8n");
  });
});
