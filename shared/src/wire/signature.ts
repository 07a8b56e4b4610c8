// Ed25519 through WebCrypto, alike in workerd and Node 24. Public keys travel raw (32 bytes), private keys as PKCS#8;
// both in base64. Not pure: key generation draws randomness.
import { decodeBase64, encodeBase64 } from "../values/base64.ts";
import { assert } from "../values/result.ts";

/** The platform's key object; its global type has another name in each of the two typings. */
type WebCryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** A key pair as stored: `publicKey` raw base64 (32 bytes), `privateKey` PKCS#8 base64. */
export interface StoredKeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Makes a new Ed25519 key pair. */
export async function generateKeyPair(): Promise<StoredKeyPair> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as {
    publicKey: WebCryptoKey;
    privateKey: WebCryptoKey;
  };
  return {
    publicKey: encodeBase64(await exportBytes("raw", pair.publicKey)),
    privateKey: encodeBase64(await exportBytes("pkcs8", pair.privateKey)),
  };
}

async function exportBytes(format: "raw" | "pkcs8", key: WebCryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const exported: unknown = await crypto.subtle.exportKey(format, key);
  assert(exported instanceof ArrayBuffer, "a key exported as bytes is bytes");
  return new Uint8Array(exported);
}

/** Signs bytes with a PKCS#8 base64 private key; throws when the key itself is unreadable. */
export async function signBytes(
  privateKey: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const pkcs8 = decodeBase64(privateKey);
  if (pkcs8 === null) throw new Error("Read private key: it is not base64");
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, bytes));
}

/** Says whether a signature over bytes was made by the key; an unreadable key or signature is a plain no. */
export async function isSignedBy(
  publicKey: string,
  signature: Uint8Array<ArrayBuffer>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const raw = decodeBase64(publicKey);
  if (raw === null || raw.length !== 32 || signature.length !== 64) return false;
  try {
    const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, bytes);
  } catch {
    return false;
  }
}
