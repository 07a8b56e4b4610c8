// Every message has a frozen example that parses to itself; everything else is refused under its own name.
import { describe, expect, it } from "vitest";
import { CLOSE_CODES, closeReasonOf } from "@countersign/shared/wire/close-codes";
import { Fact } from "@countersign/shared/wire/fact";
import {
  AgentMessage,
  ControlMessage,
  parseAgentFrame,
  parseControlFrame,
} from "@countersign/shared/wire/protocol";
import {
  agentMessages,
  controlMessages,
  laterAgentMessages,
  refusedAgentFrames,
  refusedControlFrames,
} from "./fixtures.ts";

const agentTypes = AgentMessage.options.map(({ shape }) => shape.type.value);
const controlTypes = ControlMessage.options.map(({ shape }) => shape.type.value);

describe("every member has one frozen example", () => {
  it("agent to control plane", () => {
    expect(Object.keys(agentMessages).sort()).toEqual([...agentTypes].sort());
  });

  it("control plane to agent", () => {
    expect(Object.keys(controlMessages).sort()).toEqual([...controlTypes].sort());
  });
});

describe("an example parses to itself", () => {
  it.each(Object.entries(agentMessages))("agent: %s", (type, message) => {
    expect(parseAgentFrame(JSON.stringify(message))).toEqual({ ok: true, value: message });
    expect(message["type"]).toBe(type);
  });

  it.each(Object.entries(laterAgentMessages))("agent, with fields that came later: %s", (_name, message) => {
    expect(parseAgentFrame(JSON.stringify(message))).toEqual({ ok: true, value: message });
  });

  it.each(Object.entries(controlMessages))("control plane: %s", (type, message) => {
    expect(parseControlFrame(JSON.stringify(message))).toEqual({ ok: true, value: message });
    expect(message["type"]).toBe(type);
  });
});

describe("facts", () => {
  it("the frozen examples have every kind", () => {
    const facts = [agentMessages["facts"], laterAgentMessages["evidence-facts"]].flatMap(
      (message) => message?.["facts"] as readonly { readonly kind: string }[],
    );
    const kinds = Fact.options.map(({ shape }) => shape.kind.value);
    expect(new Set(facts.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });
});

describe("each message without one of its keys is refused", () => {
  it.each(Object.entries(agentMessages))("agent: %s", (_type, message) => {
    for (const key of Object.keys(message)) {
      const { [key]: _dropped, ...rest } = message;
      expect(parseAgentFrame(JSON.stringify(rest)), key).toMatchObject({
        ok: false,
        error: { reason: "frame-malformed" },
      });
    }
  });

  it.each(Object.entries(controlMessages))("control plane: %s", (_type, message) => {
    for (const key of Object.keys(message)) {
      const { [key]: _dropped, ...rest } = message;
      expect(parseControlFrame(JSON.stringify(rest)), key).toMatchObject({
        ok: false,
        error: { reason: "frame-malformed" },
      });
    }
  });
});

describe("a refused frame names its reason", () => {
  it.each(refusedAgentFrames)("agent: $why", ({ frame, reason }) => {
    expect(parseAgentFrame(frame)).toMatchObject({ ok: false, error: { reason } });
  });

  it.each(refusedControlFrames)("control plane: $why", ({ frame, reason }) => {
    expect(parseControlFrame(frame)).toMatchObject({ ok: false, error: { reason } });
  });

  it("and every reason has a close code of its own", () => {
    const reasons = new Set([...refusedAgentFrames, ...refusedControlFrames].map(({ reason }) => reason));
    for (const reason of reasons) expect(CLOSE_CODES).toHaveProperty(reason);
    const codes = Object.values(CLOSE_CODES);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toBeGreaterThanOrEqual(4000);
    for (const [reason, code] of Object.entries(CLOSE_CODES)) expect(closeReasonOf(code)).toBe(reason);
    expect(closeReasonOf(1006)).toBeNull();
  });
});
