// Seals a grant: a yes to one proposal, as the host will check it. The desk's key says only "this was decided here"; what people have signed,
// the proposal's bytes or the text of a yes in advance, travels beside it as they signed it. The host compares the proposal's hash with the
// bytes that it minted itself, and verifies every signature.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { assert } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Envelope, sealEnvelope } from "@countersign/shared/wire/envelope";
import { Grant } from "@countersign/shared/wire/grant";
import { signedStandingOf } from "@countersign/shared/wire/standing";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import { actorNameOf } from "../../core/words/actor.ts";

/** A signed grant as its shard takes it (`HostShardRpc.deliverGrant`). */
interface IssuedGrant {
  readonly grantId: string;
  readonly hostId: string;
  readonly service: string;
  readonly action: string;
  readonly expiresAt: number;
  readonly envelope: Envelope;
}

/** The desk's bindings that hold its key. */
interface DeskKey {
  readonly DESK_PUBLIC_KEY: string;
  readonly DESK_PRIVATE_KEY: string;
}

/** Name of the desk's key: `desk-` and the first 16 hex digits of SHA-256 over the raw public key. */
export function deskKeyIdOf(publicKey: string): string {
  const raw = decodeBase64(publicKey);
  if (raw === null || raw.length !== 32)
    throw new Error("Read DESK_PUBLIC_KEY: it is not 32 bytes in base64");
  return `desk-${sha256Hex(raw).slice(0, 16)}`;
}

/** The sealed grant of an approved approval, as its shard takes it; `standing`: the yes in advance that it stands on, null: none. */
export async function issueGrant(
  approval: Approval,
  key: DeskKey,
  standing: StandingApproval | null = null,
): Promise<IssuedGrant> {
  const { grantId, grantExpiresAt: expiresAt, subject, proposal } = approval;
  assert(grantId !== null && expiresAt !== null, "a grant is issued only for an approved approval");
  const payload = encodeUtf8(JSON.stringify(grantOf(approval)));
  const signer = { keyId: deskKeyIdOf(key.DESK_PUBLIC_KEY), privateKey: key.DESK_PRIVATE_KEY };
  const assertions = (approval.signatures ?? []).map(({ assertion }) => assertion);
  const envelope = await sealEnvelope(payload, signer, {
    assertions,
    ...(standing === null
      ? {}
      : { standing: signedStandingOf(standing.signed.text, [standing.signed.assertion]) }),
  });
  const { action, service } = proposal;
  return { grantId, hostId: subject.hostId, service, action, expiresAt, envelope };
}

function grantOf(approval: Approval): Grant {
  const { grantId, proposal, proposalHash, decidedBy, decidedAt, grantExpiresAt, requestedAt } = approval;
  assert(
    decidedAt !== null && decidedBy !== null && grantExpiresAt !== null,
    "a grant is signed only for an approved approval",
  );
  return Grant.parse({
    version: 2,
    grantId,
    hostId: proposal.hostId,
    nonce: proposal.nonce,
    proposalHash,
    action: proposal.action,
    service: proposal.service,
    approvedBy: actorNameOf(decidedBy),
    approvedAt: decidedAt,
    // Both instants are of the desk's own clock: (approval − receipt of the proposal) + the grant's validity.
    proposalAgeMaxMs: grantExpiresAt - requestedAt,
  });
}
