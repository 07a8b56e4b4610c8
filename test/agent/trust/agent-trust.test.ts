// How the agent carries the fleet's trust: it says what its actuator believes, hands on what comes, and keeps for root what only root can accept.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import { markOf } from "@countersign/shared/wire/trust-chain";
import { startActuatorPeer } from "../peers/actuator-peer.ts";
import { enrolDirectly, runCommand, writeCatalogue } from "../peers/agent-process.ts";
import { makeDeskKeys } from "../peers/control-plane-peer.ts";
import { atEnd, newAgent, newEnrolledAgent, newHost, newPeer } from "../peers/host-under-test.ts";
import { catalogueOf } from "../peers/host-under-test.ts";
import { knownOf, newPerson, nextTrust, PARTY, signTrust, trustOf } from "./approvers.ts";

const alice = await newPerson("alice");
const desk = await makeDeskKeys();
const first = await signTrust(trustOf([alice], desk.publicKey));
const second = await nextTrust(first, {}, [alice]);
const frame: ControlMessage = { version: 2, type: "trust", signed: second, party: PARTY };

/** An agent that was started beside an actuator which believes this. */
async function connected(believes: typeof first | null) {
  const [host, peer] = [await newHost(), await newPeer()];
  await enrolDirectly(host, peer.url);
  await writeCatalogue(host, catalogueOf(peer.port));
  const actuator = await startActuatorPeer(host.socket);
  atEnd(() => actuator.stop());
  actuator.trust = believes === null ? null : markOf(knownOf(believes));
  newAgent(host);
  const connection = await peer.connection(0);
  return { host, actuator, connection, offered: join(host.stateDir, "agent/offered-trust.json") };
}

describe("a hello", () => {
  test("says which version the actuator believes", async () => {
    const { connection } = await connected(first);
    expect(connection.hello.signing).toEqual({ version: 2, trust: markOf(knownOf(first)) });
  });
  test("says that it believes none", async () => {
    const { connection } = await connected(null);
    expect(connection.hello.signing).toEqual({ version: 2, trust: null });
  });
  test("says nothing of it when the actuator is away", async () => {
    const peer = await newPeer();
    await newEnrolledAgent(peer);
    const { hello } = await peer.connection(0);
    expect(hello.signing).toEqual({ version: 2 });
  });
});

test("what a hello could not say is told as soon as the actuator says it", async () => {
  const peer = await newPeer();
  const { host } = await newEnrolledAgent(peer);
  const connection = await peer.connection(0);
  expect(connection.hello.signing).toEqual({ version: 2 });
  const actuator = await startActuatorPeer(host.socket);
  atEnd(() => actuator.stop());
  actuator.trust = markOf(knownOf(first));
  const answer = await connection.waitFor("trust-answer");
  expect(answer).toMatchObject({ trust: markOf(knownOf(first)), refusal: null });
});

describe("a version that comes", () => {
  test("is handed to the actuator, and its answer is told", async () => {
    const { connection, offered } = await connected(first);
    connection.send(frame);
    const answer = await connection.waitFor("trust-answer");
    expect(answer).toMatchObject({ trust: markOf(knownOf(second)), refusal: null });
    expect(existsSync(offered)).toBe(false);
  });
  test("that only root can accept is kept for root", async () => {
    const { connection, offered } = await connected(null);
    connection.send(frame);
    const answer = await connection.waitFor("trust-answer");
    expect(answer).toMatchObject({ trust: null, refusal: { reason: "trust-not-accepted", offered: 2 } });
    expect(JSON.parse(await readFile(offered, "utf8"))).toEqual({ signed: second, party: PARTY });
  });
  test("that begins another list is refused, and kept for root; another next one is not", async () => {
    const { connection, offered } = await connected(second);
    connection.send({ ...frame, signed: await nextTrust(first, { levels: {} }, [alice]) });
    await connection.waitFor("trust-answer");
    expect(existsSync(offered)).toBe(false);
    const anew = await signTrust(trustOf([await newPerson("carol")], desk.publicKey));
    connection.send({ ...frame, signed: anew });
    await expect.poll(() => existsSync(offered)).toBe(true);
    expect(JSON.parse(await readFile(offered, "utf8"))).toEqual({ signed: anew, party: PARTY });
  });
  test("while the actuator is away is answered as that", async () => {
    const peer = await newPeer();
    await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    connection.send(frame);
    const { refusal } = await connection.waitFor("trust-answer");
    expect(refusal).toMatchObject({ reason: "actuator-unreachable", offered: 2 });
  });
});

test("what root accepts is told at once", async () => {
  const { actuator, connection, host } = await connected(null);
  const deskKeys = [{ keyId: "desk-1", publicKey: desk.publicKey }];
  const trust = { version: 2, hostId: connection.hello.hostId, party: PARTY, deskKeys };
  await writeFile(join(host.configDir, "trust.json"), JSON.stringify(trust));
  const file = join(host.root, "first.json");
  await writeFile(file, JSON.stringify(first));
  actuator.trust = markOf(knownOf(first));

  const words = fingerprintWordsOf(knownOf(first).hash).join(" ");
  expect(await runCommand("trust", "accept", file, "--words", words, ...host.flags)).toMatchObject({
    code: 0,
  });
  const answer = await connection.waitFor("trust-answer");
  expect(answer).toMatchObject({ trust: markOf(knownOf(first)), refusal: null });
});
