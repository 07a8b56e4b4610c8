// What a passkey signs to sign its person in: when it was made, 16 random bytes, and a code over both by a key that only this desk has. Whoever asks
// gets one, and nothing is stored for it; one that was answered is remembered elsewhere until it is over.
// What a reader would get wrong: it is no secret. It says that this desk made it, and when; the passkey says the rest.
import { decodeBase64, decodeBase64Url, encodeBase64Url } from "@countersign/shared/values/base64";
import { assert } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";

export const SIGN_IN_CHALLENGE_TTL_MS = 5 * 60_000;
const INSTANT_BYTES = 8;
const RANDOM_BYTES = 16;
const CODE_BYTES = 32;
const HEAD_BYTES = INSTANT_BYTES + RANDOM_BYTES;
/** What the desk's key is used for here, and for nothing else (RFC 5869 §3.2). */
const INFO = encodeUtf8("countersign-sign-in-v1");

/** Makes one. */
export async function newSignInChallenge(
  privateKey: string,
  now: number,
): Promise<{ readonly challenge: string; readonly expiresAt: number }> {
  const bytes = new Uint8Array(HEAD_BYTES + CODE_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(now));
  crypto.getRandomValues(bytes.subarray(INSTANT_BYTES, HEAD_BYTES));
  const code = await crypto.subtle.sign("HMAC", await keyOf(privateKey), bytes.subarray(0, HEAD_BYTES));
  bytes.set(new Uint8Array(code), HEAD_BYTES);
  return { challenge: encodeBase64Url(bytes), expiresAt: now + SIGN_IN_CHALLENGE_TTL_MS };
}

/** Until when one is good; null: it is over, or this desk never made it. */
export async function challengeExpiry(
  challenge: string,
  privateKey: string,
  now: number,
): Promise<number | null> {
  const bytes = decodeBase64Url(challenge);
  if (bytes?.length !== HEAD_BYTES + CODE_BYTES) return null;
  const [head, code] = [bytes.subarray(0, HEAD_BYTES), bytes.subarray(HEAD_BYTES)];
  if (!(await crypto.subtle.verify("HMAC", await keyOf(privateKey), code, head))) return null;
  const madeAt = Number(new DataView(bytes.buffer).getBigUint64(0));
  const expiresAt = madeAt + SIGN_IN_CHALLENGE_TTL_MS;
  return madeAt <= now && now < expiresAt ? expiresAt : null;
}

async function keyOf(privateKey: string): Promise<CryptoKey> {
  const raw = decodeBase64(privateKey);
  assert(raw !== null, "DESK_PRIVATE_KEY is base64");
  const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return crypto.subtle.deriveKey(derived, base, hmac, false, ["sign", "verify"]);
}
