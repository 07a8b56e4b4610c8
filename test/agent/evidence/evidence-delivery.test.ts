// Facts on a bad path, readings that hang, and files that the agent may not read: real agent processes against a control plane peer
// that can die, refuse, or go mute.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Fact } from "@countersign/shared/wire/fact";
import { CREDENTIAL_BYTES_MAX, readCredential } from "../../../edge-agent/src/evidence/read-credential.ts";
import { createLedgerReader } from "../../../edge-agent/src/evidence/read-ledger.ts";
import { enrolDirectly, type HostDirectories, writeCatalogue } from "../peers/agent-process.ts";
import type { ControlPlanePeer, PeerConnection } from "../peers/control-plane-peer.ts";
import { atEnd, newAgent, newHost, newPeer } from "../peers/host-under-test.ts";
import { pause, until } from "../peers/until.ts";

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

  test("are kept back from a control plane that knows none, and the host stays connected", async () => {
    const peer = await newPeer();
    let refusedCount = 0;
    peer.behaviour.refuses = ({ type }) => {
      refusedCount += type === "facts" ? 1 : 0;
      return type === "facts" ? "message-unknown" : null;
    };
    const host = await newWatchedHost(peer);
    const agent = newAgent(host);
    const first = await peer.connection(0);
    await until(() => refusedCount > 0, "the first facts");
    await until(() => agent.events("facts")[0], "the agent to say so");
    await tell(host, "kept-back");
    const { length } = first.pingsAt;
    await until(() => first.pingsAt.length >= length + 8, "keepalives");
    expect(refusedCount).toBe(1);
    expect(agent.events("facts")).toHaveLength(1);
    expect(peer.socketCount()).toBe(1);
  });

  test("that the control plane does not understand cost themselves, and not those beside them", async () => {
    const peer = await newPeer();
    const isStrange = (fact: Fact) => fact.kind === "drill" && fact.path.startsWith("strange");
    peer.behaviour.refuses = (message) =>
      message.type === "facts" && message.facts.some(isStrange) ? "frame-malformed" : null;
    const host = await newWatchedHost(peer);
    const agent = newAgent(host);
    const first = await peer.connection(0);
    await until(() => factsOf(first).length > 0, "the first facts");
    const paths = ["one", "strange-1", "two", "three", "strange-2", "four"];
    const lines = paths.map((path) => `${JSON.stringify({ kind: "drill", path })}\n`);
    await appendFile(join(host.root, "ledger"), lines.join(""));
    await until(() => drills(first).length === 4, "those that are understood");
    expect(drills(first).toSorted()).toEqual(["four", "one", "three", "two"]);
    await until(() => agent.events("facts").length === 2, "the agent to name the others");
    expect(peer.socketCount()).toBe(1);
  });
});

describe("what a service touches to 1960", () => {
  test("costs that part, which is named, and neither the connection nor anything beside it", async () => {
    const peer = await newPeer();
    const host = await newHost();
    await enrolDirectly(host, peer.url);
    const [pidFile, marker, certificate] = ["pid", "marker", "certificate"].map((name) =>
      join(host.root, name),
    ) as [string, string, string];
    await writeFile(pidFile, String(process.pid));
    await writeFile(marker, "");
    await writeFile(certificate, certificateUntil1960());
    await promisify(execFile)("touch", ["-d", "1960-01-01T00:00:00Z", pidFile, marker]);
    const evidence = {
      every: "200ms",
      fallbacks: [{ name: "gemini", marker }],
      credentials: [{ name: "token", path: certificate, expiry: "certificate" }],
    };
    const unit = [{ name: "unit", kind: "unit", every: "1s" }];
    const port = [{ name: "port", kind: "tcp", port: peer.port, every: "1s" }];
    const services = [
      { name: "web", pidFile, checks: unit, evidence },
      { name: "plain", pidFile, checks: unit },
      { name: "db", checks: port },
    ];
    await writeCatalogue(host, JSON.stringify({ version: 1, services }));
    const startedAt = Date.now();
    newAgent(host);
    const first = await peer.connection(0);
    const resultOf = (name: string, check: string) =>
      first.messages
        .flatMap((message) => (message.type === "report" ? message.services : []))
        .findLast(({ service }) => service === name)
        ?.results.find((result) => result.check === check);
    const names = (name: string, words: string) =>
      until(() => resultOf(name, "evidence")?.summary.includes(words), `${name}: ${words}`);
    await names("web", "activeEnterAt");
    await names("web", marker);
    await names("web", "credential token");
    await names("plain", "activeEnterAt");
    expect(resultOf("web", "unit")).toMatchObject({ status: "pass" });
    await until(() => resultOf("db", "port")?.status === "pass", "the other service");
    const fallback = await until(
      () => factsOf(first).find(({ kind }) => kind === "fallback"),
      "the fallback",
    );
    expect(fallback).toMatchObject({ isActive: true });
    expect(fallback.at).toBeGreaterThanOrEqual(startedAt - 1_000);
    expect(factsOf(first).find(({ kind }) => kind === "credential")).toMatchObject({ expiresAt: null });
    expect(peer.socketCount()).toBe(1);
  });
});

/** The certificate below, which nobody verifies here, with another end. */
function certificateUntil1960(): string {
  const bytes = Buffer.from(CERTIFICATE.replaceAll(/-----.*-----|\n/g, ""), "base64").toString("latin1");
  const instants = [...bytes.matchAll(/[0-9]{12,14}Z/g)];
  const end = instants.at(-1);
  const old = end?.[0].length === 13 ? "600101000000Z" : "19600101000000Z";
  const changed = bytes.slice(0, end?.index) + old + bytes.slice((end?.index ?? 0) + old.length);
  const text = Buffer.from(changed, "latin1").toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

test("files that are not there end their readings, and stop no keepalive", async () => {
  const peer = await newPeer();
  const host = await newWatchedHost(peer);
  newAgent(host);
  const connection = await peer.connection(0);
  await until(() => connection.pingsAt.length >= 10, "keepalives, although ledger and marker are missing");
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
  test("of a certificate are its own: until when it is valid", async () => {
    const host = await newHost();
    const path = join(host.root, "bob.pem");
    await writeFile(path, CERTIFICATE);
    const { states } = await readCredential({ name: "tls", path, expiry: "certificate" }, "web");
    expect(states).toMatchObject([{ expiresAt: Date.UTC(2036, 10, 19, 6, 45, 33) }]);
    await writeFile(path, "no certificate, but secret");
    const bad = await readCredential({ name: "tls", path, expiry: "certificate" }, "web");
    expect(bad.states).toMatchObject([{ expiresAt: null }]);
    expect(JSON.stringify(bad)).not.toContain("secret");
  });

  test("of a credential hold at their edge, and what it looks like is told all the same", async () => {
    const host = await newHost();
    const path = join(host.root, "credential");
    const credential = { name: "key", path, expiry: { json: "expires" } } as const;
    const json = '{"expires":1800000000}';
    await writeFile(path, json + " ".repeat(CREDENTIAL_BYTES_MAX - json.length));
    const read = await readCredential(credential, "web");
    expect(read.states).toMatchObject([{ fileKind: "file", expiresAt: 1_800_000_000_000 }]);
    await appendFile(path, " ");
    const tooLarge = await readCredential(credential, "web");
    expect(tooLarge.states).toMatchObject([{ fileKind: "file", expiresAt: null }]);
    expect(tooLarge.problems).toHaveLength(1);
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
  const file = join(import.meta.dirname, "../../../edge-agent/src/evidence", module);
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
      states: [],
      remedies: [`sudo setfacl -m u:countersign-agent:x '${folder}/bob'\\''s'`],
    });
    const ledger = JSON.stringify({ path: join(folder, "ledger"), scene: {}, position: null });
    expect(await readAsNobody(folder, "read-ledger.ts", `createLedgerReader(${ledger})()`)).toMatchObject({
      events: [],
      remedies: [`sudo setfacl -m u:countersign-agent:r ${folder}/ledger`],
    });
  });
});
