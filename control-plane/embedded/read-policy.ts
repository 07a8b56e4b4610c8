// The policy that `npm start` runs with, checked before anything starts: the Worker would refuse a wrong one only when first asked.
import { readFileSync } from "node:fs";
import { formatFileProblem } from "@countersign/shared/files/file-problem";
import { parsePolicyText } from "../src/policy/policy-file.ts";
import { demoPolicy } from "./demo-policy.ts";
import { Refusal } from "./refusal.ts";
import type { StartOptions } from "./start-options.ts";

export interface StartPolicy {
  readonly text: string;
  /** the first responder, who gets the sign-in link */
  readonly operator: string;
}

/** Reads and checks the policy; refuses with the place that is wrong. */
export function readPolicy(options: Pick<StartOptions, "policy" | "profile">): StartPolicy {
  const text = options.policy === undefined ? demoPolicy(options.profile) : readFile(options.policy);
  const name = options.policy ?? "demo policy";
  const policy = parsePolicyText(text);
  if (!policy.ok) {
    const problems = policy.error.problems.map((problem) => formatFileProblem(name, problem));
    throw new Refusal(`The policy is wrong, so nothing was started.\n${problems.join("\n")}`);
  }
  return { text, operator: policy.value.responders[0]?.id ?? "" };
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal(
      `The policy ${path} cannot be read (${code}): name a readable file with --policy FILE.`,
    );
  }
}
