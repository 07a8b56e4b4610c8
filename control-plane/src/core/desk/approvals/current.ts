// Which proposal a question stands at now. A question is put once and its proposal is renewed beneath it, so the link that a person holds may be of an
// older one: it leads to the current one, and an answer to it is one to the current one if that reads the same. Pure.
// What a reader would get wrong: a yes is for what was read. One word that reads otherwise is a no here, and the person reads again.
import { sha256Hex } from "@countersign/shared/values/digest";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { askerText } from "../../words/asking.ts";
import type { Approval } from "../records/approval.ts";
import type { DeskState } from "../state/desk-state.ts";

/** What took the place of an approval that nobody has decided; null: nothing did. */
export function successorOf(
  { approvals, findings }: Pick<DeskState, "approvals" | "findings">,
  { approvalId, askedBy, decidedAt, findingId, requestedAt }: Approval,
): Approval | null {
  // What a person asked for is no part of the finding's own question.
  if (askedBy.kind === "person") return null;
  const newestId = findings.get(findingId)?.approvalId ?? null;
  if (newestId === null || newestId === approvalId || decidedAt !== null) return null;
  const newest = approvals.get(newestId);
  return newest !== undefined && newest.requestedAt >= requestedAt ? newest : null;
}

/** What a person reads on a proposal. */
export type Reading = "action" | "command" | "place" | "state" | "asker" | "signers" | "protection";

/** What reads otherwise in the newer one; none: the same yes is for both. */
export function readOtherwise(older: Proposal, newer: Proposal): readonly Reading[] {
  const [before, now] = [partsOf(older), partsOf(newer)];
  return READINGS.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(now[part]));
}

/** The name of what a person reads: two proposals of the same name read the same. */
export function readHashOf(proposal: Proposal): string {
  const parts = partsOf(proposal);
  return sha256Hex(JSON.stringify(READINGS.map((part) => parts[part])));
}

const READINGS = ["action", "command", "place", "state", "asker", "signers", "protection"] as const;

function partsOf(proposal: Proposal): Readonly<Record<Reading, unknown>> {
  const { action, argv, askedBy, bootId, hostId, isProtected, level, reason, requires, runAs, service } =
    proposal;
  const { activeState, invocationId, result, subState } = proposal.unitState;
  return {
    action: [action, level],
    command: [argv, runAs],
    place: [hostId, service],
    state: [bootId, activeState, subState, result, invocationId],
    asker: [askerText(askedBy), reason],
    signers: [requires.people, requires.mayAskerSign, requires.credentials],
    protection: isProtected === true,
  };
}
