// That a person saw what they were paged for: they opened the incident or its question on a signed-in device of theirs.
// Pure. It stops nothing: who has seen it has not answered yet. A channel's own reply will be one more way to the same mark.
import type { Person } from "../../words/actor.ts";
import type { Page } from "../records/pages/page.ts";
import { refsOfPage } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { pagesOf } from "../state/desk-index.ts";
import { noteCarriedSeen } from "./contacts.ts";

/**
 * Marks a person's own pages about an incident, as far as a channel was tried with them; once each. `isOnRecord`: another
 * row says it already.
 */
export function markPagesSeen(
  change: DeskChange,
  context: DeskContext,
  seen: { readonly incidentId: string; readonly by: Person; readonly isOnRecord: boolean },
): DeskChange {
  const { by, incidentId } = seen;
  const unseen = pagesOf(change.state, incidentId).filter(
    (page) => page.responder === by.responder && isUnseen(page),
  );
  const [first] = unseen;
  if (first === undefined) return change;
  const marked = unseen.reduce(
    (before, page) => putPage(before, { ...page, seenAt: context.now }),
    noteCarriedSeen(change, context, {
      responder: by.responder,
      keys: new Set(unseen.map(({ key }) => key)),
    }),
  );
  if (seen.isOnRecord) return marked;
  const why =
    unseen.length === 1 ? `opened "${first.title}"` : `opened what ${unseen.length} pages of theirs lead to`;
  return addAudit(marked, context, { actor: by, act: "page-seen", refs: refsOfPage(first), why });
}

function isUnseen({ attempts, seenAt, state, swallowedBy = [] }: Page): boolean {
  const mayHaveCome = state !== "undeliverable" || swallowedBy.length > 0;
  return seenAt === undefined && attempts > 0 && mayHaveCome;
}
