// What a person's card says of the last drill of the way to them, and that a drill's view calls it one.
import { expect, it } from "vitest";
import type { DrillReach } from "../../../../control-plane/src/core/desk/paging/reach.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { markupOf } from "../../../../control-plane/src/web/frame/markup.ts";
import { DrillLine } from "../../../../control-plane/src/web/people/drill-line.tsx";
import { TestPageView } from "../../../../control-plane/src/web/people/test-page-view.tsx";
import { ALICE } from "../../../gallery/shown-state.ts";

const DAY_MS = 24 * 3_600_000;
const NOW = 100 * DAY_MS;
const NEW: DrillReach = { responder: "alice", sentAt: null, provenAt: null, provenBy: null, stage: "waits" };
const PROVEN = { provenAt: NOW - 12 * DAY_MS, provenBy: "phone" };

async function textOf(markup: Parameters<typeof markupOf>[0]): Promise<string> {
  return (await markupOf(markup)).replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");
}

it.each<[string, Partial<DrillReach>]>([
  ["Never drilled yet.", {}],
  ["Drill: proven 12 days ago by phone.", PROVEN],
  ["Drill: proven 12 days ago by phone.", { ...PROVEN, sentAt: NOW - 12 * DAY_MS }],
  ["Drill 2 days ago: not answered.", { sentAt: NOW - 2 * DAY_MS }],
  ["Drill 2 days ago: not answered.", { sentAt: NOW - 2 * DAY_MS, stage: "to-repeat" }],
  ["Drill 2 days ago: not answered yet.", { sentAt: NOW - 2 * DAY_MS, stage: "sent" }],
  ["Drill 2 days ago: not answered yet.", { sentAt: NOW - 2 * DAY_MS, stage: "repeated" }],
  [
    "Drill 2 days ago: not answered. Before: proven 12 days ago by phone.",
    { ...PROVEN, sentAt: NOW - 2 * DAY_MS },
  ],
])("%s", async (text, change) => {
  expect((await textOf(<DrillLine drill={{ ...NEW, ...change }} now={NOW} />)).trim()).toBe(text);
});

it.each([
  [true, "A drill of the way to you, sent by the desk"],
  [false, "A test page, sent by Omar"],
])("a view of a drill (%s) says what it is", async (isDrill, says) => {
  const test = {
    testId: "tst_1",
    responder: ALICE.signIn.responder,
    channel: null,
    by: byPerson("omar"),
    askedAt: ALICE.now,
    deliveredAt: null,
    deliveredBy: null,
    error: null,
    isGivenUp: false,
    receipt: null,
    ...(isDrill ? { isDrill } : {}),
  } as const;
  const view = await textOf(<TestPageView frame={ALICE} test={test} name="Alice" askedBy="Omar" token="t" />);
  expect(view).toContain(says);
  expect(view).toContain("Nothing is wrong");
});
