// A DSSE-style envelope with several signatures (https://github.com/secure-systems-lab/dsse, protocol.md): the desk's Ed25519 over the grant, and
// people's assertions over the proposal that the grant names by hash. The desk's is verified before anything in the payload is parsed.
//
// Version history:
//   1  2026-11-22  first version: Ed25519 alone
//   2  2026-11-29  each signature says its scheme; `standing` carries a yes in advance whole
import * as z from "zod";
import { decodeBase64, encodeBase64 } from "../values/base64.ts";
import { ENVELOPE_SIGNATURES_MAX, GRANT_BYTES_MAX } from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { encodeUtf8 } from "../values/utf8.ts";
import { Assertion } from "./assertion.ts";
import type { DeskKey } from "./public-key.ts";
import { isSignedBy, signBytes } from "./signature.ts";
import { SignedStanding } from "./standing.ts";

/** What a payload is; part of what is signed, so that bytes of one kind can never pass for another. */
export const GRANT_PAYLOAD_TYPE = "application/vnd.countersign.grant+json";

const KeySignature = z.strictObject({
  scheme: z.literal("ed25519"),
  keyId: z.string().max(80),
  /** over `encodeForSigning(payloadType, payload)`, base64 */
  signature: z.base64().length(88),
});

export const Envelope = z
  .strictObject({
    version: z.literal(2),
    payloadType: z.literal(GRANT_PAYLOAD_TYPE),
    /** base64 of the payload's exact bytes */
    payload: z.base64().max(Math.ceil(GRANT_BYTES_MAX / 3) * 4),
    signatures: z
      .array(z.discriminatedUnion("scheme", [KeySignature, Assertion]))
      .min(1)
      .max(ENVELOPE_SIGNATURES_MAX),
    /** the yes in advance that it stands on; absent: none */
    standing: SignedStanding.optional(),
  })
  .refine(
    ({ signatures, standing }) =>
      standing === undefined || signatures.every(({ scheme }) => scheme === "ed25519"),
    { error: "people have signed the act or a yes in advance, never half of each", path: ["standing"] },
  );
export type Envelope = z.infer<typeof Envelope>;

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: string;
}

/** DSSE's pre-authentication encoding of a payload: the bytes that the desk signs. */
export function encodeForSigning(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encodeUtf8(`DSSEv1 ${encodeUtf8(payloadType).length} ${payloadType} ${payload.length} `);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** Signs a payload with the desk's key, and puts beside it what people have signed. */
export async function sealEnvelope(
  payload: Uint8Array,
  key: SigningKey,
  people: { readonly assertions?: readonly Assertion[]; readonly standing?: SignedStanding | undefined } = {},
): Promise<Envelope> {
  const { assertions = [], standing } = people;
  const signed = await signBytes(key.privateKey, encodeForSigning(GRANT_PAYLOAD_TYPE, payload));
  const own = { scheme: "ed25519", keyId: key.keyId, signature: encodeBase64(signed) } as const;
  return {
    version: 2,
    payloadType: GRANT_PAYLOAD_TYPE,
    payload: encodeBase64(payload),
    signatures: [own, ...assertions],
    ...(standing === undefined ? {} : { standing }),
  };
}

export interface EnvelopeRefusal {
  readonly reason: "signature-missing" | "signature-wrong" | "payload-unreadable";
}

/**
 * Returns the payload's bytes when a desk key that is believed has signed them. A desk signature that does not hold refuses the whole;
 * those of other keys are passed over. What people have signed is not looked at here.
 */
export async function openEnvelope(
  envelope: Envelope,
  deskKeys: readonly DeskKey[],
): Promise<Result<{ readonly payload: Uint8Array<ArrayBuffer>; readonly keyId: string }, EnvelopeRefusal>> {
  const payload = decodeBase64(envelope.payload);
  if (payload === null) return refuse({ reason: "payload-unreadable" });
  const bytes = encodeForSigning(envelope.payloadType, payload);
  let signedBy: string | null = null;
  for (const entry of envelope.signatures) {
    if (entry.scheme !== "ed25519") continue;
    const key = deskKeys.find(({ keyId }) => keyId === entry.keyId);
    if (key === undefined) continue;
    const signature = decodeBase64(entry.signature);
    if (signature === null || !(await isSignedBy(key.publicKey, signature, bytes)))
      return refuse({ reason: "signature-wrong" });
    signedBy = key.keyId;
  }
  return signedBy === null ? refuse({ reason: "signature-missing" }) : ok({ payload, keyId: signedBy });
}

/** What people have signed. */
export function assertionsOf({ signatures }: Envelope): readonly Assertion[] {
  return signatures.filter((entry) => entry.scheme === "webauthn");
}
