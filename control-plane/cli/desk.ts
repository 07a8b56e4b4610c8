// The desk as a command has it: its API, and where to print. Results go to stdout (with --json as one document), everything else to stderr; what
// a command answers is the process's exit code.
import { type FileProblem, formatFileProblem } from "@countersign/shared/files/file-problem";
import type { ApiRefusal, OperatorApi } from "./api-calls.ts";

/** `done`: it was done, or is the same; `refused`: it was refused, or differs. */
export const EXIT = { done: 0, refused: 1, badInput: 2 } as const;

/** Where a command prints: results, and all else. */
export interface Output {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** What a command asks, and where it prints. */
export interface Desk {
  readonly api: OperatorApi;
  readonly output: Output;
}

/** Prints one JSON document. */
export function printJson(output: Output, value: unknown): void {
  output.print(JSON.stringify(value, null, 2));
}

/** Says a refusal of the API, and the exit code for it. */
export function complain(output: Output, refusal: ApiRefusal): number {
  output.complain(refusal.sentence);
  const problems = (refusal.problem?.["problems"] ?? []) as readonly FileProblem[];
  for (const problem of problems) output.complain(formatFileProblem("policy", problem));
  if (String(refusal.problem?.["type"]).endsWith(":nobody-left")) output.complain(nobodyLeftText(refusal));
  return refusal.reason === "options" || problems.length > 0 ? EXIT.badInput : EXIT.refused;
}

/** Who is signed out by a policy in which they are not. */
export function losesAccessText(people: readonly string[]): string {
  return `Loses access, and is signed out: ${people.join(", ")}.`;
}

function nobodyLeftText({ problem }: ApiRefusal): string {
  const people = (problem?.["losesAccess"] ?? []) as readonly string[];
  return `${losesAccessText(people)} Nothing was changed. Say --yes if nobody who is signed in now is to stay so; a link for somebody is then printed by the admin token.`;
}
