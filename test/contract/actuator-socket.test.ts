// The conversation on the actuator's unix socket: sizes at their edge, before anything is parsed, and everything unknown refused.
// The agent is not trusted there: it may be compromised.
import { describe, expect, it } from "vitest";
import {
  ACTIONS_PER_HOST_MAX,
  ACTUATOR_FRAME_BYTES_MAX,
  ASK_REASON_CHARS_MAX,
  AUTHENTICATOR_DATA_BYTES_MAX,
  CLIENT_DATA_BYTES_MAX,
  CREDENTIAL_ID_BYTES_MAX,
  ENVELOPE_SIGNATURES_MAX,
  GRANT_BYTES_MAX,
  OUTCOMES_PER_ANSWER_MAX,
  PASSKEY_SIGNATURE_BYTES_MAX,
  STANDING_BYTES_MAX,
  TRUST_BYTES_MAX,
} from "@countersign/shared/values/limits";
import type { Assertion } from "@countersign/shared/wire/assertion";
import { Envelope, GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import {
  encodeActuatorFrame,
  OUTCOMES_WAIT_MAX_MS,
  parseActuatorAnswer,
  parseActuatorRequest,
} from "../../edge-agent/src/actuator-protocol.ts";
import { agentMessages } from "./fixtures.ts";

const status = encodeActuatorFrame(1, { type: "status" }).trimEnd();
const outcome = agentMessages["outcome"]?.["outcome"];

/** A request for a proposal, with changes. */
const proposing = (changes: object) =>
  JSON.stringify({
    version: 2,
    id: 1,
    type: "propose",
    service: "web",
    action: "restart",
    askedBy: { kind: "person", person: "alice" },
    reason: "It is slow.",
    ...changes,
  });

it("a request for a proposal says who asks and why", () => {
  expect(parseActuatorRequest(proposing({ reason: "x".repeat(ASK_REASON_CHARS_MAX) })).ok).toBe(true);
});

describe("the largest", () => {
  const part = (bytes: number) => "A".repeat(Math.ceil((bytes * 4) / 3));
  const base64 = (bytes: number) => Buffer.alloc(bytes).toString("base64");
  const assertion: Assertion = {
    scheme: "webauthn",
    credentialId: part(CREDENTIAL_ID_BYTES_MAX),
    authenticatorData: part(AUTHENTICATOR_DATA_BYTES_MAX),
    clientDataJSON: part(CLIENT_DATA_BYTES_MAX),
    signature: part(PASSKEY_SIGNATURE_BYTES_MAX),
  };
  const signatures = Array.from({ length: ENVELOPE_SIGNATURES_MAX }, () => assertion);
  const passes = (body: Parameters<typeof encodeActuatorFrame>[1]) =>
    parseActuatorRequest(encodeActuatorFrame(1, body).trimEnd());
  it("grant, with a yes in advance, fits", () => {
    const envelope = Envelope.parse({
      version: 2,
      payloadType: GRANT_PAYLOAD_TYPE,
      payload: base64(GRANT_BYTES_MAX),
      signatures,
      standing: { content: base64(STANDING_BYTES_MAX), signatures },
    });
    expect(passes({ type: "execute", grantId: "g".repeat(80), envelope })).toMatchObject({ ok: true });
  });
  it("version of the fleet's trust fits", () => {
    const signed = { trust: base64(TRUST_BYTES_MAX), signatures };
    expect(passes({ type: "apply-trust", signed })).toMatchObject({ ok: true });
  });
});

describe("a line", () => {
  it("of exactly the limit passes, one more byte does not", () => {
    const longest = status + " ".repeat(ACTUATOR_FRAME_BYTES_MAX - status.length);
    expect(parseActuatorRequest(longest).ok).toBe(true);
    expect(parseActuatorRequest(`${longest} `)).toMatchObject({ error: { reason: "frame-too-large" } });
    expect(parseActuatorAnswer("€".repeat(ACTUATOR_FRAME_BYTES_MAX / 2))).toMatchObject({
      error: { reason: "frame-too-large" },
    });
  });

  it.each([
    ["not JSON", "status"],
    ["another version", '{"version":1,"id":1,"type":"status"}'],
    ["no id", '{"version":2,"type":"status"}'],
    ["an unknown request", '{"version":2,"id":1,"type":"run","argv":["/bin/sh"]}'],
    ["an argv beside a name", proposing({ argv: [] })],
    ["a path for a name", proposing({ service: "../web" })],
    ["nobody who asks", proposing({ askedBy: undefined })],
    ["a reason that is a page", proposing({ reason: "x".repeat(ASK_REASON_CHARS_MAX + 1) })],
    [
      "a grant id that is a page",
      `{"version":2,"id":1,"type":"execute","grantId":"${"x".repeat(81)}","envelope":{}}`,
    ],
  ])("with %s is refused", (_why, line) => {
    expect(parseActuatorRequest(line)).toMatchObject({ error: { reason: "frame-malformed" } });
  });

  it("waits for outcomes at most so long", () => {
    const asking = (waitMs: number) =>
      parseActuatorRequest(encodeActuatorFrame(1, { type: "outcomes", afterSequence: 0, waitMs }));
    expect(asking(OUTCOMES_WAIT_MAX_MS).ok).toBe(true);
    expect(asking(OUTCOMES_WAIT_MAX_MS + 1).ok).toBe(false);
  });
});

it("an answer carries at most so many outcomes", () => {
  const answering = (count: number) =>
    parseActuatorAnswer(
      JSON.stringify({ version: 2, id: 1, type: "outcomes", outcomes: Array(count).fill(outcome) }),
    );
  expect(answering(OUTCOMES_PER_ANSWER_MAX).ok).toBe(true);
  expect(answering(OUTCOMES_PER_ANSWER_MAX + 1)).toMatchObject({ ok: false });
});

it("an audit's answer names every action that a host may have, and fits", () => {
  const executable = (count: number) =>
    Array.from({ length: count }, () => ({ service: "s".repeat(64), action: "a".repeat(64) }));
  const answering = (count: number) =>
    parseActuatorAnswer(encodeActuatorFrame(1, { type: "audited", executable: executable(count) }).trimEnd());
  expect(answering(ACTIONS_PER_HOST_MAX).ok).toBe(true);
  expect(answering(ACTIONS_PER_HOST_MAX + 1).ok).toBe(false);
});
