// A passkey whose every part can be bent, for tests: what a browser and a phone would say, and what they never would. Node's crypto, both
// algorithms. The story's own authenticator (control-plane/embedded/story) is the honest one.
import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import type { Assertion, Credential } from "@countersign/shared/wire/assertion";

export const FLAG = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extended: 0x80,
};
const HONEST_FLAGS = FLAG.userPresent | FLAG.userVerified;

/** As it is kept in fixtures: the private key is PKCS#8 in base64. */
export interface StoredPasskey {
  readonly credential: Credential;
  readonly privateKey: string;
}

export interface Passkey extends StoredPasskey {
  readonly key: KeyObject;
}

/** What is said otherwise than by an honest browser and phone. */
export interface Bend {
  readonly clientData?: Readonly<Record<string, unknown>>;
  /** the whole of it */
  readonly clientDataText?: string;
  readonly rpId?: string;
  readonly flags?: number;
  readonly counter?: number;
  /** behind the counter */
  readonly tail?: Uint8Array;
}

export const PARTY = { rpId: "desk.example.org", origins: ["https://desk.example.org"] };

/** Draws a new one. */
export function newPasskey(
  name: string,
  { algorithm = "ES256", isSynced = false }: Partial<Pick<Credential, "algorithm" | "isSynced">> = {},
): Passkey {
  const { privateKey, publicKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("ed25519");
  const spki = publicKey.export({ format: "der", type: "spki" });
  const credentialId = createHash("sha256").update(spki).digest().subarray(0, 20).toString("base64url");
  return {
    key: privateKey,
    privateKey: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
    credential: { credentialId, algorithm, publicKey: spki.toString("base64"), isSynced, name },
  };
}

/** Signs a challenge, honestly where nothing is bent. */
export function signChallenge(passkey: Passkey, challenge: Uint8Array, bend: Bend = {}): Assertion {
  const { credential, key } = passkey;
  const { counter = credential.isSynced ? 0 : 1, rpId = PARTY.rpId, tail = new Uint8Array() } = bend;
  const said = {
    type: "webauthn.get",
    challenge: encodeBase64Url(challenge),
    origin: PARTY.origins[0],
    crossOrigin: false,
  };
  const clientData = Buffer.from(bend.clientDataText ?? JSON.stringify({ ...said, ...bend.clientData }));
  const synced = credential.isSynced ? FLAG.backupEligible | FLAG.backedUp : 0;
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const flags = Buffer.from([bend.flags ?? HONEST_FLAGS | synced]);
  const data = Buffer.concat([sha256(Buffer.from(rpId)), flags, count, tail]);
  const signed = Buffer.concat([data, sha256(clientData)]);
  return {
    scheme: "webauthn",
    credentialId: credential.credentialId,
    authenticatorData: data.toString("base64url"),
    clientDataJSON: clientData.toString("base64url"),
    signature: sign(credential.algorithm === "ES256" ? "sha256" : null, signed, key).toString("base64url"),
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
