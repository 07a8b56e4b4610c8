// Why no version of the policy was taken back, no rule left the shadow, and no false alarm was marked. Pure.
import type { PolicyActRefusal } from "../../platform/desk/desk-policies.ts";
import type { RefusalTable } from "../frame/refusals.ts";

/** Refusals of acts on the policy. */
export const POLICY_REFUSALS: RefusalTable<
  PolicyActRefusal["reason"] | "not-promotable" | "finding-unknown"
> = {
  "policy-version-mismatch": [
    409,
    "Another version",
    "Another version is in force than the one you saw. Nothing was changed.",
  ],
  "policy-malformed": [
    409,
    "Not readable",
    "The running code cannot read that version any more. Nothing was changed.",
  ],
  "nothing-to-undo": [409, "Nothing to undo", "No older version is kept. Nothing was changed."],
  "nobody-left": [
    409,
    "Nobody would be left",
    "Everybody who is signed in would lose access. Nothing was changed. Use countersign policy undo --yes if that is meant.",
  ],
  "not-promotable": [
    409,
    "Not on trial",
    "This rule is not on trial by a line of its own. Nothing was changed.",
  ],
  "finding-unknown": [
    404,
    "No such finding",
    "There is no finding of a rule on trial here. Nothing was changed.",
  ],
};
