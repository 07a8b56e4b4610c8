// An installed host on Debian 13 with its own kernel, for what machines beside this one cannot show where its kernel has cgroup v1: cgroup v2 paths, the
// kernel's counts of a unit's OOM kills, pressure, sudo-rs as `sudo`, and a lingering user's unit. One boot for all. The control plane is the tests' own
// peer, at qemu's address of this machine's loopback. What a reader would get wrong: the product's time limits are those of real hosts, which a computed
// guest does not keep. So the audit and the readers are run by a probe with longer ones, and the agent's unit gets more time to start.
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { AGENT_BUNDLE, buildAgent } from "../../edge-agent/build.ts";
import { type ControlPlanePeer, startControlPlanePeer } from "../agent/peers/control-plane-peer.ts";
import { bootGuest, type Guest } from "./guest/guest.ts";
import { describeInGuest } from "./guest/prerequisites.ts";

const BOOT_MS = 25 * 60_000;
const TEST_MS = 10 * 60_000;
const PROBE = join(dirname(AGENT_BUNDLE), "guest-probe.mjs");
const AGENT = "countersign-agent.service";
const SYSTEM_CGROUP = "/system.slice/demo.service";
const USER_CGROUP = "/user.slice/user-1000.slice/user@1000.service/app.slice/gateway.service";

const CHECKS = "[{ name: unit, kind: unit, every: 60s, timeout: 30s }]";
const RESTART = "[{ name: restart, kind: systemctl, verb: restart, level: 4, timeout: 20s }]";
const CATALOGUE = `version: 1
probePort: null
services:
  - { name: demo, unit: demo.service, checks: ${CHECKS}, actions: ${RESTART} }
  - { name: eater, unit: eater.service, checks: ${CHECKS} }
  - { name: pressed, unit: pressed.service, checks: ${CHECKS} }
  - { name: gateway, manager: user, user: bob, unit: gateway.service, checks: ${CHECKS}, actions: ${RESTART} }
`;
const SLEEPER = "[Service]\nExecStart=/bin/sleep infinity\n";
/** Eats all memory that it may have, when it is told to. */
const eaterUnit = (limits: string) => `[Service]
ExecStart=/bin/bash -c 'while sleep 1; do if [ -e /tmp/eat-%N ]; then rm /tmp/eat-%N; tail /dev/zero; fi; done'
OOMPolicy=continue
${limits}
`;
const FILES = {
  "/etc/countersign/catalogue.yaml": CATALOGUE,
  "/etc/systemd/system/demo.service": SLEEPER,
  "/etc/systemd/system/eater.service": eaterUnit("MemoryMax=48M"),
  "/etc/systemd/system/pressed.service": eaterUnit("MemoryHigh=16M\nMemoryMax=400M"),
  "/home/bob/.config/systemd/user/gateway.service": `${SLEEPER}[Install]\nWantedBy=default.target\n`,
  [`/etc/systemd/system/${AGENT}.d/slow.conf`]: "[Service]\nTimeoutStartSec=8min\nWatchdogSec=20min\n",
} as const;

const SYSTEM_PID = "systemctl show --property=MainPID --value";
const USER_PID = "systemctl --user --machine=bob@.host show --property=MainPID --value gateway.service";
const AS_ACTUATOR = "runuser -u countersign-actuator --";
const SUDO = `${AS_ACTUATOR} sudo -n /usr/bin/systemctl`;

await describeInGuest("an installed host on Debian 13 with its own kernel", () => {
  let guest: Guest;
  let peer: ControlPlanePeer;
  let states: Readonly<Record<string, UnitState>> = {};

  /** Runs a command that may take longer than the guest's own limit, and gives what it printed. */
  async function runLong(command: string): Promise<string> {
    await guest.run(`rm -f /run/long.*
      cat >/run/long.sh <<'END'\n${command}\nEND
      setsid bash -c 'bash /run/long.sh >/run/long.out 2>&1; echo $? >/run/long.tmp; mv /run/long.tmp /run/long.rc' &`);
    const code = await guest.until("cat /run/long.rc", TEST_MS - 60_000);
    const output = await guest.run("cat /run/long.out");
    expect(`${code} ${output}`).toMatch(/^0 /);
    return output;
  }
  const probe = async (user: string, args: string) =>
    JSON.parse(
      await runLong(`runuser -u ${user} -- /opt/countersign/node /opt/countersign/guest-probe.mjs ${args}`),
    ) as unknown;

  beforeAll(async () => {
    peer = await startControlPlanePeer();
    peer.behaviour.keepaliveMs = 5_000;
    peer.behaviour.lateAfterMs = 60_000;
    const paths = [
      process.execPath,
      await buildAgent(),
      await buildAgent(join(import.meta.dirname, "guest/probe-program.ts"), PROBE),
    ];
    const files = paths.map((path) => ({ folder: dirname(path), name: basename(path) }));
    guest = await bootGuest(files, (text) => void process.stderr.write(`${text}\n`));
    process.stderr.write(`the guest runs (${guest.accelerator}): ${await guest.run("uname -r")}\n`);
    for (const [path, text] of Object.entries(FILES))
      await guest.run(
        `mkdir -p ${dirname(path)} && base64 -d >${path} <<<${Buffer.from(text).toString("base64")}`,
      );
    await guest.run(`chown -R bob:bob /home/bob/.config && loginctl enable-linger bob && systemctl daemon-reload
      systemctl start demo eater pressed`);
    await guest.until("systemctl --user --machine=bob@.host enable --now gateway.service", TEST_MS);
  }, BOOT_MS);
  afterAll(async () => {
    await guest?.end();
    await peer?.die().catch(() => undefined);
    await rm(PROBE, { force: true });
  });

  it("is enrolled and installed, with sudo-rs as sudo and visudo", { timeout: TEST_MS }, async () => {
    expect(await guest.run("sudo --version; visudo --version")).toMatch(/^sudo-rs 0\..*\nvisudo version 0\./);
    const agent = `/root/files/${basename(process.execPath)} /root/files/${basename(AGENT_BUNDLE)}`;
    const url = `http://10.0.2.2:${peer.port}`;
    await runLong(
      `${agent} enroll --url ${url} --token-file - --no-approver --allow-http <<<'${peer.token}' && ${agent} install`,
    );
    expect(await guest.run("systemctl is-active countersign-agent")).toBe("active");
    expect(peer.enrolments).toHaveLength(1);
    await guest.run("visudo -cf /etc/sudoers.d/countersign");
    // What follows has the guest's one processor for itself.
    await guest.run(`install -m 644 /root/files/guest-probe.mjs /opt/countersign/; systemctl stop ${AGENT}`);
  });

  it("the audit finds every act executable by sudo-rs", { timeout: TEST_MS }, async () => {
    const found = (await probe("countersign-actuator", "audit")) as {
      readonly audited: unknown;
      readonly states: typeof states;
    };
    ({ states } = found);
    expect(found.audited).toEqual([
      { service: "demo", action: "restart", gap: null },
      { service: "gateway", action: "restart", gap: null },
    ]);
    expect(states["demo"]).toMatchObject({ activeState: "active", controlGroup: SYSTEM_CGROUP });
    expect(states["gateway"]).toMatchObject({ activeState: "active", controlGroup: USER_CGROUP });
  });

  it(
    "cgroups, an OOM kill in a unit and its pressure are read by the agent's user",
    {
      timeout: TEST_MS,
    },
    async () => {
      const eater = await guest.run(`${SYSTEM_PID} eater`);
      const seen = (await probe("countersign-agent", `memory '${JSON.stringify(states)}'`)) as {
        readonly signs: unknown;
        readonly facts: readonly Fact[];
      };
      expect(seen.signs).toEqual(
        ["demo", "eater", "pressed", "gateway"].map((service) =>
          expect.objectContaining({ service, isPopulated: true }),
        ),
      );
      expect(seen.facts).toContainEqual(
        expect.objectContaining({ kind: "oom-kill", service: "eater", by: "kernel" }),
      );
      expect(seen.facts).toContainEqual(expect.objectContaining({ kind: "pressure", service: "pressed" }));
      expect(await guest.run("cat /sys/fs/cgroup/system.slice/eater.service/memory.events")).toMatch(
        /^oom_kill [1-9]/m,
      );
      // OOMPolicy=continue: the child was killed, and the unit runs.
      expect(await guest.run(`${SYSTEM_PID} eater`)).toBe(eater);
      await guest.run("systemctl kill --signal=KILL pressed; systemctl stop pressed");
    },
  );

  it(
    "a unit and a lingering user's unit are restarted by their lines, and no other is",
    {
      timeout: TEST_MS,
    },
    async () => {
      const [demo, gateway] = [await guest.run(`${SYSTEM_PID} demo`), await guest.run(USER_PID)];
      await guest.run(`${SUDO} restart --no-block demo.service`);
      await guest.run(`${SUDO} --user --machine=bob@.host restart --no-block gateway.service`);
      await guest.until(`pid=$(${SYSTEM_PID} demo); [ $pid != 0 ] && [ $pid != ${demo} ]`);
      await guest.until(`pid=$(${USER_PID}); [ $pid != 0 ] && [ $pid != ${gateway} ]`);
      for (const other of [
        "restart --no-block eater.service",
        "--user --machine=root@.host restart --no-block gateway.service",
      ])
        expect(await guest.exec(`${SUDO} ${other}`)).toMatchObject({ code: 1 });
    },
  );
});
