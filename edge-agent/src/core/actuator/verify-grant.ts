// First half of admission: who really signed this envelope. Signatures are checked over the bytes before the payload is parsed.
// Pure (WebCrypto only computes). Whether the roles found are enough depends on the action's level: see admission.ts.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Envelope, verifyEnvelope } from "@countersign/shared/wire/envelope";
import { type Grant, parseGrant } from "@countersign/shared/wire/grant";
import type { Trust } from "@countersign/shared/wire/host-trust";
import type { RefusalReason } from "@countersign/shared/wire/outcome";

export interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** A grant whose bytes were signed by pinned keys of exactly these roles (at least one). */
export interface VerifiedGrant {
  readonly grant: Grant;
  readonly roles: readonly string[];
}

/** Verifies an envelope against the pinned keys; any invalid signature by a pinned key refuses the whole. */
export async function verifyGrant(candidate: unknown, trust: Trust): Promise<Result<VerifiedGrant, Refusal>> {
  const envelope = Envelope.safeParse(candidate);
  if (!envelope.success)
    return refuse({ reason: "envelope-malformed", detail: "the grant's envelope has not the right shape" });
  const roles: string[] = [];
  let payload: Uint8Array | null = null;
  for (const role of new Set(trust.keys.map((key) => key.role))) {
    const verified = await verifyEnvelope(envelope.data, trust.keys, [role]);
    if (verified.ok) {
      roles.push(role);
      payload = verified.value;
    } else if (verified.error.reason === "signature-wrong")
      return refuse({
        reason: "signature-wrong",
        detail: `a signature of role ${verified.error.role ?? "unknown"} does not verify`,
      });
    else if (verified.error.reason === "payload-unreadable")
      return refuse({ reason: "envelope-malformed", detail: "the grant's payload is not base64" });
  }
  if (payload === null)
    return refuse({ reason: "signature-missing", detail: "no key of the trust file has signed this grant" });
  const grant = parseGrant(payload);
  if (!grant.ok)
    return refuse({ reason: "envelope-malformed", detail: `the signed grant is ${grant.error.reason}` });
  return ok({ grant: grant.value, roles });
}
