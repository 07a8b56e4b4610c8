// The policy of a replay: through the very loader of production, with what an incident file lays over it. Overrides are laid over key
// by key; a list replaces a list.
import { type FoundProblem, problemsOf } from "@countersign/shared/files/file-problem";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { loadPolicy } from "../src/policy/load-policy.ts";
import { Policy } from "../src/policy/policy.ts";
import { readWrittenFile, type WrittenRefusal } from "./file/written-file.ts";

/** A policy as it is written, before the schema has read it. */
export type RawPolicy = Readonly<Record<string, unknown>>;

export interface PolicyRefusal {
  readonly reason: "policy-wrong";
  readonly problems: readonly FoundProblem[];
}

/** What is used where a file's own policy was refused, so that the rest of the file can still be looked at. */
export const FALLBACK_POLICY: Policy = loadPolicy("version: 1");

/** Lays overrides over a policy. */
export function mergePolicy(base: RawPolicy, overrides: RawPolicy): RawPolicy {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(overrides)) {
    const before = merged.get(key);
    merged.set(key, isRecord(before) && isRecord(value) ? mergePolicy(before, value) : value);
  }
  // fromEntries defines: a key such as __proto__ stays a key, and the schema refuses it
  return Object.fromEntries(merged);
}

/** Reads a policy with the production loader, and says what is wrong with it place by place. */
export function loadRawPolicy(raw: RawPolicy): Result<Policy, PolicyRefusal> {
  const parsed = Policy.safeParse(raw);
  if (parsed.success) return ok(loadPolicy(JSON.stringify(raw)));
  return refuse({ reason: "policy-wrong", problems: problemsOf(Policy, raw, parsed.error) });
}

/** Reads a policy file for `--policy`. */
export function readPolicyFile(file: string): Result<RawPolicy, WrittenRefusal> {
  const yaml = readWrittenFile(file);
  if (!yaml.ok) return yaml;
  const { value, problemAt } = yaml.value;
  if (!isRecord(value)) {
    const message = 'expected a policy; the smallest one is "version: 1"';
    return refuse({
      reason: "file-wrong",
      file,
      problems: [problemAt({ path: [], isKey: false, message })],
    });
  }
  const loaded = loadRawPolicy(value);
  if (loaded.ok) return ok(value);
  return refuse({ reason: "file-wrong", file, problems: loaded.error.problems.map(problemAt) });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
