// A DSSE-style envelope with several signatures (https://github.com/secure-systems-lab/dsse, protocol.md).
// The signatures are verified over the bytes before anything in the payload is parsed.
import * as z from "zod";
import { decodeBase64, encodeBase64 } from "../values/base64.ts";
import { ENVELOPE_SIGNATURES_MAX, GRANT_BYTES_MAX } from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { encodeUtf8 } from "../values/utf8.ts";
import { isSignedBy, signBytes } from "./signature.ts";

/** What a payload is; part of what is signed, so that bytes of one kind can never pass for another. */
export const GRANT_PAYLOAD_TYPE = "application/vnd.countersign.grant+json";

export const Envelope = z.strictObject({
  payloadType: z.literal(GRANT_PAYLOAD_TYPE),
  /** base64 of the payload's exact bytes */
  payload: z.base64().max(Math.ceil(GRANT_BYTES_MAX / 3) * 4),
  signatures: z
    .array(z.strictObject({ keyId: z.string().max(80), signature: z.base64().length(88) }))
    .min(1)
    .max(ENVELOPE_SIGNATURES_MAX),
});
export type Envelope = z.infer<typeof Envelope>;

/** A key that may sign, with the role its signature fills. */
export interface VerificationKey {
  readonly keyId: string;
  readonly role: string;
  readonly publicKey: string;
}

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: string;
}

/** DSSE's pre-authentication encoding of a payload: the bytes that are signed. */
export function encodeForSigning(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encodeUtf8(`DSSEv1 ${encodeUtf8(payloadType).length} ${payloadType} ${payload.length} `);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** Signs a payload with every key given. */
export async function signEnvelope(payload: Uint8Array, keys: readonly SigningKey[]): Promise<Envelope> {
  const bytes = encodeForSigning(GRANT_PAYLOAD_TYPE, payload);
  const signatures = [];
  for (const key of keys) {
    const signature = await signBytes(key.privateKey, bytes);
    signatures.push({ keyId: key.keyId, signature: encodeBase64(signature) });
  }
  return { payloadType: GRANT_PAYLOAD_TYPE, payload: encodeBase64(payload), signatures };
}

export interface SignatureRefusal {
  readonly reason: "signature-missing" | "signature-wrong" | "payload-unreadable";
  /** the role that no valid signature filled */
  readonly role?: string;
}

/**
 * Returns the payload's bytes when every required role is filled by a valid signature of a pinned key.
 * A signature by a pinned key that does not verify refuses the whole envelope; unknown key ids are ignored. An empty
 * `rolesRequired` is refused: nothing passes unsigned.
 */
export async function verifyEnvelope(
  envelope: Envelope,
  keys: readonly VerificationKey[],
  rolesRequired: readonly string[],
): Promise<Result<Uint8Array<ArrayBuffer>, SignatureRefusal>> {
  const payload = decodeBase64(envelope.payload);
  if (payload === null) return refuse({ reason: "payload-unreadable" });
  const bytes = encodeForSigning(envelope.payloadType, payload);
  const filledRoles = new Set<string>();
  for (const { keyId, signature } of envelope.signatures) {
    const key = keys.find((candidate) => candidate.keyId === keyId);
    if (key === undefined) continue;
    const signatureBytes = decodeBase64(signature);
    if (signatureBytes === null || !(await isSignedBy(key.publicKey, signatureBytes, bytes)))
      return refuse({ reason: "signature-wrong", role: key.role });
    filledRoles.add(key.role);
  }
  if (rolesRequired.length === 0) return refuse({ reason: "signature-missing" });
  const missing = rolesRequired.find((role) => !filledRoles.has(role));
  if (missing !== undefined) return refuse({ reason: "signature-missing", role: missing });
  return ok(payload);
}
