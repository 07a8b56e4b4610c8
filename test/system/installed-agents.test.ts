// The whole way of agents as they are installed, on one real host: a unit of the machine, a lingering user's gateway, a container and an application of
// pm2 are discovered, watched, broken, asked about with their last words, approved by a passkey, restarted by exactly their own line of sudo, and verified.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { signForm } from "../../control-plane/embedded/story/honest-acts.ts";
import { argvOf, badgesOf, type OpenedView, textOf } from "../../control-plane/embedded/story/person.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { executionsOf } from "../../edge-agent/demo-host/executions.ts";
import { INSTALLED_COMMAND } from "../../edge-agent/src/paths.ts";
import { AS_BOB, GATEWAY, put, startAgents } from "./acts/agents.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { describeOnMachine } from "./prerequisites.ts";

const CATALOGUE = "/etc/countersign/catalogue.yaml";
const SECRET = "hunter2-tulip-Zq";
const RUNG = "  - { reason: check-failing, action: ";
const POLICY = `${demoPolicy("fast")}remediations:\n${RUNG}restart-worker }\n${RUNG}restart }\n`;
/** What a person adds to the proposal: only they know that the worker alone can be restarted, and how. */
const ADDED =
  "      - { name: restart-worker, kind: exec, argv: [/opt/acts/pm2, restart, worker], runAs: erik, level: 4 }";
const service = (exec: string, more: string) =>
  `[Service]\nExecStart=${exec}\nRestart=no\n${more}\n[Install]\nWantedBy=multi-user.target\n`;
const SHOP = service("/opt/countersign/node /opt/acts/gateway.mjs 18788 shop", "User=nobody");
const PM2 = service(
  "/opt/countersign/node /opt/acts/pm2.mjs resurrect",
  "User=erik\nRuntimeDirectory=pm2\nKillMode=control-group",
);
const DOCKER = service("/usr/bin/perl /opt/acts/dockerd.pl /dev/shm/docker-stand-in/log", "");
const ON_MAIN = ["kill", "--kill-who=main", "--signal=USR2"];

interface Installed {
  readonly name: string;
  /** its last words */
  readonly says: string;
  readonly port: number;
  /** ends it as a wrong configuration does */
  readonly breaks: readonly string[];
  readonly argv: readonly string[];
  /** what sudo itself logs of it */
  readonly logged: string;
  /** how its end is told; null: its own end is not known, for what watches it lives on */
  readonly exit: string | null;
}
const SUDO = ["/usr/bin/sudo", "-n"];
const INSTALLED: readonly Installed[] = [
  {
    name: "shop",
    says: "shop: the configuration is wrong",
    port: 18_788,
    breaks: ["systemctl", ...ON_MAIN, "shop.service"],
    argv: [...SUDO, "/usr/bin/systemctl", "restart", "--no-block", "shop.service"],
    logged: "USER=root ; COMMAND=/usr/bin/systemctl restart --no-block shop.service",
    exit: "exited with status 78",
  },
  {
    name: "openclaw-gateway",
    says: "openclaw: the configuration is wrong",
    port: 18_789,
    breaks: [...AS_BOB, ...ON_MAIN, GATEWAY],
    argv: [...SUDO, "/usr/bin/systemctl", "--user", "--machine=bob@.host", "restart", "--no-block", GATEWAY],
    logged: `USER=root ; COMMAND=/usr/bin/systemctl --user --machine=bob@.host restart --no-block ${GATEWAY}`,
    exit: "exited with status 78",
  },
  {
    name: "n8n",
    says: "n8n: the configuration is wrong",
    port: 18_790,
    breaks: ["sh", "-c", "kill -USR2 $(cat /dev/shm/docker-stand-in/pid)"],
    argv: [...SUDO, "/usr/bin/docker", "restart", "n8n"],
    logged: "USER=root ; COMMAND=/usr/bin/docker restart n8n",
    exit: null,
  },
  {
    name: "pm2-erik",
    says: "worker: the configuration is wrong",
    port: 18_791,
    breaks: ["pkill", "-USR2", "-u", "erik", "-f", "gateway.mjs 18791"],
    argv: [...SUDO, "-u", "erik", "/opt/acts/pm2", "restart", "worker"],
    logged: "USER=erik ; COMMAND=/opt/acts/pm2 restart worker",
    exit: null,
  },
];

describeOnMachine("agents as they are installed", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(POLICY);
    const { machine } = fleet;
    await put(machine, "pm2.mjs", "/opt/acts/pm2.mjs");
    await put(machine, "dockerd.pl", "/opt/acts/dockerd.pl");
    await machine.write(
      "/opt/acts/pm2",
      '#!/bin/sh\nexec /opt/countersign/node /opt/acts/pm2.mjs "$@"\n',
      0o755,
    );
    await machine.run(["useradd", "--create-home", "erik"]);
    await machine.run(["mkdir", "-p", "/dev/shm/docker-stand-in"]);
    await machine.run(["mkfifo", "/dev/shm/docker-stand-in/log"]);
    await machine.write("/etc/systemd/system/shop.service", SHOP, 0o644);
    await machine.write("/etc/systemd/system/pm2-erik.service", PM2, 0o644);
    await machine.write("/usr/lib/systemd/system/docker.service", DOCKER, 0o644);
    await machine.run(["systemctl", "daemon-reload"]);
    // The gateway's program comes with them.
    await machine.run(["systemctl", "start", "docker.service"]);
    await startAgents(machine);
    await machine.run(["systemctl", "enable", "--now", "shop.service", "pm2-erik.service"]);
    for (const { port } of INSTALLED) await answerAt(port);
  });
  afterAll(() => fleet?.end());

  const answerAt = (port: number) =>
    waitFor(`an answer at ${port}`, 20_000, async () => {
      const response = await fetch(`http://${fleet.machine.link.address}:${port}/health`).catch(() => null);
      return response?.ok === true ? true : null;
    });
  const open = (path: string) => fleet.approver.person.open(`${fleet.controlPlane().publicUrl}${path}`);
  /** By name of what it asks to restart: where its approval is read. */
  const approvals = new Map<string, string>();
  /** The approvals that the view of an incident leads to. */
  const approvalsOf = (incident: OpenedView) => [
    ...new Set([...incident.html.matchAll(/\/approvals\/apr_[\w-]+/g)].map(([path]) => path)),
  ];

  test("are discovered: what is written is a catalogue, to which a person adds one line", async () => {
    const { machine } = fleet;
    await machine.run(["rm", CATALOGUE]);
    await machine.run([INSTALLED_COMMAND, "discover", "--output", CATALOGUE]);
    const written = await machine.run(["cat", CATALOGUE]);
    for (const { name, port } of INSTALLED) {
      expect(written).toContain(`- name: ${name}\n`);
      expect(written).toContain(`http://127.0.0.1:${port}/health`);
    }
    await machine.run([
      "sed",
      "-i",
      `/unit: pm2-erik.service/,/actions:/{/actions:/a\\\n${ADDED}\n}`,
      CATALOGUE,
    ]);
    await machine.run([INSTALLED_COMMAND, "catalogue", "check", CATALOGUE]);
    await machine.run([INSTALLED_COMMAND, "install"]);
  });

  test("are watched, and all are well", async () => {
    await waitFor("all of them to be known", 30_000, async () => {
      const [host] = await fleet.hosts();
      const known = host?.connection?.catalogue.map(({ service: name }) => name) ?? [];
      return INSTALLED.every(({ name }) => known.includes(name)) ? true : null;
    });
    expect(textOf(await open(`/hosts/${fleet.hostId}`))).toContain("No open incident");
    // Longer than its doctor needs: what was discovered is nothing that wakes anybody.
    await sleep(12_000);
    expect(textOf(await open(`/hosts/${fleet.hostId}`))).toContain(
      "OpenClaw Gateway (openclaw-gateway) well",
    );
    expect(fleet.pages).toEqual([]);
  });

  test("are broken in one night: one incident asks about all of them, and no page tells the log", async () => {
    for (const { breaks } of INSTALLED) await fleet.machine.run(breaks);
    await waitFor("a question about each", 90_000, async () => {
      const [told] = fleet.pages;
      if (told === undefined) return null;
      for (const path of approvalsOf(await open(`/incidents/${String(told.page.incidentId)}`))) {
        const argv = argvOf(await open(path)).join(" ");
        const about = INSTALLED.find((installed) => installed.argv.join(" ") === argv);
        if (about !== undefined) approvals.set(about.name, path);
      }
      return approvals.size === INSTALLED.length ? true : null;
    });
    const incidents = fleet.pages.map(({ page }) => page.incidentId);
    expect(new Set(incidents).size).toBe(1);
    expect(JSON.stringify(fleet.pages)).not.toContain("the configuration is wrong");
  });

  test.each(INSTALLED)(
    "$name is asked about with its last words, and restarted after the yes",
    async (about) => {
      const { argv, exit, logged, name, port, says } = about;
      const { machine } = fleet;
      const { passkey, person } = fleet.approver;
      const path = approvals.get(name) ?? "";
      const shown = await waitFor(`the words on the approval of ${name}`, 20_000, async () => {
        const view = await open(path);
        return view.html.includes(says) ? view : null;
      });
      expect(shown.html).not.toContain(SECRET);
      expect(shown.html).toContain("[redacted]@db failed");
      if (exit !== null) expect(shown.html).toContain(exit);
      expect(shown.html.indexOf(says)).toBeLessThan(shown.html.lastIndexOf("/approve"));
      expect(argvOf(shown)).toEqual(argv);
      const { assertion, form } = await signForm(shown, passkey);
      await person.submit(shown, form, { assertion: JSON.stringify(assertion) });
      await answerAt(port);
      const sudoLog = await machine.run(["journalctl", "--output=cat", "_COMM=sudo"]);
      expect(sudoLog.split("\n").filter((line) => line.includes(logged))).toHaveLength(1);
      const ran = await waitFor("its end", 30_000, async () => {
        const journal = await machine.run(["cat", "/var/lib/countersign-actuator/journal.ndjson"]);
        const found = executionsOf(journal).filter((each) => each.argv.join(" ") === argv.join(" "));
        return found.some(({ status }) => status !== "started") ? found : null;
      });
      expect(ran).toMatchObject([{ status: "succeeded", signers: [{}, { scheme: "webauthn" }] }]);
    },
  );

  test.each(INSTALLED)("$name is verified", async ({ name }) => {
    const path = approvals.get(name) ?? "";
    await waitFor("the word that it is fixed", 40_000, async () =>
      badgesOf(await open(path))[0] === "Fixed" ? true : null,
    );
  });
});
