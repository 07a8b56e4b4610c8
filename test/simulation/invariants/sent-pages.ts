// The pages that leave the desk in one step, as the invariants about pages look at them.
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskEffect } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";

/** Every attempt, so one page comes again and again, and once for each channel where it goes to all of them. */
export function pagesSent({ effects }: Pick<DeskDecisionSeen, "effects">): readonly Page[] {
  const isSent = (effect: DeskEffect) => effect.kind === "send-page";
  return effects.filter(isSent).map(({ page }) => page);
}

/** A page and what it brings, where it is a digest, as long as that is there. */
export function broughtBy(page: Page, { pages }: Pick<DeskState, "pages">): readonly Page[] {
  return [page, ...(page.covers ?? []).flatMap((key) => pages.get(key) ?? [])];
}

/** Those that were never sent before; a key is remembered. */
export function firstSent(decision: DeskDecisionSeen, keys: Set<string>): readonly Page[] {
  return pagesSent(decision).filter(({ key }) => {
    if (keys.has(key)) return false;
    keys.add(key);
    return true;
  });
}
