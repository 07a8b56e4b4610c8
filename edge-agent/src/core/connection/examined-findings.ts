// Fits what doctor found into one message: what is wrong before what could not be seen, each text on one line of its length, and no more than
// a frame holds. Pure. A command that would have to be cut is left out: half of one is another command.
import {
  AGENT_FRAME_BYTES_MAX,
  EXAMINED_FINDINGS_MAX,
  SUMMARY_CHARS_MAX,
} from "@countersign/shared/values/limits";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import { summaryOf } from "./reporting.ts";

/** What the rest of the message may take. */
const HEAD_BYTES_MAX = 200;

/** The findings that can be told. */
export function boundedFindings(findings: readonly ExaminedFinding[]): readonly ExaminedFinding[] {
  const byStatus = (status: ExaminedFinding["status"]) =>
    findings.filter((finding) => finding.status === status);
  const kept: ExaminedFinding[] = [];
  let bytes = HEAD_BYTES_MAX;
  for (const finding of [...byStatus("wrong"), ...byStatus("unknown")]) {
    if (kept.length === EXAMINED_FINDINGS_MAX) break;
    const told = inOneLine(finding);
    bytes += encodeUtf8(JSON.stringify(told)).length + 1;
    if (bytes > AGENT_FRAME_BYTES_MAX) break;
    kept.push(told);
  }
  return kept;
}

function inOneLine({ check, detail, mend, service, status }: ExaminedFinding): ExaminedFinding {
  const isWhole = mend !== null && mend.length <= SUMMARY_CHARS_MAX && summaryOf(mend) === mend;
  return {
    check: summaryOf(check) || "unnamed",
    service,
    status,
    detail: summaryOf(detail),
    mend: isWhole ? mend : null,
  };
}
