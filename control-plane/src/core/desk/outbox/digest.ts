// What was held goes out when its person has room again, a quarter of an hour later at the latest: one page as it is,
// more of them as one digest. Pure. What a reader would get wrong: what nobody needs to hear any more leaves before
// that; and a digest that was tried says what it says, for its key is the same on every attempt.
import { assert } from "@countersign/shared/values/result";
import { UTC } from "../../words/clock-text.ts";
import { waitingPagesIn } from "../deliveries/channel-states.ts";
import { graverOf, isGraver } from "../incidents/graver.ts";
import { type Page, TOLD_MAX } from "../records/pages/page.ts";
import { type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { findFinding } from "../state/finding-index.ts";
import { digestText } from "../texts/digest-text.ts";
import { coveredBy, digestsOnTheirWay, isTellable, looseOf, peopleHeldFrom } from "./covered.ts";
import { pageKeyOf } from "./page-key.ts";
import { isMoot, isOvertaken, withdrawPage } from "./page-outbox.ts";
import { carriersOf } from "./page-queue.ts";
import { hasReleased, isNeverHeld, MESSAGES_WITHIN_MS, noteReleased, roomAt } from "./storm.ts";

/** Nothing is held for longer: where first rings take all the room, one digest a quarter of an hour goes out beside them. */
export const HELD_MAX_MS = MESSAGES_WITHIN_MS;
/** What one digest brings, so that its row stays small; of more there are several. */
export const COVERED_MAX = 500;

/** When something that is held goes out, if nothing changes; null: nothing is. */
export function heldDueAt(state: DeskState, { now }: Pick<DeskContext, "now">): number | null {
  return peopleHeldFrom(state).reduce<number | null>((first, responder) => {
    const at = dueAtFor(state, now, responder);
    return at === null ? first : Math.min(first ?? Infinity, at);
  }, null);
}

/** Lets go what may go, and takes out of digests what nobody needs to hear any more. */
export function releaseHeld(change: DeskChange, context: DeskContext): DeskChange {
  const { now } = context;
  const waited = waitingPagesIn(change.state)
    .filter((page) => page.nextAttemptAt <= now && isNews(change.state, page))
    .reduce((before, page) => refreshPage(before, context, page), change);
  const current = digestsOnTheirWay(waited.state)
    .filter(({ nextAttemptAt }) => nextAttemptAt <= now)
    .reduce((before, digest) => refresh(before, context, digest), waited);
  const rung = peopleHeldFrom(current.state)
    .flatMap((responder) => firstRingsTo(current.state, responder))
    .reduce((before, page) => letGo(before, context, page), current);
  return peopleHeldFrom(rung.state)
    .filter((responder) => (dueAtFor(rung.state, now, responder) ?? Infinity) <= now)
    .reduce((before, responder) => releaseTo(before, context, responder), rung);
}

/** Where nobody needs it any more it takes no place from what is held: that would be found free after all was decided. */
function letGo(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  return isMootIn(change.state, page, page.attempts)
    ? withdrawPage(change, context, page)
    : putPage(change, { ...page, state: "pending", nextAttemptAt: context.now });
}

/** What waited for nothing but that it begins again: no storm holds it. */
function firstRingsTo(state: DeskState, responder: string): readonly Page[] {
  return sendableTo(state, responder).filter((page) => isNeverHeld(state, page));
}

function dueAtFor(state: DeskState, now: number, responder: string): number | null {
  const held = sendableTo(state, responder);
  if (held.length === 0) return null;
  if (firstRingsTo(state, responder).length > 0) return now;
  if (hasReleased(state, responder)) return null;
  const firstAt = held.reduce((first, { createdAt }) => Math.min(first, createdAt), Infinity);
  const releasedAt = state.sentLately.get(responder)?.releasedAt ?? -Infinity;
  return Math.min(roomAt(state, now, responder), Math.max(firstAt, releasedAt) + HELD_MAX_MS);
}

function sendableTo(state: DeskState, responder: string): readonly Page[] {
  return looseOf(state, responder).filter((page) => isTellable(state, page));
}

function releaseTo(change: DeskChange, context: DeskContext, responder: string): DeskChange {
  const held = sendableTo(change.state, responder);
  const isOfPolicy = context.policy.responders.some(({ id }) => id === responder);
  const moot = held.filter((page) => !isOfPolicy || isMootIn(change.state, page, page.attempts));
  const current = withdrawAll(change, context, moot);
  const left = held.filter((page) => !moot.includes(page));
  if (left.length === 0) return current;
  return inParts(left).reduce(
    (before, pages) => send(before, context, { pages, digestId: null }),
    noteReleased(current, context, responder),
  );
}

/** No channel was tried with it, and no newer page says the same. */
function isNews(state: DeskState, page: Page): boolean {
  return (
    page.attempts === 0 && page.covers === undefined && page.kind !== "test" && !isOvertaken(state, page)
  );
}

/** One that found all channels at rest says what holds when one is free, or waits on. */
function refreshPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  if (isMootIn(change.state, page, 0)) return withdrawPage(change, context, page);
  if (isTrue(change.state, page) && isTellable(change.state, page)) return change;
  const held = putPage(change, { ...page, state: "held" });
  return isTellable(change.state, page) ? send(held, context, { pages: [page], digestId: null }) : held;
}

/**
 * One that was never tried says what holds now, and what has cleared waits on without it; one that was tried goes on while
 * anything of it does.
 */
function refresh(change: DeskChange, context: DeskContext, digest: Page): DeskChange {
  const covered = coveredBy(change.state, digest);
  const moot = covered.filter((page) => isMootIn(change.state, page, digest.attempts));
  const left = covered.filter(
    (page) => !moot.includes(page) && (digest.attempts > 0 || isTellable(change.state, page)),
  );
  const isWhole = left.length === digest.covers?.length && left.every((page) => isTrue(change.state, page));
  const isSame = left.length > 0 && (digest.attempts > 0 || isWhole);
  if (isSame) return change;
  if (left.length === 0) return withdrawPage(withdrawAll(change, context, moot), context, digest);
  const pages = change.state.pages.without(digest.key);
  const taken = { ...change, state: { ...change.state, pages } };
  const digestId = digest.incidentId;
  return send(withdrawAll(taken, context, moot), context, { pages: left, digestId });
}

function send(
  change: DeskChange,
  context: DeskContext,
  { digestId, pages }: { readonly pages: readonly Page[]; readonly digestId: string | null },
): DeskChange {
  const [first] = pages;
  if (first === undefined) return change;
  const { now } = context;
  if (pages.length === 1 && isTrue(change.state, first))
    return putPage(change, { ...first, state: "pending", nextAttemptAt: now, releasedAt: now });
  return putPage(
    change,
    digestOf(
      context,
      digestId ?? context.newId("dig"),
      pages.map((page) => ({ ...page, tells: stillTrueOf(change.state, page) })),
    ),
  );
}

/** It is a ring when anything in it is one, as grave as the gravest of it. */
function digestOf({ now, policy }: DeskContext, digestId: string, pages: readonly Page[]): Page {
  const gravestFirst = pages.toSorted(byGravity);
  const [first] = gravestFirst;
  assert(first !== undefined, "a digest brings something");
  const { responder } = first;
  const person = policy.responders.find(({ id }) => id === responder);
  const kind = first.kind === "ring" ? "ring" : "update";
  const channels = carriersOf({ policy }, person?.channels ?? first.channels, kind);
  const isOfOne = pages.every(({ incidentId }) => incidentId === first.incidentId);
  return {
    key: pageKeyOf({ incidentId: digestId, kind, number: 0, responder }),
    incidentId: digestId,
    approvalId: null,
    kind,
    covers: gravestFirst.map(({ key }) => key),
    tells: gravestFirst
      .flatMap((page) => page.tells.map((told) => ({ ...told, isTitle: told.isTitle && page === first })))
      .slice(0, TOLD_MAX),
    isEverywhere: channels.length > 1 && pages.some(({ isEverywhere }) => isEverywhere),
    responder,
    channels,
    channelIndex: channels.length === 0 ? 0 : first.channelIndex % channels.length,
    attempts: 0,
    nextAttemptAt: now,
    state: "pending",
    severity: pages.reduce((gravest, { severity }) => graverOf(severity, gravest), first.severity),
    ...digestText(gravestFirst, person?.timeZone ?? UTC),
    path: isOfOne ? `/incidents/${first.incidentId}` : "/",
    createdAt: now,
    deliveredAt: null,
    deliveredBy: null,
    lastError: null,
  };
}

function byGravity(left: Page, right: Page): number {
  if ((left.kind === "ring") !== (right.kind === "ring")) return left.kind === "ring" ? -1 : 1;
  if (isGraver(left.severity, right.severity)) return -1;
  return isGraver(right.severity, left.severity) ? 1 : left.createdAt - right.createdAt;
}

/** Somebody has it, it is over and nobody was told, or it says that something is over which has begun anew. */
function isMootIn(state: DeskState, page: Page, attempts: number): boolean {
  const [title] = page.tells.filter(({ isTitle }) => isTitle);
  if (attempts === 0 && title !== undefined && !stillTrueOf(state, page).includes(title)) return true;
  return isMoot(state.incidents.get(page.incidentId), { ...page, attempts });
}

function isTrue(state: DeskState, page: Page): boolean {
  return stillTrueOf(state, page).length === page.tells.length;
}

/** What a page tells, but for ends of what has begun anew since. */
function stillTrueOf(state: DeskState, { tells }: Page): Page["tells"] {
  return tells.filter(
    ({ reason, subject, what }) => what !== "ended" || findFinding(state, subject, reason) === undefined,
  );
}

function withdrawAll(change: DeskChange, context: DeskContext, pages: readonly Page[]): DeskChange {
  return pages.reduce((before, page) => withdrawPage(before, context, page), change);
}

function inParts(pages: readonly Page[]): readonly (readonly Page[])[] {
  const count = Math.ceil(pages.length / COVERED_MAX);
  return Array.from({ length: count }, (_, index) =>
    pages.slice(index * COVERED_MAX, (index + 1) * COVERED_MAX),
  );
}
