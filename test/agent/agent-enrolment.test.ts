// Enrolment by the real command: what it leaves on disk, and what it says when it fails. A failed one leaves nothing half-written.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CONTROL_FRAME_BYTES_MAX } from "@countersign/shared/values/limits";
import { HostTrust } from "@countersign/shared/wire/host-trust";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { Identity } from "../../edge-agent/src/agent/identity.ts";
import { type Finished, type HostDirectories, runCommand, startCommand } from "./peers/agent-process.ts";
import { makeDeskKeys, type PeerAnswer, problem } from "./peers/control-plane-peer.ts";
import { newHost, newPeer } from "./peers/host-under-test.ts";

const goodToken = `cse_${"a".repeat(43)}.${"0".repeat(32)}`;

function enrol(host: HostDirectories, url: string, token: string, ...more: string[]): Promise<Finished> {
  return runCommand("enroll", "--url", url, "--token", token, ...host.flags, ...more);
}

/** One line on stderr, no stack, and the secret stays out. */
function expectSentence({ stderr }: Finished, words: string): void {
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n {4}at |cse_[A-Za-z0-9_-]{43}/);
}

describe("enrolment", () => {
  test("makes the key here, proves it, and pins the desk's key", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    const { code, stdout } = await enrol(host, `${peer.url}/`, peer.token, "--json");
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { status: string; hostId: string; trustCommand: string | null };
    const identity = Identity.parse(JSON.parse(await readFile(host.identity, "utf8")));
    expect(answer).toMatchObject({ status: "enrolled", hostId: identity.hostId, trustCommand: null });
    expect(identity.url).toBe(peer.url);
    expect((await stat(host.identity)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(host.stateDir, "agent"))).toEqual(["identity.json"]);
    const trust = HostTrust.parse(JSON.parse(await readFile(join(host.configDir, "trust.json"), "utf8")));
    expect(trust.hostId).toBe(identity.hostId);
    expect(trust.deskKeys).toEqual([{ keyId: "desk-1", publicKey: peer.deskPublicKey }]);
    expect(peer.enrolments[0]?.version).toBe(2);
    expect(JSON.stringify(peer.enrolments)).not.toContain(identity.privateKey);
  });

  test.each([
    ["a file", ["--token-file", "FILE"]],
    ["standard input", ["--token-file", "-"]],
    ["standard input", ["--token", "-"]],
  ])("takes the token from %s, so that it stands in no list of processes (%j)", async (_, words) => {
    const [host, peer] = [await newHost(), await newPeer()];
    const file = join(host.root, "token");
    await writeFile(file, `${peer.token}\n`);
    const flags = words.map((word) => (word === "FILE" ? file : word));
    const command = startCommand(["enroll", "--url", peer.url, ...flags, ...host.flags], {
      input: peer.token,
    });
    expect((await command.finished).code).toBe(0);
    expect(peer.enrolments).toHaveLength(1);
  });

  test("needs a token from one place, and a file that is there", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    const ask = (...words: string[]) => runCommand("enroll", "--url", peer.url, ...host.flags, ...words);
    const file = join(host.root, "token");
    expect((await ask()).code).toBe(2);
    expect((await ask("--token", peer.token, "--token-file", file)).code).toBe(2);
    const missing = await ask("--token-file", file);
    expect(missing.code).toBe(1);
    expectSentence(missing, file);
    expect(peer.enrolments).toHaveLength(0);
  });

  test("a second time changes nothing and says so", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    await enrol(host, peer.url, peer.token);
    const before = await readFile(host.identity, "utf8");
    const again = await enrol(host, peer.url, goodToken);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain("already");
    expect(await readFile(host.identity, "utf8")).toBe(before);
    expect(peer.enrolments).toHaveLength(1);
  });

  test("at another desk needs --force, and then makes another key and another trust", async () => {
    const [host, first, second] = [await newHost(), await newPeer(), await newPeer()];
    await enrol(host, first.url, first.token);
    const refused = await enrol(host, second.url, second.token);
    expect(refused.code).toBe(1);
    expectSentence(refused, "--force");
    expect(second.enrolments).toHaveLength(0);
    expect((await enrol(host, second.url, second.token, "--force")).code).toBe(0);
    expect(second.enrolments[0]?.publicKey).not.toBe(first.enrolments[0]?.publicKey);
    const trust = HostTrust.parse(JSON.parse(await readFile(join(host.configDir, "trust.json"), "utf8")));
    expect(trust.deskKeys.map(({ publicKey }) => publicKey)).toEqual([second.deskPublicKey]);
  });

  test("a lost answer is no lost host: the next try uses the same key", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    peer.behaviour.onEnrol = () => undefined;
    const lost = await enrol(host, peer.url, peer.token);
    expect(lost.code).toBe(1);
    expectSentence(lost, "dropped the connection");
    expect(existsSync(host.identity)).toBe(false);
    peer.behaviour.onEnrol = null;
    expect((await enrol(host, peer.url, peer.token)).code).toBe(0);
    expect(peer.enrolments).toHaveLength(2);
    expect(peer.enrolments[0]?.publicKey).toBe(peer.enrolments[1]?.publicKey);
  });

  test("a trust file that believes another desk is not replaced by itself", async () => {
    const [host, first, second] = [await newHost(), await newPeer(), await newPeer()];
    await enrol(host, first.url, first.token);
    const otherState = ["--config-dir", host.configDir, "--state-dir", join(host.root, "other")];
    const refused = await runCommand("enroll", "--url", second.url, "--token", second.token, ...otherState);
    expect(refused.code).toBe(1);
    expectSentence(refused, "trusts another desk");
    expect(existsSync(join(host.root, "other/agent/identity.json"))).toBe(false);
  });

  test("a floor that root wrote stays when the host gets a new key, of the same desk or of another", async () => {
    const [host, peer, second] = [await newHost(), await newPeer(), await newPeer()];
    await enrol(host, peer.url, peer.token);
    const path = join(host.configDir, "trust.json");
    const trust = HostTrust.parse(JSON.parse(await readFile(path, "utf8")));
    await writeFile(path, JSON.stringify({ ...trust, floor: { 5: "closed" } }));
    const otherState = ["--config-dir", host.configDir, "--state-dir", join(host.root, "other")];
    await runCommand("enroll", "--url", peer.url, "--token", peer.token, ...otherState);
    const after = HostTrust.parse(JSON.parse(await readFile(path, "utf8")));
    expect(after.floor).toEqual({ 5: "closed" });
    expect(after.hostId).not.toBe(trust.hostId);
    await enrol(host, second.url, second.token, "--force");
    const forced = HostTrust.parse(JSON.parse(await readFile(path, "utf8")));
    expect(forced).toMatchObject({ floor: { 5: "closed" }, deskKeys: [{ publicKey: second.deskPublicKey }] });
  });

  test("a trust file of version 1 is taken over: the same host, the same desk, and nothing looser", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    await enrol(host, peer.url, peer.token);
    const { hostId } = Identity.parse(JSON.parse(await readFile(host.identity, "utf8")));
    const key = { keyId: "desk-1", role: "desk", algorithm: "ed25519", publicKey: peer.deskPublicKey };
    const rolesRequired = { 2: ["desk", "approver"], 3: ["desk"], 4: ["desk"], 5: ["desk"] };
    const path = join(host.configDir, "trust.json");
    await writeFile(path, JSON.stringify({ version: 1, hostId, keys: [key], rolesRequired }));
    expect((await enrol(host, peer.url, goodToken)).code).toBe(0);
    const trust = HostTrust.parse(JSON.parse(await readFile(path, "utf8")));
    expect(trust).toMatchObject({ hostId, deskKeys: [{ publicKey: peer.deskPublicKey }] });
    expect(trust.floor).toEqual({ 1: "closed", 2: ONE_PERSON });
    expect(peer.enrolments).toHaveLength(1);
  });
});

describe("a failed enrolment", () => {
  const answers: readonly (readonly [string, string, (right: PeerAnswer) => PeerAnswer])[] = [
    ["an expired token", "make a new one", () => problem(403, "token-expired")],
    ["a used token", "used already", () => problem(409, "token-used")],
    ["an unknown token", "copied whole", () => problem(403, "token-unknown")],
    ["another problem", "Free a shard.", () => problem(409, "shard-full", "Free a\n shard.\u001b[2J")],
    ["a control plane that is unwell", "run the same command again", () => ({ status: 503, body: "" })],
    ["a web page", "check the address", () => ({ status: 404, body: "<h1>" })],
    ["a web page that says 200", "check the address", () => ({ status: 200, body: "<h1>hello</h1>" })],
    [
      "an endless body",
      "check the address",
      () => ({ status: 200, body: "x".repeat(CONTROL_FRAME_BYTES_MAX * 4) }),
    ],
    [
      "a redirect",
      "https://elsewhere.example.org/",
      () => ({ status: 308, body: "", headers: { location: "https://elsewhere.example.org/" } }),
    ],
    [
      "an answer for another host",
      "nothing was trusted",
      ({ body }) => ({ status: 200, body: body.replace(/host_[0-9a-f]{32}/, `host_${"0".repeat(32)}`) }),
    ],
  ];
  test.each(answers)("by %s says what to do and leaves nothing", async (_, words, onEnrol) => {
    const [host, peer] = [await newHost(), await newPeer()];
    peer.behaviour.onEnrol = onEnrol;
    const failed = await enrol(host, peer.url, peer.token);
    expect(failed.code).toBe(1);
    expectSentence(failed, words);
    expect(existsSync(host.identity)).toBe(false);
    expect(await readdir(host.configDir)).toEqual([]);
  });

  test("by a desk key that the token does not name trusts nothing", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    const { publicKey } = await makeDeskKeys();
    peer.behaviour.onEnrol = ({ body }) => ({
      status: 200,
      body: JSON.stringify({ ...(JSON.parse(body) as object), deskPublicKey: publicKey }),
    });
    const failed = await enrol(host, peer.url, peer.token);
    expect(failed.code).toBe(1);
    expectSentence(failed, "interception");
    expect(await readdir(host.configDir)).toEqual([]);
  });

  test.each([
    ["a token that is not whole", "http://127.0.0.1:9", "cse_abc", "not whole"],
    ["no address", "countersign", goodToken, "is no address"],
    ["another scheme", "ftp://example.org", goodToken, "is no address"],
    ["plain HTTP to elsewhere", "http://192.0.2.1", goodToken, "--allow-http"],
    ["a password in the address", "https://a:b@example.org", goodToken, "before the @"],
    ["a port where nothing listens", "http://127.0.0.1:9", goodToken, "check"],
    ["a name that does not exist", "https://nowhere.invalid", goodToken, "check"],
  ])("by %s says so", async (_, url, token, words) => {
    const host = await newHost();
    const failed = await enrol(host, url, token);
    expect(failed.code).toBe(1);
    expectSentence(failed, words);
  });

  test("by TLS where plain HTTP is spoken says so", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    const failed = await enrol(host, peer.url.replace("http:", "https:"), goodToken);
    expect(failed.code).toBe(1);
    expectSentence(failed, "http:// against https://");
  });

  test("by a state directory that cannot be written says which, before the token is spent", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    await mkdir(join(host.root, "full"));
    await writeFile(join(host.root, "full/agent"), "in the way");
    const flags = ["--config-dir", host.configDir, "--state-dir", join(host.root, "full")];
    const failed = await runCommand("enroll", "--url", peer.url, "--token", peer.token, ...flags);
    expect(failed.code).toBe(1);
    expectSentence(failed, join(host.root, "full/agent"));
    expect(peer.enrolments).toHaveLength(0);
  });

  test("by a state directory that may not be written says so, before the token is spent", async () => {
    const [host, peer] = [await newHost(), await newPeer()];
    const closed = join(host.root, "closed");
    await mkdir(closed, { mode: 0o555 });
    // Modes do not stop root; a file system where nothing can be made does.
    const stateDir = process.getuid?.() === 0 ? "/proc/sys/kernel" : closed;
    const flags = ["--config-dir", host.configDir, "--state-dir", stateDir];
    const failed = await runCommand("enroll", "--url", peer.url, "--token", peer.token, ...flags);
    expect(failed.code).toBe(1);
    expectSentence(failed, stateDir);
    expectSentence(failed, "--state-dir");
    expect(peer.enrolments).toHaveLength(0);
  });
});
