// Every limit on the wire at its edge: the largest allowed passes, one more is refused, and a frame that is too large is
// refused before it is parsed (it is not even JSON here).
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { Instant } from "@countersign/shared/values/instant";
import {
  AGENT_FRAME_BYTES_MAX,
  ARGV_ITEM_CHARS_MAX,
  ARGV_ITEMS_MAX,
  CHECKS_PER_SERVICE_MAX,
  CONTROL_FRAME_BYTES_MAX,
  ENVELOPE_SIGNATURES_MAX,
  FACTS_PER_MESSAGE_MAX,
  GRANT_BYTES_MAX,
  INSTANT_MAX,
  PROPOSAL_BYTES_MAX,
  RESULTS_COUNTED_MAX,
  SERVICES_PER_HOST_MAX,
  SUMMARY_CHARS_MAX,
  TOLD_SPAN_MS_MAX,
} from "@countersign/shared/values/limits";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { Envelope } from "@countersign/shared/wire/envelope";
import { Fact } from "@countersign/shared/wire/fact";
import { parseGrant } from "@countersign/shared/wire/grant";
import { Argv, parseProposal } from "@countersign/shared/wire/proposal";
import { parseAgentFrame, parseControlFrame } from "@countersign/shared/wire/protocol";
import { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";
import { agentMessages, controlMessages, grantFixture, laterAgentMessages } from "./fixtures.ts";

/** White space is free in JSON, so any valid text can be made as long as wanted. */
function padded(text: string, length: number): string {
  return text + " ".repeat(length - text.length);
}

describe("instants", () => {
  it("the last one of the year 9999 passes, the next does not", () => {
    expect(new Date(INSTANT_MAX).toISOString()).toBe("9999-12-31T23:59:59.999Z");
    expect(Instant.safeParse(INSTANT_MAX).success).toBe(true);
    expect(Instant.safeParse(INSTANT_MAX + 1).success).toBe(false);
    expect(Instant.safeParse(-1).success).toBe(false);
  });
});

describe("spans of time that a host tells", () => {
  const heartbeats = (terms: object) => ({
    kind: "heartbeats-expected",
    at: 0,
    service: "web",
    heartbeats: [{ source: "nightly", everyMs: 1, graceMs: 0, ...terms }],
  });

  it.each([
    ["how long a result stays valid", CheckResult.shape.ttlMs, (ms: number) => ms],
    ["the time a start may take", UnitState.shape.startTimeoutMs, (ms: number) => ms],
    ["the period of a heartbeat", Fact, (everyMs: number) => heartbeats({ everyMs })],
    ["the grace of a heartbeat", Fact, (graceMs: number) => heartbeats({ graceMs })],
  ])("%s is a year at most", (_, shape, told) => {
    expect(TOLD_SPAN_MS_MAX).toBe(366 * 86_400_000);
    expect(shape.safeParse(told(TOLD_SPAN_MS_MAX)).success).toBe(true);
    expect(shape.safeParse(told(TOLD_SPAN_MS_MAX + 1)).success).toBe(false);
  });
});

describe("frames", () => {
  const leaving = JSON.stringify(agentMessages["leaving"]);
  const welcome = JSON.stringify(controlMessages["welcome"]);

  it("an agent's frame of exactly the limit passes, one more byte does not", () => {
    expect(parseAgentFrame(padded(leaving, AGENT_FRAME_BYTES_MAX)).ok).toBe(true);
    expect(parseAgentFrame(padded(leaving, AGENT_FRAME_BYTES_MAX + 1))).toMatchObject({
      error: { reason: "frame-too-large" },
    });
  });

  it("a control frame of exactly the limit passes, one more byte does not", () => {
    expect(parseControlFrame(padded(welcome, CONTROL_FRAME_BYTES_MAX)).ok).toBe(true);
    expect(parseControlFrame(padded(welcome, CONTROL_FRAME_BYTES_MAX + 1))).toMatchObject({
      error: { reason: "frame-too-large" },
    });
  });

  it("is measured in bytes, not in characters", () => {
    const euros = "€".repeat(Math.ceil((AGENT_FRAME_BYTES_MAX + 1) / 3));
    expect(euros.length).toBeLessThan(AGENT_FRAME_BYTES_MAX);
    expect(parseAgentFrame(euros)).toMatchObject({ error: { reason: "frame-too-large" } });
  });

  it("is refused before it is parsed", () => {
    const notJson = "{".repeat(AGENT_FRAME_BYTES_MAX + 1);
    expect(parseAgentFrame(notJson)).toMatchObject({ error: { reason: "frame-too-large" } });
    expect(parseAgentFrame(notJson.slice(1))).toMatchObject({ error: { reason: "frame-malformed" } });
  });
});

describe("proposal and grant", () => {
  it.each([
    { name: "proposal", text: grantFixture.proposalText, parse: parseProposal, max: PROPOSAL_BYTES_MAX },
    { name: "grant", text: grantFixture.grantText, parse: parseGrant, max: GRANT_BYTES_MAX },
  ])("a $name of exactly the limit passes, one more byte does not", ({ text, parse, max }) => {
    expect(parse(encodeUtf8(padded(text, max))).ok).toBe(true);
    expect(parse(encodeUtf8(padded(text, max + 1)))).toMatchObject({ error: { reason: "too-large" } });
    expect(parse(new Uint8Array(max + 1).fill(0xff))).toMatchObject({ error: { reason: "too-large" } });
    expect(parse(new Uint8Array(max).fill(0xff))).toMatchObject({ error: { reason: "not-json" } });
  });

  it("a grant of the largest size fits its envelope, and one base64 group more does not", () => {
    const [first] = grantFixture.accepted;
    const envelope = { ...first?.envelope, payload: encodeBase64(new Uint8Array(GRANT_BYTES_MAX)) };
    expect(Envelope.safeParse(envelope).success).toBe(true);
    expect(Envelope.safeParse({ ...envelope, payload: `${envelope.payload}AAAA` }).success).toBe(false);
  });

  it("a proposal of the largest size fits its message, and one base64 group more does not", () => {
    const message = agentMessages["proposal"] ?? {};
    const proposal = encodeBase64(new Uint8Array(PROPOSAL_BYTES_MAX));
    expect(parseAgentFrame(JSON.stringify({ ...message, proposal })).ok).toBe(true);
    expect(parseAgentFrame(JSON.stringify({ ...message, proposal: `${proposal}AAAA` })).ok).toBe(false);
  });

  it("signatures, arguments and their lengths", () => {
    const [signature] = grantFixture.accepted[0]?.envelope.signatures ?? [];
    const envelope = (count: number) => ({
      ...grantFixture.accepted[0]?.envelope,
      signatures: Array.from({ length: count }, () => signature),
    });
    expect(Envelope.safeParse(envelope(ENVELOPE_SIGNATURES_MAX)).success).toBe(true);
    expect(Envelope.safeParse(envelope(ENVELOPE_SIGNATURES_MAX + 1)).success).toBe(false);
    expect(Argv.safeParse(Array<string>(ARGV_ITEMS_MAX).fill("a")).success).toBe(true);
    expect(Argv.safeParse(Array<string>(ARGV_ITEMS_MAX + 1).fill("a")).success).toBe(false);
    expect(Argv.safeParse(["a".repeat(ARGV_ITEM_CHARS_MAX)]).success).toBe(true);
    expect(Argv.safeParse(["a".repeat(ARGV_ITEM_CHARS_MAX + 1)]).success).toBe(false);
  });
});

describe("reports", () => {
  const report = agentMessages["report"] as { readonly services: readonly ServiceReport[] };
  const [service] = report.services;
  const [result] = service?.results ?? [];

  it("services per host", () => {
    const frame = (count: number) =>
      JSON.stringify({
        ...report,
        services: Array.from({ length: count }, () => ({ ...service, results: [] })),
      });
    expect(parseAgentFrame(frame(SERVICES_PER_HOST_MAX)).ok).toBe(true);
    expect(parseAgentFrame(frame(SERVICES_PER_HOST_MAX + 1)).ok).toBe(false);
  });

  it.each([
    [{ number: 1, of: 2 }, true],
    [{ number: SERVICES_PER_HOST_MAX, of: SERVICES_PER_HOST_MAX }, true],
    [{ number: 0, of: 2 }, false],
    [{ number: 3, of: 2 }, false],
    [{ number: 1, of: 1 }, false],
    [{ number: 1, of: SERVICES_PER_HOST_MAX + 1 }, false],
    [{ number: 1.5, of: 2 }, false],
  ])("parts of a digest: %o is %s", (part, isAccepted) => {
    const report = agentMessages["report"] as object;
    expect(parseAgentFrame(JSON.stringify({ ...report, digest: true, part })).ok).toBe(isAccepted);
  });

  it("facts per message, and not none", () => {
    const message = agentMessages["facts"] as { readonly facts: readonly unknown[] };
    const frame = (count: number) =>
      JSON.stringify({ ...message, facts: Array.from({ length: count }, () => message.facts[0]) });
    expect(parseAgentFrame(frame(FACTS_PER_MESSAGE_MAX)).ok).toBe(true);
    expect(parseAgentFrame(frame(FACTS_PER_MESSAGE_MAX + 1)).ok).toBe(false);
    expect(parseAgentFrame(frame(0)).ok).toBe(false);
  });

  it("checks per service", () => {
    const results = Array.from({ length: CHECKS_PER_SERVICE_MAX }, () => result);
    expect(ServiceReport.safeParse({ ...service, results }).success).toBe(true);
    expect(ServiceReport.safeParse({ ...service, results: [...results, result] }).success).toBe(false);
  });

  it("results that are counted back", () => {
    const [result] = (
      laterAgentMessages["evidence-report"] as { services: { results: object[] }[] }
    ).services.flatMap(({ results }) => results);
    const parsed = (last: object) => CheckResult.safeParse({ ...result, last }).success;
    expect(parsed({ failed: RESULTS_COUNTED_MAX, of: RESULTS_COUNTED_MAX })).toBe(true);
    expect(parsed({ failed: 1, of: RESULTS_COUNTED_MAX + 1 })).toBe(false);
    expect(parsed({ failed: 2, of: 1 })).toBe(false);
  });

  it("a summary's length", () => {
    const summary = "x".repeat(SUMMARY_CHARS_MAX);
    expect(CheckResult.safeParse({ ...result, summary }).success).toBe(true);
    expect(CheckResult.safeParse({ ...result, summary: `${summary}x` }).success).toBe(false);
  });
});
