// `discover` on a real machine: a unit of the machine, a lingering user's gateway, pm2, a job of a timer and a container's control group are found, and the
// catalogue that is proposed is taken as it is.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAgent } from "../../edge-agent/build.ts";
import { bootMachine, type Machine, prepareLink } from "../../edge-agent/demo-host/machine.ts";
import { parseInstallable } from "../../edge-agent/src/files/load-catalogue.ts";
import { INSTALLED_NODE } from "../../edge-agent/src/paths.ts";
import { describeOnMachine } from "./prerequisites.ts";

const AGENT = "/opt/discover/countersign-agent.mjs";
const SERVER = "/opt/discover/server.mjs";
const CONTAINER = "c0".repeat(32);
const SERVER_TEXT = `import { createServer } from "node:http";
const [port, health] = process.argv.slice(2);
createServer((request, response) => {
  response.statusCode = request.url === health ? 200 : 404;
  response.end(request.url === "/metrics" ? "" : "secret-answer");
}).listen(Number(port), "127.0.0.1");
`;
const unit = (exec: string, more = "") =>
  `[Unit]\nDescription=A test's own\n[Service]\nExecStart=${exec}\nRestart=always\nRestartSec=5\n${more}[Install]\nWantedBy=default.target multi-user.target\n`;
const WEB = unit(`${INSTALLED_NODE} ${SERVER} 8080 /health`, "User=nobody\n");
const GATEWAY = unit(`${INSTALLED_NODE} ${SERVER} 18789 /healthz`);
// the kernel's name of pm2's daemon, as pm2 sets it
const PM2 = unit(
  `/bin/sh -c 'printf "PM2 v5.3.0: God" >/proc/$$$$/comm; while :; do sleep 60; done'`,
  "User=erik\n",
);

describeOnMachine("discover", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootMachine(await prepareLink());
    await machine.write(INSTALLED_NODE, await readFile(process.execPath), 0o755);
    await machine.write(AGENT, await readFile(await buildAgent()), 0o644);
    await machine.write(SERVER, SERVER_TEXT, 0o644);
    await machine.write("/etc/systemd/system/web.service", WEB, 0o644);
    await machine.write("/etc/systemd/system/pm2-erik.service", PM2, 0o644);
    await machine.write(
      "/etc/systemd/system/tidy.service",
      "[Service]\nType=oneshot\nExecStart=/bin/true\n",
      0o644,
    );
    await machine.write("/etc/systemd/system/tidy.timer", "[Timer]\nOnCalendar=daily\n", 0o644);
    await machine.write("/etc/systemd/system/worker@.service", unit("/bin/sleep 600"), 0o644);
    for (const user of ["dora", "erik"]) await machine.run(["useradd", "--create-home", user]);
    for (const folder of ["/opt/discover", INSTALLED_NODE.replace(/\/[^/]*$/, "")])
      await machine.run(["chmod", "755", folder]);
    await machine.write("/home/dora/.config/systemd/user/openclaw-gateway.service", GATEWAY, 0o644);
    await machine.write("/home/dora/.openclaw/openclaw.json", '{"token":"secret-in-file"}', 0o600);
    await machine.run(["chown", "-R", "dora:dora", "/home/dora"]);
    await machine.run(["systemctl", "daemon-reload"]);
    await machine.run(["systemctl", "start", "tidy.timer", "worker@2.service"]);
    await machine.run(["systemctl", "enable", "--now", "web.service", "pm2-erik.service"]);
    await machine.run(["loginctl", "enable-linger", "dora"]);
    const doras = ["systemctl", "--user", "--machine=dora@.host"];
    await eventually([...doras, "is-system-running"]);
    await machine.run([...doras, "enable", "--now", "openclaw-gateway.service"]);
    await machine.run([
      "sh",
      "-c",
      `systemd-run --scope --unit=docker-${CONTAINER}.scope sleep 600 >/dev/null 2>&1 &`,
    ]);
    for (const port of [8080, 18_789])
      await eventually([
        INSTALLED_NODE,
        "-e",
        `fetch("http://127.0.0.1:${port}/").catch(() => process.exit(1))`,
      ]);
  });
  afterAll(() => machine?.destroy());

  /** Runs a command until it succeeds. */
  async function eventually(argv: readonly string[]): Promise<void> {
    for (let count = 0; count < 100; count += 1) {
      if ((await machine.exec(argv)).code === 0) return;
      await sleep(200);
    }
    await machine.run(argv);
  }

  const agent = (...args: readonly string[]) => machine.exec([INSTALLED_NODE, AGENT, ...args]);

  test("what a person cares about is found, and the proposal is a catalogue as it is", async () => {
    const { code, stdout, stderr } = await agent("discover");
    expect([code, stderr]).toEqual([0, ""]);
    const parsed = parseInstallable(stdout, "catalogue.yaml");
    if (!parsed.ok) throw new Error(`${parsed.error.sentence}\n${stdout}`);
    const { services } = parsed.value;
    expect(services.map(({ name }) => name)).toEqual([
      "openclaw-gateway",
      "pm2-erik",
      "web",
      "worker-2",
      "tidy",
    ]);
    expect(services[0]).toMatchObject({
      manager: "user",
      user: "dora",
      unit: "openclaw-gateway.service",
      checks: [{ kind: "unit" }, { name: "health", kind: "http", url: "http://127.0.0.1:18789/healthz" }],
      actions: [{ kind: "systemctl", verb: "restart", level: 4 }],
    });
    expect(services[2]?.checks).toMatchObject([{ kind: "unit" }, { url: "http://127.0.0.1:8080/health" }]);
    expect(stdout).toContain(`container ${CONTAINER.slice(0, 12)}`);
    expect(stdout).toContain("/home/dora/.openclaw/openclaw.json");
    expect(stdout, "no content of a file or an answer").not.toContain("secret");
  });

  test("it is written once, checked, and then there is no difference until something is gone", async () => {
    const file = "/etc/countersign/catalogue.yaml";
    await machine.run(["mkdir", "-p", "/etc/countersign"]);
    expect((await agent("discover", "--output", file)).code).toBe(0);
    expect((await agent("discover", "--output", file)).stderr).toContain("--force");
    expect(await agent("catalogue", "check", file)).toMatchObject({ code: 0, stderr: "" });
    expect(await agent("discover", "--merge")).toMatchObject({ code: 0, stderr: "" });
    await machine.run(["sed", "-i", "s/unit: web.service/unit: wbe.service/", file]);
    const differs = await agent("discover", "--merge");
    expect(differs.code).toBe(1);
    expect(differs.stdout).toContain("web: wbe.service was not found, did you mean web.service?");
    expect(differs.stdout).toContain("  - name: web-2");
  });

  test("who is not root is told what was not seen", async () => {
    const { code, stdout } = await machine.exec([
      "setpriv",
      "--reuid=nobody",
      "--clear-groups",
      INSTALLED_NODE,
      AGENT,
      "discover",
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("# Not seen: units of users' own systemds");
    expect(stdout).toContain("unit: web.service");
  });
});
