// Reads a policy from the text of its file: the one way in for the Worker, the embedded start, the CLI and a replay. Pure.
import type { FileProblem } from "@countersign/shared/files/file-problem";
import { type FileRefusal, parseYamlFile } from "@countersign/shared/files/yaml-file";
import type { Result } from "@countersign/shared/values/result";
import { Policy } from "./policy.ts";

/** The policy of a text, or everything that is wrong with it. */
export function parsePolicyText(text: string): Result<Policy, FileRefusal> {
  if (text.trim() === "")
    return { ok: false, error: { reason: "file-malformed", problems: [EMPTY], leftCount: 0 } };
  return parseYamlFile(text, Policy);
}

const EMPTY: FileProblem = {
  path: "",
  line: 1,
  column: 1,
  message: 'the policy is empty; the smallest one is "version: 1"',
};
