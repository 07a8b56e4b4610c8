// Root at the machine: how enrolment and the command `trust` come to believe the fleet's approvers, and that nothing but root's comparing of the
// words makes them believed.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, inject, test } from "vitest";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { HostTrust } from "@countersign/shared/wire/host-trust";
import { ActuatorHost } from "../actuator-host.ts";
import { type Finished, type HostDirectories, runCommand } from "../peers/agent-process.ts";
import type { ControlPlanePeer } from "../peers/control-plane-peer.ts";
import { atEnd, newHost, newPeer } from "../peers/host-under-test.ts";
import { knownOf, newPerson, nextTrust, PARTY, signTrust, trustOf } from "./approvers.ts";

const alice = await newPerson("alice");
const bob = await newPerson("bob", { isSynced: true });
const wordsOf = (signed: SignedTrust) => fingerprintWordsOf(knownOf(signed).hash).join(" ");

let host: HostDirectories;
let peer: ControlPlanePeer;
let first: SignedTrust;
beforeEach(async () => {
  host = await newHost();
  peer = await newPeer();
  first = await signTrust(trustOf([alice, bob], peer.deskPublicKey));
  peer.behaviour.approvers = { party: PARTY, trust: first };
});

const enroll = (...more: string[]) =>
  runCommand("enroll", "--url", peer.url, "--token", peer.token, ...host.flags, ...more);
const trust = (...words: string[]) => runCommand("trust", ...words, ...host.flags);
const fleetTrust = () => join(host.configDir, "fleet-trust.json");
const readTrust = async () =>
  HostTrust.parse(JSON.parse(await readFile(join(host.configDir, "trust.json"), "utf8")));
/** What the agent would have kept. */
async function offer(signed: SignedTrust, party = PARTY): Promise<void> {
  await mkdir(join(host.stateDir, "agent"), { recursive: true });
  await writeFile(join(host.stateDir, "agent/offered-trust.json"), JSON.stringify({ signed, party }));
}
/** `script` of util-linux makes the terminal. */
const onLinux = test.skipIf(process.platform !== "linux");
/** The same with a terminal, at which this is typed. */
async function atTerminal(typed: string, ...words: string[]): Promise<Finished> {
  const line = [process.execPath, inject("agentBundle"), ...words].map((word) => `'${word}'`).join(" ");
  const run = promisify(execFile)("script", ["-qec", line, "/dev/null"]);
  run.child.stdin?.end(`${typed}\n`);
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Finished) => error,
  );
}

describe("enrolment", () => {
  test("believes the approvers whose words root gives, and where they sign", async () => {
    const { code, stdout } = await enroll("--trust-words", `  ${wordsOf(first).toUpperCase()} `, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ approvers: "accepted", trustWords: wordsOf(first) });
    expect(JSON.parse(await readFile(fleetTrust(), "utf8"))).toEqual(first);
    expect((await readTrust()).party).toEqual(PARTY);
  });

  test("with other words believes and leaves nothing, and the next try is the same host", async () => {
    const other = await enroll("--trust-words", "abandon ".repeat(8));
    expect(other).toMatchObject({ code: 1 });
    expect(other.stderr).toContain("other words");
    expect(existsSync(fleetTrust())).toBe(false);
    expect(existsSync(host.identity)).toBe(false);
    expect((await enroll("--trust-words", wordsOf(first))).code).toBe(0);
    expect(peer.enrolments[0]?.publicKey).toBe(peer.enrolments[1]?.publicKey);
  });

  test("without a terminal and without words says what to do", async () => {
    const { code, stderr } = await enroll();
    expect(code).toBe(1);
    for (const words of [wordsOf(first), "--trust-words", "--no-approver"]) expect(stderr).toContain(words);
    expect(existsSync(host.identity)).toBe(false);
  });

  onLinux("at a terminal shows who they are, and takes a yes for one", async () => {
    const words = ["enroll", "--url", peer.url, "--token", peer.token, ...host.flags];
    const no = await atTerminal("no", ...words);
    expect(no.code).toBe(1);
    expect(existsSync(host.identity)).toBe(false);
    const yes = await atTerminal("yes", ...words);
    expect(yes.code).toBe(0);
    for (const shown of [wordsOf(first), "alice's phone (bound", "bob's phone (synced", "localhost:8787"])
      expect(yes.stdout).toContain(shown);
    expect(existsSync(fleetTrust())).toBe(true);
  });

  test("with --no-approver believes nobody, and says so", async () => {
    const { code, stdout } = await enroll("--no-approver");
    expect(code).toBe(0);
    expect(stdout).toContain("levels 4 and 5 are closed");
    expect(existsSync(fleetTrust())).toBe(false);
    expect((await enroll("--no-approver", "--trust-words", "x")).code).toBe(2);
  });

  test("of a fleet without approvers goes on, and says so", async () => {
    peer.behaviour.approvers = { party: PARTY, trust: null };
    const { code, stdout } = await enroll("--trust-words", "whatever");
    expect(code).toBe(0);
    expect(stdout).toContain("no approver yet");
    expect((await readTrust()).party).toEqual(PARTY);
  });

  test("again changes nothing; --force at another desk believes only its approvers", async () => {
    await enroll("--trust-words", wordsOf(first));
    const again = await enroll("--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ status: "already-enrolled", approvers: "accepted" });
    const elsewhere = await newPeer();
    const forced = ["--url", elsewhere.url, "--token", elsewhere.token, "--force", ...host.flags];
    expect((await runCommand("enroll", ...forced)).code).toBe(0);
    expect(existsSync(fleetTrust())).toBe(false);
  });
});

describe("trust accept", () => {
  beforeEach(async () => {
    await enroll("--no-approver");
  });

  test("believes what is offered, by its words", async () => {
    await offer(first);
    expect((await trust("accept", "--words", "zoo ".repeat(8))).code).toBe(1);
    expect(existsSync(fleetTrust())).toBe(false);
    expect(await trust("accept", "--words", wordsOf(first), "--json")).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify({ accepted: 1, words: wordsOf(first) })}\n`,
    });
    expect(JSON.parse(await readFile(fleetTrust(), "utf8"))).toEqual(first);
  });

  onLinux("asks at the terminal", async () => {
    await offer(first);
    expect((await atTerminal("y", "trust", "accept", ...host.flags)).code).toBe(1);
    expect((await atTerminal("yes", "trust", "accept", ...host.flags)).code).toBe(0);
    expect(existsSync(fleetTrust())).toBe(true);
  });

  // Who owns the agent's directory writes the offer: its text must not rewrite on root's screen what root compares.
  onLinux("shows the name of a passkey as text, whatever it holds", async () => {
    const name = "\u001B[9A\u001B[2Kzoo\u009B2K\u202Ephone";
    const approver = { person: "mallory", credentials: [{ ...alice.credential, name }] };
    await offer(await signTrust(trustOf([], peer.deskPublicKey, { approvers: [approver] })));
    const shown = await atTerminal("no", "trust", "accept", ...host.flags);
    const said = shown.stdout + (await trust("show")).stdout + (await trust("show", "--json")).stdout;
    expect(said).toContain("\\u{1b}[9A");
    expect(said).not.toMatch(/[[\p{Cc}\p{Cf}]--[\r\n]]/v);
  });

  test("takes over a trust file of version 1, with where people sign", async () => {
    const { hostId } = await readTrust();
    const key = { keyId: "desk-1", role: "desk", algorithm: "ed25519", publicKey: peer.deskPublicKey };
    const rolesRequired = { 1: ["desk"], 2: ["desk"], 3: ["desk"], 4: ["desk"], 5: ["desk"] };
    const old = { version: 1, hostId, keys: [key], rolesRequired };
    await writeFile(join(host.configDir, "trust.json"), JSON.stringify(old));
    expect((await trust("show")).stderr).toContain("version 1");
    await offer(first);
    expect((await trust("accept", "--words", wordsOf(first))).code).toBe(0);
    const deskKeys = [{ keyId: "desk-1", publicKey: peer.deskPublicKey }];
    expect(await readTrust()).toEqual({ version: 2, hostId, party: PARTY, deskKeys });
  });

  test("refuses an offer for another place than root pinned, an older version, nonsense, and nothing", async () => {
    expect((await trust("accept")).stderr).toContain("Nothing is offered");
    await offer(first, { rpId: "evil.example", origins: ["https://evil.example"] });
    expect((await trust("accept", "--words", wordsOf(first))).stderr).toContain("evil.example");
    const second = await nextTrust(first, {}, [alice]);
    await offer(second);
    await trust("accept", "--words", wordsOf(second));
    await offer(first);
    const older = await trust("accept", "--words", wordsOf(first));
    expect(older.stderr).toContain("this is version 1: add --force");
    const fork = await nextTrust(first, { levels: {} }, [alice]);
    await offer(fork);
    expect((await trust("accept", "--words", wordsOf(fork))).stderr).toContain(
      "another version 2: add --force",
    );
    await offer(first);
    expect((await trust("accept", "--words", wordsOf(first), "--force")).code).toBe(0);
    const file = join(host.root, "nonsense");
    await writeFile(file, "{}");
    expect((await trust("accept", file)).stderr).toContain("no version of a fleet's trust");
    // An agent that was taken over must not have root read another file for it.
    await symlink(file, join(host.root, "link"));
    expect((await trust("accept", join(host.root, "link"))).code).toBe(1);
  });
});

describe("trust show, verify, history and doctor", () => {
  test("tell that the fleet has begun another list, and not what their own began with", async () => {
    await enroll("--no-approver");
    await offer(first);
    await trust("accept", "--words", wordsOf(first));
    expect(JSON.parse((await trust("show", "--json")).stdout)).toMatchObject({ offered: null });
    const anew = await signTrust(trustOf([await newPerson("carol")], peer.deskPublicKey));
    await offer(anew);
    const offered = { version: 1, words: wordsOf(anew) };
    expect(JSON.parse((await trust("show", "--json")).stdout)).toMatchObject({ offered });
    expect((await trust("accept", "--words", wordsOf(anew))).stderr).toContain("add --force");
    expect((await trust("accept", "--words", wordsOf(anew), "--force")).code).toBe(0);
    expect(JSON.parse((await trust("show", "--json")).stdout)).toMatchObject({ offered: null });
  });

  test("tell what is believed, what is offered and what is closed", async () => {
    await enroll("--no-approver");
    await offer(first);
    const before = await trust("show", "--json");
    expect(JSON.parse(before.stdout)).toMatchObject({
      believed: null,
      offered: { version: 1, words: wordsOf(first) },
      levels: { 3: { people: 0 }, 4: { closed: expect.stringContaining("trust accept") as string } },
    });
    expect((await trust("verify")).code).toBe(1);
    await writeFile(host.catalogue, "version: 1\nservices: []\n");
    expect((await runCommand("doctor", ...host.flags)).stdout).toContain("offered and not accepted");
    await trust("accept", "--words", wordsOf(first));
    const after = JSON.parse((await trust("show", "--json")).stdout) as { people: unknown };
    expect(after).toMatchObject({
      believed: { version: 1, words: wordsOf(first) },
      closed: null,
      offered: null,
      threshold: 1,
      people: [{ person: "alice" }, { person: "bob", credentials: [{ isSynced: true }] }],
      levels: { 4: { people: 1 }, 5: { people: 1 } },
      party: PARTY,
    });
    const shown = (await trust("show")).stdout;
    expect(shown).toContain("Level 4: the desk and one person");
    expect(shown).toContain(wordsOf(first));
    expect((await runCommand("doctor", ...host.flags)).stdout).toContain(
      "ok       trust: version 1 is believed (approvers: 2)",
    );
  });

  test("follow the versions that came after, and say when one is lost", async () => {
    const running = await ActuatorHost.create();
    atEnd(() => running.remove());
    const anchor = await signTrust(trustOf([running.alice], running.desk.publicKey));
    const second = await nextTrust(anchor, { approvers: [running.alice.approver, bob.approver] }, [
      running.alice,
    ]);
    const third = await nextTrust(second, { threshold: 2 }, [bob]);
    await running.accept(anchor);
    await running.start();
    await running.client.applyTrust(second);
    await running.client.applyTrust(third);
    const { directory } = running;
    const flags = ["--config-dir", join(directory, "config"), "--state-dir", join(directory, "state")];
    const ask = (...words: string[]) => runCommand("trust", ...words, ...flags);
    const { stdout } = await ask("history", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      versions: [
        { version: 1, signers: null },
        { version: 2, signers: [{ person: "alice" }], believedAt: expect.any(Number) as number },
        { version: 3, signers: [{ person: "bob" }], words: wordsOf(third) },
      ],
    });
    expect((await ask("history")).stdout).toContain("Version 3: signed by bob, believed since");
    expect(await ask("verify")).toMatchObject({ code: 0 });
    await writeFile(running.paths.trustChain, JSON.stringify({ version: 1, versions: [second] }));
    const verified = await ask("verify", "--json");
    expect(verified.code).toBe(1);
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: false, accepted: 1, reached: 2 });
    expect((await ask("show")).stdout).toContain("NOTHING IS PERMITTED");
    expect((await runCommand("doctor", ...flags)).stdout).toContain("wrong    trust: nothing is permitted");
    // What was lost is believed no less for it: an older one takes its place by --force alone.
    const file = join(directory, "second.json");
    await writeFile(file, JSON.stringify(second));
    const older = await ask("accept", file, "--words", wordsOf(second));
    expect(older.stderr).toContain("Version 3 was believed here, and this is version 2: add --force");
  });
});
