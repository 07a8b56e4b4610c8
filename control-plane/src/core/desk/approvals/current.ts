// Which proposal a question stands at now. A question is put once and its proposal is renewed beneath it, so the link that a person holds may be of an
// older one: it leads to the current one, and an answer to it is one to the current one if that reads the same. Pure.
// What a reader would get wrong: a yes is for what was read. One word that reads otherwise is a no here, and the person reads again.
import type { Proposal } from "@countersign/shared/wire/proposal";
import { isSameAsker } from "../../words/asking.ts";
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
export type Reading = "action" | "command" | "place" | "state" | "asker" | "signers";

/** What reads otherwise in the newer one; none: the same yes is for both. */
export function readOtherwise(older: Proposal, newer: Proposal): readonly Reading[] {
  const differs: Readonly<Record<Reading, boolean>> = {
    action: older.action !== newer.action || older.level !== newer.level,
    command: JSON.stringify([older.argv, older.runAs]) !== JSON.stringify([newer.argv, newer.runAs]),
    place: older.hostId !== newer.hostId || older.service !== newer.service,
    state: stateRead(older) !== stateRead(newer),
    asker: !isSameAsker(older.askedBy, newer.askedBy) || older.reason !== newer.reason,
    signers: rulesRead(older) !== rulesRead(newer),
  };
  return (["action", "command", "place", "state", "asker", "signers"] as const).filter(
    (part) => differs[part],
  );
}

function rulesRead({ requires }: Proposal): string {
  const { credentials, mayAskerSign, people } = requires;
  return JSON.stringify([people, mayAskerSign, credentials]);
}

function stateRead({ bootId, unitState }: Proposal): string {
  const { activeState, invocationId, result, subState } = unitState;
  return JSON.stringify([bootId, activeState, subState, result, invocationId]);
}
