// Signatures that cost a hash: who does not know the secret cannot make one. The real Ed25519 envelope is tested in test/contract; here
// it matters only that a host runs nothing that the desk did not sign.
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { assertionsOf, type Envelope, GRANT_PAYLOAD_TYPE } from "@countersign/shared/wire/envelope";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { Grant, parseGrant } from "@countersign/shared/wire/grant";
import { FIRST_RULES } from "@countersign/shared/wire/level-rule";
import type { Signer } from "@countersign/shared/wire/signers";
import { signedStandingOf } from "@countersign/shared/wire/standing";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { StandingApproval } from "../../../control-plane/src/core/desk/records/standing-approval.ts";
import { actorNameOf } from "../../../control-plane/src/core/words/actor.ts";
import type { BelievedTrust } from "../../../edge-agent/src/core/actuator/believed-trust.ts";

const DESK_SECRET = "known to the desk alone";

/** The grant of an approved approval, signed: as platform/desk/grant-signing.ts makes it. */
export function signGrant(
  approval: Approval,
  standing: StandingApproval | null = null,
  secret = DESK_SECRET,
): Envelope {
  const { grantId, grantExpiresAt, proposal, requestedAt } = approval;
  const grant = Grant.parse({
    version: 2,
    grantId,
    hostId: proposal.hostId,
    nonce: proposal.nonce,
    proposalHash: approval.proposalHash,
    action: proposal.action,
    service: proposal.service,
    approvedBy: approval.decidedBy === null ? null : actorNameOf(approval.decidedBy),
    approvedAt: approval.decidedAt,
    proposalAgeMaxMs: (grantExpiresAt ?? 0) - requestedAt,
  });
  const payload = encodeBase64(encodeUtf8(JSON.stringify(grant)));
  const signature = encodeBase64(encodeUtf8(sha256Hex(encodeUtf8(`${secret} ${payload}`))));
  const people = (approval.signatures ?? []).map(({ assertion }) => assertion);
  return {
    version: 2,
    payloadType: GRANT_PAYLOAD_TYPE,
    payload,
    signatures: [{ scheme: "ed25519", keyId: "desk", signature }, ...people],
    ...(standing === null
      ? {}
      : { standing: signedStandingOf(standing.signed.text, [standing.signed.assertion]) }),
  };
}

/** The grant, if the desk signed it. */
export function verifyGrant({ payload, signatures }: Envelope): Grant | null {
  const wanted = encodeBase64(encodeUtf8(sha256Hex(encodeUtf8(`${DESK_SECRET} ${payload}`))));
  if (signatures[0]?.scheme !== "ed25519" || signatures[0].signature !== wanted) return null;
  const parsed = parseGrant(decodeBase64(payload) ?? new Uint8Array());
  return parsed.ok ? parsed.value : null;
}

/** Who has signed, as a host of a simulation sees it: each passkey is its person's, by its name. */
export function peopleIn(envelope: Envelope): readonly Signer[] {
  const { signatures = assertionsOf(envelope) } = envelope.standing ?? {};
  return signatures.map(({ credentialId }) => {
    const person = credentialId.replace("stand-in-", "");
    return { person, credentialId, isSynced: false, counter: 0 };
  });
}

/** What every host of a simulation believes: a few people, each by one passkey, and the rules that a fleet begins with. */
export function believedBy(hostId: string): BelievedTrust {
  const deskKeys = [{ keyId: "desk", publicKey: "" }];
  const approvers = ["alice", "bob", "carol"].map((person) => {
    const credentialId = `stand-in-${person}`;
    const key = { algorithm: "ES256", publicKey: credentialId, isSynced: false, name: person } as const;
    return { person, credentials: [{ credentialId, ...key }] };
  });
  const trust: FleetTrust = {
    format: 2,
    version: 1,
    previous: null,
    approvers,
    threshold: 1,
    levels: FIRST_RULES,
    deskKeys,
  };
  const party = { rpId: "desk.example.org", origins: ["https://desk.example.org"] };
  return { host: { version: 2, hostId, party, deskKeys }, fleet: { trust, hash: "0".repeat(64) } };
}
