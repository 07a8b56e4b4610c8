// Test pages: whether one may be sent, what it says, and what became of it. The page goes through the outbox as any other
// does; it tells of no finding, joins no incident, and its failure is no trouble: whoever asked for it is told. Pure.
import { type DueRecords, dueBy } from "@countersign/shared/values/records-index";
import { actorNameOf } from "../../words/actor.ts";
import { writtenOut } from "../../words/exact-text.ts";
import type { Page } from "../records/pages/page.ts";
import { DRILL_PAGE_KEPT_MS, TEST_PAGE_KEPT_MS, type TestPage } from "../records/pages/test-page.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import { pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { PageText } from "../texts/page-texts.ts";
import { noteCarriedSeen } from "./contacts.ts";
import { testPageKey } from "./page-key.ts";

/** So many to one person within the time, whoever asks. */
export const TEST_PAGES_MAX = 5;
export const TEST_PAGES_WITHIN_MS = 10 * 60_000;

const old: DueRecords<TestPage, null> = dueBy(
  ({ askedAt, isDrill }) => askedAt + (isDrill === true ? DRILL_PAGE_KEPT_MS : TEST_PAGE_KEPT_MS),
);

/** Why no test page goes to a person now; null: nothing stands in its way. */
export function testPageRefusal(
  { testPages }: DeskState,
  { now, policy }: DeskContext,
  { channel, responder }: Pick<TestPage, "channel" | "responder">,
): ActRefusal["reason"] | null {
  const person = policy.responders.find(({ id }) => id === responder);
  if (person === undefined) return "responder-unknown";
  if (channel !== null && !person.channels.includes(channel)) return "channel-unknown";
  const lately = testPages
    .values()
    .filter((test) => test.responder === responder && test.askedAt > now - TEST_PAGES_WITHIN_MS);
  return lately.length >= TEST_PAGES_MAX ? "test-page-too-often" : null;
}

/**
 * An id that a test page may get: whoever asks makes it, and what has the id of an incident would be taken for a page of it.
 */
export function isFreeTestId({ incidents, pages }: DeskState, testId: string): boolean {
  return testId.startsWith("tst_") && !incidents.has(testId) && pagesOf({ pages }, testId).length === 0;
}

/** What it says: nobody may take it for trouble. */
export function testPageText({ by }: Pick<TestPage, "by">): PageText {
  return {
    title: "Test page: nothing is wrong",
    body: writtenOut(
      `${actorNameOf(by)} wants to know whether pages reach you. Open it and say that you got it.`,
    ),
  };
}

/** Where its person says that it came. */
export function testPagePath(testId: string): string {
  return `/people/tests/${testId}`;
}

/** Keeps what became of one. */
export function putTestPage(change: DeskChange, test: TestPage): DeskChange {
  const testPages = change.state.testPages.with(test.testId, test);
  return { ...change, state: { ...change.state, testPages } };
}

/** A channel took it, be it after its page was given up or taken back. What its person had said before is proof now. */
export function noteTestDelivered(
  change: DeskChange,
  context: DeskContext,
  { channel, key }: { readonly channel: string; readonly key: string },
): DeskChange {
  const test = change.state.testPages.values().find((one) => testPageKey(one) === key);
  if (test === undefined || test.deliveredAt !== null) return change;
  const delivered = { ...test, deliveredAt: context.now, deliveredBy: channel, error: null };
  const { receipt, responder } = test;
  const put = putTestPage(change, delivered);
  if (receipt === null) return put;
  return noteCarriedSeen(put, { ...context, now: receipt.at }, { responder, keys: new Set([key]) });
}

/** A channel did not take it. */
export function noteTestFailed(
  change: DeskChange,
  page: Page,
  { channel, detail }: { readonly channel: string; readonly detail: string },
): DeskChange {
  const test = testOf(change, page);
  return test === undefined ? change : putTestPage(change, { ...test, error: `${channel}: ${detail}` });
}

/** It is tried no more. */
export function giveUpTest(change: DeskChange, page: Page): DeskChange {
  const test = testOf(change, page);
  return test === undefined ? change : putTestPage(change, { ...test, isGivenUp: true });
}

/** Forgets those of an hour ago, and drills of a day ago. */
export function forgetTestPages(change: DeskChange, { now }: DeskContext): DeskChange {
  const over = old.dueAt(change.state.testPages, null, now);
  if (over.length === 0) return change;
  const testPages = over.reduce((kept, { testId }) => kept.without(testId), change.state.testPages);
  return { ...change, state: { ...change.state, testPages } };
}

function testOf({ state }: DeskChange, { incidentId, kind }: Page): TestPage | undefined {
  return kind === "test" ? state.testPages.get(incidentId) : undefined;
}
