// The agent process against a control plane peer that behaves, and one that does not.
import { describe, expect, test } from "vitest";
import { newEnrolledAgent, newPeer } from "./peers/host-under-test.ts";
import { pause, until } from "./peers/until.ts";

describe("a connection", () => {
  test("is proven, begins with a digest, and earns keepalives", async () => {
    const peer = await newPeer();
    const { hostId } = await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    expect(connection.hello).toMatchObject({
      hostId,
      audience: `127.0.0.1:${peer.port}`,
      probePort: 22,
      catalogue: [
        { service: "web", title: "Web shop", unit: null, actions: [{ action: "restart", level: 4 }] },
      ],
    });
    const digest = await connection.waitFor("report");
    expect(digest.digest).toBe(true);
    const changed = await connection.waitFor("report", ({ services }) => services[0]?.results.length === 1);
    expect(changed.services[0]?.results[0]).toMatchObject({ check: "port", kind: "tcp", status: "pass" });
    expect(changed.digest, "what was told of checks that are gone ends with the first round").toBe(true);
    await until(() => connection.pingsAt.length >= 5, "five keepalives");
    const reportCount = connection.messages.length;
    await pause(600);
    expect(connection.messages.length, "a healthy host says nothing more").toBe(reportCount);
  });

  test("a failing check is reported at once and with every result, and on request", async () => {
    const peer = await newPeer();
    const other = await newPeer();
    await newEnrolledAgent(peer, { checkPort: other.port });
    const connection = await peer.connection(0);
    await connection.waitFor("report", ({ services }) => services[0]?.results[0]?.status === "pass");
    await other.die();
    await connection.waitFor("report", ({ services }) => services[0]?.results[0]?.status === "fail");
    const countAtFirst = connection.messages.length;
    await until(() => connection.messages.length >= countAtFirst + 3, "three more results");
    const digestCount = () =>
      connection.messages.filter((message) => message.type === "report" && message.digest).length;
    const countBefore = digestCount();
    connection.send({ version: 1, type: "report-wanted" });
    await until(() => digestCount() > countBefore, "the digest that was wanted");
  });

  test("comes back when the control plane dies and returns", async () => {
    const peer = await newPeer();
    const { agent } = await newEnrolledAgent(peer);
    await peer.connection(0);
    await peer.die();
    await pause(1_000);
    const returned = await newPeer({ port: peer.port });
    const connection = await returned.connection(0);
    expect((await connection.waitFor("report")).digest).toBe(true);
    const texts = agent.events("connection").map(({ text }) => text);
    expect(new Set(texts).size, "each state is said once, however often it was tried").toBeGreaterThan(1);
    expect(texts.length).toBeLessThanOrEqual(4);
  });

  test("a half-open path is given up after lateAfterMs without an answer", async () => {
    const peer = await newPeer();
    const { agent } = await newEnrolledAgent(peer);
    const first = await peer.connection(0);
    peer.behaviour.answersPings = false;
    const mutedAt = performance.now();
    await until(() => first.closed, "the agent to give up");
    expect(performance.now() - mutedAt).toBeGreaterThan(400);
    peer.behaviour.answersPings = true;
    await peer.connection(1);
    expect(agent.stderr()).toContain("No keepalive was answered");
  });

  test.each([
    ["nonsense", "not json", 4400],
    ["another version", JSON.stringify({ version: 2, type: "report-wanted" }), 4426],
    ["an unknown message", JSON.stringify({ version: 1, type: "run-shell" }), 4422],
    ["an unknown key", JSON.stringify({ version: 1, type: "report-wanted", now: true }), 4400],
    ["a binary frame", Buffer.from("pong"), 4400],
    [
      "a second welcome",
      JSON.stringify({ version: 1, type: "challenge", challenge: "A".repeat(43) + "=" }),
      4422,
    ],
  ])("%s is refused by a named code, and the agent connects again", async (_, frame, code) => {
    const peer = await newPeer();
    await newEnrolledAgent(peer);
    const first = await peer.connection(0);
    first.sendRaw(frame);
    expect((await until(() => first.closed, "the close")).code).toBe(code);
    await peer.connection(1);
  });

  test("a frame that is too large is never read whole, and the agent connects again", async () => {
    const peer = await newPeer();
    const { agent } = await newEnrolledAgent(peer);
    const first = await peer.connection(0);
    first.sendRaw("x".repeat(64 * 1024 + 1));
    await until(() => first.closed, "the close");
    await peer.connection(1);
    expect(agent.stderr()).toContain("frame-too-large");
  });

  test("says so when the clocks disagree", async () => {
    const peer = await newPeer();
    peer.behaviour.clockOffsetMs = 3_600_000;
    const { agent } = await newEnrolledAgent(peer);
    await until(() => agent.events("clock")[0], "the warning");
    expect(agent.events("clock")[0]?.["text"]).toMatch(/clock is 3\d{3} s behind/);
  });
});

describe("a refusal", () => {
  test("of a host that was never welcomed ends the agent with one sentence", async () => {
    const peer = await newPeer();
    peer.behaviour.onSocket = (socket) => socket.close(4404);
    const { agent } = await newEnrolledAgent(peer);
    const { code, stderr } = await agent.finished;
    expect(code).toBe(78);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^countersign-agent: This host is not enrolled at .*--force`\.$/,
    );
  });

  test("of a host that was welcomed before does not", async () => {
    const peer = await newPeer();
    const { agent } = await newEnrolledAgent(peer);
    const first = await peer.connection(0);
    peer.behaviour.onSocket = (socket) => socket.close(4404);
    first.close(4404);
    await until(() => peer.socketCount() >= 3, "another try");
    expect(agent.child.exitCode).toBeNull();
    expect(agent.events("connection").filter(({ level }) => level === "error")).toHaveLength(1);
    peer.behaviour.onSocket = null;
    await peer.connection(1);
  });

  test.each([
    ["a version the control plane does not speak", 4426, "protocol version"],
    ["the same key elsewhere", 4409, "Another machine"],
    ["a signature that is not accepted", 4401, "signature"],
  ])("for %s is said once and tried again", async (_, code, words) => {
    const peer = await newPeer();
    peer.behaviour.onSocket = (socket) => socket.close(code);
    const { agent } = await newEnrolledAgent(peer);
    await until(() => peer.socketCount() >= 3, "three tries");
    expect(agent.events("connection")).toHaveLength(1);
    expect(agent.events("connection")[0]?.["text"]).toContain(words);
    peer.behaviour.onSocket = null;
    await peer.connection(0);
  });

  test("by plain HTTP is worded and tried again", async () => {
    const peer = await newPeer();
    peer.behaviour.refusesUpgradeWith = 404;
    const { agent } = await newEnrolledAgent(peer);
    await until(() => agent.events("connection")[0], "the sentence");
    expect(agent.events("connection")[0]?.["text"]).toContain("HTTP 404");
    peer.behaviour.refusesUpgradeWith = null;
    await peer.connection(0);
  });
});

describe("stopping", () => {
  test("SIGTERM ends the agent at once, with a plain close", async () => {
    const peer = await newPeer();
    const { agent } = await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    await connection.waitFor("report");
    const { code } = await agent.stop();
    expect(code).toBe(0);
    expect((await until(() => connection.closed, "the close")).code).toBe(1000);
    expect(
      connection.messages.some(({ type }) => type === "leaving"),
      "nobody announced it",
    ).toBe(false);
  });
});
