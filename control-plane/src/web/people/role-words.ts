// What the rules let a person do, in words. Pure.
import { listText } from "@countersign/shared/values/list-text";
import type { Role } from "../../core/words/roles.ts";

const DOES: Readonly<Record<Role, string>> = {
  look: "look",
  answer: "answer",
  approve: "approve",
  administer: "administer",
};

/** `May look, answer and approve.` */
export function rolesSentence(roles: readonly Role[]): string {
  if (roles.length === 0) return "May do nothing here: not in the rules.";
  return roles.length === 1
    ? `May ${roles.join("")}, and nothing else.`
    : `May ${listText(roles.map((role) => DOES[role]))}.`;
}
