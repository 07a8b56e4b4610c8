// Enrolment over HTTPS: POST /v1/enrol with a one-time token and a proof that the caller holds the private key.
// The token carries the desk key's fingerprint, so a host pins the right key even if its first contact is intercepted.
import * as z from "zod";
import { sha256Hex } from "../values/digest.ts";
import { HostId, ShardName } from "../values/ids.ts";
import { encodeUtf8 } from "../values/utf8.ts";
import { RelyingParty } from "./assertion.ts";
import { SignedTrust } from "./fleet-trust.ts";
import { PublicKey } from "./public-key.ts";

/** `cse_` + 43 characters of base64url secret + `.` + first 32 hex digits of SHA-256 over the desk's raw public key. */
export const EnrolmentToken = z.string().regex(/^cse_[A-Za-z0-9_-]{43}\.[0-9a-f]{32}$/);

export const EnrolmentRequest = z.strictObject({
  /** 1: an agent from before 2026-11-29, which is answered in that version */
  version: z.union([z.literal(1), z.literal(2)]),
  token: EnrolmentToken,
  publicKey: PublicKey,
  /** for display only */
  hostname: z.string().min(1).max(253),
  /** Ed25519 over `enrolmentBytesOf(token, publicKey)` */
  signature: z.base64().length(88),
});
export type EnrolmentRequest = z.infer<typeof EnrolmentRequest>;

const answered = {
  hostId: HostId,
  shard: ShardName,
  deskKeyId: z.string().max(80),
  deskPublicKey: PublicKey,
};
/** What an agent from before 2026-11-29 is answered: its host is watched, and nothing can be asked of it. */
export const FirstEnrolmentAnswer = z.strictObject({ version: z.literal(1), ...answered });
export type FirstEnrolmentAnswer = z.infer<typeof FirstEnrolmentAnswer>;

export const EnrolmentAnswer = z.strictObject({
  version: z.literal(2),
  ...answered,
  /** where people sign; root looks at it before it is pinned. null: the desk is reached by an address, which has no passkeys */
  party: RelyingParty.nullable(),
  /** the newest version of the fleet's trust, which root compares by its words; null: the fleet has no approver yet */
  trust: SignedTrust.nullable(),
});
export type EnrolmentAnswer = z.infer<typeof EnrolmentAnswer>;

/** The bytes a host signs to prove possession while enrolling. */
export function enrolmentBytesOf(token: string, publicKey: string): Uint8Array<ArrayBuffer> {
  return encodeUtf8(["countersign-enrol-v1", token, publicKey].join("\n"));
}

/** Fingerprint of a raw public key as an enrolment token carries it. */
export function keyFingerprintOf(publicKey: Uint8Array): string {
  return sha256Hex(publicKey).slice(0, 32);
}

/** Where an enrolled agent connects: path below the control plane's URL. */
export function connectPathOf(shard: string, hostId: string): string {
  return `/v1/agent/connect/${shard}/${hostId}`;
}
