// A person says, on a signed-in device of theirs, that a test page came. Pure. Only who was to be reached can say so; saying it again changes
// nothing.
import { ok, refuse } from "@countersign/shared/values/result";
import { isPerson } from "../../words/actor.ts";
import { noteCarriedSeen } from "../paging/contacts.ts";
import { pageKeyOf } from "../paging/page-outbox.ts";
import { putTestPage } from "../paging/test-pages.ts";
import { type AuditRefs, refOfPerson } from "../state/audit-refs.ts";
import { addAudit, putPage } from "../state/desk-change.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { DeskAct } from "./desk-act.ts";

export interface ConfirmTestPage {
  readonly kind: "confirm-test-page";
  readonly testId: string;
}

export const confirmTestPage: DeskAct<ConfirmTestPage> = {
  kind: "confirm-test-page",
  who: "person",
  refused: "test-page-receipt-refused",
  about: refsOfTest,
  decide(change, context, { act: { testId }, by }) {
    const { now } = context;
    const test = change.state.testPages.get(testId);
    if (test === undefined) return refuse({ reason: "test-page-unknown" });
    if (!isPerson(by, test.responder)) return refuse({ reason: "test-page-not-yours" });
    if (test.receipt !== null) return ok(change);
    const put = putTestPage(change, { ...test, receipt: { at: now, way: "tap" } });
    const key = testPageKey(testId, test.responder);
    const noted = noteCarriedSeen(put, context, { responder: test.responder, keys: new Set([key]) });
    const page = noted.state.pages.get(key);
    const seen = page === undefined ? noted : putPage(noted, { ...page, seenAt: now });
    const why = test.deliveredBy === null ? "they say that it came" : `it came by ${test.deliveredBy}`;
    return ok(
      addAudit(seen, context, {
        actor: by,
        act: "test-page-seen",
        refs: refsOfTest(change.state, { testId }),
        why,
      }),
    );
  },
};

function refsOfTest({ testPages }: DeskState, { testId }: { readonly testId: string }): AuditRefs {
  const responder = testPages.get(testId)?.responder;
  return responder === undefined
    ? [{ kind: "page", key: testId }]
    : [{ kind: "page", key: testPageKey(testId, responder) }, refOfPerson(responder)];
}

function testPageKey(testId: string, responder: string): string {
  return pageKeyOf({ incidentId: testId, kind: "test", number: 0, responder });
}
