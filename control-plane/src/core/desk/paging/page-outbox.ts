// Pages on their way: queued once per key, tried on the responder's channels in order, retried until delivered or given up
// loudly. Pure. What a reader would get wrong: a page whose attempt stays unconfirmed (we crashed, or the channel hangs) is tried
// again on the next channel with the same key, so at worst a person is paged twice, and never not at all.
import { dueBy } from "@countersign/shared/values/records-index";
import type { Severity } from "@countersign/shared/wire/service-report";
import { BY_DESK } from "../../words/actor.ts";
import { joiningOf } from "../../words/reason-kinds.ts";
import type { Incident } from "../records/incident.ts";
import type { Page, PageKind, Told } from "../records/page.ts";
import { refsOfPage } from "../state/audit-refs.ts";
import { addAudit, addEffect, addTimeline, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { noteTried } from "./contacts.ts";
import { pageKeyOf } from "./page-key.ts";
import type { PageText } from "./page-texts.ts";
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

const onTheirWay = dueBy<Page, null>(({ nextAttemptAt, state }) =>
  state === "pending" ? nextAttemptAt : null,
);

export interface PageRequest {
  readonly incidentId: string;
  readonly approvalId: string | null;
  readonly kind: PageKind;
  /** of what is sent about the incident, the how manieth; the end is told once, so its number is 0 */
  readonly number: number;
  readonly responder: string;
  readonly severity: Severity;
  readonly text: PageText;
  readonly tells: readonly Told[];
  readonly path: string;
  /** the channel to begin with, counted through the person's own: a round that nobody answered begins the next one at the next channel */
  readonly firstChannel: number;
  readonly isEverywhere: boolean;
  /** absent: the person's own, as the policy has them */
  readonly channels?: readonly string[];
}

/** Queues a page, due now. The same key never makes a second page. */
export function queuePage(change: DeskChange, context: DeskContext, request: PageRequest): DeskChange {
  const { incidentId, kind, responder } = request;
  const key = pageKeyOf(request);
  if (change.state.pages.get(key) !== undefined) return change;
  const channels =
    request.channels ?? context.policy.responders.find(({ id }) => id === responder)?.channels ?? [];
  const page: Page = {
    key,
    incidentId,
    approvalId: request.approvalId,
    kind,
    tells: request.tells,
    isEverywhere: request.isEverywhere && channels.length > 1,
    responder,
    channels,
    channelIndex: channels.length === 0 ? 0 : request.firstChannel % channels.length,
    attempts: 0,
    nextAttemptAt: context.now,
    state: "pending",
    severity: request.severity,
    title: request.text.title,
    body: request.text.body,
    path: request.path,
    createdAt: context.now,
    deliveredAt: null,
    deliveredBy: null,
    lastError: null,
  };
  return putPage(change, page);
}

/** When the next page is tried; null: none is on its way. */
export function attemptDueAt({ pages }: DeskState): number | null {
  return onTheirWay.earliestAt(pages, null);
}

/** Tries every page that is due, gives up on exhausted ones, and withdraws those that would no longer be true. */
export function attemptDuePages(change: DeskChange, context: DeskContext): DeskChange {
  return onTheirWay
    .dueAt(change.state.pages, null, context.now)
    .reduce((before, page) => attemptPage(before, context, page), change);
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
  const hasTriedAll = page.attempts % page.channels.length === 0;
  const nextAttemptAt = context.now + (hasTriedAll ? pauseAfter(page) : 0);
  return putPage(audited, { ...page, lastError, nextAttemptAt });
}

function attemptPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  if (isMoot(change.state.incidents.get(page.incidentId), page)) return withdrawPage(change, context, page);
  if (page.attempts >= roundsMaxOf(page) * page.channels.length) return giveUpPage(change, context, page);
  return page.isEverywhere ? attemptEverywhere(change, context, page) : attemptNext(change, context, page);
}

function roundsMaxOf({ kind }: Page): number {
  return kind === "test" ? TEST_ROUNDS_MAX : PAGE_ROUNDS_MAX;
}

function attemptNext(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const attempts = page.attempts + 1;
  const isLastChannel = attempts % page.channels.length === 0;
  const unconfirmedAfterMs = isLastChannel
    ? Math.max(PAGE_UNCONFIRMED_AFTER_MS, pauseAfter({ ...page, attempts }))
    : PAGE_UNCONFIRMED_AFTER_MS;
  const tried = { ...page, attempts, nextAttemptAt: context.now + unconfirmedAfterMs };
  const channelIndex = (page.channelIndex + 1) % page.channels.length;
  const noted = noteTried(putPage(change, { ...tried, channelIndex }), context, tried);
  return addEffect(noted, { kind: "send-page", page: tried });
}

/** All channels of the person at once: one page, one key. */
function attemptEverywhere(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const attempts = page.attempts + page.channels.length;
  const pauseMs = Math.max(PAGE_UNCONFIRMED_AFTER_MS, pauseAfter({ ...page, attempts }));
  const tried = { ...page, attempts, nextAttemptAt: context.now + pauseMs };
  return page.channels.reduce(
    (before, _channel, index) => {
      const one = { ...tried, channelIndex: (page.channelIndex + index) % page.channels.length };
      return addEffect(noteTried(before, context, one), { kind: "send-page", page: one });
    },
    putPage(change, tried),
  );
}

/**
 * Somebody has the incident already, or had it when it ended, or it is over and nobody was told. An attempted page that nobody had
 * in hand goes on: it may have arrived. That an act did not help is told to whoever has the incident too.
 */
function isMoot(incident: Incident | undefined, page: Page): boolean {
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
    .filter((page) => page.state === "pending")
    .reduce((before, page) => withdrawPage(before, context, page), change);
}

function withdrawPage(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  const why = `The incident was acknowledged or resolved before a channel took "${page.title}".`;
  return takeBack(change, context, { page, why });
}

/** Takes back a test page whose person says that it came: no other channel needs to bring it. */
export function withdrawReceived(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  return takeBack(change, context, { page, why: "Its person says that it came." });
}

function takeBack(
  change: DeskChange,
  context: DeskContext,
  { page, why }: { readonly page: Page; readonly why: string },
): DeskChange {
  const pages = change.state.pages.without(page.key);
  return addAudit({ ...change, state: { ...change.state, pages } }, context, {
    actor: BY_DESK,
    act: "page-withdrawn",
    refs: refsOfPage(page),
    why,
  });
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
  return addTimeline(audited, page.incidentId, {
    at: context.now,
    by: BY_DESK,
    text: `The page to ${page.responder} could not be delivered. ${why}`,
  });
}

function isLastTried({ channelIndex, channels, isEverywhere }: Page, channel: string): boolean {
  return isEverywhere || channel === channels[(channelIndex + channels.length - 1) % channels.length];
}

/** Exponential in how many times all channels were tried. */
function pauseAfter(page: Pick<Page, "attempts" | "channels">): number {
  const roundsDone = Math.max(1, Math.floor(page.attempts / page.channels.length));
  return Math.min(PAGE_RETRY_PAUSE_MAX_MS, PAGE_RETRY_FIRST_MS * 2 ** (roundsDone - 1));
}
