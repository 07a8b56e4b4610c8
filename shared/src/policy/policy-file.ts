// Reads a policy from the text of its file: the one way in for the Worker, the embedded start, the CLI and a replay. Pure.
import type { FileProblem } from "../files/file-problem.ts";
import { type FileRefusal, parseYamlFile } from "../files/yaml-file.ts";
import type { Result } from "../values/result.ts";
import { Policy } from "./policy.ts";

/** The policy of a text, or everything that is wrong with it. */
export function parsePolicyText(text: string): Result<Policy, FileRefusal> {
  if (text.trim() === "") return { ok: false, error: { reason: "file-malformed", problems: [EMPTY] } };
  return parseYamlFile(text, Policy);
}

const EMPTY: FileProblem = {
  path: "",
  line: 1,
  column: 1,
  message: 'the policy is empty; the smallest one is "version: 1"',
};
