// That every frame fits, and every summary its line.
import { describe, expect, test } from "vitest";
import {
  AGENT_FRAME_BYTES_MAX,
  CHECKS_PER_SERVICE_MAX,
  SERVICES_PER_HOST_MAX,
  SUMMARY_CHARS_MAX,
} from "@countersign/shared/values/limits";
import { parseAgentFrame } from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { framesOf, summaryOf } from "../../../../edge-agent/src/core/connection/reporting.ts";

/** As many checks as a service may have, each of which fails in these words. */
function failingServiceOf(service: string, summary: string): ServiceReport {
  return {
    service,
    unit: {
      activeState: "active",
      subState: "running",
      result: "success",
      restartCount: 0,
      invocationId: "a".repeat(32),
      mainPid: 100,
      activeEnterAt: 1_000,
      memoryCurrentBytes: 5_000,
    },
    results: Array.from({ length: CHECKS_PER_SERVICE_MAX }, (_, check) => ({
      check: `check-${check}`,
      kind: "unit",
      status: "fail",
      severity: "error",
      summary,
      latencyMs: 1,
      finishedAt: 1_000,
      ttlMs: 10_000,
    })),
  };
}

describe("framesOf", () => {
  test("the largest host there can be fits, split into valid frames that lose nothing", () => {
    const widest = "\u{ffff}".repeat(SUMMARY_CHARS_MAX);
    const services = Array.from({ length: SERVICES_PER_HOST_MAX }, (_s, service) =>
      failingServiceOf(`service-${service}`, widest),
    );
    const frames = framesOf({ digest: true, services }, 5);
    expect(frames.length).toBeGreaterThan(1);
    const parsed = frames.map((frame) => parseAgentFrame(JSON.stringify(frame)));
    expect(parsed.every(({ ok }) => ok)).toBe(true);
    const parts = frames.map((frame) => (frame.type === "report" ? frame.part : undefined));
    expect(parts).toEqual(frames.map((_, index) => ({ number: index + 1, of: frames.length })));
    const [changes] = framesOf({ digest: false, services }, 5);
    expect(changes).not.toHaveProperty("part");
    expect(frames.flatMap((frame) => (frame.type === "report" ? frame.services : []))).toEqual(services);
    for (const frame of frames)
      expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThanOrEqual(AGENT_FRAME_BYTES_MAX);
  });

  test("a digest of nothing is one empty frame, a change of nothing is none", () => {
    expect(framesOf({ digest: true, services: [] }, 5)).toHaveLength(1);
    expect(framesOf({ digest: false, services: [] }, 5)).toEqual([]);
  });
});

test.each([
  ["short", "short"],
  ["two\nlines\u001b[31m\r\n", "two lines [31m"],
  ["x".repeat(SUMMARY_CHARS_MAX), "x".repeat(SUMMARY_CHARS_MAX)],
  ["x".repeat(SUMMARY_CHARS_MAX + 1), `${"x".repeat(SUMMARY_CHARS_MAX - 1)}…`],
  [`${"x".repeat(SUMMARY_CHARS_MAX - 2)}😀😀`, `${"x".repeat(SUMMARY_CHARS_MAX - 2)}…`],
])("a summary is one printable line that fits", (text, expected) => {
  expect(summaryOf(text)).toBe(expected);
});
