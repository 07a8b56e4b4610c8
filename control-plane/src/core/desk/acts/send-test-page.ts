// Somebody sends a test page: a real page through the real path, to see whether it arrives. Pure. Its id is made by whoever
// asks, so that the same form sent twice is one page; it is taken from nothing else, for by it the page is found.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Admin, Person } from "../../words/actor.ts";
import { queuePage } from "../outbox/page-queue.ts";
import {
  isFreeTestId,
  putTestPage,
  testPagePath,
  testPageRefusal,
  testPageText,
} from "../outbox/test-pages.ts";
import type { TestPage } from "../records/pages/test-page.ts";
import { refOfPerson } from "../state/audit-refs.ts";
import { addAudit } from "../state/desk-change.ts";
import type { DeskAct } from "./desk-act.ts";

export interface SendTestPage {
  readonly kind: "send-test-page";
  readonly testId: string;
  readonly responder: string;
  /** null: the person's own, in their order, as with a real page */
  readonly channel: string | null;
}

export const sendTestPage: DeskAct<SendTestPage, Person | Admin> = {
  kind: "send-test-page",
  who: "admin-too",
  needs: "answer",
  refused: "test-page-refused",
  about: (_state, { responder }) => [refOfPerson(responder)],
  decide(change, context, { act, by }) {
    const { channel, responder, testId } = act;
    if (change.state.testPages.has(testId)) return ok(change);
    if (!isFreeTestId(change.state, testId)) return refuse({ reason: "test-page-unknown" });
    const refusal = testPageRefusal(change.state, context, act);
    if (refusal !== null) return refuse({ reason: refusal });
    const test: TestPage = {
      testId,
      responder,
      channel,
      by,
      askedAt: context.now,
      deliveredAt: null,
      deliveredBy: null,
      error: null,
      isGivenUp: false,
      receipt: null,
    };
    const queued = queuePage(putTestPage(change, test), context, {
      incidentId: testId,
      approvalId: null,
      kind: "test",
      number: 0,
      responder,
      // As loud as the usual ring, and no louder: what proves that this one wakes must hold for that one.
      severity: "error",
      text: testPageText(test),
      tells: [],
      path: testPagePath(testId),
      firstChannel: 0,
      isEverywhere: false,
      ...(channel === null ? {} : { channels: [channel] }),
    });
    const why = channel === null ? "by their channels in order" : `by ${channel}`;
    return ok(
      addAudit(queued, context, {
        actor: by,
        act: "test-page-sent",
        refs: [refOfPerson(responder)],
        why,
      }),
    );
  },
};
