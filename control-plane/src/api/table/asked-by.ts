// Who holds the admin token, as they say themselves, and why they do what they do: the same in each act of the operator's API. Pure.
import * as z from "zod";

/** A name for the audit, beside the token's. */
export const Person = z
  .string()
  .regex(/^[\w.@ -]{1,60}$/, { error: "expected a name of letters, digits and . @ - _" });

/** For the audit and the history. */
export const Why = z.string().max(300).default("");

/** For an act that must say why. */
export const NeededWhy = z.string().trim().min(1).max(300);
