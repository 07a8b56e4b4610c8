// Takes a rule out of shadow in a policy's own text, with its comments and order kept. Pure.
import { parseDocument } from "yaml";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { parsePolicyText } from "./policy-file.ts";
import type { Policy } from "./policy.ts";

type Reason = keyof Policy["rules"];

export interface PromotionRefusal {
  readonly reason: "not-in-shadow" | "unknown-rule" | "whole-policy" | "unreadable";
  readonly sentence: string;
}

/** The text with one rule in earnest (null: the whole policy). */
export function promoteText(text: string, reason: string | null): Result<string, PromotionRefusal> {
  const before = parsePolicyText(text);
  if (!before.ok) return refuse({ reason: "unreadable", sentence: "The policy in force cannot be read." });
  if (reason !== null && !Object.hasOwn(before.value.rules, reason))
    return refuse({ reason: "unknown-rule", sentence: `There is no rule "${reason}".` });
  if (reason !== null && before.value.shadow)
    return refuse({
      reason: "whole-policy",
      sentence: `The whole policy is in shadow: promote it with --all, or apply one in which only the rules that shall stay have \`shadow: true\`.`,
    });
  const document = parseDocument(text);
  const path = reason === null ? ["shadow"] : ["rules", reason, "shadow"];
  if (!isInShadow(before.value, reason))
    return refuse({
      reason: "not-in-shadow",
      sentence: `${reason === null ? "The policy" : reason} is not in shadow${hintOf(before.value, reason as Reason | null)}.`,
    });
  document.deleteIn(path);
  return ok(document.toString());
}

function isInShadow(policy: Policy, reason: string | null): boolean {
  return reason === null ? policy.shadow : policy.rules[reason as Reason].shadow;
}

// An override is for some hosts only: taking it out is an edit of the file, not a promotion.
function hintOf(policy: Policy, reason: Reason | null): string {
  const isOverridden = policy.overrides.some(({ shadow, rules }) =>
    reason === null ? shadow === true : shadow === true || rules?.[reason]?.shadow === true,
  );
  return isOverridden ? " but for some hosts by `overrides`: change those in the file and apply it" : "";
}
