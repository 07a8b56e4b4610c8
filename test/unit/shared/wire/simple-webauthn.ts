// SimpleWebAuthn's verdict on the same assertion, beside ours: what a library says that reads all that WebAuthn has.
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import type { Assertion, Credential, RelyingParty } from "@countersign/shared/wire/assertion";

/** A pinned key as COSE (RFC 9053 §7.1.1 and §7.2), from its SPKI. */
export function coseOf({ algorithm, publicKey }: Credential): Uint8Array<ArrayBuffer> {
  const spki = Buffer.from(publicKey, "base64");
  const bytes =
    algorithm === "ES256"
      ? [
          0xa5,
          1,
          2,
          3,
          0x26,
          0x20,
          1,
          0x21,
          0x58,
          0x20,
          ...spki.subarray(27, 59),
          0x22,
          0x58,
          0x20,
          ...spki.subarray(59),
        ]
      : [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20, ...spki.subarray(12)];
  return new Uint8Array(bytes);
}

/** Null: it accepts; else why not. Its stored counter is 0, so that it looks at no counter but one that is 0 as well. */
export async function verdictOfSimpleWebAuthn(
  { authenticatorData, clientDataJSON, credentialId, signature }: Assertion,
  expected: { readonly credential: Credential; readonly challenge: Uint8Array; readonly party: RelyingParty },
): Promise<string | null> {
  const { challenge, credential, party } = expected;
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: { authenticatorData, clientDataJSON, signature },
      },
      expectedChallenge: encodeBase64Url(challenge),
      expectedOrigin: [...party.origins],
      expectedRPID: party.rpId,
      credential: { id: credential.credentialId, publicKey: coseOf(credential), counter: 0 },
      requireUserVerification: true,
    });
    return verified ? null : "the signature does not hold";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
