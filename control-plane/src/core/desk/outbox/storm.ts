// How much one person gets in a storm: so many messages in a quarter of an hour, fewer in the first minutes of an
// incident of the fleet; what is more is held for a digest (digest.ts). Pure. What a reader would get wrong: the first
// ring about a new trouble, an act's result to who approved it and an incident's first question are never held, and
// count all the same; and while something is held, whatever else comes after it is held too, or updates would take the
// room that a digest waits for.
import { groupedBy } from "@countersign/shared/values/records-index";
import { isPerson } from "../../words/actor.ts";
import { kindOf } from "../../words/reason-kinds.ts";
import type { PageReason } from "../../words/signal.ts";
import { type Approval, hasSigned } from "../records/approval.ts";
import type { Incident } from "../records/incident.ts";
import type { Page, Told } from "../records/pages/page.ts";
import type { SentLately } from "../records/pages/sent-lately.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsOf, pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { looseOf } from "./covered.ts";

/** So many messages to one person … */
export const MESSAGES_MAX = 6;
/** … within this time. */
export const MESSAGES_WITHIN_MS = 15 * 60_000;
/** So many in the first minutes of an incident of the fleet … */
export const WIDE_MESSAGES_MAX = 5;
/** … which are these. */
export const WIDE_WITHIN_MS = 10 * 60_000;

/** What is looked at of a page, to say whether it waits. */
type Holdable = Pick<Page, "approvalId" | "incidentId" | "kind" | "responder" | "tells"> &
  Partial<Pick<Page, "key">>;

const WIDE = "wide";
const ofTheFleet = groupedBy<Incident>(({ place }) => (isOfTheFleet(place.kind) ? WIDE : null));
const untriedByResponder = groupedBy<Page>(({ attempts, kind, responder, state }) =>
  state === "pending" && attempts === 0 && kind !== "test" ? responder : null,
);

/** Says whether a page waits for a digest instead of going out now. */
export function isHeld(state: DeskState, now: number, page: Holdable): boolean {
  if (page.kind === "test" || isNeverHeld(state, page)) return false;
  return looseOf(state, page.responder).length > 0 || roomAt(state, now, page.responder) > now;
}

/** From when on a person may get one more message, as things are; in the past: now. */
export function roomAt(state: DeskState, now: number, responder: string): number {
  const sentAt = (state.sentLately.get(responder)?.sentAt ?? []).filter((at) => at <= now);
  const onTheirWay = untriedByResponder(state.pages, responder).length;
  const freeAt = freeFrom(sentAt, MESSAGES_MAX - onTheirWay, MESSAGES_WITHIN_MS);
  const wideFreeAt = freeFrom(sentAt, WIDE_MESSAGES_MAX - onTheirWay, WIDE_WITHIN_MS);
  return Math.max(freeAt, Math.min(wideFreeAt, calmAt(state, now)));
}

/** The pages of people that are on their way and that no channel was tried with. */
export function untriedIn({ pages }: DeskState, { policy }: DeskContext): readonly Page[] {
  return policy.responders.flatMap(({ id }) => untriedByResponder(pages, id));
}

/** Counts what was tried for the first time just now. */
export function countSent(change: DeskChange, context: DeskContext, untried: readonly Page[]): DeskChange {
  return untried
    .filter(({ key }) => (change.state.pages.get(key)?.attempts ?? 0) > 0)
    .reduce((before, page) => countOne(before, context, page), change);
}

/**
 * Something that had been held is on its way to a person, and waits for a channel: until it is tried nothing more is
 * let go.
 */
export function hasReleased({ pages }: Pick<DeskState, "pages">, responder: string): boolean {
  return untriedByResponder(pages, responder).some(isRelease);
}

function isRelease({ covers, releasedAt }: Page): boolean {
  return covers !== undefined || releasedAt !== undefined;
}

/** Notes that something goes out that had been held. */
export function noteReleased(change: DeskChange, { now }: DeskContext, responder: string): DeskChange {
  return putSent(change, { ...sentTo(change.state, responder), releasedAt: now });
}

/** Forgets what was sent so long ago that it counts no more, and to whom the policy does not name. */
export function forgetSent(change: DeskChange, { now, policy }: DeskContext): DeskChange {
  const over = change.state.sentLately
    .values()
    .filter(
      (sent) =>
        lastOf(sent) + MESSAGES_WITHIN_MS <= now ||
        !policy.responders.some(({ id }) => id === sent.responder),
    );
  if (over.length === 0) return change;
  const sentLately = over.reduce((kept, { responder }) => kept.without(responder), change.state.sentLately);
  return { ...change, state: { ...change.state, sentLately } };
}

function countOne(change: DeskChange, { now }: DeskContext, page: Page): DeskChange {
  const known = sentTo(change.state, page.responder);
  // What waited for a channel meanwhile comes now, and the next one a quarter of an hour after it.
  const sent = isRelease(page) ? { ...known, releasedAt: now } : known;
  // More than the larger number are never asked for: where the newest so many lie decides.
  return putSent(change, { ...sent, sentAt: [...sent.sentAt, now].slice(-MESSAGES_MAX) });
}

function sentTo({ sentLately }: DeskState, responder: string): SentLately {
  return sentLately.get(responder) ?? { responder, sentAt: [], releasedAt: null };
}

function putSent(change: DeskChange, sent: SentLately): DeskChange {
  const sentLately = change.state.sentLately.with(sent.responder, sent);
  return { ...change, state: { ...change.state, sentLately } };
}

function lastOf({ releasedAt, sentAt }: SentLately): number {
  return Math.max(releasedAt ?? -Infinity, sentAt.at(-1) ?? -Infinity);
}

/** From when on so many places are not all taken. */
function freeFrom(sentAt: readonly number[], places: number, withinMs: number): number {
  if (places <= 0) return Infinity;
  const at = sentAt.at(-places);
  return at === undefined ? -Infinity : at + withinMs;
}

/** When the youngest incident of the fleet has had its first minutes, whatever became of it. */
function calmAt({ incidents }: DeskState, now: number): number {
  return ofTheFleet(incidents, WIDE)
    .filter(({ openedAt }) => openedAt <= now)
    .reduce((latest, { openedAt }) => Math.max(latest, openedAt + WIDE_WITHIN_MS), -Infinity);
}

function isOfTheFleet(kind: Incident["place"]["kind"]): boolean {
  return kind === "fleet" || kind === "wide" || kind === "many";
}

/**
 * What a storm never holds back from this person (docs/adr/0059-what-a-storm-never-holds-back.md), be it made already or
 * not.
 */
export function isNeverHeld(state: DeskState, page: Holdable): boolean {
  const own = pagesOf(state, page.incidentId).filter(
    ({ key, responder }) => responder === page.responder && key !== page.key,
  );
  return isFirstRing(state, page, own) || isResultToApprover(state, page, own) || isFirstQuestion(page, own);
}

/** The first ring about an incident in which something does not work. */
function isFirstRing(state: DeskState, { incidentId, kind, tells }: Holdable, own: readonly Page[]): boolean {
  if (kind !== "ring" || own.some((page) => page.kind === "ring")) return false;
  const incident = state.incidents.get(incidentId);
  return (
    (incident !== undefined && isWorthWaking(incident.reason)) ||
    tells.some(({ reason }) => isWorthWaking(reason))
  );
}

/** They said yes and wait for what came of it: the first page that tells so after the act had failed, to who signed it. */
function isResultToApprover(
  state: DeskState,
  { incidentId, kind, responder, tells }: Holdable,
  own: readonly Page[],
): boolean {
  if (kind !== "ring" || !tells.some(isResult)) return false;
  const toldAt = own
    .filter((page) => page.tells.some(isResult))
    .reduce((latest, { createdAt }) => Math.max(latest, createdAt), -Infinity);
  return approvalsOf(state, incidentId).some(
    (approval) =>
      approval.state === "failed" &&
      isApprovedBy(approval, responder) &&
      (approval.endedAt ?? approval.decidedAt ?? -Infinity) > toldAt,
  );
}

function isResult({ what }: Told): boolean {
  return what === "result";
}

/** Whoever said yes in advance waits for nothing. */
function isApprovedBy(approval: Approval, responder: string): boolean {
  if (approval.standingId !== undefined) return false;
  const { decidedBy } = approval;
  return (decidedBy !== null && isPerson(decidedBy, responder)) || hasSigned(approval, responder);
}

/** May this run? The first ring told of the incident before it was asked; a question does not wait for long. */
function isFirstQuestion({ approvalId, kind }: Holdable, own: readonly Page[]): boolean {
  if (approvalId === null || kind === "recovered") return false;
  return own.some((page) => page.kind === "ring") && !own.some((page) => page.approvalId !== null);
}

/** What stands alone is about how we watch and how people are reached, but for what is merely good to know. */
function isWorthWaking(reason: PageReason): boolean {
  switch (kindOf(reason)) {
    case "trouble":
      return true;
    case "notice":
      return false;
    case "alone":
      return reason !== "automation-frozen" && reason !== "control-plane-gap";
  }
}
