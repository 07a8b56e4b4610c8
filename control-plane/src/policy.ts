// Reads the policy from its binding: YAML or JSON text (YAML is a superset). Parsed once an isolate; a wrong policy stops everything
// with one sentence that names the place, because guessing a policy would be worse than refusing to start.
import { Policy } from "@countersign/shared/policy";
import { parse } from "yaml";
import { z } from "zod";

let parsed: { readonly text: string; readonly policy: Policy } | null = null;

/** The policy of this deployment; throws an error whose message tells a person what to mend. */
export function loadPolicy(text: string | undefined): Policy {
  if (text === undefined || text.trim() === "")
    throw new Error('Read POLICY: the binding is empty; the smallest policy is "version: 1"');
  if (parsed?.text === text) return parsed.policy;
  const policy = parsePolicy(text);
  parsed = { text, policy };
  return policy;
}

function parsePolicy(text: string): Policy {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new Error(`Read POLICY: it is not YAML: ${String(error)}`, { cause: error });
  }
  const result = Policy.safeParse(document);
  if (result.success) return result.data;
  throw new Error(`Read POLICY: ${z.prettifyError(result.error)}`);
}
