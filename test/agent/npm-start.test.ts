// `npm start` on a state in which a policy was applied that its own person is not in, and its demo host was retired: it starts, lets
// somebody in who is, and leaves no process behind. As a person does it: the program itself, Ctrl-C, and the program again.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const ENTRY = join(import.meta.dirname, "../../control-plane/embedded/start.ts");
const stateDir = mkdtempSync(join(tmpdir(), "countersign-npm-start-"));
const started: ChildProcess[] = [];
const ADA = `version: 1
responders: [{ id: ada, name: Ada, channels: [terminal] }]
escalation: { steps: [{ notify: [ada], after: 0s }] }
`;

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(stateDir, { recursive: true, force: true });
});

/** Runs until it greets, or ends. */
async function start(...argv: readonly string[]) {
  const child = spawn(process.execPath, [ENTRY, "--port", "0", "--state", stateDir, ...argv]);
  started.push(child);
  let said = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await new Promise<void>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Ctrl-C stops everything")) resolve();
    });
    void ended.then(() => resolve());
  });
  const url = /The desk: +(\S+)/.exec(said)?.[1] ?? "";
  const stop = async () => {
    child.kill("SIGINT");
    return ended;
  };
  return { said, url, stop };
}

it("refuses a state of 0.1 before it starts anything, and leaves it as it is", () => {
  const state = join(stateDir, "of-0.1");
  mkdirSync(join(state, "workerd"), { recursive: true });
  writeFileSync(join(state, "secrets.json"), "{}");
  const refused = spawnSync(process.execPath, [ENTRY, "--port", "0", "--state", state, "--host", "process"]);
  expect(refused.status).toBe(1);
  expect(String(refused.stderr).trim().split("\n")).toEqual([expect.stringContaining("--state DIR")]);
  expect(readdirSync(state)).toEqual(["secrets.json", "workerd"]);
});

function processesOf(folder: string): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}

/** The operator's API. */
async function ask(url: string, method: "GET" | "PUT" | "POST", body?: object) {
  const { adminToken } = JSON.parse(readFileSync(join(stateDir, "secrets.json"), "utf8")) as {
    adminToken: string;
  };
  const headers = { authorization: `Bearer ${adminToken}` };
  const answer = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

it("starts under a policy of somebody else, and without a demo host that was retired", async () => {
  const first = await start("--host", "process");
  const { hosts } = (await ask(`${first.url}/v1/admin/hosts`, "GET")) as { hosts: { hostId: string }[] };
  const retired = await ask(`${first.url}/v1/admin/hosts/${hosts[0]?.hostId}/retire`, "POST");
  expect(retired).toMatchObject({ state: "retired" });
  const policy = { text: ADA, expectedVersion: 0, confirm: true };
  expect(await ask(`${first.url}/v1/admin/policy`, "PUT", policy)).toMatchObject({ version: 1 });
  expect(await first.stop()).toBe(130);
  expect(processesOf(stateDir)).toEqual([]);

  // Not a machine, whatever could be had here: a state keeps to the kind that it has.
  const second = await start();
  expect(readFileSync(join(stateDir, "host-kind"), "utf8")).toBe("process\n");
  expect(second.said).toMatch(/\/sign-in\/csi_/);
  expect(processesOf(join(stateDir, "demo-host"))).toEqual([]);
  expect(await second.stop()).toBe(130);
  expect(processesOf(stateDir)).toEqual([]);
}, 90_000);
