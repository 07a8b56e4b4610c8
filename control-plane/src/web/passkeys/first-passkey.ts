// A passkey as a browser makes it, and how it is read before the desk takes it. SimpleWebAuthn reads CBOR and checks that it was made here, just now,
// by a device that looked at its owner; the key is then turned into what is pinned on hosts, which read no CBOR.
// What a reader would get wrong: no challenge is kept. It is drawn from the form's own token, which is good for this sign-in, this act and one hour.
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import * as z from "zod";
import { encodeBase64, encodeBase64Url } from "@countersign/shared/values/base64";
import { sha256Bytes } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { Credential, CredentialId, type RelyingParty } from "@countersign/shared/wire/assertion";
import type { SignIn } from "../../platform/sign-in-shapes.ts";
import type { PasskeyOptions } from "../signing/passkey-form.tsx";

/** COSE's numbers of the algorithms that hosts can check (RFC 9053 §2). */
const ALGORITHMS: ReadonlyMap<number, Credential["algorithm"]> = new Map([
  [-7, "ES256"],
  [-8, "EdDSA"],
]);

const Registration = z.object({
  id: CredentialId,
  rawId: CredentialId,
  type: z.literal("public-key"),
  response: z.object({ clientDataJSON: z.string(), attestationObject: z.string() }),
});

/** What the passkey answers, base64url: bound to the form by its token. */
export function registrationChallengeOf(token: string): string {
  return encodeBase64Url(sha256Bytes(encodeUtf8(`countersign-registration-v2\n${token}`)));
}

/** What `navigator.credentials.create()` is asked for. */
export function creationOptionsOf(asked: {
  readonly party: RelyingParty;
  readonly token: string;
  readonly reader: { readonly signIn: Pick<SignIn, "responder">; readonly name: string };
  /** credential ids that the person has: a device that holds one makes no second, which would take its place */
  readonly known?: readonly string[];
}): PasskeyOptions {
  const { known = [], party, reader, token } = asked;
  const { responder } = reader.signIn;
  return {
    rp: { id: party.rpId, name: "Countersign" },
    user: { id: encodeBase64Url(encodeUtf8(responder)), name: responder, displayName: reader.name },
    challenge: registrationChallengeOf(token),
    pubKeyCredParams: [...ALGORITHMS.keys()].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    excludeCredentials: known.map((id) => ({ type: "public-key", id })),
    attestation: "none",
  };
}

/** Reads what a browser made for one form. */
export async function readRegistration(
  text: string,
  expected: { readonly party: RelyingParty; readonly token: string; readonly name: string },
): Promise<Result<Credential, { readonly reason: "registration-wrong" }>> {
  const wrong = refuse({ reason: "registration-wrong" } as const);
  const made = Registration.safeParse(jsonOf(text));
  if (!made.success) return wrong;
  const verified = await verifiedOf(made.data, expected);
  if (verified === null) return wrong;
  const key = await spkiOf(verified.credential.publicKey);
  if (key === null) return wrong;
  const credential = Credential.safeParse({
    credentialId: verified.credential.id,
    ...key,
    isSynced: verified.credentialDeviceType === "multiDevice",
    name: expected.name,
  });
  return credential.success ? ok(credential.data) : wrong;
}

// The library throws whatever it does not like; to us that is an expected no.
async function verifiedOf(
  made: z.infer<typeof Registration>,
  { party, token }: { readonly party: RelyingParty; readonly token: string },
) {
  try {
    const { registrationInfo = null } = await verifyRegistrationResponse({
      response: { ...made, clientExtensionResults: {} },
      expectedChallenge: registrationChallengeOf(token),
      expectedOrigin: [...party.origins],
      expectedRPID: party.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS.keys()],
    });
    return registrationInfo;
  } catch {
    return null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A COSE key as SubjectPublicKeyInfo; null: it is of a kind that no host reads. */
async function spkiOf(
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<Pick<Credential, "algorithm" | "publicKey"> | null> {
  const key = decodeCredentialPublicKey(publicKey);
  const algorithm = ALGORITHMS.get(Number(key.get(cose.COSEKEYS.alg)));
  const raw = cose.isCOSEPublicKeyEC2(key)
    ? pointOf(key.get(cose.COSEKEYS.x), key.get(cose.COSEKEYS.y))
    : cose.isCOSEPublicKeyOKP(key)
      ? key.get(cose.COSEKEYS.x)
      : undefined;
  if (algorithm === undefined || raw === undefined) return null;
  const importing = algorithm === "ES256" ? { name: "ECDSA", namedCurve: "P-256" } : "Ed25519";
  try {
    const imported = await crypto.subtle.importKey("raw", raw, importing, true, ["verify"]);
    const spki = await crypto.subtle.exportKey("spki", imported);
    return { algorithm, publicKey: encodeBase64(new Uint8Array(spki as ArrayBuffer)) };
  } catch {
    return null;
  }
}

/** An uncompressed point (SEC 1 §2.3.3). */
function pointOf(
  x: Uint8Array<ArrayBuffer> | undefined,
  y: Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> | undefined {
  return x?.length === 32 && y?.length === 32 ? Uint8Array.from([4, ...x, ...y]) : undefined;
}
