// The policy of a replay: through the very loader of production, with what an incident file lays over it. Overrides are laid over key
// by key; a list replaces a list.
import { ok, refuse, type Result } from "@countersign/shared/result";
import { Policy } from "@countersign/shared/policy";
import { loadPolicy } from "../src/policy.ts";
import { type FileRefusal, issuesOf, readPlacedYaml } from "./placed-yaml.ts";

/** A policy as it is written, before the schema has read it. */
export type RawPolicy = Readonly<Record<string, unknown>>;

export interface PolicyRefusal {
  readonly reason: "policy-wrong";
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}

/** What is used where a file's own policy was refused, so that the rest of the file can still be looked at. */
export const FALLBACK_POLICY: Policy = loadPolicy("version: 1");

/** Lays overrides over a policy. */
export function mergePolicy(base: RawPolicy, overrides: RawPolicy): RawPolicy {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
    const isDeeper = isRecord(before) && isRecord(value);
    Object.defineProperty(merged, key, {
      value: isDeeper ? mergePolicy(before, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return merged;
}

/** Reads a policy with the production loader, and says what is wrong with it place by place. */
export function loadRawPolicy(raw: RawPolicy): Result<Policy, PolicyRefusal> {
  const parsed = Policy.safeParse(raw);
  if (parsed.success) return ok(loadPolicy(JSON.stringify(raw)));
  const issues = parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: `unknown key "${key}"` }))
      : [{ path: issue.path, message: issue.message }],
  );
  return refuse({ reason: "policy-wrong", issues });
}

/** Reads a policy file for `--policy`. */
export function readPolicyFile(file: string): Result<RawPolicy, FileRefusal> {
  const yaml = readPlacedYaml(file);
  if (!yaml.ok) return yaml;
  const parsed = Policy.safeParse(yaml.value.value);
  if (!parsed.success)
    return refuse({ reason: "unreadable", file, issues: issuesOf(yaml.value, parsed.error) });
  return ok(yaml.value.value as RawPolicy);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
