// The policy in force now, for a view that says what it means for what is shown. Nothing is decided by it. A policy that
// cannot be read is none: the view says less, and opens all the same.
import { loadPolicy } from "../policy/load-policy.ts";
import type { Policy } from "../policy/policy.ts";
import type { DeskReads } from "./reads.ts";

/** null: it cannot be read here. `deployed`: what holds where nothing was applied. */
export async function policyNow(
  desk: Pick<DeskReads, "policyFor">,
  deployed: string | undefined,
): Promise<Policy | null> {
  const told = await desk.policyFor(null);
  try {
    return loadPolicy(told?.text ?? deployed);
  } catch (error) {
    console.error("Read the policy for a view:", error);
    return null;
  }
}
