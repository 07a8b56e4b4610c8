// What is remembered of the changes of watched configuration files: who changed which when, as one change where it was told
// twice, and which of them took back what somebody had changed by hand. Pure.
// What a reader would get wrong: the agent sees that a file changed and not by whom, and a tool tells that it changed it and
// not to what. Both may tell of one change, a few seconds apart; so nothing is said of a change before the other had time to
// come.
import type { Doer, Fact } from "@countersign/shared/wire/fact";

/** Two that tell of one file within this time, the agent and whoever changed it, tell of one change. */
export const TOLD_TWICE_MS = 30_000;

export interface Change {
  readonly at: number;
  readonly path: string;
  readonly by: Doer;
  /** its content is one that the file had before (true), or a new one (false). absent: not known */
  readonly isReturned?: boolean;
  /** the agent and whoever made it have told of it. absent: one of them */
  readonly isToldTwice?: true;
}

/** In the order of their instants. */
export type Changes = readonly Change[];

/** Somebody's change, and the one that took it back. */
export interface TakenBack {
  readonly made: Change;
  readonly taken: Change;
}

/** Takes a change in; the very same list when it was known. */
export function withChange(changes: Changes, fact: Extract<Fact, { kind: "config-changed" }>): Changes {
  const { at, by, isReturned, path } = fact;
  const change: Change = { at, path, by, ...(isReturned === undefined ? {} : { isReturned }) };
  if (by === "unknown" && changes.some((known) => isSeenAgain(known, change))) return changes;
  const twin = twinOf(changes, change);
  if (twin !== undefined) return changes.map((known) => (known === twin ? joined(twin, change) : known));
  return [...changes, change].sort((left, right) => left.at - right.at);
}

// What the agent sees has the file's own instant: told again after a broken connection, it is the same.
function isSeenAgain(known: Change, { at, path }: Change): boolean {
  const isSeen = known.by === "unknown" || known.isToldTwice === true;
  return isSeen && known.at === at && known.path === path;
}

// Of one change one tells who, and the other what.
function twinOf(changes: Changes, { at, by, isReturned, path }: Change): Change | undefined {
  const apart = (known: Change) => Math.abs(known.at - at);
  return (
    changes
      .filter((known) => known.path === path && known.isToldTwice !== true && apart(known) <= TOLD_TWICE_MS)
      .filter((known) => (known.by === "unknown") !== (by === "unknown"))
      // New content and content that it had before are two changes.
      .filter((known) => (known.isReturned ?? isReturned) === (isReturned ?? known.isReturned))
      .toSorted((left, right) => apart(left) - apart(right))[0]
  );
}

function joined(left: Change, right: Change): Change {
  const [seen, told] = left.by === "unknown" ? [left, right] : [right, left];
  return { ...told, ...seen, by: told.by, isToldTwice: true };
}

/**
 * What may still matter: whatever is younger than both spans, and what it may have taken back. The very same list when all
 * of it may.
 */
export function withoutOld(
  changes: Changes,
  now: number,
  { countedMs, takenBackMs }: { readonly countedMs: number; readonly takenBackMs: number },
): Changes {
  const kept = new Set(pathsOf(changes).flatMap((path) => ofPathYoung(path)));
  return kept.size === changes.length ? changes : changes.filter((change) => kept.has(change));

  function ofPathYoung(path: string): Changes {
    const ofPath = changes.filter((change) => change.path === path);
    const young = ofPath.findIndex(({ at }) => at > now - takenBackMs);
    const before = young === -1 ? [] : ofPath.slice(Math.max(0, young - 1));
    const byHand = before.findIndex(({ by }) => !isAutomation(by));
    const counted = ofPath.filter(({ at }) => at > now - countedMs);
    return byHand === -1 ? counted : [...before.slice(byHand), ...counted];
  }
}

/**
 * What was changed by hand and is taken back, one of each file at most; what a person has changed since is in that person's
 * hands.
 */
export function takenBackIn(changes: Changes, now: number, withinMs: number): readonly TakenBack[] {
  return pathsOf(changes).flatMap((path) => {
    const ofPath = changes.filter((change) => change.path === path);
    let found: TakenBack | null = null;
    for (const [index, taken] of ofPath.entries()) {
      const made = now < saysAllAt(taken) ? null : madeBefore(ofPath.slice(0, index), taken);
      if (made !== null && taken.at - made.at < withinMs) found = { made, taken };
      else if (!isAutomation(taken.by)) found = null;
    }
    return found === null ? [] : [found];
  });
}

/** When all is told of the changes that may yet turn out to have taken something back; none: of each it is. */
export function saysAllAts(changes: Changes, now: number): readonly number[] {
  return changes
    .filter((change) => now < saysAllAt(change))
    .filter((change) => {
      const ofPath = changes.filter(({ path }) => path === change.path);
      return madeBefore(ofPath.slice(0, ofPath.indexOf(change)), change) !== null;
    })
    .map(saysAllAt);
}

function saysAllAt({ at }: Change): number {
  return at + TOLD_TWICE_MS;
}

// The change by hand that this one takes back; null: none. A person who returns to what was takes back an own change.
function madeBefore(earlier: Changes, { by, isReturned }: Change): Change | null {
  if (by === "person" || isReturned === false) return null;
  if (isReturned === true) {
    const last = earlier.at(-1);
    return last === undefined || isAutomation(last.by) ? null : last;
  }
  // Nothing is known of its content, so only who did it says something, and who was told last before.
  const told = earlier.findLast((change) => change.by !== "unknown");
  return isAutomation(by) && told?.by === "person" ? told : null;
}

/** Whether automation did it: neither a person nor nobody knows whom. */
export function isAutomation(by: Doer): boolean {
  return by !== "person" && by !== "unknown";
}

/** The files, in the order of their oldest change. */
export function pathsOf(changes: Changes): readonly string[] {
  return [...new Set(changes.map(({ path }) => path))];
}
