// The demo host's commands over stdio, as `npm start` uses them: it enrols with the approvers' words or without any, and accepts them later.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { atEnd, newPeer } from "../peers/host-under-test.ts";
import { until } from "../peers/until.ts";
import { knownOf, newPerson, PARTY, signTrust, trustOf } from "./approvers.ts";

const PROGRAM = join(import.meta.dirname, "../../../edge-agent/demo-host/main.ts");
type Answer = Readonly<Record<string, unknown>>;

async function startDemoHost() {
  const state = await mkdtemp(join(tmpdir(), "cs-demo-"));
  const child = spawn(process.execPath, [PROGRAM, "--kind", "process", "--state", state], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers: Answer[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => answers.push(JSON.parse(line) as Answer));
  atEnd(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
    await rm(state, { recursive: true, force: true });
  });
  let last = 0;
  return async (command: Readonly<Record<string, unknown>>): Promise<Answer> => {
    const id = (last += 1);
    child.stdin.write(`${JSON.stringify({ id, ...command })}\n`);
    return until(() => answers.find((answer) => answer["id"] === id), `an answer to ${id}`, 20_000);
  };
}

test("believes the approvers whose words it is given, at once or later", async () => {
  const peer = await newPeer();
  const signed = await signTrust(trustOf([await newPerson("alice")], peer.deskPublicKey));
  const words = fingerprintWordsOf(knownOf(signed).hash).join(" ");
  peer.behaviour.approvers = { party: PARTY, trust: signed };
  const { token, url } = peer;

  const later = await startDemoHost();
  expect(await later({ do: "enrol", url, token, trustWords: null })).toMatchObject({ ok: true });
  expect(await later({ do: "trust" })).toMatchObject({ ok: true, believed: null });
  const connection = await peer.connection(0);
  connection.send({ version: 2, type: "trust", signed, party: PARTY });
  expect(await later({ do: "accept-trust", words })).toMatchObject({ ok: true });
  expect(await later({ do: "trust" })).toMatchObject({ believed: { version: 1, words } });
  await connection.waitFor("trust-answer", ({ trust }) => trust?.version === 1);

  const atOnce = await startDemoHost();
  expect(await atOnce({ do: "enrol", url, token, trustWords: words })).toMatchObject({ ok: true });
  expect(await atOnce({ do: "trust" })).toMatchObject({ believed: { version: 1, words } });
  expect(await atOnce({ do: "status" })).toMatchObject({ kind: "process", executions: [] });
});
