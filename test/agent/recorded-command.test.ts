// `countersign replay --recorded` against a control plane that runs and has lived through a little incident: once for what it shows and
// once for what it refuses as an operator runs it, a process of its own; else in this one, for a process takes a second to begin.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { openApi } from "../../control-plane/cli/operator-api.ts";
import { replayRecorded } from "../../control-plane/cli/recorded-command.ts";
import { adminOf } from "../../control-plane/embedded/admin.ts";
import { type ControlPlane, startControlPlane } from "../../control-plane/embedded/control-plane.ts";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { type LightAgent, startLightAgent } from "../system/light-agent.ts";
import { pause, until } from "./peers/until.ts";

const BOOTSTRAP = join(import.meta.dirname, "../../bootstrap.mjs");
const LINE_CHARS_MAX = 80;

let folder: string;
let controlPlane: ControlPlane;
let agent: LightAgent;
let from: string;
let to: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-recorded-"));
  const pages: unknown[] = [];
  controlPlane = await startControlPlane({
    port: 0,
    stateDir: join(folder, "state"),
    policyText: demoPolicy(),
    onPage: (page) => pages.push(page),
  });
  const { url, adminToken } = controlPlane;
  await writeFile(join(folder, "token"), adminToken, { mode: 0o600 });
  await writeFile(join(folder, "wrong"), "not-the-token", { mode: 0o600 });
  await writeFile(join(folder, "same.yaml"), demoPolicy());
  await writeFile(
    join(folder, "patient.yaml"),
    demoPolicy().replace("failuresMin: 3, held: 3s", "failuresMin: 3, held: 10m"),
  );
  from = new Date(Date.now() - 60_000).toISOString();
  agent = await startLightAgent(url, await adminOf(url, adminToken).createEnrolmentToken(), "web-1");
  await until(() => agent.isWelcome(), "the welcome");
  agent.report([reportOf("pass")]);
  while (pages.length === 0) {
    await pause(250);
    agent.report([reportOf("fail")]);
  }
  to = new Date(Date.now() + 5_000).toISOString();
});

afterAll(async () => {
  agent.stop();
  await controlPlane.stop();
  await rm(folder, { recursive: true, force: true });
});

function reportOf(status: "pass" | "fail"): ServiceReport {
  const result = { check: "http", kind: "http", status, severity: "critical", summary: "" } as const;
  return {
    service: "shop",
    unit: null,
    results: [{ ...result, latencyMs: 1, finishedAt: Date.now(), ttlMs: 60_000 }],
  };
}

function inOneLine(text: string): string {
  return text.replaceAll(/\n {4}/g, " ");
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test does not name is as it should be. */
function flagsOf(said: Readonly<Record<string, string>>) {
  const policy = join(folder, "patient.yaml");
  return { from, to, url: controlPlane.url, policy, adminTokenFile: join(folder, "token"), ...said };
}

/** Runs the command as a process. */
function replayAsProcess(said: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { adminTokenFile, ...flags } = flagsOf(said);
  const named = { ...flags, "admin-token-file": adminTokenFile };
  const args = Object.entries(named).flatMap(([name, value]) => [`--${name}`, value]);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BOOTSTRAP, "countersign", "replay", "--recorded", ...args],
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

/** Runs the command here. */
async function replay(said: Readonly<Record<string, string>> = {}, json = false): Promise<Ended> {
  const [printed, complained]: [string[], string[]] = [[], []];
  const output = {
    print: (line: string) => printed.push(line),
    complain: (line: string) => complained.push(line),
  };
  const code = await replayRecorded({ ...flagsOf(said), json }, output, {});
  return { code, stdout: printed.join("\n"), stderr: complained.join("\n") };
}

describe("replay --recorded of a control plane that runs", () => {
  test("shows side by side what another policy would not have done, at the width of a terminal", async () => {
    const { code, stdout, stderr } = await replayAsProcess();
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("page check-failing, shop on web-1: only-before");
    expect(stdout).toMatch(/in force: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\| new: –/);
    expect(inOneLine(stdout)).toContain(
      "Of 1 incidents that were really opened, the replay of what was in force opens 1.",
    );
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(LINE_CHARS_MAX);
  });

  test("says the same as JSON, and that nothing differs from the policy in force", async () => {
    const [other, same] = await Promise.all([
      replay({}, true),
      replay({ policy: join(folder, "same.yaml") }, true),
    ]);
    expect(JSON.parse(other.stdout)).toMatchObject({
      fidelity: { openedCount: 1, alsoHereCount: 1 },
      isSame: false,
      rows: [
        { what: "refusal", verdict: "only-before", after: [] },
        { what: "page", reason: "check-failing", verdict: "only-before", after: [] },
      ],
    });
    expect([same.code, JSON.parse(same.stdout)]).toMatchObject([0, { isSame: true }]);
  });

  test("of a time in which nothing was recorded compares nothing, and says so", async () => {
    const { code, stdout } = await replay({ from: "2020-01-01T00:00:00Z", to: "2020-01-15T00:00:00Z" });
    expect(code).toBe(0);
    expect(stdout).toContain("0 recorded events");
    expect(inOneLine(stdout)).toContain(
      "Nothing is recorded before the end: what came earlier is not compared.",
    );
  });
});

describe("a policy that was applied afterwards", () => {
  test("is not taken to have been in force before", async () => {
    const api = openApi({ url: controlPlane.url, adminTokenFile: join(folder, "token") }, {});
    if (!api.ok) throw new Error(api.error.sentence);
    const text = await readFile(join(folder, "patient.yaml"), "utf8");
    const applied = await api.value.ask("PUT /v1/admin/policy", { body: { expectedVersion: 0, text } });
    expect(applied).toMatchObject({ ok: true });
    to = new Date().toISOString();
    const { stdout } = await replay({}, true);
    expect(JSON.parse(stdout)).toMatchObject({
      policies: [
        { version: 0, since: null },
        { version: 1, since: expect.stringMatching(/Z$/) as string },
      ],
      fidelity: { openedCount: 1, alsoHereCount: 1 },
      rows: expect.arrayContaining([
        expect.objectContaining({ what: "page", reason: "check-failing", verdict: "only-before" }),
      ]) as unknown[],
    });
    const { stdout: told } = await replay();
    expect(inOneLine(told)).toMatch(/In force then: policy version 0, from [\d-]+ [\d:]+ version 1\./);
  });
});

describe("replay --recorded refuses with a sentence and 2", () => {
  test.concurrent.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
    ["a server that is not there", () => ({ url: "http://127.0.0.1:9" }), /does not answer/],
    ["a wrong token", () => ({ adminTokenFile: join(folder, "wrong") }), /token|401|signed in/i],
    ["a token file that is missing", () => ({ adminTokenFile: join(folder, "none") }), /ENOENT/],
    ["an end before the beginning", () => ({ from: to, to: from }), /the earlier first/],
    ["no time at all", () => ({ to: from }), /the earlier first/],
    [
      "a time longer than anything is kept",
      () => ({ from: "2020-01-01T00:00:00Z", to: "2020-01-15T00:00:00.001Z" }),
      /at most 14 days/,
    ],
    ["a policy that is none", () => ({ policy: join(folder, "token") }), /token/],
  ])("%s", async (_, said, sentence) => {
    const { code, stdout, stderr } = await replay(said());
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
  });

  test("as a process too, and without a stack", async () => {
    const { code, stdout, stderr } = await replayAsProcess({ from: to, to: from });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/the earlier first/);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
