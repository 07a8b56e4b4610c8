// Who has signed an approval, while that is not yet enough. Pure. Each signature is over the bytes of one proposal: with it they are void.
// What a reader would get wrong: this counts for people's eyes and for when to hand out a grant. The host counts again, by its own trust.
import { namesInWords } from "../../facts/named-list.ts";
import { rolesOf } from "../../words/roles.ts";
import type { Approval, PersonSignature } from "../records/approval.ts";
import { refsOfApproval } from "../state/audit-refs.ts";
import { addAudit, addTimeline, type DeskChange, putApproval } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";

/** Keeps one more signature; the question stays open, for it is not enough. */
export function addSignature(
  change: DeskChange,
  context: DeskContext,
  signed: { readonly approval: Approval; readonly own: PersonSignature; readonly missing: number },
): DeskChange {
  const { approval, missing, own } = signed;
  const { by, credentialName } = own;
  const { people } = approval.proposal.requires;
  const more = missing === 1 ? "1 more person" : `${missing} more people`;
  const text = `Signed by passkey "${credentialName}", ${people - missing} of ${people}: ${more} must sign ${approval.proposal.argv.join(" ")}`;
  const audited = addAudit(putApproval(change, approval), context, {
    actor: by,
    act: "approval-signed",
    refs: refsOfApproval(approval),
    why: `${text} (proposal ${approval.proposalHash})`,
  });
  return addTimeline(audited, approval.incidentId, { at: context.now, by, text });
}

/** Without the signatures of passkeys that are no approver's any more, and of who may approve no more by the policy. */
export function withoutWithdrawn(
  approval: Approval,
  withdrawn: readonly string[],
  policy: DeskContext["policy"],
): Approval {
  const { signatures = [], ...rest } = approval;
  const held = signatures.filter(
    ({ by, credentialId }) =>
      !withdrawn.includes(credentialId) && rolesOf(policy, by.responder).includes("approve"),
  );
  if (held.length === signatures.length) return approval;
  return held.length === 0 ? rest : { ...rest, signatures: held };
}

/** Who has signed, as a clause of a sentence; empty where nobody had to, or one alone did. */
export function signersText({ signatures = [] }: Approval): string {
  return signatures.length < 2 ? "" : ` by ${namesOf(signatures)}`;
}

/** What becomes of signatures when their proposal ends undecided; empty: there are none. */
export function voidText({ signatures = [] }: Approval): string {
  if (signatures.length === 0) return "";
  const [what, is] = signatures.length === 1 ? ["signature", "is"] : ["signatures", "are"];
  return ` The ${what} of ${namesOf(signatures)} ${is} void with it.`;
}

function namesOf(signatures: readonly PersonSignature[]): string {
  return namesInWords(signatures.map(({ by }) => ({ name: by.responder })));
}
