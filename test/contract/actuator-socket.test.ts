// The conversation on the actuator's unix socket: sizes at their edge, before anything is parsed, and everything unknown refused.
// The agent is not trusted there: it may be compromised.
import { describe, expect, it } from "vitest";
import {
  ACTIONS_PER_HOST_MAX,
  ACTUATOR_FRAME_BYTES_MAX,
  OUTCOMES_PER_ANSWER_MAX,
  UNIT_PARTS_MAX,
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
    ["a unit to be seen", '{"version":2,"id":1,"type":"observe","unit":"web.service"}'],
    ["a unit beside the service", '{"version":2,"id":1,"type":"observe","service":"web","user":"root"}'],
    ["a path to be seen", '{"version":2,"id":1,"type":"observe","service":"../web"}'],
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

describe("what was seen of a service", () => {
  const state = {
    activeState: "active",
    subState: "running",
    result: "success",
    restartCount: 2,
    invocationId: "1f".repeat(16),
    mainPid: 4_711,
    activeEnterAt: 1_795_996_800_000,
    memoryCurrentBytes: null,
    controlGroup: "/user.slice/user-1000.slice/user@1000.service/app.slice/openclaw-gateway.service",
  } as const;
  const setting = { remains: false, parts: [], isGivenUp: false, hasJob: false, changedAt: "123456" };
  const answering = (body: object) =>
    parseActuatorAnswer(JSON.stringify({ version: 2, id: 1, type: "observed", omitted: [], ...body }));

  it("is asked by the service's name, and answered with its state", () => {
    expect(parseActuatorRequest('{"version":2,"id":1,"type":"observe","service":"gateway"}').ok).toBe(true);
    expect(answering({ state, setting })).toMatchObject({ ok: true, value: { state, setting } });
    expect(answering({ state, setting: null }).ok).toBe(true);
    expect(answering({ state, setting: { ...setting, isForgotten: true } }).ok).toBe(true);
  });

  it("carries nothing else, such as a container's environment", () => {
    expect(answering({ state, setting, environment: ["TOKEN=x"] }).ok).toBe(false);
    expect(answering({ state: { ...state, environment: [] }, setting }).ok).toBe(false);
    expect(answering({ state, setting, omitted: ["environment"] }).ok).toBe(false);
  });

  it("names at most so many parts", () => {
    const naming = (count: number) =>
      answering({ state, setting: { ...setting, parts: Array(count).fill("db@1.service") } });
    expect(naming(UNIT_PARTS_MAX).ok).toBe(true);
    expect(naming(UNIT_PARTS_MAX + 1).ok).toBe(false);
  });
});
