// Proposal and grant. The actuator mints a proposal and remembers its exact bytes; a grant names the proposal by hash.
// So the host alone says what will run, and a grant can only say yes to it.
import * as z from "zod";
import { sha256Hex } from "../values/digest.ts";
import { BootId, HostId, ItemName, Nonce, RandomId, Sha256Hex } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import {
  ARGV_ITEM_CHARS_MAX,
  ARGV_ITEMS_MAX,
  GRANT_BYTES_MAX,
  PROPOSAL_BYTES_MAX,
} from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { decodeUtf8 } from "../values/utf8.ts";
import { UnitState } from "./service-report.ts";

/** 1 observe, 2 retry or reset, 3 provider failover, 4 restart, 5 config fallback. Levels 4 and 5 always need a human. */
export const Level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);
export type Level = z.infer<typeof Level>;

export const Argv = z.array(z.string().min(1).max(ARGV_ITEM_CHARS_MAX)).min(1).max(ARGV_ITEMS_MAX);

/** What would be done, minted by the actuator. */
export const Proposal = z.strictObject({
  version: z.literal(1),
  nonce: Nonce,
  hostId: HostId,
  bootId: BootId,
  action: ItemName,
  service: ItemName,
  level: Level,
  /** the exact argument vector that will run, sudo included */
  argv: Argv,
  /** the state that must still hold when the grant arrives; admission compares it by shared/src/host/same-unit.ts */
  unitState: UnitState,
  /** host wall clock, for display only: admission uses the actuator's monotonic clock */
  mintedAt: Instant,
  /** how long the actuator will honour it, from minting, by its monotonic clock */
  lifetimeMs: z.int().min(1),
});
export type Proposal = z.infer<typeof Proposal>;

/** The signed permission: the payload of an `Envelope`. */
export const Grant = z.strictObject({
  version: z.literal(1),
  grantId: RandomId,
  hostId: HostId,
  nonce: Nonce,
  proposalHash: Sha256Hex,
  action: ItemName,
  service: ItemName,
  /** responder id of the person who said yes, and when by the desk's clock; for the host's journal */
  approvedBy: z.string().min(1).max(64),
  approvedAt: Instant,
  /**
   * The grant is void once the proposal is older than this by the host's own monotonic clock. The desk computes it as
   * (approval − receipt of the proposal, by its clock) + the grant's validity, so a wrong wall clock on either side
   * cannot stretch it.
   */
  proposalAgeMaxMs: z.int().min(1),
});
export type Grant = z.infer<typeof Grant>;

/** The hash a person approves: SHA-256 over the proposal's exact bytes. */
export function proposalHashOf(proposalBytes: Uint8Array): string {
  return sha256Hex(proposalBytes);
}

export interface Unreadable {
  readonly reason: "too-large" | "not-json" | "wrong-shape";
  readonly detail: string;
}

/** Parses a proposal's bytes. */
export function parseProposal(bytes: Uint8Array): Result<Proposal, Unreadable> {
  return parseBytes(Proposal, bytes, PROPOSAL_BYTES_MAX);
}

/** Parses a grant's bytes; call only after the envelope was verified. */
export function parseGrant(bytes: Uint8Array): Result<Grant, Unreadable> {
  return parseBytes(Grant, bytes, GRANT_BYTES_MAX);
}

function parseBytes<T>(schema: z.ZodType<T>, bytes: Uint8Array, bytesMax: number): Result<T, Unreadable> {
  if (bytes.length > bytesMax)
    return refuse({ reason: "too-large", detail: `${bytes.length} bytes, at most ${bytesMax}` });
  const text = decodeUtf8(bytes);
  if (text === null) return refuse({ reason: "not-json", detail: "not UTF-8" });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse({ reason: "not-json", detail: String(error) });
  }
  const parsed = schema.safeParse(json);
  return parsed.success
    ? ok(parsed.data)
    : refuse({ reason: "wrong-shape", detail: z.prettifyError(parsed.error) });
}
