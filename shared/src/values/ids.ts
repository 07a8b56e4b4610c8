// The shapes of identifiers. A host's id is derived from its public key, so identity is the key and never the hostname.
// Random ids take their bytes as an argument: pure code must not draw randomness itself.
import * as z from "zod";
import { encodeBase64Url } from "./base64.ts";
import { sha256Hex } from "./digest.ts";

/** `host_` and the first 32 hex digits of SHA-256 over the raw Ed25519 public key. */
export const HostId = z.string().regex(/^host_[0-9a-f]{32}$/);
/** Name of a shard: the Durable Object's name. */
export const ShardName = z.string().regex(/^shard-[0-9]{1,4}$/);
/** Name of a service, check or action as written in a catalogue: lower-case kebab. */
export const ItemName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, {
  error: "expected a name of lower-case letters, digits and dashes, such as web-1",
});
/** 128 bits or more of randomness from the actuator, base64url. */
export const Nonce = z.string().regex(/^[A-Za-z0-9_-]{22,64}$/);
/** The kernel's boot id (`/proc/sys/kernel/random/boot_id`), or a random stand-in of the same shape. */
export const BootId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
/** SHA-256 in hex. */
export const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
/** Ids made by the control plane: a prefix and 128 random bits. */
export const RandomId = z
  .string()
  .regex(/^(?:inc|apr|grt|prq|dev|sgn|con|sil|std|tst|dig)_[A-Za-z0-9_-]{22}$/);

/** Of a test page. */
export const TestPageId = z.string().regex(/^tst_[A-Za-z0-9_-]{22}$/);

export type IdPrefix =
  | "inc"
  | "fnd"
  | "apr"
  | "grt"
  | "prq"
  | "dev"
  | "sgn"
  | "con"
  | "sil"
  | "std"
  | "tst"
  | "dig";

/** Derives a host's id from its raw 32-byte public key. */
export function hostIdOf(publicKey: Uint8Array): string {
  return `host_${sha256Hex(publicKey).slice(0, 32)}`;
}

/** Makes an id from 16 random bytes. */
export function makeId(prefix: IdPrefix, randomBytes: Uint8Array): string {
  return `${prefix}_${encodeBase64Url(randomBytes.subarray(0, 16))}`;
}
