// A person says, on a signed-in device of theirs, that a test page came (core/desk/outbox/test-receipts.ts). Pure. Only
// who was to be reached can say so; saying it again changes nothing.
import { ok, refuse } from "@countersign/shared/values/result";
import { isPerson } from "../../words/actor.ts";
import { testPageKey } from "../outbox/page-key.ts";
import { takeTestReceipt } from "../outbox/test-receipts.ts";
import { type AuditRefs, refOfPerson } from "../state/audit-refs.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { DeskAct } from "./desk-act.ts";

export interface ConfirmTestPage {
  readonly kind: "confirm-test-page";
  readonly testId: string;
}

export const confirmTestPage: DeskAct<ConfirmTestPage> = {
  kind: "confirm-test-page",
  who: "person",
  needs: "look",
  refused: "test-page-receipt-refused",
  about: refsOfTest,
  decide(change, context, { act: { testId }, by }) {
    const test = change.state.testPages.get(testId);
    if (test === undefined) return refuse({ reason: "test-page-unknown" });
    if (!isPerson(by, test.responder)) return refuse({ reason: "test-page-not-yours" });
    return ok(takeTestReceipt(change, context, { test, by, way: "tap" }));
  },
};

function refsOfTest({ testPages }: DeskState, { testId }: { readonly testId: string }): AuditRefs {
  const test = testPages.get(testId);
  return test === undefined
    ? [{ kind: "page", key: testId }]
    : [{ kind: "page", key: testPageKey(test) }, refOfPerson(test.responder)];
}
