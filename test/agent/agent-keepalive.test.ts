// The earned keepalive in a real process: a check that never comes to an end silences the agent, although the process lives.
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { enrolDirectly, writeCatalogue } from "./peers/agent-process.ts";
import { atEnd, newAgent, newEnrolledAgent, newHost, newPeer } from "./peers/host-under-test.ts";
import { pause, until } from "./peers/until.ts";

/** Loaded before the agent: once the trigger file is there, the TCP check never comes to an end, as in a kernel call that hangs. */
const hangingCheck = (trigger: string) => `
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
globalThis.isHanging = () => existsSync(${JSON.stringify(trigger)});
const source = \`export const checkTcp = () => globalThis.isHanging()
  ? new Promise(() => {})
  : Promise.resolve({ status: "pass", summary: "connected", latencyMs: 1 });\`;
registerHooks({
  load: (url, context, next) =>
    url.endsWith("/checks/tcp-check.ts") ? { format: "module", source, shortCircuit: true } : next(url, context),
});
`;

test("a stuck check stops the keepalive, and nothing else", async () => {
  const peer = await newPeer();
  const directories = await newHost();
  const trigger = join(directories.root, "stuck");
  const hook = join(directories.root, "hook.mjs");
  await writeFile(hook, hangingCheck(trigger));
  const { agent } = await newEnrolledAgent(peer, {
    hook,
    checkPort: peer.port,
  });
  const connection = await peer.connection(0);
  await until(() => connection.pingsAt.length >= 10, "ten keepalives");

  await writeFile(trigger, "");
  await until(() => agent.events("keepalive")[0], "the agent to say that it is stuck");
  const countWhenStuck = connection.pingsAt.length;
  await pause(1_000);
  expect(connection.pingsAt.length, "no keepalive is sent").toBeLessThanOrEqual(countWhenStuck + 1);
  expect(agent.child.exitCode, "the process lives").toBeNull();
  expect(connection.closed, "and so does its connection").toBeNull();
  connection.send({ version: 1, type: "report-wanted" });
  const { length } = connection.messages;
  await until(() => connection.messages.length > length, "an answer");
  expect(agent.events("keepalive"), "said once").toHaveLength(1);
});

test("a check whose target hangs ends by its timeout, fails, and still earns the keepalive", async () => {
  const peer = await newPeer();
  const silent = createServer(() => undefined);
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  atEnd(async () => silent.close());
  const host = await newHost();
  await enrolDirectly(host, peer.url);
  const { port } = silent.address() as AddressInfo;
  const checks = `{ name: web, kind: http, url: "http://127.0.0.1:${port}/", every: 100ms, timeout: 300ms }`;
  await writeCatalogue(host, `version: 1\nservices:\n  - name: web\n    checks:\n      - ${checks}\n`);
  newAgent(host);
  const connection = await peer.connection(0);
  const { services } = await connection.waitFor("report", (report) => report.services.length > 0);
  expect(services[0]?.results[0]).toMatchObject({ status: "fail", summary: "no answer within 300ms" });
  await until(() => connection.pingsAt.length >= 20, "twenty keepalives");
});
