// Pages on their way: tried on the responder's channels in order, retried until delivered or given up
// loudly. Pure. What a reader would get wrong: a page whose attempt stays unconfirmed (we crashed, or the channel hangs) is tried
// again on the next channel with the same key, so at worst a person is paged twice, and never not at all.
import { dueBy } from "@countersign/shared/values/records-index";
import type { Policy } from "../../../policy/policy.ts";
import { BY_DESK } from "../../words/actor.ts";
import { joiningOf } from "../../words/reason-kinds.ts";
import type { Attempted } from "../deliveries/attempted.ts";
import { choiceOf, roundOf } from "../deliveries/channel-choice.ts";
import { noteProbe, waitingPagesIn } from "../deliveries/channel-states.ts";
import { keepUnconfirmed, lookAtUnconfirmed } from "../deliveries/deliveries.ts";
import { deliveriesOfPage, earlierHandleOf, latestOf } from "../deliveries/delivery-index.ts";
import { jittered } from "../deliveries/jitter.ts";
import type { Incident } from "../records/incident.ts";
import type { Page, Told } from "../records/pages/page.ts";
import { refsOfPage } from "../state/audit-refs.ts";
import { addAudit, addEffect, addTimeline, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { addressedNow, isMisaddressed, ringAnother } from "./addressed.ts";
import { noteTried } from "./contacts.ts";
import { unconfirmedOf, withCovered } from "./covered.ts";
import { noteReached } from "./ends.ts";
import { takeBack } from "./page-queue.ts";
import { giveUpTest } from "./test-pages.ts";

/** An attempt that nobody confirmed by then counts as failed: the second channel is to be tried within 60 s. */
export const PAGE_UNCONFIRMED_AFTER_MS = 20_000;
/** Pause after all channels failed once; doubles each time, up to the maximum. */
export const PAGE_RETRY_FIRST_MS = 5_000;
export const PAGE_RETRY_PAUSE_MAX_MS = 300_000;
/** Times that all channels are tried (about eleven minutes with failures that are noticed at once). */
export const PAGE_ROUNDS_MAX = 8;
/** … with a test page: somebody waits for what comes of it, and it is asked for again. */
export const TEST_ROUNDS_MAX = 2;

/** A page that finds all of its person's channels at rest is kept for so long: later ones tell what is so then. */
export const PAGE_WAITS_MAX_MS = 2 * 3_600_000;

const onTheirWay = dueBy<Page, null>(({ nextAttemptAt, state }) =>
  state === "pending" ? nextAttemptAt : null,
);

/** When the next page is tried; null: none is on its way. */
export function attemptDueAt({ pages }: DeskState): number | null {
  return onTheirWay.earliestAt(pages, null);
}

const misaddressed = dueBy<Page, Policy>((page, policy) => (isMisaddressed(page, policy) ? 0 : null));

/**
 * Takes back what is nobody's since the policy is another one, and lets go at once what waited for channels that are not
 * all its person has; call before what is due is sent.
 */
export function followPeople(change: DeskChange, context: DeskContext): DeskChange {
  return misaddressed
    .dueAt(change.state.pages, context.policy, context.now)
    .reduce((before, { key }) => followPerson(before, context, before.state.pages.get(key)), change);
}

/** Tries every page that is due, gives up on exhausted ones, and withdraws those that would no longer be true. */
export function attemptDuePages(change: DeskChange, context: DeskContext): DeskChange {
  // Nobody waits for what is over: a rest may last for an hour.
  const needed = waitingPagesIn(change.state)
    .filter((page) => isMoot(change.state.incidents.get(page.incidentId), page))
    .reduce((before, page) => withdrawPage(before, context, page), change);
  return onTheirWay
    .dueAt(needed.state.pages, null, context.now)
    .reduce((before, page) => tryPage(before, context, page), needed);
}

/** Takes what a channel answered to an attempt as far as it says whether the page may have come. */
export function noteConfirmed(change: DeskChange, { channel, key, mayHaveCome }: Attempted): DeskChange {
  const page = change.state.pages.get(key);
  const place = page?.unconfirmed?.lastIndexOf(channel) ?? -1;
  if (page?.unconfirmed === undefined || place < 0 || mayHaveCome === true) return change;
  const { unconfirmed, ...confirmed } = page;
  const left = unconfirmed.toSpliced(place, 1);
  return putPage(change, left.length === 0 ? confirmed : { ...confirmed, unconfirmed: left });
}

/** Records that a channel took the page. */
export function markPageDelivered(
  change: DeskChange,
  context: DeskContext,
  receipt: { readonly page: Page; readonly channel: string; readonly detail: string },
): DeskChange {
  const { page, channel, detail } = receipt;
  const delivered: Page = {
    ...page,
    state: "delivered",
    deliveredAt: context.now,
    deliveredBy: channel,
    lastError: null,
  };
  const why = `${channel} took "${page.title}"${detail === "" ? "" : `: ${detail}`}`;
  return addAudit(putPage(change, delivered), context, {
    actor: BY_DESK,
    act: "page-delivered",
    refs: refsOfPage(page),
    why,
  });
}

/** Records that a channel failed; the next one is tried at once, and all of them again after a pause. */
export function markPageFailed(
  change: DeskChange,
  context: DeskContext,
  receipt: { readonly page: Page; readonly channel: string; readonly detail: string },
): DeskChange {
  const { page, channel, detail } = receipt;
  const lastError = `${channel}: ${detail}`;
  const audited = addAudit(change, context, {
    actor: BY_DESK,
    act: "page-failed",
    refs: refsOfPage(page),
    why: lastError,
  });
  // A failure of an earlier attempt that comes late must not start a second chain of attempts.
  if (!isLastTried(page, channel)) return putPage(audited, { ...page, lastError });
  const hasNext = choiceOf(audited.state, context, page).free.length > 0;
  const nextAttemptAt = context.now + (hasNext ? 0 : pauseAfter(page));
  return putPage(audited, { ...page, lastError, nextAttemptAt });
}

/** A channel took the page and did not bring it: the next one is tried at once, as if it had failed. */
export function passPageOn(
  change: DeskChange,
  context: DeskContext,
  { lastError, page }: { readonly page: Page; readonly lastError: string },
): DeskChange {
  const carriers = new Set(deliveriesOfPage(change.state, page.key).map(({ channel }) => channel));
  const { channels } = addressedNow(change.state, context, page) ?? page;
  // Taken and swallowed by each of them: there is nowhere to go on to.
  if (channels.every((channel) => carriers.has(channel)))
    return giveUpAll(change, context, { ...page, deliveredAt: null, deliveredBy: null, lastError });
  const back = { deliveredAt: null, deliveredBy: null, nextAttemptAt: context.now, lastError };
  return putPage(change, { ...page, ...back, round: roundOf(page), state: "pending" });
}

function followPerson(change: DeskChange, context: DeskContext, page: Page | undefined): DeskChange {
  // What a digest brought has gone with it.
  if (page === undefined) return change;
  const addressed = addressedNow(change.state, context, page);
  return addressed === null
    ? takeBackAddressed(change, context, page)
    : putPage(change, { ...addressed, nextAttemptAt: context.now });
}

/** By the channels that its person has now. */
function tryPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const addressed = addressedNow(change.state, context, page);
  return addressed === null
    ? takeBackAddressed(change, context, page)
    : attemptPage(change, context, addressed);
}

/** What is nobody's any more, with what it brings. */
function takeBackAddressed(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const why = `${page.responder} left the policy, or has no channel for it any more ("${page.title}").`;
  return withCovered(change.state, page).reduce((before, one) => {
    const taken = takeBackTold(before, context, { page: one, why });
    return ringAnother(taken, context, one);
  }, change);
}

function attemptPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  if (isMoot(change.state.incidents.get(page.incidentId), page)) return withdrawPage(change, context, page);
  const round = roundOf(page);
  if (round.isWaiting === true && isOvertaken(change.state, page)) {
    const why = `A newer page says what "${page.title}" said.`;
    return takeBackTold(change, context, { page, why });
  }
  if (page.channels.length === 0 || round.done >= roundsMaxOf(page) || isStaleTest(page, context))
    return giveUpAll(change, context, page);
  const { free, freeAt } = choiceOf(change.state, context, page);
  const [next] = free;
  if (next !== undefined)
    return page.isEverywhere
      ? attemptEverywhere(change, context, { page, free })
      : attemptNext(change, context, { page, next, isLast: free.length === 1 });
  // Its pause is over: each is tried again.
  if (round.tried.length > 0)
    return attemptPage(change, context, { ...page, round: { done: round.done + 1, tried: [] } });
  if (freeAt === null || context.now >= page.createdAt + PAGE_WAITS_MAX_MS)
    return giveUpAll(change, context, page);
  return putPage(change, { ...page, nextAttemptAt: freeAt, round: { ...round, isWaiting: true } });
}

/** Whoever could not be reached for a while gets the newest ring of an incident, and not all of them at once. */
export function isOvertaken(state: DeskState, page: Page): boolean {
  if (page.kind !== "ring") return false;
  const rings = pagesOf(state, page.incidentId).filter(
    ({ kind, responder }) => kind === "ring" && responder === page.responder,
  );
  return rings
    .slice(rings.findIndex(({ key }) => key === page.key) + 1)
    .some((one) => one.state !== "undeliverable");
}

/** We were down ourselves: a test or a drill of the afternoon is not to wake its person at night. */
function isStaleTest({ createdAt, kind }: Page, { now }: DeskContext): boolean {
  return kind === "test" && now >= createdAt + PAGE_WAITS_MAX_MS;
}

function roundsMaxOf({ kind }: Page): number {
  return kind === "test" ? TEST_ROUNDS_MAX : PAGE_ROUNDS_MAX;
}

function attemptNext(
  change: DeskChange,
  context: DeskContext,
  { isLast, next, page }: { readonly page: Page; readonly next: number; readonly isLast: boolean },
): DeskChange {
  const { done, tried } = roundOf(page);
  const round = { done, tried: [...tried, page.channels[next] ?? ""] };
  const unconfirmed = [...(page.unconfirmed ?? []), page.channels[next] ?? ""];
  const one = { ...page, attempts: page.attempts + 1, unconfirmed, channelIndex: next, round };
  const unconfirmedAfterMs = isLast
    ? Math.max(PAGE_UNCONFIRMED_AFTER_MS, pauseAfter(one))
    : PAGE_UNCONFIRMED_AFTER_MS;
  const attempted = { ...one, nextAttemptAt: context.now + unconfirmedAfterMs };
  const channelIndex = (next + 1) % page.channels.length;
  return attemptOn(putPage(change, { ...attempted, channelIndex }), context, attempted);
}

/** All channels of the person that do not rest at once: one page, one key. */
function attemptEverywhere(
  change: DeskChange,
  context: DeskContext,
  { free, page }: { readonly page: Page; readonly free: readonly number[] },
): DeskChange {
  const { done, tried } = roundOf(page);
  const channels = free.map((index) => page.channels[index] ?? "");
  const round = { done, tried: [...tried, ...channels] };
  const unconfirmed = [...(page.unconfirmed ?? []), ...channels];
  const all = { ...page, attempts: page.attempts + free.length, unconfirmed, round };
  const pauseMs = Math.max(PAGE_UNCONFIRMED_AFTER_MS, pauseAfter(all));
  const attempted = { ...all, nextAttemptAt: context.now + pauseMs };
  return free.reduce(
    (before, channelIndex) => attemptOn(before, context, { ...attempted, channelIndex }),
    putPage(change, attempted),
  );
}

/** One attempt, on the channel at which the page stands. */
function attemptOn(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const channel = page.channels[page.channelIndex] ?? "";
  const noted = noteProbe(noteTried(change, context, page), context, { channel, key: page.key });
  const { incidentId, kind, responder } = page;
  const to = { incidentId, kind, responder, channel };
  const [earlier, latest] = [earlierHandleOf(noted.state, to), latestOf(noted.state, to)];
  const kept = keepUnconfirmed(noted, context, { page, channel, latest });
  return addEffect(kept, { kind: "send-page", page, earlier, ...(latest === null ? {} : { latest }) });
}

/**
 * Somebody has the incident already, or had it when it ended, or it is over and nobody was told. An attempted page that nobody had
 * in hand goes on: it may have arrived. That an act did not help is told to whoever has the incident too.
 */
export function isMoot(incident: Incident | undefined, page: Page): boolean {
  if (incident === undefined || page.kind === "recovered") return false;
  if (incident.state === "resolved") return page.attempts === 0 || incident.acknowledgedBy !== null;
  if (incident.state === "merged") return page.attempts === 0;
  if (page.kind === "update" || page.tells.some(isToldToHolder)) return false;
  return incident.state === "acknowledged";
}

/** What people did, or what was done for them, did not help. */
function isToldToHolder({ reason, what }: Told): boolean {
  return what === "result" || (what === "began" && joiningOf(reason) === "rings-always");
}

/** Takes back the pages of an incident that no channel has taken. */
export function withdrawPagesOf(change: DeskChange, context: DeskContext, incidentId: string): DeskChange {
  return pagesOf(change.state, incidentId)
    .filter((page) => page.state === "pending" || page.state === "held")
    .reduce((before, page) => withdrawPage(before, context, page), change);
}

/** Takes back a page that nobody needs any more. */
export function withdrawPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const why = `The incident was acknowledged or resolved before a channel took "${page.title}".`;
  return takeBackTold(change, context, { page, why });
}

/** Whom it may have rung is told the end all the same. */
function takeBackTold(
  change: DeskChange,
  context: DeskContext,
  back: { readonly page: Page; readonly why: string },
): DeskChange {
  const { page } = back;
  const unconfirmed = unconfirmedOf(change.state, page);
  const taken = lookAtUnconfirmed(takeBack(change, context, back), page);
  return noteIfItCame(taken, context, { ...page, unconfirmed });
}

function noteIfItCame(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  return (page.unconfirmed ?? []).length === 0 ? change : noteReached(change, context, page);
}

/** Takes back a test page whose person says that it came: no other channel needs to bring it. */
export function withdrawReceived(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  return takeBack(change, context, { page, why: "Its person says that it came." });
}

/** A page, and what it brings. */
function giveUpAll(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  return withCovered(change.state, page).reduce((before, one) => giveUpPage(before, context, one), change);
}

function giveUpPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const lastError = page.lastError ?? (page.channels.length === 0 ? "no channel" : "never confirmed");
  const given = giveUpTest(putPage(change, { ...page, state: "undeliverable", lastError }), page);
  const why = `Gave up after ${page.attempts} attempts on ${page.channels.join(", ") || "no channel"}. Last: ${lastError}`;
  const audited = addAudit(given, context, {
    actor: BY_DESK,
    act: "page-undeliverable",
    refs: refsOfPage(page),
    why,
  });
  const noted = addTimeline(audited, page.incidentId, {
    at: context.now,
    by: BY_DESK,
    text: `The page to ${page.responder} could not be delivered. ${why}`,
  });
  return noteIfItCame(noted, context, page);
}

function isLastTried({ channelIndex, channels, isEverywhere }: Page, channel: string): boolean {
  return isEverywhere || channel === channels[(channelIndex + channels.length - 1) % channels.length];
}

/** Exponential in how many times all channels were tried, this one included. */
function pauseAfter(page: Page): number {
  const pauseMs = PAGE_RETRY_FIRST_MS * 2 ** roundOf(page).done;
  return Math.min(PAGE_RETRY_PAUSE_MAX_MS, jittered(pauseMs, `${page.key}:${page.attempts}`));
}
