// Orders to the actuator and outcomes back, across lost connections: nothing is lost, and nothing is executed twice.
import { describe, expect, test } from "vitest";
import { GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import { UNKNOWN_UNIT_STATE } from "../../edge-agent/src/core/evidence/unit-state.ts";
import { type ActuatorPeer, outcomeOf, startActuatorPeer } from "./peers/actuator-peer.ts";
import type { HostDirectories } from "./peers/agent-process.ts";
import { atEnd, newAgent, newEnrolledAgent, newPeer } from "./peers/host-under-test.ts";
import { pause, until } from "./peers/until.ts";

const requestId = `prq_${"r".repeat(22)}`;
const ask = {
  service: "web",
  action: "restart",
  askedBy: { kind: "person", person: "bob" },
  reason: "It is slow.",
} as const;
const propose: ControlMessage = { version: 2, type: "propose", requestId, ...ask };
const grant: ControlMessage = {
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

async function newActuator(host: HostDirectories): Promise<ActuatorPeer> {
  const actuator = await startActuatorPeer(host.socket);
  atEnd(() => actuator.stop());
  return actuator;
}

describe("a proposal", () => {
  test("is minted by the actuator and passed on as it is", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    const connection = await peer.connection(0);
    connection.send(propose);
    const { proposal } = await connection.waitFor("proposal", (message) => message.requestId === requestId);
    expect(Buffer.from(proposal, "base64").toString()).toBe("the proposal");
    expect(actuator.requests.find(({ type }) => type === "propose")).toMatchObject(ask);
  });

  test("of a closed level is refused as that", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    actuator.answer = ({ type }) =>
      type === "propose" ? { type: "refused", reason: "level-closed", detail: "accept somebody" } : undefined;
    const connection = await peer.connection(0);
    connection.send(propose);
    expect(await connection.waitFor("proposal-refused")).toMatchObject({
      reason: "level-closed",
      detail: "accept somebody",
    });
  });

  test("that the actuator refuses is refused for its reason", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    actuator.answer = ({ type }) =>
      type === "propose" ? { type: "refused", reason: "frozen", detail: "the brake is pulled" } : undefined;
    const connection = await peer.connection(0);
    connection.send(propose);
    expect(await connection.waitFor("proposal-refused")).toMatchObject({
      requestId,
      reason: "frozen",
      detail: "the brake is pulled",
    });
  });

  test("without an actuator is refused, and says where to look", async () => {
    const peer = await newPeer();
    await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    connection.send(propose);
    const { reason, detail } = await connection.waitFor("proposal-refused");
    expect(reason).toBe("actuator-unreachable");
    expect(detail).toContain("systemctl status countersign-actuator");
  });
});

describe("a grant", () => {
  test("is handed over once, and its outcome acknowledged only after the control plane did", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    actuator.executionsRunning = 1;
    const connection = await peer.connection(0);
    connection.send(grant);
    connection.send(grant);
    await until(() => actuator.requests.some(({ type }) => type === "execute"), "the execution");
    await pause(300);
    expect(actuator.requests.filter(({ type }) => type === "execute")).toHaveLength(1);

    actuator.outcomes.push(outcomeOf(1));
    actuator.executionsRunning = 0;
    await connection.waitFor("outcome", ({ outcome }) => outcome.sequence === 1);
    await pause(200);
    expect(actuator.outcomes, "still in the journal").toHaveLength(1);
    connection.send({ version: 1, type: "outcome-acknowledged", sequence: 1 });
    await until(() => actuator.outcomes.length === 0, "the acknowledgement");
  });

  test("waits for an actuator that is away for a moment", async () => {
    const peer = await newPeer();
    const { host, agent } = await newEnrolledAgent(peer);
    const connection = await peer.connection(0);
    connection.send(grant);
    await until(() => agent.events("actuator")[0], "the agent to miss it");
    const actuator = await newActuator(host);
    await until(() => actuator.requests.some(({ type }) => type === "execute"), "the execution");
    expect(agent.events("actuator").filter(({ level }) => level === "error").length).toBeLessThanOrEqual(2);
  });
});

describe("outcomes", () => {
  test("that nobody acknowledged are sent again after the control plane died and returned", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    actuator.outcomes.push(outcomeOf(3), outcomeOf(4));
    const first = await peer.connection(0);
    first.send(grant);
    await first.waitFor("outcome", ({ outcome }) => outcome.sequence === 4);
    first.send({ version: 1, type: "outcome-acknowledged", sequence: 3 });
    await until(() => actuator.outcomes.length === 1, "the first acknowledgement");
    await peer.die();

    const returned = await newPeer({ port: peer.port });
    const second = await returned.connection(0);
    await second.waitFor("outcome", ({ outcome }) => outcome.sequence === 4);
    expect(second.messages.filter(({ type }) => type === "outcome")).toHaveLength(1);
    second.send({ version: 1, type: "outcome-acknowledged", sequence: 4 });
    await until(() => actuator.outcomes.length === 0, "the second acknowledgement");
  });

  test("survive the agent: a new one finds them in the actuator's journal", async () => {
    const peer = await newPeer();
    const { host, agent } = await newEnrolledAgent(peer);
    const first = await peer.connection(0);
    await agent.stop("SIGKILL");
    await until(() => first.closed, "its end");
    const actuator = await newActuator(host);
    actuator.outcomes.push(outcomeOf(7));
    newAgent(host);
    const second = await peer.connection(1);
    await second.waitFor("outcome", ({ outcome }) => outcome.sequence === 7);
  });

  test("that the control plane does not understand are told bare, then given up, and hold up no other", async () => {
    const peer = await newPeer();
    const tries: Record<number, number> = {};
    peer.behaviour.refuses = (message) => {
      if (message.type !== "outcome") return null;
      const { sequence, unitBefore } = message.outcome;
      tries[sequence] = (tries[sequence] ?? 0) + 1;
      return sequence === 3 || (sequence === 4 && unitBefore !== null) ? "frame-malformed" : null;
    };
    const { host, agent } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    const unitBefore = UNKNOWN_UNIT_STATE;
    actuator.outcomes.push(
      { ...outcomeOf(3), unitBefore },
      { ...outcomeOf(4), unitBefore },
      { ...outcomeOf(5), unitBefore },
    );
    const connection = await peer.connection(0);
    for (const sequence of [5, 4]) {
      await connection.waitFor("outcome", ({ outcome }) => outcome.sequence === sequence);
      connection.send({ version: 1, type: "outcome-acknowledged", sequence });
    }
    await until(() => actuator.outcomes.length === 1, "the others to be acknowledged");
    await until(() => agent.events("outcome").length === 1, "the agent to say so");
    expect(tries).toEqual({ 3: 2, 4: 2, 5: 1 });
    expect(actuator.outcomes).toMatchObject([{ sequence: 3 }]);
    expect(peer.socketCount()).toBe(1);
  });

  test("are not asked for while there is nothing to ask for", async () => {
    const peer = await newPeer();
    const { host } = await newEnrolledAgent(peer);
    const actuator = await newActuator(host);
    const connection = await peer.connection(0);
    connection.send(propose);
    await connection.waitFor("proposal");
    await pause(1_500);
    const { length } = actuator.requests;
    await pause(1_000);
    expect(actuator.requests.length).toBe(length);
  });
});
