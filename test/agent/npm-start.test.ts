// `npm start` as a person has it: the program itself, Ctrl-C, and the program again. With and without a first passkey; and on a state in which a policy was
// applied that its own person is not in, and its demo host was retired. It leaves no process behind.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makePasskey } from "../../control-plane/embedded/story/honest-acts.ts";

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

const GREETED = /Ctrl-C stops everything/;

/** Begins it; `until` waits until it has said something, or ended. */
function begin(state: string, ...argv: readonly string[]) {
  // A group of its own, as a terminal makes one.
  const child = spawn(process.execPath, [ENTRY, "--port", "0", "--state", state, ...argv], {
    detached: true,
  });
  started.push(child);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (said += text));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const until = (what: RegExp) =>
    new Promise<string>((resolve) => {
      const look = () => what.test(said) && resolve(said);
      look();
      child.stderr.on("data", look);
      void ended.then(() => resolve(said));
    });
  // Ctrl-C reaches the whole group, and is no crash of any part.
  const stop = async () => {
    process.kill(-(child.pid ?? 0), "SIGINT");
    const code = await ended;
    expect(said).not.toContain("ended by itself");
    return code;
  };
  return { until, stop };
}

/** Runs until it greets, or ends. */
async function start(...argv: readonly string[]) {
  const { stop, until } = begin(stateDir, ...argv);
  const said = await until(GREETED);
  return { said, url: /The desk: +(\S+)/.exec(said)?.[1] ?? "", stop };
}

/** Makes the first passkey as the story's person does, by the link that was printed. */
async function makeFirstPasskey(said: string): Promise<string> {
  const signInUrl = /Sign in \(15 min\): +(\S+)/.exec(said)?.[1] ?? "";
  const deskUrl = new URL(signInUrl).origin;
  const { words } = await makePasskey({ deskUrl, signInUrl });
  return words;
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
  const first = await start("--host", "process", "--no-approver");
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
});

it("waits for the first passkey, has the demo host believe it, and does not wait again", async () => {
  const state = join(stateDir, "with-passkey");
  const first = begin(state, "--host", "process");
  const asked = await first.until(/Create your passkey there first/);
  expect(asked).not.toMatch(GREETED);
  const words = await makeFirstPasskey(asked);
  const greeted = await first.until(GREETED);
  expect(greeted).not.toContain("Nobody has a passkey");
  expect(trustOf(state)).toContain(words);
  expect(await first.stop()).toBe(130);
  const again = begin(state);
  expect(await again.until(GREETED)).not.toContain("Create your passkey there first");
  expect(await again.stop()).toBe(130);
  expect(processesOf(state)).toEqual([]);
});

it("goes on without a passkey, says what stays closed, and takes one that is made later", async () => {
  const state = join(stateDir, "without-passkey");
  const desk = begin(state, "--host", "process", "--no-approver");
  const greeted = await desk.until(GREETED);
  expect(greeted).not.toContain("Create your passkey there first");
  expect(greeted).toMatch(/Nobody has a passkey yet: levels 4 and 5 .* at http:\/\/localhost:\d+\/passkey/);
  expect(trustOf(state)).toContain("closed");
  const words = await makeFirstPasskey(greeted);
  expect(await desk.until(/believes your passkey now/)).toContain(words);
  expect(trustOf(state)).toContain(words);
  expect(await desk.stop()).toBe(130);
});

/** What the demo host says of the fleet's trust, to its root. */
function trustOf(state: string): string {
  const agent = join(import.meta.dirname, "../../edge-agent/src/main.ts");
  const folder = join(state, "demo-host");
  const paths = ["--config-dir", join(folder, "etc"), "--state-dir", join(folder, "state")];
  return spawnSync(process.execPath, [agent, "trust", "show", ...paths], { encoding: "utf8" }).stdout;
}
