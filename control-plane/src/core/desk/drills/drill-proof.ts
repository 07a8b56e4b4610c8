// What proves that pages reach somebody: they said that a test page or a drill came, or they took an incident after a
// ring about it had come. Pure. What a reader would get wrong: that they say so is no proof where no channel took the
// page; and one ring proves once.
import { byPerson, type Person } from "../../words/actor.ts";
import type { Drill } from "../records/pages/drill.ts";
import { refOfPerson } from "../state/audit-refs.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { pagesOf } from "../state/desk-index.ts";
import { DRILL_ANSWER_WITHIN_MS, drillKeyOf } from "./declared-drills.ts";
import { putDrill } from "./put-drill.ts";

/** Takes the receipts of test pages, drills among them, that came since the last proof. */
export function proveByTestPages(change: DeskChange, context: DeskContext): DeskChange {
  return change.state.testPages.values().reduce((before, test) => {
    const { deliveredAt, deliveredBy, isDrill, receipt, responder } = test;
    if (receipt === null || deliveredAt === null) return before;
    const why = `${isDrill === true ? "the drill" : "a test page"} came by ${deliveredBy}`;
    return prove(before, context, {
      responder,
      at: Math.max(receipt.at, deliveredAt),
      by: deliveredBy,
      why,
    });
  }, change);
}

/** Somebody takes an incident: if a ring about it came to them, that was the way, in earnest. */
export function proveByRing(
  change: DeskChange,
  context: DeskContext,
  { by: { responder }, incidentId }: { readonly by: Person; readonly incidentId: string },
): DeskChange {
  const drill = change.state.drills.get(drillKeyOf(responder));
  if (drill === undefined) return change;
  const sinceAt = Math.max(knownAt(drill), context.now - DRILL_ANSWER_WITHIN_MS);
  const ring = pagesOf(change.state, incidentId).findLast(
    ({ deliveredAt, kind, ...page }) =>
      page.responder === responder && kind === "ring" && (deliveredAt ?? 0) > sinceAt,
  );
  if (ring === undefined) return change;
  const why = `took an incident after its page had come by ${ring.deliveredBy}`;
  return prove(change, context, { responder, at: context.now, by: ring.deliveredBy, why });
}

/** What came before it was declared may have come to somebody else of that name. */
function knownAt({ provenAt, sinceAt }: Drill): number {
  return provenAt ?? sinceAt;
}

interface Proof {
  readonly responder: string;
  readonly at: number;
  readonly by: string | null;
  readonly why: string;
}

function prove(change: DeskChange, context: DeskContext, { at, by, responder, why }: Proof): DeskChange {
  const drill = change.state.drills.get(drillKeyOf(responder));
  if (drill === undefined || at <= knownAt(drill)) return change;
  const proven = putDrill(change, {
    ...drill,
    stage: "waits",
    heldUntilAt: null,
    failedAt: null,
    deliveredBy: null,
    error: null,
    provenAt: at,
    provenBy: by,
  });
  return addAudit(proven, context, {
    actor: byPerson(responder),
    act: "drill-proven",
    refs: [refOfPerson(responder)],
    why,
  });
}
