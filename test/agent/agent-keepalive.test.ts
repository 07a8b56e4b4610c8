// The earned keepalive in a real process: what never comes to an end is told and silences nobody, a loop that is stuck
// silences the agent, although its process lives.
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { READING_HANGS } from "../../edge-agent/src/core/evidence/evidence-book.ts";
import { enrolDirectly, writeCatalogue } from "./peers/agent-process.ts";
import { prepareHang } from "./peers/hanging-work.ts";
import { atEnd, newAgent, newEnrolledAgent, newHost, newPeer } from "./peers/host-under-test.ts";
import { pause, until } from "./peers/until.ts";

test("a check that hangs is told, and stops no keepalive; when it ends, that is told too", async () => {
  const peer = await newPeer();
  const { root } = await newHost();
  const { hook, hangs, trigger } = await prepareHang(root, "checks/tcp-check.ts");
  const { agent } = await newEnrolledAgent(peer, { hook, checkPort: peer.port });
  const connection = await peer.connection(0);
  await until(() => connection.pingsAt.length >= 3, "three keepalives");

  await hangs();
  const resultOf = (isOverdue: boolean) =>
    connection.waitFor("report", ({ services }) =>
      services.some(({ results }) =>
        results.some((result) => (result.overdueSinceAt !== undefined) === isOverdue),
      ),
    );
  const { services } = await resultOf(true);
  expect(services[0]?.results).toMatchObject([{ check: "port", status: "pass" }]);
  expect(agent.events("check web port"), "said once").toHaveLength(1);
  const { length } = connection.pingsAt;
  await until(() => connection.pingsAt.length > length + 10, "keepalives that go on");
  expect(agent.events("keepalive")).toEqual([]);

  const told = connection.messages.length;
  await rm(trigger);
  await until(() => connection.messages.length > told, "the end of it");
  expect(connection.messages.at(-1)).toMatchObject({
    type: "report",
    services: [{ results: [{ status: "pass" }] }],
  });
  expect(JSON.stringify(connection.messages.at(-1))).not.toContain("overdueSinceAt");
});

test("one that hangs before its first result is told as what it is, which is no health", async () => {
  const peer = await newPeer();
  const { root } = await newHost();
  const { hook, hangs } = await prepareHang(root, "checks/tcp-check.ts");
  await hangs();
  await newEnrolledAgent(peer, { hook, checkPort: peer.port });
  const connection = await peer.connection(0);
  const { services } = await connection.waitFor("report", ({ services: named }) =>
    named.some(({ results }) => results.length > 0),
  );
  const told = services[0]?.results[0];
  expect(told).toMatchObject({ check: "port", status: "fail", summary: "no result yet" });
  expect(told?.overdueSinceAt).toBeTypeOf("number");
  const { length } = connection.pingsAt;
  await until(() => connection.pingsAt.length > length + 5, "keepalives");
});

test("a loop that is stuck sends no keepalive, although the process lives", async () => {
  const peer = await newPeer();
  const { root } = await newHost();
  const { hook, hangs } = await prepareHang(root, "checks/tcp-check.ts", "loop");
  const { agent } = await newEnrolledAgent(peer, { hook, checkPort: peer.port });
  const connection = await peer.connection(0);
  await until(() => connection.pingsAt.length >= 3, "three keepalives");
  await hangs();
  await pause(1_000);
  const { length } = connection.pingsAt;
  await pause(1_000);
  expect(connection.pingsAt, "no keepalive is sent").toHaveLength(length);
  expect(agent.child.exitCode, "the process lives").toBeNull();
  expect(connection.closed, "and so does its connection").toBeNull();
});

test(
  "a reading that hangs is told as evidence that cannot be read, and stops no keepalive",
  { timeout: 120_000 },
  async () => {
    const peer = await newPeer();
    const host = await newHost();
    await enrolDirectly(host, peer.url);
    const { hook, hangs } = await prepareHang(host.root, "evidence/read-fallback.ts");
    await writeCatalogue(
      host,
      `version: 1
services:
  - name: web
    checks: [{ name: port, kind: tcp, port: ${peer.port}, every: 200ms, timeout: 1s }]
    evidence: { every: 200ms, fallbacks: [{ name: gemini, marker: /run/web/on-fallback }] }
`,
    );
    newAgent(host, { hook });
    const connection = await peer.connection(0);
    await until(() => connection.pingsAt.length >= 3, "three keepalives");
    await hangs();
    const { services } = await connection.waitFor("report", ({ services: told }) =>
      told.some(({ results }) =>
        results.some(({ kind, status }) => kind === "evidence" && status === "fail"),
      ),
    );
    const told = services[0]?.results.find(({ kind }) => kind === "evidence");
    expect(told).toMatchObject({ severity: "warning", summary: READING_HANGS });
    const { facts } = await connection.waitFor("facts", (message) =>
      message.facts.some((fact) => fact.kind === "reading" && !fact.isWell),
    );
    expect(facts.find((fact) => fact.kind === "reading" && !fact.isWell)).toMatchObject({
      service: "web",
      source: "fallbacks",
      isWell: false,
    });
    const { length } = connection.pingsAt;
    await until(() => connection.pingsAt.length > length + 10, "keepalives that go on");
  },
);

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
