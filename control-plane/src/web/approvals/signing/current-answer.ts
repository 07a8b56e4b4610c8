// How a question stands at somebody's tap, for the script that asks for their passkey: what is signed now and what reads otherwise than on the view
// that they have before them, or why nothing can be signed any more. Pure. What a reader would get wrong: this decides nothing. The desk looks at
// the same again when the yes arrives (core/desk/acts/approve.ts).
import { decodeBase64 } from "@countersign/shared/values/base64";
import { assert } from "@countersign/shared/values/result";
import type { Current } from "../../../../browser/current.ts";
import { readHashOf, readOtherwise } from "../../../core/desk/approvals/current.ts";
import type { Approval } from "../../../core/desk/records/approval.ts";
import type { CannotRun } from "../../../core/desk/state/cannot-run.ts";
import { signingOptions } from "../../signing/own-passkeys.ts";
import { APPROVAL_REFUSALS, renewedWords, statusOf } from "../approval-words.ts";
import type { OwnSigning, Signing } from "./who-must-sign.ts";

interface Standing {
  /** what the person reads */
  readonly read: Approval;
  /** what stands for the question now */
  readonly approval: Approval;
  readonly cannotRun: CannotRun | null;
  readonly signing: Signing | null;
  readonly now: number;
  /** of exactly this yes */
  readonly token: string;
}

/** As the script is told. */
export function currentAnswer(standing: Standing): Current {
  const { approval, read, token } = standing;
  const path = `/approvals/${encodeURIComponent(approval.approvalId)}`;
  const next = read === approval ? path : `${path}?instead=${encodeURIComponent(read.approvalId)}`;
  const closed = closedWords(standing);
  if (typeof closed === "string") return { state: "closed", says: closed, next };
  const bytes = decodeBase64(approval.proposalBytes);
  assert(bytes !== null, "a proposal is kept as base64");
  const isSame = readOtherwise(read.proposal, approval.proposal).length === 0;
  return {
    state: "open",
    approvalId: approval.approvalId,
    proposalHash: approval.proposalHash,
    read: readHashOf(approval.proposal),
    changed: isSame ? "" : renewedWords(read.proposal, approval.proposal),
    options: signingOptions("proposal", bytes, closed),
    action: `${path}/approve`,
    token,
    next,
  };
}

/** Why nothing can be signed, as a sentence; or by which passkeys. */
function closedWords({
  approval,
  cannotRun,
  now,
  signing,
}: Standing): string | Extract<OwnSigning, { readonly kind: "ready" }> {
  if (!statusOf(approval, now).isOpen) return overWords(approval);
  if (cannotRun?.reason === "frozen") return "Automation was frozen meanwhile, so a yes would be refused.";
  if (signing === null) return "No passkey has to sign this.";
  return signing.own.kind === "ready" ? signing.own : OWN[signing.own.kind];
}

function overWords({ state }: Approval): string {
  switch (state) {
    case "denied":
      return APPROVAL_REFUSALS["approval-denied"][2];
    case "superseded":
      return APPROVAL_REFUSALS["approval-superseded"][2];
    case "approved":
    case "executing":
    case "verified":
    case "failed":
      return APPROVAL_REFUSALS["approval-used"][2];
    case "requested":
    case "delivered":
    case "seen":
    case "expired":
      return APPROVAL_REFUSALS["approval-expired"][2];
  }
}

const OWN: Readonly<Record<Exclude<OwnSigning["kind"], "ready">, string>> = {
  signed: "You have signed it already; others must follow.",
  asker: "You asked for it, so others must sign it.",
  "synced-only": "This host takes only a passkey that never leaves its device, and yours is copied.",
  "no-role": "The rules do not let you approve any more.",
  "no-trust": "Nobody may approve any more.",
  "no-passkey": "Your passkey is no longer in the list of who may approve.",
  elsewhere: "The desk's passkeys do not work at this address.",
};
