// The conversation on the actuator's unix socket: sizes at their edge, before anything is parsed, and everything unknown refused.
// The agent is not trusted there: it may be compromised.
import { describe, expect, it } from "vitest";
import {
  ACTIONS_PER_HOST_MAX,
  ACTUATOR_FRAME_BYTES_MAX,
  OUTCOMES_PER_ANSWER_MAX,
} from "@countersign/shared/values/limits";
import {
  encodeActuatorFrame,
  OUTCOMES_WAIT_MAX_MS,
  parseActuatorAnswer,
  parseActuatorRequest,
} from "../../edge-agent/src/actuator-protocol.ts";
import { agentMessages } from "./fixtures.ts";

const status = encodeActuatorFrame(1, { type: "status" }).trimEnd();
const outcome = agentMessages["outcome"]?.["outcome"];

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
    ["the version before", '{"version":1,"id":1,"type":"status"}'],
    ["no id", '{"version":2,"type":"status"}'],
    ["an unknown request", '{"version":2,"id":1,"type":"run","argv":["/bin/sh"]}'],
    [
      "an argv beside a name",
      '{"version":2,"id":1,"type":"propose","service":"web","action":"restart","askedBy":{"kind":"rule","rule":"check-failing"},"reason":"why","argv":[]}',
    ],
    ["no asker", '{"version":2,"id":1,"type":"propose","service":"web","action":"restart"}'],
    [
      "a path for a name",
      '{"version":2,"id":1,"type":"propose","service":"../web","action":"restart","askedBy":{"kind":"rule","rule":"check-failing"},"reason":"why"}',
    ],
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
