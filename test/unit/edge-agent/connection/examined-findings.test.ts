// What doctor found, fitted into one message: what is wrong first, whole commands only, never more than a frame.
import { describe, expect, it } from "vitest";
import {
  AGENT_FRAME_BYTES_MAX,
  EXAMINED_FINDINGS_MAX,
  SUMMARY_CHARS_MAX,
} from "@countersign/shared/values/limits";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import { parseAgentFrame } from "@countersign/shared/wire/protocol";
import { boundedFindings } from "../../../../edge-agent/src/core/connection/examined-findings.ts";

const WRONG: ExaminedFinding = {
  check: "disk",
  service: null,
  status: "wrong",
  detail: "it is full",
  mend: "df",
};
const UNSEEN: ExaminedFinding = { ...WRONG, check: "clock", status: "unknown" };

const frameOf = (findings: readonly ExaminedFinding[]) =>
  JSON.stringify({ version: 1, type: "examined", at: 1, findings });

describe("what is told", () => {
  it("has what is wrong before what could not be seen", () => {
    expect(boundedFindings([UNSEEN, WRONG])).toEqual([WRONG, UNSEEN]);
  });

  it("is bounded in number, and always a frame that is taken", () => {
    const many = Array.from({ length: EXAMINED_FINDINGS_MAX + 1 }, () => WRONG);
    expect(boundedFindings(many)).toHaveLength(EXAMINED_FINDINGS_MAX);
    const long = "ü".repeat(2 * SUMMARY_CHARS_MAX);
    const large = many.map((finding) => ({
      ...finding,
      check: long,
      detail: long,
      mend: "ü".repeat(SUMMARY_CHARS_MAX),
    }));
    const frame = frameOf(boundedFindings(large));
    expect(parseAgentFrame(frame).ok).toBe(true);
    expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(AGENT_FRAME_BYTES_MAX);
  });

  it("leaves out a command that would have to be cut", () => {
    const mends = ["x".repeat(SUMMARY_CHARS_MAX), "x".repeat(SUMMARY_CHARS_MAX + 1), "one\ntwo"];
    const told = boundedFindings(mends.map((mend) => ({ ...WRONG, mend })));
    expect(told.map(({ mend }) => mend)).toEqual([mends[0], null, null]);
  });
});
