// Sends one drill: a test page of the desk's own, through the outbox by its person's channels in order, as a ring goes.
// Pure. What a reader would get wrong: it is as loud as a usual ring, for a way that is quiet when nothing is wrong
// proves nothing of the one that is not.
import { formatDuration } from "@countersign/shared/values/duration";
import { BY_DESK } from "../../words/actor.ts";
import { queuePage } from "../outbox/page-queue.ts";
import { putTestPage, testPagePath } from "../outbox/test-pages.ts";
import type { Drill } from "../records/pages/drill.ts";
import type { TestPage } from "../records/pages/test-page.ts";
import { refOfPerson } from "../state/audit-refs.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { PageText } from "../texts/page-texts.ts";
import { putDrill } from "./put-drill.ts";

/** What a drill says: whoever reads its first words may turn around and sleep. */
export function drillText(everyMs: number, isRepeat: boolean): PageText {
  const asked = isRepeat ? "Nobody said that the one before came, so this is its repeat. " : "";
  return {
    title: "DRILL: nothing is wrong",
    body: `${asked}Every ${formatDuration(everyMs)} the desk wants to know whether pages reach you. Open this one and tap "I got it".`,
  };
}

/** Queues it, and notes that it is out. */
export function sendDrill(
  change: DeskChange,
  context: DeskContext,
  { drill, everyMs }: { readonly drill: Drill; readonly everyMs: number },
): DeskChange {
  const { responder } = drill;
  const isRepeat = drill.stage === "to-repeat";
  const test = drillPageOf(context, responder);
  const put = putDrill(putTestPage(change, test), {
    ...drill,
    stage: isRepeat ? "repeated" : "sent",
    heldUntilAt: null,
    sentAt: context.now,
    testId: test.testId,
  });
  const queued = queuePage(put, context, {
    incidentId: test.testId,
    approvalId: null,
    kind: "test",
    number: 0,
    responder,
    severity: "error",
    text: drillText(everyMs, isRepeat),
    tells: [],
    path: testPagePath(test.testId),
    firstChannel: 0,
    isEverywhere: false,
  });
  return addAudit(queued, context, {
    actor: BY_DESK,
    act: "drill-sent",
    refs: [refOfPerson(responder)],
    why: isRepeat
      ? "the one before was not answered"
      : `the policy drills it every ${formatDuration(everyMs)}`,
  });
}

function drillPageOf({ newId, now }: DeskContext, responder: string): TestPage {
  return {
    testId: newId("tst"),
    responder,
    channel: null,
    by: BY_DESK,
    askedAt: now,
    deliveredAt: null,
    deliveredBy: null,
    error: null,
    isGivenUp: false,
    receipt: null,
    isDrill: true,
  };
}
