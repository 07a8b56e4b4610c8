// Evidence from end to end: real files and processes on a host, the real agent and actuator, and the real control plane beside them,
// which pages. Each story is one of the five outages in small. One control plane and one host carry them all.
import { type ChildProcess, spawn } from "node:child_process";
import { appendFile, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entriesOf, NONE_NAMED, valuesOf } from "@countersign/shared/values/named";
import { adminOf } from "../../../control-plane/embedded/admin.ts";
import { type ControlPlane, startControlPlane } from "../../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../../control-plane/embedded/demo-policy.ts";
import type { TerminalPage } from "../../../control-plane/embedded/workerd-messages.ts";
import type { HostState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  type AgentProcess,
  type HostDirectories,
  makeHostDirectories,
  runCommand,
  startCommand,
  writeCatalogue,
} from "../peers/agent-process.ts";
import { pause, until } from "../peers/until.ts";

const POLICY = `${demoPolicy("fast")}
rules:
  stale-code: { after: 1s }
  no-progress: { window: 3s }
  fallback-overdue: { after: 1s }
  startup-death: { lifetime: 5s }
  evidence-unreadable: { after: 1s }
`;

interface Finding {
  readonly title: string;
  readonly evidence: readonly { readonly text: string }[];
  /** null: it fires */
  readonly clearedAt: number | null;
}

const pages: TerminalPage[] = [];
let controlPlane: ControlPlane;
let host: HostDirectories;
let agent: AgentProcess;
let actuator: AgentProcess;
let gateway: ChildProcess;
const at = (name: string) => join(host.root, name);

/** The page whose title says this, with its body. */
function pageAbout(title: RegExp, timeoutMs = 20_000): Promise<string> {
  return until(
    () =>
      pages.map(({ title, body }) => `${String(title)}\n${String(body)}`).find((page) => title.test(page)),
    `a page about ${String(title)}; arrived: ${pages.map((page) => String(page["title"])).join(" | ")}`,
    timeoutMs,
  );
}

/** The finding whose title says this, with its evidence: what joins an open incident is paged five minutes later, as an update. */
async function findingAbout(title: RegExp, timeoutMs = 20_000): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const findings = await openFindings();
    const found = findings.find((finding) => title.test(finding.title));
    if (found !== undefined) return [found.title, ...found.evidence.map(({ text }) => text)].join("\n");
    if (performance.now() > deadline)
      throw new Error(
        `No finding about ${String(title)}; open: ${findings.map((one) => one.title).join(" | ")}`,
      );
    await pause(100);
  }
}

async function openFindings(): Promise<readonly Finding[]> {
  const { incidents } = await ask<{ incidents: { incidentId: string }[] }>("/v1/admin/incidents");
  const shown = await Promise.all(
    incidents.map(({ incidentId }) => ask<{ findings: Finding[] }>(`/v1/admin/incidents/${incidentId}`)),
  );
  return shown.flatMap(({ findings }) => findings);
}

/** What fires for a service of the host, as its shard knows it. */
async function firing(name: string): Promise<readonly string[]> {
  const { hosts } = await ask<{ hosts: { hostId: string }[] }>("/v1/admin/hosts");
  const { host: state } = await ask<{ host: HostState }>(`/v1/admin/hosts/${hosts[0]?.hostId}`);
  const book = new Map(entriesOf(state.services)).get(name)?.book;
  return valuesOf(book?.firing ?? NONE_NAMED).map(({ reason }) => reason);
}

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${controlPlane.url}${path}`, {
    headers: { authorization: `Bearer ${controlPlane.adminToken}` },
  });
  return (await response.json()) as Answer;
}

beforeAll(async () => {
  host = await makeHostDirectories();
  const stateDir = at("control-plane");
  await mkdir(stateDir);
  controlPlane = await startControlPlane({
    port: 0,
    stateDir,
    policyText: POLICY,
    onPage: (page) => pages.push(page),
  });
  await writeFile(at("slot-a"), JSON.stringify({ oauth: { expiresAt: Date.now() + 30 * 86_400_000 } }));
  await symlink(at("slot-a"), at("credentials.json"));
  await writeFile(at("gateway.js"), "version 1");
  await writeFile(at("gateway.yaml"), "max: 1");
  await writeFile(at("jobs.prom"), "jobs_total 1\n");
  gateway = spawn("sleep", ["600"], { stdio: "ignore" });
  await writeFile(at("gateway.pid"), `${gateway.pid}\n`);
  await writeCatalogue(host, catalogue());
  const token = await adminOf(controlPlane.url, controlPlane.adminToken).createEnrolmentToken();
  const enrolled = await runCommand("enroll", "--url", controlPlane.url, "--token", token, ...host.flags);
  expect(enrolled.code, enrolled.stderr).toBe(0);
  actuator = startCommand(["actuator", ...host.flags]);
  agent = startCommand(["run", ...host.flags]);
  await until(() => agent.events("connection")[0], "the agent to connect");
  // Let the first look at everything end: what is there now is what was there before.
  await pause(1_500);
});

afterAll(async () => {
  await agent?.stop();
  await actuator?.stop();
  gateway?.kill("SIGKILL");
  await controlPlane?.stop();
  await host?.remove();
});

function catalogue(): string {
  const check = { name: "process", kind: "unit", every: "500ms" };
  return JSON.stringify({
    version: 1,
    services: [
      {
        name: "bob",
        checks: [{ name: "disk", kind: "plugin", argv: ["/bin/echo", "DISK OK"], every: "500ms" }],
        evidence: {
          every: "200ms",
          ledger: at("ledger.ndjson"),
          credentials: [
            { name: "anthropic", path: at("credentials.json"), expiry: { json: "oauth.expiresAt" } },
          ],
          fallbacks: [{ name: "gemini", marker: at("fallback") }],
        },
      },
      {
        name: "gateway",
        pidFile: at("gateway.pid"),
        checks: [check],
        evidence: {
          every: "200ms",
          code: [at("gateway.js")],
          config: [at("gateway.yaml")],
          counters: [{ name: "jobs", file: at("jobs.prom"), metric: "jobs_total" }],
        },
        actions: [{ name: "reload", kind: "exec", level: 2, argv: [at("not-installed")] }],
      },
    ],
  });
}

/** What the drop-in of sessions appends for one that ends with this code (test/system/session-dropin.test.ts). */
async function sessionDies(code: number): Promise<void> {
  const startedAt = Math.floor(Date.now() / 1_000);
  await appendFile(at("ledger.ndjson"), `${JSON.stringify({ kind: "session-running", startedAt })}\n`);
  const end = { startedAt, endedAt: startedAt + 1, class: "auth", detail: `exit-code, exited ${code}` };
  await appendFile(at("ledger.ndjson"), `${JSON.stringify(end)}\n`);
}

describe("seed 002: sessions die on a stale credential", () => {
  test("the third page-less death is the last: startup-death, and the credential is rejected", async () => {
    for (let count = 0; count < 3; count += 1) await sessionDies(41);
    const page = await pageAbout(/Sessions of bob on .* die at their start: auth/);
    expect(page).toContain("exit-code, exited 41");
    await findingAbout(/Credentials of bob on .* are rejected: anthropic/);
  });

  test("the next session runs on, and what the dead ones began is over while it does", async () => {
    expect(await firing("bob")).toContain("startup-death");
    const startedAt = Math.floor(Date.now() / 1_000);
    await appendFile(at("ledger.ndjson"), `${JSON.stringify({ kind: "session-running", startedAt })}\n`);
    while ((await firing("bob")).includes("startup-death")) await pause(200);
    expect(Date.now() / 1_000 - startedAt, "not before it has lived").toBeGreaterThan(9);
    expect(await firing("bob"), "nothing says that its credential is accepted").toContain(
      "credential-rejected",
    );
  });

  test("a login that replaces the symlink by a file is a drift", async () => {
    await rm(at("credentials.json"));
    await writeFile(
      at("credentials.json"),
      JSON.stringify({ oauth: { expiresAt: Date.now() + 86_400_000 } }),
    );
    const finding = await findingAbout(/Credential files of bob on .* are not what they were: anthropic/);
    expect(finding).toContain(`to ${at("slot-a")}`);
    expect(finding).toContain("anthropic is a regular file");
    await findingAbout(/Credentials of bob on .* about to expire: anthropic/);
  });

  test("an expiry that can no longer be read ends nothing, and why is said", async () => {
    await writeFile(at("credentials.json"), JSON.stringify({ oauth: { expiresAt: 3_600 } }));
    const isSaid = ({ text }: { text?: unknown }) => String(text).includes("looks like a duration");
    await until(() => agent.events("evidence bob/credentials").find(isSaid), "the agent to say why");
    await pause(1_000);
    const expiring = (await openFindings()).find(({ title }) => /about to expire: anthropic/.test(title));
    expect(expiring).toMatchObject({ clearedAt: null });
  });
});

describe("seed 000: a fix that may not run, and a fallback that hides it", () => {
  test("the audit finds the action that cannot be executed before it is needed", async () => {
    const finding = await findingAbout(/An action on gateway on .* is not permitted/);
    expect(finding).toContain(at("not-installed"));
  });

  test("a marker file says that the fallback is active, whatever the health", async () => {
    await writeFile(at("fallback"), "");
    await findingAbout(/bob on .* still runs on its fallback: gemini/);
  });
});

describe("seed 004: old code runs on", () => {
  test("new code on disk and no restart is stale code", async () => {
    await writeFile(at("gateway.js"), "version 2");
    await findingAbout(/gateway on .* runs old code/);
  });
});

describe("seed 001: a configuration that does not come to rest", () => {
  test("four changes are one too many", async () => {
    for (let count = 2; count <= 5; count += 1) {
      await writeFile(at("gateway.yaml"), `max: ${count}`);
      await pause(600);
    }
    const finding = await findingAbout(/The configuration of gateway on .* does not come to rest/);
    expect(finding).toContain(at("gateway.yaml"));
  });
});

describe("work", () => {
  test("that stands still is no progress, although the process is up", async () => {
    await findingAbout(/gateway on .* makes no progress: jobs/);
    expect(gateway.exitCode).toBeNull();
  });
});

test("nothing of a file's content left the host", async () => {
  await appendFile(at("ledger.ndjson"), '{"token":"sk-very-secret"}\n');
  const warned = await until(
    () => agent.events("evidence bob/ledger").find(({ text }) => String(text).includes("could not be taken")),
    "the agent to say so",
  );
  expect(warned["text"]).not.toContain("sk-very");
  const recorded = await readFile(join(at("control-plane"), "control-plane.log"), "utf8").catch(() => "");
  expect(`${JSON.stringify(pages)}${recorded}`).not.toMatch(/expiresAt|sk-very|version 2/);
});

describe("a reading", () => {
  test("that stops is a finding, worded by what is wrong, until it works again", async () => {
    await writeFile(at("jobs.prom"), "jobs_total{queue=mail} 1\n");
    const finding = await findingAbout(/Cannot read the work counters of gateway on/);
    expect(finding).toContain(`line 1 of ${at("jobs.prom")} is not of the text format`);
    await writeFile(at("jobs.prom"), "jobs_total 1\n");
    const deadline = performance.now() + 20_000;
    const isOver = ({ title, clearedAt }: Finding) =>
      !title.startsWith("Cannot read the work counters") || clearedAt !== null;
    while (!(await openFindings()).every(isOver)) {
      if (performance.now() > deadline)
        throw new Error(
          `Not cleared: ${JSON.stringify((await openFindings()).filter((one) => !isOver(one)))}`,
        );
      await pause(100);
    }
  });
});
