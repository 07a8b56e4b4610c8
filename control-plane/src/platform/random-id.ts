// Randomness of the shell: ids and secrets. The core gets ids as an argument.
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { type IdPrefix, makeId } from "@countersign/shared/values/ids";

/** A new id: prefix and 128 random bits. */
export function newId(prefix: IdPrefix): string {
  return makeId(prefix, crypto.getRandomValues(new Uint8Array(16)));
}

/** Names one life of an object: 96 random bits as 16 characters of base64url. */
export function newEpoch(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(12)));
}

/** 256 random bits as 43 characters of base64url. */
export function newSecret(): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
