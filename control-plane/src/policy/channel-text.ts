// What an edited document of a policy says, in the lines of the text that it was made of. Pure. What a reader would get
// wrong: a text may say a thing in two places at once (anchors), so that what comes out is read again, and is only right
// when it means what was wanted and nothing else.
import type { Document } from "yaml";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { parsePolicyText } from "./policy-file.ts";
import type { Policy } from "./policy.ts";

/** Why an edit came to nothing; `problem`: what would be wrong with the policy, place and words. */
export type EditRefusal =
  | { readonly reason: "by-hand" }
  | { readonly reason: "policy-wrong"; readonly problem: string };

/** How far a line may have moved against the text that it is of. */
const LINES_AHEAD_MAX = 8;

/** The text of an edited document; refused unless it means `after` and nothing else. */
export function editedText(text: string, document: Document, after: Policy): Result<string, EditRefusal> {
  const written = writtenOf(document);
  if (written === null) return refuse({ reason: "by-hand" });
  const again = parsePolicyText(written);
  if (!again.ok) {
    const [problem] = again.error.problems;
    return refuse({
      reason: "policy-wrong",
      problem: `${problem?.path ?? ""}: ${problem?.message ?? ""}`,
    });
  }
  if (!means(written, after)) return refuse({ reason: "by-hand" });
  const kept = keepLines(text, written);
  return ok(means(kept, after) ? kept : written);
}

/** null: what stays names an anchor that went, and the library throws. */
function writtenOf(document: Document): string | null {
  try {
    return document.toString({ lineWidth: 0 });
  } catch {
    return null;
  }
}

function means(text: string, wanted: Policy): boolean {
  const read = parsePolicyText(text);
  return read.ok && JSON.stringify(read.value) === JSON.stringify(wanted);
}

/** The lines as somebody wrote them, wherever the new ones differ from them in blanks alone. */
function keepLines(before: string, written: string): string {
  const lines = before.split("\n");
  let next = 0;
  return written
    .split("\n")
    .map((line) => {
      const ahead = lines.slice(next, next + LINES_AHEAD_MAX).findIndex((own) => bare(own) === bare(line));
      if (ahead < 0) return line;
      next += ahead + 1;
      return lines[next - 1] ?? line;
    })
    .join("\n");
}

function bare(line: string): string {
  return line.replaceAll(/\s+/g, "");
}
