// Facts on a bad path, readings that hang, and files that the agent may not read: real agent processes against a control plane peer
// that can die, refuse, or go mute.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fact } from "@countersign/shared/fact";
import { describe, expect, test } from "vitest";
import { checkPlugin } from "../../edge-agent/src/checks/plugin-check.ts";
import { EXPOSITION_BYTES_MAX } from "../../edge-agent/src/core/exposition.ts";
import { CREDENTIAL_BYTES_MAX, readCredential } from "../../edge-agent/src/evidence/read-credential.ts";
import { readCounter } from "../../edge-agent/src/evidence/read-counter.ts";
import { createLedgerReader } from "../../edge-agent/src/evidence/read-ledger.ts";
import { enrolDirectly, type HostDirectories, writeCatalogue } from "./peers/agent-process.ts";
import type { ControlPlanePeer, PeerConnection } from "./peers/control-plane-peer.ts";
import { atEnd, newAgent, newHost, newPeer } from "./peers/host-under-test.ts";
import { pause, until } from "./peers/until.ts";

async function newWatchedHost(peer: ControlPlanePeer): Promise<HostDirectories> {
  const host = await newHost();
  await enrolDirectly(host, peer.url);
  const evidence = {
    every: "200ms",
    ledger: join(host.root, "ledger"),
    fallbacks: [{ name: "gemini", marker: join(host.root, "marker") }],
  };
  const checks = [{ name: "port", kind: "tcp", port: peer.port, every: "5s" }];
  await writeCatalogue(host, JSON.stringify({ version: 1, services: [{ name: "web", checks, evidence }] }));
  return host;
}

function factsOf(connection: PeerConnection): readonly Fact[] {
  return connection.messages.flatMap((message) => (message.type === "facts" ? message.facts : []));
}

const tell = (host: HostDirectories, path: string) =>
  appendFile(join(host.root, "ledger"), `${JSON.stringify({ kind: "drill", path })}\n`);
const drills = (connection: PeerConnection) =>
  factsOf(connection).flatMap((fact) => (fact.kind === "drill" ? fact.path : []));
const hasDrill = (connection: PeerConnection, path: string) =>
  until(() => drills(connection).includes(path), `the drill ${path}`);

describe("facts", () => {
  test("wait while the control plane is away, and are sent with their own instants", async () => {
    const peer = await newPeer();
    const host = await newWatchedHost(peer);
    newAgent(host);
    const first = await peer.connection(0);
    await until(() => factsOf(first).some(({ kind }) => kind === "fallback"), "how things stand");
    await peer.die();
    await tell(host, "while-away");
    const toldAt = Date.now();
    await pause(1_500);
    const returned = await newPeer({ port: peer.port });
    const second = await returned.connection(0);
    await hasDrill(second, "while-away");
    const drill = factsOf(second).find(({ kind }) => kind === "drill");
    expect(drill?.at).toBeLessThan(toldAt + 1_000);
    await until(() => factsOf(second).some(({ kind }) => kind === "fallback"), "how things stand, again");
  });

  test("that no answered keepalive followed are sent again; those that one followed are not", async () => {
    const peer = await newPeer();
    const host = await newWatchedHost(peer);
    newAgent(host);
    const first = await peer.connection(0);
    await tell(host, "arrived");
    await hasDrill(first, "arrived");
    const { length } = first.pingsAt;
    await until(() => first.pingsAt.length >= length + 3, "keepalives and their answers");
    peer.behaviour.answersPings = false;
    await tell(host, "unproven");
    await hasDrill(first, "unproven");
    await until(() => first.closed, "the agent to give the path up");
    peer.behaviour.answersPings = true;
    const second = await peer.connection(1);
    await hasDrill(second, "unproven");
    expect(drills(second)).toEqual(["unproven"]);
  });

  test("that end while the agent is restarted are not lost, and nothing old is told again", async () => {
    const peer = await newPeer();
    const host = await newWatchedHost(peer);
    await tell(host, "history");
    const before = newAgent(host);
    const first = await peer.connection(0);
    await until(() => factsOf(first).length > 0, "the first facts");
    await tell(host, "told");
    await hasDrill(first, "told");
    const { length } = first.pingsAt;
    await until(() => first.pingsAt.length >= length + 3, "keepalives and their answers");
    await before.stop();
    await tell(host, "meanwhile");
    newAgent(host);
    const second = await peer.connection(1);
    await hasDrill(second, "meanwhile");
    expect(drills(second)).toEqual(["meanwhile"]);
  });

  test("are kept back from a control plane that refuses them, and the host stays connected", async () => {
    const peer = await newPeer();
    const host = await newWatchedHost(peer);
    const agent = newAgent(host);
    const first = await peer.connection(0);
    await until(() => factsOf(first).length > 0, "the first facts");
    await tell(host, "refused");
    await hasDrill(first, "refused");
    first.close(4422);
    const second = await peer.connection(1);
    await until(() => second.pingsAt.length >= 5, "keepalives");
    expect(factsOf(second)).toEqual([]);
    expect(agent.events("facts")).toHaveLength(1);
  });
});

/** A module hook: while the file `trigger` exists, looking for a marker never ends. The product has no such switch. */
const hangingMarker = (trigger: string) => `
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
globalThis.isHanging = () => existsSync(${JSON.stringify(trigger)});
const source = \`export const readFallback = () => globalThis.isHanging()
  ? new Promise(() => {})
  : Promise.resolve({ events: [], standing: [], problems: [], remedies: [] });\`;
registerHooks({
  load: (url, context, next) =>
    url.endsWith("/read-fallback.ts") ? { format: "module", source, shortCircuit: true } : next(url, context),
});
`;

test("a reading that hangs stops the keepalive; a file that is not there does not", async () => {
  const peer = await newPeer();
  const host = await newWatchedHost(peer);
  const trigger = join(host.root, "stuck");
  const hook = join(host.root, "hook.mjs");
  await writeFile(hook, hangingMarker(trigger));
  const agent = newAgent(host, { nodeArgs: ["--import", hook] });
  const connection = await peer.connection(0);
  await until(() => connection.pingsAt.length >= 10, "keepalives, although ledger and marker are missing");
  await writeFile(trigger, "");
  await until(() => agent.events("keepalive")[0], "the agent to say that it is stuck", 12_000);
  const { length } = connection.pingsAt;
  await pause(500);
  expect(connection.pingsAt.length).toBeLessThanOrEqual(length + 1);
});

/** Made by `openssl req -x509 -newkey ed25519 -subj /CN=bob`; its key was thrown away. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBMDCB46ADAgECAhQfrgZX/+fxNHsNuON3tRNsDmAP2zAFBgMrZXAwDjEMMAoG
A1UEAwwDYm9iMB4XDTI2MTEyMjA2NDUzM1oXDTM2MTExOTA2NDUzM1owDjEMMAoG
A1UEAwwDYm9iMCowBQYDK2VwAyEACsRxGd4csCpFlLMTMGCvMn+mF2qrobOgUNVl
K1JAn92jUzBRMB0GA1UdDgQWBBTqyKps9LWOcyMtokaNc9ruPMAhPzAfBgNVHSME
GDAWgBTqyKps9LWOcyMtokaNc9ruPMAhPzAPBgNVHRMBAf8EBTADAQH/MAUGAytl
cANBAK5Zh710M7IxpfOELqbUj3aUecr0HqVVSJPvOw6t1MgjeplA3ZLsiNr89ZOT
4MDY27inSDl4QXGI3yr1YsM3Iws=
-----END CERTIFICATE-----
`;

describe("limits", () => {
  test("of a page of counters hold at their edge", async () => {
    const host = await newHost();
    const file = join(host.root, "jobs.prom");
    const text = "jobs_total 7\n";
    const counter = { name: "jobs", file, metric: "jobs_total" };
    await writeFile(file, text + "#".repeat(EXPOSITION_BYTES_MAX - text.length));
    expect((await readCounter(counter, "web")).events).toMatchObject([{ kind: "work", value: 7 }]);
    await appendFile(file, "#");
    const tooLarge = await readCounter(counter, "web");
    expect(tooLarge.events).toEqual([]);
    expect(tooLarge.problems.join()).toContain("larger than");
  });

  test("of a counter's page hold at their edge, and a page that is not well is no counter", async () => {
    let answer = { status: 200, text: "" };
    const server = createServer((_, response) => response.writeHead(answer.status).end(answer.text));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(async () => server.close());
    const { port } = server.address() as AddressInfo;
    const counter = { name: "jobs", url: `http://127.0.0.1:${port}/metrics`, metric: "jobs_total" };
    const text = "jobs_total 7\n";
    answer = { status: 200, text: text + "#".repeat(EXPOSITION_BYTES_MAX - text.length) };
    expect((await readCounter(counter, "web")).events).toMatchObject([{ kind: "work", value: 7 }]);
    for (const bad of [
      { status: 200, text: `${answer.text}#` },
      { status: 500, text },
      { status: 200, text: "other_total 1\n" },
    ]) {
      answer = bad;
      const { events, problems } = await readCounter(counter, "web");
      expect({ events, problems: problems.length }).toEqual({ events: [], problems: 1 });
    }
  });

  test("of a certificate are its own: until when it is valid", async () => {
    const host = await newHost();
    const path = join(host.root, "bob.pem");
    await writeFile(path, CERTIFICATE);
    const { standing } = await readCredential({ name: "tls", path, expiry: "certificate" }, "web");
    expect(standing).toMatchObject([{ expiresAt: Date.UTC(2036, 10, 19, 6, 45, 33) }]);
    await writeFile(path, "no certificate, but secret");
    const bad = await readCredential({ name: "tls", path, expiry: "certificate" }, "web");
    expect(bad.standing).toMatchObject([{ expiresAt: null }]);
    expect(JSON.stringify(bad)).not.toContain("secret");
  });

  test("of a credential hold at their edge, and what it looks like is told all the same", async () => {
    const host = await newHost();
    const path = join(host.root, "credential");
    const credential = { name: "key", path, expiry: { json: "expires" } } as const;
    const json = '{"expires":1800000000}';
    await writeFile(path, json + " ".repeat(CREDENTIAL_BYTES_MAX - json.length));
    const read = await readCredential(credential, "web");
    expect(read.standing).toMatchObject([{ fileKind: "file", expiresAt: 1_800_000_000_000 }]);
    await appendFile(path, " ");
    const tooLarge = await readCredential(credential, "web");
    expect(tooLarge.standing).toMatchObject([{ fileKind: "file", expiresAt: null }]);
    expect(tooLarge.problems).toHaveLength(1);
  });

  test("a plugin is ended at its timeout with all that it has started, and its first line is told", async () => {
    const host = await newHost();
    const file = join(host.root, "plugin");
    await writeFile(
      file,
      '#!/bin/sh\nif [ "$1" = hang ]; then sleep 600; fi\necho "DISK WARNING | x=1"\nexit 1\n',
    );
    await chmod(file, 0o755);
    const warned = await checkPlugin({ argv: [file], timeoutMs: 5_000 });
    expect(warned).toMatchObject({ status: "fail", severity: "warning", summary: "DISK WARNING" });
    const startedAt = performance.now();
    const hung = await checkPlugin({ argv: [file, "hang"], timeoutMs: 300 });
    expect(hung).toMatchObject({ status: "fail", summary: "no answer within 300ms" });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    const gone = await checkPlugin({ argv: [join(host.root, "none")], timeoutMs: 300 });
    expect(gone.summary).toContain("ENOENT");
  });

  test("a ledger that is a symlink or a pipe is not read", async () => {
    const host = await newHost();
    const path = join(host.root, "pipe");
    await once(spawn("/usr/bin/mkfifo", [path]), "close");
    const scene = { service: "web", credentials: [], commands: [] };
    const reading = await createLedgerReader({ path, scene, position: null })();
    expect(reading.events).toEqual([]);
    expect(reading.problems).toHaveLength(1);
  });
});

/** Runs a reader as another user, in a process of its own. */
async function readAsNobody(folder: string, module: string, call: string): Promise<unknown> {
  const file = join(import.meta.dirname, "../../edge-agent/src/evidence", module);
  const code = `const module = await import(${JSON.stringify(file)}); console.log(JSON.stringify(await module.${call}));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    uid: 65_534,
    gid: 65_534,
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await once(child, "close");
  return JSON.parse(output) as unknown;
}

describe.skipIf(process.getuid?.() !== 0)("a file that the agent may not read", () => {
  test("is told with the command that mends it: the closed folder, or the file itself", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cs-closed-"));
    atEnd(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o755);
    await mkdir(join(folder, "bob's"), { mode: 0o700 });
    await writeFile(join(folder, "bob's", "key"), "secret");
    await writeFile(join(folder, "ledger"), "", { mode: 0o600 });
    const closed = JSON.stringify({ name: "key", path: join(folder, "bob's", "key") });
    expect(
      await readAsNobody(folder, "read-credential.ts", `readCredential(${closed}, "web")`),
    ).toMatchObject({
      standing: [],
      remedies: [`sudo setfacl -m u:countersign-agent:x '${folder}/bob'\\''s'`],
    });
    const ledger = JSON.stringify({ path: join(folder, "ledger"), scene: {}, position: null });
    expect(await readAsNobody(folder, "read-ledger.ts", `createLedgerReader(${ledger})()`)).toMatchObject({
      events: [],
      remedies: [`sudo setfacl -m u:countersign-agent:r ${folder}/ledger`],
    });
  });
});
