// The verifier: whether a passkey signed exactly this (https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion), alike on the desk and on the
// host. Pure (WebCrypto only computes). It reads no CBOR and no certificate: keys are pinned as SPKI when a passkey is enrolled, and an assertion
// with extensions, of which the desk asks for none, is none.
// What a reader would get wrong: a counter that goes back is told and refuses nothing (synced passkeys say 0 for ever), and BE, not BS, says
// whether a passkey can leave its device.
import * as z from "zod";
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "../values/base64.ts";
import { rawOfDer } from "../values/der.ts";
import { sha256Bytes } from "../values/digest.ts";
import {
  AUTHENTICATOR_DATA_BYTES,
  CLIENT_DATA_BYTES_MAX,
  CREDENTIAL_ID_BYTES_MAX,
  PASSKEY_SIGNATURE_BYTES_MAX,
} from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { decodeUtf8, encodeUtf8 } from "../values/utf8.ts";

const part = (bytesMax: number) =>
  z
    .string()
    .min(2)
    .max(Math.ceil((bytesMax * 4) / 3))
    .regex(/^[A-Za-z0-9_-]+$/);
export const CredentialId = part(CREDENTIAL_ID_BYTES_MAX);

/** One person's assertion, as a browser gives it (`PublicKeyCredential.toJSON()`): every part base64url without padding. */
export const Assertion = z.strictObject({
  scheme: z.literal("webauthn"),
  credentialId: CredentialId,
  authenticatorData: part(AUTHENTICATOR_DATA_BYTES),
  clientDataJSON: part(CLIENT_DATA_BYTES_MAX),
  signature: part(PASSKEY_SIGNATURE_BYTES_MAX),
});
export type Assertion = z.infer<typeof Assertion>;

/** Where people sign: the domain that their passkeys are bound to, and the addresses of the desk's views. */
export const RelyingParty = z.strictObject({
  rpId: z
    .string()
    .max(253)
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
      error: "expected a domain, such as desk.example.org; an address has no passkeys",
    }),
  origins: z
    .array(
      z
        .string()
        .max(300)
        .regex(/^https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?$/),
    )
    .min(1)
    .max(4),
});
export type RelyingParty = z.infer<typeof RelyingParty>;

/** What a SubjectPublicKeyInfo of each algorithm begins with (RFC 5480: P-256, its point whole; RFC 8410), and how long it is. */
const SPKI = {
  ES256: { head: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", bytes: 91 },
  EdDSA: { head: "MCowBQYDK2VwAyEA", bytes: 44 },
} as const;

/** A passkey as it is pinned. */
export const Credential = z
  .strictObject({
    credentialId: CredentialId,
    algorithm: z.enum(["ES256", "EdDSA"]),
    /** SubjectPublicKeyInfo, base64: one text for each key, so that nobody can be there twice by one */
    publicKey: z.base64().max(124),
    /** BE: its maker may copy it to other devices of the person */
    isSynced: z.boolean(),
    /** by what people know it, such as `Alice's phone` */
    name: z.string().min(1).max(60),
  })
  .refine(({ algorithm, publicKey }) => isKeyOf(SPKI[algorithm], publicKey), {
    error: "it is no key of that algorithm, or not written as usual",
    path: ["publicKey"],
  });
export type Credential = z.infer<typeof Credential>;

function isKeyOf({ bytes, head }: (typeof SPKI)[keyof typeof SPKI], publicKey: string): boolean {
  const key = decodeBase64(publicKey);
  return key?.length === bytes && publicKey.startsWith(head) && encodeBase64(key) === publicKey;
}

export interface AssertionRefusal {
  readonly reason: "assertion-malformed" | "assertion-elsewhere" | "user-not-verified" | "signature-wrong";
  readonly detail: string;
}

/** What a signature is for; part of what is signed, so that a yes to one can never pass for a yes to another. */
export type SignedKind = "proposal" | "standing" | "trust" | "sign-in";

/** What a passkey is asked to sign for these bytes: SHA-256 over a prefix of its own and the bytes. */
export function challengeOf(kind: SignedKind, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = encodeUtf8(`countersign-${kind}-v2\n`);
  const whole = new Uint8Array(prefix.length + bytes.length);
  whole.set(prefix);
  whole.set(bytes, prefix.length);
  return sha256Bytes(whole);
}

const FLAG = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extended: 0x80,
};

/** Verifies an assertion by a pinned passkey; gives its signature counter. */
export async function verifyAssertion(
  assertion: Assertion,
  expected: {
    readonly credential: Credential;
    readonly challenge: Uint8Array;
    readonly party: RelyingParty;
  },
): Promise<Result<{ readonly counter: number }, AssertionRefusal>> {
  const { credential, challenge, party } = expected;
  const data = decodeBase64Url(assertion.authenticatorData);
  const clientData = decodeBase64Url(assertion.clientDataJSON);
  const signature = decodeBase64Url(assertion.signature);
  if (data === null || clientData === null || signature === null)
    return no("assertion-malformed", "a part is no base64url");
  if (data.length !== AUTHENTICATOR_DATA_BYTES)
    return no("assertion-malformed", "the authenticator's data is not as long as an assertion's");
  const gesture = readClientData(clientData, challenge, party);
  if (!gesture.ok) return gesture;
  const flags = data[32] ?? 0;
  const has = (flag: number) => (flags & flag) !== 0;
  if (!isSame(data.subarray(0, 32), sha256Bytes(encodeUtf8(party.rpId))))
    return no("assertion-elsewhere", `it was made for another domain than ${party.rpId}`);
  if (!has(FLAG.userPresent) || !has(FLAG.userVerified))
    return no("user-not-verified", "the passkey did not check that its owner is there");
  if (has(FLAG.attested) || has(FLAG.extended))
    return no("assertion-malformed", "the authenticator's data has parts that an assertion has not");
  if (has(FLAG.backedUp) && !has(FLAG.backupEligible))
    return no("assertion-malformed", "a passkey that cannot leave its device says that it has");
  if (has(FLAG.backupEligible) !== credential.isSynced)
    return no(
      "assertion-malformed",
      "the passkey says otherwise than when it was enrolled whether it is synced",
    );
  const signed = new Uint8Array(data.length + 32);
  signed.set(data);
  signed.set(sha256Bytes(clientData), data.length);
  if (!(await isSigned(credential, signature, signed)))
    return no("signature-wrong", "the signature is not this passkey's over this");
  return ok({ counter: new DataView(data.buffer).getUint32(33) });
}

function no(reason: AssertionRefusal["reason"], detail: string): Result<never, AssertionRefusal> {
  return refuse({ reason, detail });
}

function readClientData(
  bytes: Uint8Array,
  challenge: Uint8Array,
  { origins }: RelyingParty,
): Result<null, AssertionRefusal> {
  let read: unknown;
  try {
    read = JSON.parse(decodeUtf8(bytes) ?? "");
  } catch {
    return no("assertion-malformed", "the client's data is not JSON");
  }
  if (typeof read !== "object" || read === null)
    return no("assertion-malformed", "the client's data is no object");
  const said = new Map<string, unknown>(Object.entries(read));
  if (said.get("type") !== "webauthn.get" || said.has("tokenBinding"))
    return no("assertion-malformed", "the client's data is not an assertion's");
  if (said.get("challenge") !== encodeBase64Url(challenge))
    return no("signature-wrong", "another text than this was signed");
  if (!origins.some((origin) => origin === said.get("origin")))
    return no("assertion-elsewhere", "it was made on another site");
  // Absent is what older browsers say for false.
  if ((said.get("crossOrigin") ?? false) !== false || said.has("topOrigin"))
    return no("assertion-elsewhere", "it was made inside a page of another site");
  return ok(null);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

async function isSigned(
  { algorithm, publicKey }: Pick<Credential, "algorithm" | "publicKey">,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const spki = decodeBase64(publicKey);
  const [importing, verifying, raw] =
    algorithm === "ES256"
      ? [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-256" }, rawOfDer(signature)]
      : ["Ed25519", "Ed25519", signature.length === 64 ? signature : null];
  if (spki === null || raw === null) return false;
  try {
    const key = await crypto.subtle.importKey("spki", spki, importing, false, ["verify"]);
    return await crypto.subtle.verify(verifying, key, raw, bytes);
  } catch {
    return false;
  }
}
