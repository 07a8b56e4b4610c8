// Every message has a frozen example that parses to itself; everything else is refused under its own name. What is about signatures is of
// version 2, and its examples of version 1 are refused as such.
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
  signing,
} from "./fixtures.ts";

const agentTypes = AgentMessage.options.map(({ shape }) => shape.type.value);
const controlTypes = ControlMessage.options.map(({ shape }) => shape.type.value);

/** What version 1 said about signatures. */
const FIRST_SIGNING: ReadonlySet<unknown> = new Set(["propose", "proposal", "proposal-refused", "grant"]);
const isFirstSigning = (message: unknown): boolean =>
  FIRST_SIGNING.has((message as { readonly type?: unknown })["type"]);
const without = (messages: Readonly<Record<string, object>>) =>
  Object.entries(messages).filter(([, message]) => !isFirstSigning(message));
const only = (messages: Readonly<Record<string, object>>) =>
  Object.entries(messages).filter(([, message]) => isFirstSigning(message));

const agentExamples = [
  ...without(agentMessages),
  ...without(laterAgentMessages),
  ...Object.entries(signing.agentMessages),
];
const controlExamples = [...without(controlMessages), ...Object.entries(signing.controlMessages)];

describe("every member has a frozen example", () => {
  it("agent to control plane", () => {
    const examples = new Set(agentExamples.map(([, message]) => (message as { type?: unknown }).type));
    expect(examples).toEqual(new Set(agentTypes));
  });

  it("control plane to agent", () => {
    const examples = new Set(controlExamples.map(([, message]) => (message as { type?: unknown }).type));
    expect(examples).toEqual(new Set(controlTypes));
  });
});

describe("an example parses to itself", () => {
  it.each(agentExamples)("agent: %s", (_name, message) => {
    expect(parseAgentFrame(JSON.stringify(message))).toEqual({ ok: true, value: message });
  });

  it.each(controlExamples)("control plane: %s", (_name, message) => {
    expect(parseControlFrame(JSON.stringify(message))).toEqual({ ok: true, value: message });
  });
});

describe("what version 1 said about signatures is no longer understood", () => {
  const refusal = { ok: false, error: { reason: "version-unsupported" } };

  it.each(only(agentMessages))("agent: %s", (_type, message) => {
    expect(parseAgentFrame(JSON.stringify(message))).toMatchObject(refusal);
  });

  it.each(only(controlMessages))("control plane: %s", (_type, message) => {
    expect(parseControlFrame(JSON.stringify(message))).toMatchObject(refusal);
  });

  it("and that is four messages", () => {
    const found = [...only(agentMessages), ...only(controlMessages)].map(([type]) => type);
    expect(new Set(found)).toEqual(FIRST_SIGNING);
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

/** What a message may be without. */
const OPTIONAL = new Set(["part", "tags", "signing"]);

describe("each message without one of its keys is refused", () => {
  const isRefused = { ok: false, error: { reason: "frame-malformed" } };

  it.each(agentExamples)("agent: %s", (_name, message) => {
    for (const key of Object.keys(message).filter((name) => !OPTIONAL.has(name))) {
      const rest = { ...message, [key]: undefined };
      expect(parseAgentFrame(JSON.stringify(rest)), key).toMatchObject(isRefused);
    }
  });

  it.each(controlExamples)("control plane: %s", (_name, message) => {
    for (const key of Object.keys(message)) {
      const rest = { ...message, [key]: undefined };
      expect(parseControlFrame(JSON.stringify(rest)), key).toMatchObject(isRefused);
    }
  });
});

describe("a refused frame names its reason", () => {
  /** As it is called today: a frame of version 1 about signatures is of a version that is not supported, whatever else is wrong with it. */
  const now = (frame: string, reason: string): string =>
    [...FIRST_SIGNING].some((type) => frame.startsWith(`{"version":1,"type":"${String(type)}"`))
      ? "version-unsupported"
      : reason;

  it.each(refusedAgentFrames)("agent: $why", ({ frame, reason }) => {
    expect(parseAgentFrame(frame)).toMatchObject({ ok: false, error: { reason: now(frame, reason) } });
  });

  it.each(refusedControlFrames)("control plane: $why", ({ frame, reason }) => {
    expect(parseControlFrame(frame)).toMatchObject({ ok: false, error: { reason: now(frame, reason) } });
  });

  it.each(signing.refusedAgentFrames)("agent, about signatures: $why", ({ frame, reason }) => {
    expect(parseAgentFrame(frame)).toMatchObject({ ok: false, error: { reason } });
  });

  it.each(signing.refusedControlFrames)("control plane, about signatures: $why", ({ frame, reason }) => {
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
