// Which versions of the policy were in force in the time that is replayed, and from when on. Pure.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { parsePolicyText } from "../../src/policy/policy-file.ts";
import type { Policy } from "../../src/policy/policy.ts";

/** A version, and since when it was in force; null: before anything that is replayed. */
export interface VersionSpan {
  readonly version: number;
  readonly sinceAt: number | null;
}

/** A policy in force since an instant. */
export interface PolicySpan {
  readonly sinceAt: number | null;
  readonly policy: Policy;
}

/** One policy all the time. */
export function throughout(policy: Policy): readonly [PolicySpan] {
  return [{ sinceAt: null, policy }];
}

/** The versions in force in a time, oldest first; a refusal when the first of them is no longer kept: from when on they are. */
export function versionSpans(
  history: readonly { readonly version: number; readonly appliedAt: number }[],
  { fromAt, toAt }: { readonly fromAt: number; readonly toAt: number },
): Result<readonly VersionSpan[], { readonly reason: "not-kept"; readonly keptSinceAt: number }> {
  const applied = history.toSorted((one, other) => one.version - other.version);
  const [oldest] = applied;
  const first = applied.findLast(({ appliedAt }) => appliedAt <= fromAt);
  if (first === undefined && oldest !== undefined && oldest.version > 1)
    return refuse({ reason: "not-kept", keptSinceAt: oldest.appliedAt });
  const later = applied.filter(({ appliedAt }) => appliedAt > fromAt && appliedAt <= toAt);
  return ok([
    { version: first?.version ?? 0, sinceAt: null },
    ...later.map(({ version, appliedAt }) => ({ version, sinceAt: appliedAt })),
  ]);
}

/** The policies of versions; a refusal names the first that cannot be read. */
export function policySpans(
  versions: readonly (VersionSpan & { readonly text: string })[],
): Result<
  readonly [PolicySpan, ...PolicySpan[]],
  { readonly reason: "unreadable"; readonly version: number }
> {
  const spans: PolicySpan[] = [];
  for (const { version, sinceAt, text } of versions) {
    const parsed = parsePolicyText(text);
    if (!parsed.ok) return refuse({ reason: "unreadable", version });
    spans.push({ sinceAt, policy: parsed.value });
  }
  const [first, ...later] = spans;
  return first === undefined ? refuse({ reason: "unreadable", version: 0 }) : ok([first, ...later]);
}
