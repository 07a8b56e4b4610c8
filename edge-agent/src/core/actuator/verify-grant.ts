// First half of admission: whether a desk that this host believes has signed this grant. The signature is checked over the bytes before the
// payload is parsed. Pure (WebCrypto only computes). What people have signed is looked at in admission.ts, beside the proposal they signed.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { Envelope, openEnvelope } from "@countersign/shared/wire/envelope";
import { type Grant, parseGrant } from "@countersign/shared/wire/grant";
import type { RefusalReason } from "@countersign/shared/wire/outcome";
import { type BelievedTrust, deskKeysOf } from "./believed-trust.ts";

export interface Refusal {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/** A grant whose bytes a desk key signed that is believed here. */
export interface VerifiedGrant {
  readonly grant: Grant;
  readonly keyId: string;
  readonly envelope: Envelope;
}

/** Verifies the desk's signature; one by a believed key that does not hold refuses the whole. */
export async function verifyGrant(
  candidate: unknown,
  trust: BelievedTrust,
): Promise<Result<VerifiedGrant, Refusal>> {
  const envelope = Envelope.safeParse(candidate);
  if (!envelope.success)
    return refuse({ reason: "envelope-malformed", detail: "the grant's envelope has not the right shape" });
  const opened = await openEnvelope(envelope.data, deskKeysOf(trust));
  if (!opened.ok) return refuse(explain(opened.error.reason));
  const grant = parseGrant(opened.value.payload);
  if (!grant.ok)
    return refuse({ reason: "envelope-malformed", detail: `the signed grant is ${grant.error.reason}` });
  return ok({ grant: grant.value, keyId: opened.value.keyId, envelope: envelope.data });
}

function explain(reason: "signature-missing" | "signature-wrong" | "payload-unreadable"): Refusal {
  switch (reason) {
    case "payload-unreadable":
      return { reason: "envelope-malformed", detail: "the grant's payload is not base64" };
    case "signature-missing":
      return { reason, detail: "no desk that this host believes has signed this grant" };
    case "signature-wrong":
      return { reason, detail: "the desk's signature does not hold" };
  }
}
