// Limits on the wire at their edge (those of what is signed: signing-sizes.test.ts): the largest allowed passes, one more is refused, and a frame that is too large is
// refused before it is parsed (it is not even JSON here).
import { describe, expect, it } from "vitest";
import { Instant } from "@countersign/shared/values/instant";
import {
  AGENT_FRAME_BYTES_MAX,
  CHECKS_PER_SERVICE_MAX,
  CONTROL_FRAME_BYTES_MAX,
  EXAMINED_FINDINGS_MAX,
  FACTS_PER_MESSAGE_MAX,
  INSTANT_MAX,
  LAST_WORDS_BYTES_MAX,
  LAST_WORDS_LINES_MAX,
  RESULTS_COUNTED_MAX,
  SERVICES_PER_HOST_MAX,
  SUMMARY_CHARS_MAX,
  TOLD_SPAN_MS_MAX,
} from "@countersign/shared/values/limits";
import { Fact } from "@countersign/shared/wire/fact";
import { parseAgentFrame, parseControlFrame } from "@countersign/shared/wire/protocol";
import { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";
import { agentMessages, controlMessages, laterAgentMessages } from "./fixtures.ts";

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

describe("what doctor found", () => {
  const { examined } = laterAgentMessages;
  const [finding] = (examined as unknown as { findings: object[] }).findings;
  const isTaken = (findings: readonly object[]) =>
    parseAgentFrame(JSON.stringify({ ...examined, findings })).ok;

  it("has so many findings at most", () => {
    const so = Array.from({ length: EXAMINED_FINDINGS_MAX }, () => finding ?? {});
    expect([isTaken(so), isTaken([...so, finding ?? {}])]).toEqual([true, false]);
  });

  it.each(["check", "detail", "mend"])("has no longer %s than a summary", (key) => {
    const so = "x".repeat(SUMMARY_CHARS_MAX);
    expect([isTaken([{ ...finding, [key]: so }]), isTaken([{ ...finding, [key]: `${so}x` }])]).toEqual([
      true,
      false,
    ]);
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

  it("lines and bytes of last words", () => {
    const words = laterAgentMessages["last-words"] as object;
    const isTaken = (lines: readonly string[]) => parseAgentFrame(JSON.stringify({ ...words, lines })).ok;
    expect(isTaken(Array.from({ length: LAST_WORDS_LINES_MAX }, () => "x"))).toBe(true);
    expect(isTaken(Array.from({ length: LAST_WORDS_LINES_MAX + 1 }, () => "x"))).toBe(false);
    // In UTF-8, with a line end between two.
    const half = "é".repeat(LAST_WORDS_BYTES_MAX / 4 - 1);
    expect(isTaken([half, `${half}xyz`])).toBe(true);
    expect(isTaken([half, `${half}xyzq`])).toBe(false);
  });

  it("a summary's length", () => {
    const summary = "x".repeat(SUMMARY_CHARS_MAX);
    expect(CheckResult.safeParse({ ...result, summary }).success).toBe(true);
    expect(CheckResult.safeParse({ ...result, summary: `${summary}x` }).success).toBe(false);
  });
});
