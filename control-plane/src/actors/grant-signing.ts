// Signs a grant: a person's yes to one proposal, as the host will check it. The desk's key says only "a person approved this here";
// the host compares the proposal's hash with the bytes that it minted itself.
import { decodeBase64 } from "@countersign/shared/base64";
import { sha256Hex } from "@countersign/shared/digest";
import { type Envelope, signEnvelope } from "@countersign/shared/envelope";
import { Grant } from "@countersign/shared/grant";
import { assert } from "@countersign/shared/result";
import { encodeUtf8 } from "@countersign/shared/utf8";
import type { Approval } from "../core/desk-state.ts";

/** Name of the desk's key: `desk-` and the first 16 hex digits of SHA-256 over the raw public key. */
export function deskKeyIdOf(publicKey: string): string {
  const raw = decodeBase64(publicKey);
  if (raw === null || raw.length !== 32)
    throw new Error("Read DESK_PUBLIC_KEY: it is not 32 bytes in base64");
  return `desk-${sha256Hex(raw).slice(0, 16)}`;
}

/** Signs the grant of an approved approval. */
export async function signGrant(
  approval: Approval,
  key: { readonly publicKey: string; readonly privateKey: string },
): Promise<Envelope> {
  const payload = encodeUtf8(JSON.stringify(grantOf(approval)));
  return signEnvelope(payload, [{ keyId: deskKeyIdOf(key.publicKey), privateKey: key.privateKey }]);
}

function grantOf(approval: Approval): Grant {
  const { grantId, proposal, proposalHash, decidedBy, decidedAt, grantExpiresAt, requestedAt } = approval;
  assert(decidedAt !== null && grantExpiresAt !== null, "a grant is signed only for an approved approval");
  return Grant.parse({
    version: 1,
    grantId,
    hostId: proposal.hostId,
    nonce: proposal.nonce,
    proposalHash,
    action: proposal.action,
    service: proposal.service,
    approvedBy: decidedBy,
    approvedAt: decidedAt,
    // Both instants are of the desk's own clock: (approval − receipt of the proposal) + the grant's validity.
    proposalAgeMaxMs: grantExpiresAt - requestedAt,
  });
}
