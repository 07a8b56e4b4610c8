// A standing approval as its giver sees it and as it is signed: one action of one service, so many uses, until an instant, why. The text
// itself is what is hashed, shown and signed; nothing is written anew from its parts. It names nothing that a host does not know by
// its own catalogue, so that a host can check it one day.
import * as z from "zod";
import { decodeBase64, encodeBase64 } from "../values/base64.ts";
import { sha256Hex } from "../values/digest.ts";
import { HostId, ItemName, Nonce, RandomId } from "../values/ids.ts";
import { STANDING_BYTES_MAX } from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { encodeUtf8, isLongerInUtf8 } from "../values/utf8.ts";
import { encodeForSigning } from "./envelope.ts";
import { isSignedBy, signBytes } from "./signature.ts";

/** What the signature is over, so that these bytes can never pass for a grant. */
const STANDING_PAYLOAD_TYPE = "application/vnd.countersign.standing+json";

export const StandingContent = z.strictObject({
  version: z.literal(1),
  /** drawn when the view was made: the same text is taken once */
  nonce: Nonce,
  hostId: HostId,
  service: ItemName,
  action: ItemName,
  usesMax: z.int().min(1),
  untilAt: z.int().min(0),
  /** responder id, and the enrolled device whose gesture it is */
  givenBy: ItemName,
  deviceId: RandomId,
  why: z.string().min(1).max(300),
});
export type StandingContent = z.infer<typeof StandingContent>;

/** The hash that the giver's gesture is bound to. */
export function standingHashOf(text: string): string {
  return sha256Hex(encodeUtf8(text));
}

/** Reads the text of a standing approval. */
export function parseStanding(
  text: string,
): Result<StandingContent, { readonly reason: "standing-malformed" }> {
  if (isLongerInUtf8(text, STANDING_BYTES_MAX)) return refuse({ reason: "standing-malformed" });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse({ reason: "standing-malformed" });
  }
  const parsed = StandingContent.safeParse(json);
  return parsed.success ? ok(parsed.data) : refuse({ reason: "standing-malformed" });
}

/** Signs the text; gives the signature in base64. */
export async function signStanding(text: string, privateKey: string): Promise<string> {
  return encodeBase64(await signBytes(privateKey, bytesOf(text)));
}

/** Says whether the key signed exactly this text. */
export async function isStandingSignedBy(
  text: string,
  signature: string,
  publicKey: string,
): Promise<boolean> {
  const bytes = decodeBase64(signature);
  return bytes !== null && isSignedBy(publicKey, bytes, bytesOf(text));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return encodeForSigning(STANDING_PAYLOAD_TYPE, encodeUtf8(text));
}
