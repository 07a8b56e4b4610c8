// Per-request CSRF tokens: an HMAC, keyed from the sign-in's secret, over the exact act that the form offers. A token made for one
// act, one proposal or one device is worth nothing for another. It is not single-use: an approval's own state machine is.
// Not pure in one point only: WebCrypto is asynchronous; time and randomness come in as arguments.
import { decodeBase64, encodeBase64Url } from "@countersign/shared/values/base64";
import { CSRF_TOKEN_TTL_MS } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { ActKind } from "../../core/desk/acts/act-list.ts";

/** How far the clocks of two isolates may differ: a token may look issued this much in the future. */
export const CSRF_CLOCK_SKEW_MAX_MS = 5_000;
/** Longest token read; ours are 92 characters. */
const TOKEN_CHARS_MAX = 200;
const TOKEN_PATTERN = /^([0-9]{1,15})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

/** What one form may do: an act of the desk, or one beside it. */
export type CsrfPurpose =
  | ActKind
  | "create-host"
  | "sign-out"
  | "end-sign-in"
  | "end-other-sign-ins"
  | "sign-in-device"
  | "invite"
  | "undo-policy"
  | "promote-rule"
  | "create-passkey"
  | "choose-domain"
  | "sign-trust"
  | "withdraw-passkey"
  | "drop-draft"
  | "invite-here";

/** The exact act a token is bound to. */
export interface CsrfAct {
  readonly purpose: CsrfPurpose;
  /** id of the approval, incident or sign-in acted on; empty where there is none */
  readonly subject: string;
  /** hash of the proposal that the view showed; empty where there is none */
  readonly proposalHash: string;
}

export interface CsrfRefusal {
  readonly reason: "csrf-malformed" | "csrf-wrong" | "csrf-expired";
}

/** Makes a token for one act; `randomBytes` are 16 fresh random bytes. */
export async function issueCsrfToken(
  signInSecret: string,
  act: CsrfAct,
  fresh: { readonly now: number; readonly randomBytes: Uint8Array },
): Promise<string> {
  const random = encodeBase64Url(fresh.randomBytes.subarray(0, 16));
  const key = await keyOf(signInSecret);
  const mac = await crypto.subtle.sign("HMAC", key, bytesOf(act, String(fresh.now), random));
  return `${fresh.now}.${random}.${encodeBase64Url(new Uint8Array(mac))}`;
}

/** Accepts a token made from the same secret for the same act, younger than `CSRF_TOKEN_TTL_MS`. */
export async function verifyCsrfToken(
  signInSecret: string,
  act: CsrfAct,
  claim: { readonly token: string; readonly now: number },
): Promise<Result<null, CsrfRefusal>> {
  const parts = claim.token.length > TOKEN_CHARS_MAX ? null : TOKEN_PATTERN.exec(claim.token);
  const [, issuedAt = "", random = "", encodedMac = ""] = parts ?? [];
  const mac = decodeBase64(`${encodedMac.replaceAll("-", "+").replaceAll("_", "/")}=`);
  if (parts === null || mac === null) return refuse({ reason: "csrf-malformed" });
  // The MAC decides before the age does, so a forged token learns nothing from the answer. `verify` compares in constant time.
  const key = await keyOf(signInSecret);
  if (!(await crypto.subtle.verify("HMAC", key, mac, bytesOf(act, issuedAt, random))))
    return refuse({ reason: "csrf-wrong" });
  const ageMs = claim.now - Number(issuedAt);
  if (ageMs < -CSRF_CLOCK_SKEW_MAX_MS) return refuse({ reason: "csrf-wrong" });
  return ageMs < CSRF_TOKEN_TTL_MS ? ok(null) : refuse({ reason: "csrf-expired" });
}

/** A JSON array cannot be read two ways, so no two acts share their bytes. */
function bytesOf(act: CsrfAct, issuedAt: string, random: string): Uint8Array<ArrayBuffer> {
  const fields = [act.purpose, act.subject, act.proposalHash, issuedAt, random];
  return encodeUtf8(JSON.stringify(fields));
}

async function keyOf(signInSecret: string) {
  const secret = await crypto.subtle.importKey("raw", encodeUtf8(signInSecret), "HKDF", false, ["deriveKey"]);
  const derivation = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(32),
    info: encodeUtf8("countersign-csrf-v1"),
  };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  return crypto.subtle.deriveKey(derivation, secret, hmac, false, ["sign", "verify"]);
}
