// The actuator as a real process on a real socket: what a rightly signed grant does, and that nothing else does anything.
import { execFile } from "node:child_process";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { ActuatorHost, askFor } from "./actuator-host.ts";
import { newPerson, signTrust, trustOf } from "./trust/approvers.ts";

let host: ActuatorHost;
beforeEach(async () => {
  host = await ActuatorHost.create();
});
afterEach(async () => {
  await host.remove();
});

describe("a granted proposal", () => {
  test("is executed once, reported, and forgotten when acknowledged", async () => {
    await host.start();
    const minted = await host.propose();
    expect(minted.proposal.argv.at(-1)).toBe("restarted");
    expect(await host.approve(minted)).toMatchObject({ type: "accepted", nonce: minted.proposal.nonce });
    const outcome = await host.outcome();
    expect(outcome).toMatchObject({ status: "succeeded", nonce: minted.proposal.nonce, sequence: 1 });
    expect(await host.effectCount()).toBe(1);
    await host.client.acknowledge(outcome.sequence);
    expect(await host.client.outcomes(0)).toEqual([]);
    expect(await host.client.status()).toMatchObject({ lastSequence: 1, outcomesUnacknowledged: 0 });
  });

  test("is known to an actuator that was started again since it was minted", async () => {
    await host.start();
    const minted = await host.propose();
    await host.stop();
    await host.start();
    expect(await host.approve(minted)).toMatchObject({ type: "accepted" });
    expect(await host.outcome()).toMatchObject({ status: "succeeded" });
    expect(await host.effectCount()).toBe(1);
  });

  test("that is executed twice at once runs once", async () => {
    await host.writeCatalogue({ pauseSeconds: 0.3 });
    await host.start();
    const minted = await host.propose();
    const answers = await Promise.all([host.approve(minted), host.approve(minted), host.approve(minted)]);
    expect(answers.map(({ type }) => type).sort()).toEqual(["accepted", "refused", "refused"]);
    await expect.poll(async () => (await host.client.outcomes(0)).length).toBe(3);
    expect(await host.effectCount()).toBe(1);
  });

  test("two grants for one service are executed one after the other", async () => {
    await host.writeCatalogue({ pauseSeconds: 0.5 });
    await host.start();
    const first = await host.propose();
    const second = await host.propose();
    const startedAt = Date.now();
    await Promise.all([host.approve(first), host.approve(second)]);
    await expect.poll(async () => (await host.client.outcomes(0)).length, { timeout: 30_000 }).toBe(2);
    expect(Date.now() - startedAt).toBeGreaterThan(1_000);
    const [one, two] = await host.client.outcomes(0);
    expect(two?.startedAt).toBeGreaterThanOrEqual(one?.finishedAt ?? Infinity);
    expect(await host.effectCount()).toBe(2);
  });
});

describe("a grant that waits behind another one is judged by what root's files say when its turn comes:", () => {
  /** Two grants for one service, the first of which runs for a while; `change` comes while the second waits. */
  async function secondAfter(change: () => Promise<void>) {
    await host.writeCatalogue({ pauseSeconds: 1.5 });
    await host.start();
    const first = host.approve(await host.propose());
    const second = await host.propose();
    expect(await first).toMatchObject({ type: "accepted" });
    const waiting = host.approve(second);
    await wait(600);
    await change();
    const answer = await waiting;
    const running = async () => (await host.client.status()).executionsRunning;
    await expect.poll(running, { timeout: 30_000 }).toBe(0);
    expect(await host.effectCount()).toBe(1);
    return answer;
  }

  test("a key that root has exchanged signs nothing any more", async () => {
    const next = await generateKeyPair();
    const other = await signTrust(trustOf([host.alice], next.publicKey));
    const answer = await secondAfter(() => host.accept(other));
    expect(answer).toMatchObject({ type: "refused", reason: "signature-wrong" });
    expect((await host.client.outcomes(0)).map(({ refusal }) => refusal)).toEqual([null, "signature-wrong"]);
  });

  test("a trust file that is gone", async () => {
    expect(await secondAfter(() => rm(host.paths.trust))).toMatchObject({ reason: "level-closed" });
  });

  test("an approver whom root believes no more", async () => {
    const bob = await newPerson("bob");
    const other = await signTrust(trustOf([bob], host.desk.publicKey));
    expect(await secondAfter(() => host.accept(other))).toMatchObject({ reason: "credential-unknown" });
  });

  test("a freeze", async () => {
    expect(await secondAfter(() => writeFile(host.paths.frozen, ""))).toMatchObject({ reason: "frozen" });
  });

  test("the catalogue, and its budget", async () => {
    const smaller = () => host.writeCatalogue({ pauseSeconds: 1.5, budget: 1 });
    expect(await secondAfter(smaller)).toMatchObject({ reason: "budget-exhausted" });
  });
});

describe("nothing is executed by", () => {
  afterEach(async () => {
    await wait(150);
    expect(await host.effectCount()).toBe(0);
  });

  test("a forged signature, a stranger's key, or none", async () => {
    await host.start();
    const minted = await host.propose();
    const grant = host.grantOf(minted);
    const forged = await host.sign(grant, minted, { key: await generateKeyPair() });
    expect(await host.client.execute(grant.grantId, forged)).toMatchObject({ reason: "signature-wrong" });
    const stranger = { ...forged, signatures: [{ ...forged.signatures[0]!, keyId: "stranger" }] };
    expect(await host.client.execute(grant.grantId, stranger)).toMatchObject({ reason: "signature-missing" });
    const right = await host.sign(grant, minted);
    const altered = { ...right, payload: Buffer.from(JSON.stringify({ ...grant, x: 1 })).toString("base64") };
    expect(await host.client.execute(grant.grantId, altered)).toMatchObject({ reason: "signature-wrong" });
    const bare = { ...right, signatures: [] };
    expect(await host.client.execute(grant.grantId, bare)).toMatchObject({ reason: "envelope-malformed" });
    const outcomes = await host.client.outcomes(0);
    expect(outcomes.map(({ refusal }) => refusal)).toEqual([
      "signature-wrong",
      "signature-missing",
      "signature-wrong",
      "envelope-malformed",
    ]);
  });

  test("a grant for another host, an unknown nonce, another proposal or another act", async () => {
    await host.start();
    const minted = await host.propose();
    const other = await host.propose("worker");
    const refused = async (changes: Parameters<typeof host.approve>[1]) =>
      (await host.approve(minted, changes)) as { reason?: string };
    expect(await refused({ hostId: `host_${"b".repeat(32)}` })).toMatchObject({ reason: "wrong-host" });
    expect(await refused({ nonce: "n".repeat(32) })).toMatchObject({ reason: "nonce-unknown" });
    expect(await refused({ proposalHash: host.grantOf(other).proposalHash })).toMatchObject({
      reason: "proposal-mismatch",
    });
    expect(await refused({ action: "fall-back" })).toMatchObject({ reason: "proposal-mismatch" });
    expect(await refused({ service: "worker" })).toMatchObject({ reason: "proposal-mismatch" });
  });

  test("an expired grant or proposal, by the host's own clock", async () => {
    await host.start({ lifetimeMs: 300 });
    const minted = await host.propose();
    const long = await host.propose();
    await wait(350);
    expect(await host.approve(minted)).toMatchObject({ reason: "expired" });
    await host.stop();
    await host.start();
    expect(await host.approve(long)).toMatchObject({ reason: "expired" });
    const fresh = await host.propose();
    await wait(30);
    expect(await host.approve(fresh, { proposalAgeMaxMs: 10 })).toMatchObject({ reason: "expired" });
  });

  test("a level that root has closed since, and none is minted for it", async () => {
    await host.start();
    const minted = await host.propose("web", "fall-back");
    await host.writeTrust({ floor: { 5: "closed" } });
    expect(await host.approve(minted)).toMatchObject({ reason: "level-closed" });
    const refused = await host.client.propose(askFor("web", "fall-back"));
    expect(refused).toMatchObject({ type: "refused", reason: "level-closed" });
  });

  test("a grant whose precondition changed", async () => {
    await host.start();
    const minted = await host.propose("worker");
    expect(minted.proposal.unitState.activeState).toBe("inactive");
    await writeFile(host.pidPath, String(process.pid));
    expect(await host.approve(minted)).toMatchObject({ reason: "precondition-changed" });
  });

  test("a frozen host, neither a new proposal nor a grant", async () => {
    await host.start();
    const minted = await host.propose();
    await writeFile(host.paths.frozen, "");
    expect(await host.approve(minted)).toMatchObject({ reason: "frozen" });
    expect(await host.client.propose(askFor())).toMatchObject({ type: "refused", reason: "frozen" });
  });

  test("a catalogue that changed, is loose, or is gone", async () => {
    await host.start();
    const minted = await host.propose();
    await host.writeCatalogue({ word: "something-else" });
    expect(await host.approve(minted)).toMatchObject({ reason: "catalogue-changed" });
    await host.writeCatalogue();
    await chmod(host.paths.catalogue, 0o666);
    expect(await host.approve(minted)).toMatchObject({ reason: "catalogue-changed" });
    await expect(host.client.propose(askFor())).rejects.toThrow("chmod go-w");
    await rm(host.paths.catalogue);
    expect(await host.approve(minted)).toMatchObject({ reason: "catalogue-changed" });
  });

  test("tampered proposals on disk", async () => {
    await host.start();
    const minted = await host.propose();
    await host.stop();
    const memory = await readFile(host.paths.proposals, "utf8");
    const text = Buffer.from(minted.bytes).toString();
    const tampered = Buffer.from(text.replace("restarted", "destroyed")).toString("base64");
    await writeFile(
      host.paths.proposals,
      memory.replace(Buffer.from(minted.bytes).toString("base64"), tampered),
    );
    await host.start();
    expect(await host.approve(minted)).toMatchObject({ reason: "proposal-mismatch" });
  });

  test("frames that are no requests", async () => {
    await host.start();
    expect(await sendRaw(host, "hello\n")).toContain("frame-malformed");
    expect(await sendRaw(host, `{"version":1,"id":1,"type":"status"}\n`)).toContain("frame-malformed");
    expect(await sendRaw(host, "x".repeat(80_000))).toContain("frame-too-large");
    expect(await sendRaw(host, `${"x".repeat(80_000)}\n`)).toContain("frame-");
    expect((await host.client.status()).lastSequence).toBe(0);
  });
});

test("a caller that sends without listening is answered in turn, and does not harm others", async () => {
  await host.start();
  const frame = `${JSON.stringify({ version: 2, id: 7, type: "status" })}\n`;
  const flooding = createConnection(host.paths.socket);
  flooding.on("error", () => undefined);
  flooding.pause();
  for (let count = 0; count < 20_000; count += 1) flooding.write(frame);
  expect(await host.client.status()).toMatchObject({ executionsRunning: 0 });
  flooding.destroy();
  expect(await host.client.status()).toMatchObject({ executionsRunning: 0 });
});

test("an action of a service with a pid file is over when a new process runs", async () => {
  await host.start();
  await writeFile(host.pidPath, "2147483000");
  const minted = await host.propose("worker");
  expect(minted.proposal.unitState.activeState).toBe("failed");
  await host.approve(minted);
  await expect.poll(() => host.effectCount()).toBe(1);
  expect(await host.client.outcomes(0)).toEqual([]);
  await writeFile(host.pidPath, String(process.pid));
  expect(await host.outcome()).toMatchObject({ status: "succeeded", unitAfter: { mainPid: process.pid } });
});

test("what a service touches to 1960 costs no act, of it or of any other service", async () => {
  await host.start();
  await writeFile(host.pidPath, String(process.pid));
  const minted = await host.propose("worker");
  await promisify(execFile)("touch", ["-d", "1960-01-01T00:00:00Z", host.pidPath]);
  expect(await host.approve(minted)).toMatchObject({ type: "accepted" });
  await expect.poll(() => host.effectCount(), { timeout: 30_000 }).toBe(1);
  await host.stop("SIGKILL");
  await host.start();
  expect(await host.outcome()).toMatchObject({ status: "lost", unitBefore: { activeEnterAt: null } });
  expect((await host.propose("worker")).proposal.unitState).toMatchObject({
    activeState: "active",
    activeEnterAt: null,
  });
  expect(await host.approve(await host.propose("web"))).toMatchObject({ type: "accepted" });
});

test("it is seen on request what a service of the catalogue is, once a second however many ask", async () => {
  await host.start();
  const { client } = host;
  await writeFile(host.pidPath, `${process.pid}\n`);
  expect((await client.observe("worker")).state).toMatchObject({
    activeState: "active",
    mainPid: process.pid,
  });
  await expect(client.observe("sshd")).rejects.toThrow("the catalogue has no service sshd");
  await rm(host.pidPath);
  const startedMs = performance.now();
  // None of them is told what was: each answer is of a look after the file was gone.
  const seen = await Promise.all(Array.from({ length: 14 }, () => client.observe("worker")));
  expect(seen.map(({ state }) => state.activeState)).toEqual(Array(14).fill("inactive"));
  expect(performance.now() - startedMs).toBeLessThan(12_000);
});

test("the budget is refused at the proposal and at the grant", async () => {
  await host.writeCatalogue({ budget: 1 });
  await host.start();
  const first = await host.propose();
  const second = await host.propose();
  await host.approve(first);
  await host.outcome();
  expect(await host.approve(second)).toMatchObject({ reason: "budget-exhausted" });
  expect(await host.client.propose(askFor())).toMatchObject({ reason: "budget-exhausted" });
  expect(await host.effectCount()).toBe(1);
});

test("a second actuator on the same state refuses to start; a killed one leaves nothing in the way", async () => {
  await host.start();
  expect(await host.startAnother()).toContain("running already");
  expect(await host.client.status()).toMatchObject({ executionsRunning: 0 });
  await host.stop("SIGKILL");
  await host.start();
  expect(await host.client.status()).toMatchObject({ executionsRunning: 0 });
});

function sendRaw(target: ActuatorHost, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(target.paths.socket);
    let received = "";
    socket.on("connect", () => socket.write(text));
    socket.on("data", (chunk) => (received += chunk.toString()));
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}
