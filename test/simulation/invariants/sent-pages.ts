// The pages that leave the desk in one step, as the invariants about pages look at them.
import type { Page } from "../../../control-plane/src/core/desk/records/page.ts";
import type { DeskEffect } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";

/** Every attempt, so one page comes again and again, and once for each channel where it goes to all of them. */
export function pagesSent({ effects }: Pick<DeskDecisionSeen, "effects">): readonly Page[] {
  const isSent = (effect: DeskEffect) => effect.kind === "send-page";
  return effects.filter(isSent).map(({ page }) => page);
}

/** Those that were never sent before; a key is remembered. */
export function firstSent(decision: DeskDecisionSeen, keys: Set<string>): readonly Page[] {
  return pagesSent(decision).filter(({ key }) => {
    if (keys.has(key)) return false;
    keys.add(key);
    return true;
  });
}
