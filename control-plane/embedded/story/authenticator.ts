// A software authenticator: it plays a person's phone in the story and in tests, and never runs in the Worker. Node's WebCrypto, ES256. It makes a
// passkey with an attestation of format "none" and signs challenges, both as a browser would give them (`PublicKeyCredential.toJSON()`).
// It checks nobody's finger: whoever holds the object is the person.
import { createHash, randomBytes } from "node:crypto";

export interface AuthenticatorOptions {
  /** the address of the page that asks, such as http://localhost:8787 */
  readonly origin: string;
  readonly rpId: string;
  /** BE and BS: a passkey that its maker copies to other devices; default: device-bound, with a counter */
  readonly isSynced?: boolean;
}

/** As `navigator.credentials.create()` gives it, in JSON. */
export interface RegistrationJson {
  readonly id: string;
  readonly rawId: string;
  readonly type: "public-key";
  readonly clientExtensionResults: object;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
}

/** An assertion's parts, all base64url: shaped as `Assertion` of shared/src/wire/assertion.ts. */
export interface SignedChallenge {
  readonly scheme: "webauthn";
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

export interface SoftwareAuthenticator {
  readonly credentialId: string;
  /** SPKI, base64 */
  readonly publicKey: string;
  readonly isSynced: boolean;
  /** PKCS8, base64: for a browser that plays the same phone */
  readonly privateKey: () => Promise<string>;
  readonly register: (challenge: Uint8Array) => RegistrationJson;
  readonly sign: (challenge: Uint8Array, oddly?: Oddity) => Promise<SignedChallenge>;
}

/** How a signature can be other than what this authenticator gives to the desk's own page: for attacks in tests. */
export interface Oddity {
  /** the page that asks is another one */
  readonly origin?: string;
  readonly rpId?: string;
  /** nobody's finger or face is checked */
  readonly isUnverified?: boolean;
  /** in a frame of another site's page */
  readonly isCrossOrigin?: boolean;
  /** such as `webauthn.create` */
  readonly type?: string;
}

/** The platform's key object; its global type has another name in Node's typings than in workerd's, where actors' tests make passkeys too. */
type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;
interface KeyPair {
  readonly publicKey: WebCryptoKey;
  readonly privateKey: WebCryptoKey;
}

const FLAG = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 };

/** Makes one with one passkey. */
export async function newAuthenticator(options: AuthenticatorOptions): Promise<SoftwareAuthenticator> {
  const { isSynced = false, origin, rpId } = options;
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as KeyPair;
  const point = Buffer.from(await crypto.subtle.exportKey("raw", pair.publicKey));
  const publicKey = Buffer.from(await crypto.subtle.exportKey("spki", pair.publicKey)).toString("base64");
  const id = randomBytes(16);
  const synced = isSynced ? FLAG.backupEligible | FLAG.backedUp : 0;
  let counter = 0;

  function dataOf(flags: number, attested: Uint8Array = new Uint8Array(), domain = rpId): Buffer {
    const count = Buffer.alloc(4);
    // one that is synced keeps none
    count.writeUInt32BE(isSynced ? 0 : (counter += 1));
    const present = FLAG.userPresent | synced;
    return Buffer.concat([sha256(Buffer.from(domain)), Buffer.from([present | flags]), count, attested]);
  }
  const clientDataOf = (type: string, challenge: Uint8Array, oddly: Oddity = {}) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: Buffer.from(challenge).toString("base64url"),
        origin: oddly.origin ?? origin,
        crossOrigin: oddly.isCrossOrigin ?? false,
      }),
    );

  return {
    credentialId: id.toString("base64url"),
    publicKey,
    isSynced,
    privateKey: async () =>
      Buffer.from(await crypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64"),
    register: (challenge) => {
      const length = Buffer.from([id.length >> 8, id.length & 0xff]);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseOf(point)]);
      const data = dataOf(FLAG.userVerified | FLAG.attested, attested);
      return {
        id: id.toString("base64url"),
        rawId: id.toString("base64url"),
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientDataOf("webauthn.create", challenge).toString("base64url"),
          attestationObject: attestationOf(data).toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    sign: async (challenge, oddly = {}) => {
      const data = dataOf(oddly.isUnverified === true ? 0 : FLAG.userVerified, undefined, oddly.rpId);
      const clientData = clientDataOf(oddly.type ?? "webauthn.get", challenge, oddly);
      const signed = await crypto.subtle.sign(
        { name: "ECDSA", hash: "SHA-256" },
        pair.privateKey,
        Buffer.concat([data, sha256(clientData)]),
      );
      return {
        scheme: "webauthn",
        credentialId: id.toString("base64url"),
        authenticatorData: data.toString("base64url"),
        clientDataJSON: clientData.toString("base64url"),
        signature: derOf(Buffer.from(signed)).toString("base64url"),
      };
    },
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** A P-256 key in COSE (RFC 9053 §7.1.1), from its uncompressed point. */
function coseOf(point: Buffer): Buffer {
  const head = Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
  return Buffer.concat([head, point.subarray(1, 33), Buffer.from([0x22, 0x58, 0x20]), point.subarray(33)]);
}

/** `{ fmt: "none", attStmt: {}, authData }` in CBOR. */
function attestationOf(data: Buffer): Buffer {
  const head = Buffer.from("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59", "latin1");
  return Buffer.concat([head, Buffer.from([data.length >> 8, data.length & 0xff]), data]);
}

/** r ‖ s as DER. */
function derOf(raw: Buffer): Buffer {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const start = half.findIndex((byte) => byte !== 0);
    const digits = half.subarray(start);
    const padded = (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
    return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
