// A person says, on a signed-in device of theirs, that a test page came. Pure. Only who was to be reached can say so; saying
// it again changes nothing. What a reader would get wrong: it is taken before any channel reports it, for a channel may
// never do; it proves something only with it.
import { ok, refuse } from "@countersign/shared/values/result";
import { isPerson } from "../../words/actor.ts";
import { noteCarriedSeen } from "../paging/contacts.ts";
import { testPageKey } from "../paging/page-key.ts";
import { withdrawReceived } from "../paging/page-outbox.ts";
import { putTestPage } from "../paging/test-pages.ts";
import type { Page } from "../records/page.ts";
import { type AuditRefs, refOfPerson } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
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
    const { now } = context;
    const test = change.state.testPages.get(testId);
    if (test === undefined) return refuse({ reason: "test-page-unknown" });
    if (!isPerson(by, test.responder)) return refuse({ reason: "test-page-not-yours" });
    if (test.receipt !== null) return ok(change);
    const put = putTestPage(change, { ...test, receipt: { at: now, way: "tap" } });
    const key = testPageKey(test);
    const noted = noteCarriedSeen(put, context, { responder: test.responder, keys: new Set([key]) });
    const seen = settlePage(noted, context, noted.state.pages.get(key));
    const why =
      test.deliveredBy === null
        ? "they say that it came, though no channel reported it"
        : `it came by ${test.deliveredBy}`;
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

function settlePage(change: DeskChange, context: DeskContext, page: Page | undefined): DeskChange {
  if (page === undefined) return change;
  if (page.state === "pending") return withdrawReceived(change, context, page);
  return page.state === "delivered" ? putPage(change, { ...page, seenAt: context.now }) : change;
}

function refsOfTest({ testPages }: DeskState, { testId }: { readonly testId: string }): AuditRefs {
  const test = testPages.get(testId);
  return test === undefined
    ? [{ kind: "page", key: testId }]
    : [{ kind: "page", key: testPageKey(test) }, refOfPerson(test.responder)];
}
