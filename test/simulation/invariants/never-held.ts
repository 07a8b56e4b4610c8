// What a storm never holds back (docs/adr/0059-what-a-storm-never-holds-back.md), judged by what is there before and
// after a step: the first ring about what does not work, the result of an act to who approved it, an incident's first
// question after its first ring. What a reader would get wrong: of a page that was taken back nothing is left, so the
// next one is the first.
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { kindOf } from "../../../control-plane/src/core/words/reason-kinds.ts";
import type { PageReason } from "../../../control-plane/src/core/words/signal.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { Invariant } from "./invariant.ts";

/** Good to know, though each stands alone. */
const ONLY_GOOD_TO_KNOW: readonly PageReason[] = ["automation-frozen", "control-plane-gap"];

export const firstsAreNeverHeld = (): Invariant => ({
  sentence: "What a storm never holds back goes out at once",
  onDesk: (decision) => {
    const { after, before } = decision;
    if (after.pages === before.pages) return null;
    const held = after.pages
      .values()
      .find(
        (page) =>
          page.state === "held" &&
          before.pages.get(page.key) === undefined &&
          after.incidents.has(page.incidentId) &&
          isNeverHeld(page, decision),
      );
    return held === undefined ? null : `"${held.title}" to ${held.responder} waits for a digest`;
  },
});

/** Says whether a page that leaves, or is to, is one of those. What was let go after it had been held is none. */
export function isNeverHeld(page: Page, decision: DeskDecisionSeen): boolean {
  if (page.covers !== undefined || page.releasedAt !== undefined) return false;
  const others = decision.before.pages
    .values()
    .filter(
      ({ incidentId, key, responder }) =>
        key !== page.key && incidentId === page.incidentId && responder === page.responder,
    );
  const wasRung = others.some(({ kind }) => kind === "ring");
  if (page.kind === "ring" && !wasRung) return isTrouble(page, decision);
  if (page.kind === "ring" && isResult(page) && isOwedResult(page, decision, others)) return true;
  const wasAsked = others.some(({ approvalId }) => approvalId !== null);
  return page.approvalId !== null && page.kind !== "recovered" && wasRung && !wasAsked;
}

function isTrouble({ incidentId, tells }: Page, { after }: DeskDecisionSeen): boolean {
  const incident = after.incidents.get(incidentId);
  const reasons = [...tells, ...(incident === undefined ? [] : [incident])].map(({ reason }) => reason);
  return reasons.some((reason) => kindOf(reason) !== "notice" && !ONLY_GOOD_TO_KNOW.includes(reason));
}

/** An act of theirs failed since they were told of one last. */
function isOwedResult(page: Page, { after }: DeskDecisionSeen, others: readonly Page[]): boolean {
  const toldAt = Math.max(-Infinity, ...others.filter(isResult).map(({ createdAt }) => createdAt));
  return after.approvals
    .values()
    .some(
      (approval) =>
        approval.incidentId === page.incidentId &&
        approval.state === "failed" &&
        (approval.endedAt ?? 0) > toldAt &&
        isTheirs(approval, page.responder),
    );
}

function isTheirs({ decidedBy, signatures = [], standingId }: Approval, responder: string): boolean {
  if (standingId !== undefined) return false;
  const people = [decidedBy, ...signatures.map(({ by }) => by)];
  return people.some((by) => by?.kind === "person" && by.responder === responder);
}

function isResult({ tells }: Page): boolean {
  return tells.some(({ what }) => what === "result");
}
