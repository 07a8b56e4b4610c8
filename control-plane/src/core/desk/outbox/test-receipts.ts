// The receipt of a test page: its person said that it came, on a signed-in device of theirs or where it arrived. Pure.
// What a reader would get wrong: it is taken before any channel reports the page, for a channel may never do; it proves
// something only with it.
import type { Person } from "../../words/actor.ts";
import type { Page } from "../records/pages/page.ts";
import type { TestPage, TestReceipt } from "../records/pages/test-page.ts";
import { refOfPerson } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { noteCarriedSeen } from "./contacts.ts";
import { testPageKey } from "./page-key.ts";
import { withdrawReceived } from "./page-outbox.ts";
import { putTestPage } from "./test-pages.ts";

/** Takes it once; saying it again changes nothing. */
export function takeTestReceipt(
  change: DeskChange,
  context: DeskContext,
  { by, test, way }: { readonly test: TestPage; readonly by: Person; readonly way: TestReceipt["way"] },
): DeskChange {
  if (test.receipt !== null) return change;
  const put = putTestPage(change, { ...test, receipt: { at: context.now, way } });
  const key = testPageKey(test);
  const noted = noteCarriedSeen(put, context, { responder: test.responder, keys: new Set([key]) });
  const seen = settlePage(noted, context, noted.state.pages.get(key));
  const why =
    test.deliveredBy === null
      ? "they say that it came, though no channel reported it"
      : `it came by ${test.deliveredBy}`;
  return addAudit(seen, context, {
    actor: by,
    act: "test-page-seen",
    refs: [{ kind: "page", key }, refOfPerson(test.responder)],
    why,
  });
}

function settlePage(change: DeskChange, context: DeskContext, page: Page | undefined): DeskChange {
  if (page === undefined) return change;
  if (page.state === "pending") return withdrawReceived(change, context, page);
  return page.state === "delivered" ? putPage(change, { ...page, seenAt: context.now }) : change;
}
