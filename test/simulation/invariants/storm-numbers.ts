// How much one person gets: at most the documented numbers (docs/policy.md), whatever goes on. By a record of its own:
// what left for whom, when. What is never held (never-held.ts) is not bounded; neither is a test page.
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { Invariant } from "./invariant.ts";
import { isNeverHeld } from "./never-held.ts";
import { firstSent } from "./sent-pages.ts";

const MESSAGES_MAX = 6;
const MESSAGES_WITHIN_MS = 15 * 60_000;
const WIDE_MESSAGES_MAX = 5;
const WIDE_WITHIN_MS = 10 * 60_000;

interface Sent {
  readonly at: number;
  /** what had been held, alone or as a digest: one a quarter of an hour goes out, though there is no room */
  readonly isReleased: boolean;
}

export const nobodyIsFlooded = (): Invariant => {
  const keys = new Set<string>();
  const sentTo = new Map<string, readonly Sent[]>();
  return {
    sentence: "Nobody gets more messages than the documented number",
    onDesk: (decision, { clock: { now } }) => {
      for (const page of firstSent(decision, keys)) {
        if (page.kind === "test" || isNeverHeld(page, decision)) continue;
        const isReleased = page.covers !== undefined || page.releasedAt !== undefined;
        const lately = (sentTo.get(page.responder) ?? []).filter(({ at }) => at > now - MESSAGES_WITHIN_MS);
        const sent = [...lately, { at: now, isReleased }];
        sentTo.set(page.responder, sent);
        const most = isWideYoung(decision, now) ? WIDE_MESSAGES_MAX : MESSAGES_MAX;
        const withinMs = most === MESSAGES_MAX ? MESSAGES_WITHIN_MS : WIDE_WITHIN_MS;
        const counted = sent.filter(({ at }) => at > now - withinMs);
        const bound = counted.some(({ isReleased: was }) => was) ? most + 1 : most;
        if (counted.length > bound)
          return `"${page.title}" is the ${counted.length}th message to ${page.responder} in ${withinMs / 60_000} minutes`;
      }
      return null;
    },
  };
};

function isWideYoung({ after }: DeskDecisionSeen, now: number): boolean {
  return after.incidents
    .values()
    .some(
      ({ openedAt, place }) =>
        (place.kind === "fleet" || place.kind === "wide" || place.kind === "many") &&
        openedAt > now - WIDE_WITHIN_MS,
    );
}
