// Last words from a real agent in process mode, out of the plain log beside a pid file: redacted, once as it fails, again after a failed act, after
// the next welcome where nobody was connected, and never of a service that switches them off.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import { outcomeOf, startActuatorPeer } from "../peers/actuator-peer.ts";
import { enrolDirectly, type HostDirectories, writeCatalogue } from "../peers/agent-process.ts";
import { atEnd, newAgent, newHost, newPeer } from "../peers/host-under-test.ts";
import { pause } from "../peers/until.ts";

/** Nothing listens there. */
const CLOSED_PORT = 1;

function catalogueWith(host: HostDirectories, more: object = {}): string {
  const checks = [{ name: "port", kind: "tcp", port: CLOSED_PORT, every: "200ms", timeout: "1s" }];
  const service = { name: "web", pidFile: join(host.root, "web.pid"), checks, ...more };
  return JSON.stringify({ version: 1, services: [service] });
}

async function dyingHost(url: string, more: object = {}): Promise<HostDirectories> {
  const host = await newHost();
  await writeCatalogue(host, catalogueWith(host, more));
  await writeFile(join(host.root, "web.log"), "starting\nDB_PASSWORD=hunter2-tulip\npanic: no such table\n");
  await enrolDirectly(host, url);
  return host;
}

const GRANT: ControlMessage = {
  version: 2,
  type: "grant",
  grantId: `grt_${"g".repeat(22)}`,
  envelope: {
    version: 2,
    payloadType: GRANT_PAYLOAD_TYPE,
    payload: "e30=",
    signatures: [{ scheme: "ed25519", keyId: "desk-1", signature: `${"A".repeat(86)}==` }],
  },
};

test("are told as it fails, redacted, and again after an act on it failed", async () => {
  const peer = await newPeer();
  const host = await dyingHost(peer.url);
  const actuator = await startActuatorPeer(host.socket);
  atEnd(() => actuator.stop());
  newAgent(host);
  const connection = await peer.connection(0);
  const told = await connection.waitFor("last-words", ({ occasion }) => occasion === "failed");
  expect(told).toMatchObject({
    service: "web",
    exit: null,
    lines: ["starting", "DB_PASSWORD=[redacted]", "panic: no such table"],
    isCut: false,
  });
  await writeFile(join(host.root, "web.log"), "still no such table\n");
  actuator.outcomes.push({ ...outcomeOf(1), status: "failed" });
  connection.send(GRANT);
  const again = await connection.waitFor("last-words", ({ occasion }) => occasion === "act-failed");
  expect(again.lines).toEqual(["still no such table"]);
});

test("that are not written yet are read once more", async () => {
  const peer = await newPeer();
  const host = await dyingHost(peer.url);
  await writeFile(join(host.root, "web.log"), "");
  newAgent(host);
  const connection = await peer.connection(0);
  await connection.waitFor("report");
  await pause(3_500);
  expect(connection.messages.filter(({ type }) => type === "last-words")).toEqual([]);
  await writeFile(join(host.root, "web.log"), "panic: written late\n");
  expect((await connection.waitFor("last-words")).lines).toEqual(["panic: written late"]);
});

test("wait for the next welcome, the newest of each service", async () => {
  const peer = await newPeer();
  const { url } = peer;
  await peer.die();
  const host = await dyingHost(url);
  newAgent(host);
  await pause(2_500);
  const next = await newPeer({ port: Number(new URL(url).port) });
  const connection = await next.connection(0);
  expect((await connection.waitFor("last-words")).lines).toHaveLength(3);
});

test("of a service that switches them off are told by nobody", async () => {
  const peer = await newPeer();
  const host = await dyingHost(peer.url, { lastWords: false });
  newAgent(host);
  const connection = await peer.connection(0);
  await connection.waitFor("report");
  await pause(2_500);
  expect(connection.messages.filter(({ type }) => type === "last-words")).toEqual([]);
});
