// The policy as the Worker loads it from a text: a binding, or what the desk keeps. The same text is parsed once an isolate. A wrong
// policy throws with every place that is wrong, because guessing a policy would be worse than refusing to start.
import { formatFileProblem } from "@countersign/shared/file-problem";
import type { Policy } from "@countersign/shared/policy";
import { parsePolicyText } from "@countersign/shared/policy-file";

let parsed: { readonly text: string; readonly policy: Policy } | null = null;

/** The policy of a text; throws an error whose message tells a person what to mend. */
export function loadPolicy(text: string | undefined): Policy {
  if (parsed !== null && parsed.text === text) return parsed.policy;
  const result = parsePolicyText(text ?? "");
  if (!result.ok) {
    const problems = result.error.problems.map((problem) => formatFileProblem("POLICY", problem));
    throw new Error(`Read POLICY: ${problems.join("\n")}`);
  }
  parsed = { text: text ?? "", policy: result.value };
  return result.value;
}
