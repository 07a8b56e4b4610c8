// The signed permission, the payload of an `Envelope`. It names the proposal by the hash of its exact bytes: the host alone says what will
// run, and a grant can only say yes to it.
//
// Version history:
//   1  2026-11-22  first version
//   2  2026-11-29  the envelope carries people's own signatures; who decided is what the desk says, and the host believes those signatures
import * as z from "zod";
import { HostId, ItemName, Nonce, RandomId, Sha256Hex } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { GRANT_BYTES_MAX } from "../values/limits.ts";
import type { Result } from "../values/result.ts";
import { readBytes, type Unreadable } from "./read-bytes.ts";

export const Grant = z.strictObject({
  version: z.literal(2),
  grantId: RandomId,
  hostId: HostId,
  nonce: Nonce,
  proposalHash: Sha256Hex,
  action: ItemName,
  service: ItemName,
  /** who decided, as the desk says, and when by its clock; for the host's journal */
  approvedBy: z.string().min(1).max(64),
  approvedAt: Instant,
  /**
   * The grant is void once the proposal is older than this by the host's own monotonic clock. The desk computes it as
   * (approval − receipt of the proposal, by its clock) + the grant's validity, so a wrong wall clock on either side
   * cannot stretch it. A desk that lies can stretch it to the proposal's own lifetime, and no further.
   */
  proposalAgeMaxMs: z.int().min(1),
});
export type Grant = z.infer<typeof Grant>;

/** Parses a grant's bytes; call only after the envelope was verified. */
export function parseGrant(bytes: Uint8Array): Result<Grant, Unreadable> {
  return readBytes(Grant, bytes, GRANT_BYTES_MAX);
}
