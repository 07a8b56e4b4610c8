// The policy as the Worker loads it from a text: a binding, or what the desk keeps. A text is parsed once an isolate. A wrong policy
// throws with every place that is wrong, because guessing a policy would be worse than refusing to start; where an older one is
// known to be good, `loadFirstGood` keeps to that and says so, for a wrong policy must not take detection down.
import { formatFileProblem } from "@countersign/shared/files/file-problem";
import { parsePolicyText } from "./policy-file.ts";
import type { Policy } from "./policy.ts";

/** Desk and shards may hold different versions for a moment. */
const PARSED_MAX = 4;
const parsed = new Map<string, Policy>();

/** The policy of a text; throws an error whose message tells a person what to mend. */
export function loadPolicy(text: string | undefined): Policy {
  const known = parsed.get(text ?? "");
  if (known !== undefined) return known;
  const result = parsePolicyText(text ?? "");
  if (!result.ok) {
    const problems = result.error.problems.map((problem) => formatFileProblem("POLICY", problem));
    throw new Error(`Read POLICY: ${problems.join("\n")}`);
  }
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text ?? "", result.value);
  return result.value;
}

/** The first of some texts that is a policy, and what was wrong with those before it (null: nothing). Throws when none is. */
export function loadFirstGood<Text>(
  texts: Iterable<Text>,
  load: (text: Text) => Policy,
): {
  readonly policy: Policy;
  readonly problem: string | null;
} {
  let problem: string | null = null;
  let failure: unknown = null;
  for (const text of texts)
    try {
      return { policy: load(text), problem };
    } catch (error) {
      failure = error;
      problem ??= error instanceof Error ? error.message : String(error);
    }
  throw new Error("Load policy: none of those that are kept can be read", { cause: failure });
}
