// What would be done, minted by the actuator, which remembers its exact bytes. A person signs these bytes and nothing else, so all that
// the yes depends on stands in them: what runs, as whom, where, who asked and why, what must still hold, what health is judged by after it.
//
// Version history:
//   1  2026-11-22  first version
//   2  2026-11-29  `askedBy`, `reason`, `runAs`, `requires`, `precondition`, `verification`. One of version 1 is not read any more: what a host
//                  of version 1 mints cannot be signed by a person
//      2026-11-30  `isProtected`, which is left out where it is not so: what is minted without it is what it was
import * as z from "zod";
import { sha256Hex } from "../values/digest.ts";
import { BootId, HostId, ItemName, Nonce } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import {
  ARGV_ITEM_CHARS_MAX,
  ARGV_ITEMS_MAX,
  ASK_REASON_CHARS_MAX,
  CHECKS_PER_SERVICE_MAX,
  PROPOSAL_BYTES_MAX,
} from "../values/limits.ts";
import type { Result } from "../values/result.ts";
import { Level, LevelRule } from "./level-rule.ts";
import { readBytes, type Unreadable } from "./read-bytes.ts";
import { UnitState } from "./service-report.ts";

export const Argv = z.array(z.string().min(1).max(ARGV_ITEM_CHARS_MAX)).min(1).max(ARGV_ITEMS_MAX);

/** A user of the host, by name. */
export const UserName = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/);

/**
 * Who had the host asked for it, as the control plane said: the host cannot know better. What it is worth: the person who signs reads it,
 * and nobody can change it afterwards.
 */
export const Asker = z.discriminatedUnion("kind", [
  /** a rule, by its page reason */
  z.strictObject({ kind: z.literal("rule"), rule: ItemName }),
  /** a person, by responder id */
  z.strictObject({ kind: z.literal("person"), person: ItemName }),
  /** a service on the host itself */
  z.strictObject({ kind: z.literal("service"), service: ItemName }),
]);
export type Asker = z.infer<typeof Asker>;

/** Why it is asked for, in one line. */
export const AskReason = z.string().min(1).max(ASK_REASON_CHARS_MAX);

/** What of a unit's state must still hold when the grant arrives, compared by shared/src/host/same-unit.ts. */
export const Precondition = z.strictObject({
  activeState: UnitState.shape.activeState,
  invocationId: UnitState.shape.invocationId,
  result: UnitState.shape.result,
  isStarting: z.boolean(),
  /** absent: it is loaded */
  loadState: UnitState.shape.loadState,
});
export type Precondition = z.infer<typeof Precondition>;

export const Proposal = z.strictObject({
  version: z.literal(2),
  nonce: Nonce,
  hostId: HostId,
  bootId: BootId,
  action: ItemName,
  service: ItemName,
  level: Level,
  /** the exact argument vector that will run, sudo included */
  argv: Argv,
  /** the user that it runs as in the end */
  runAs: UserName,
  askedBy: Asker,
  reason: AskReason,
  /** the catalogue says that nobody says yes to it lightly: who does so types the service's name; absent: a yes is enough */
  isProtected: z.literal(true).optional(),
  /** what the host's trust demanded for this level when it was minted; admission asks the trust of its own moment again */
  requires: LevelRule,
  /** null: the service has no unit or pid file, so nothing can be compared */
  precondition: Precondition.nullable(),
  /** the unit as it was seen, for display */
  unitState: UnitState,
  /** what is looked at to say whether it helped: the unit or none, and the checks of the service by name */
  verification: z.strictObject({
    unit: z.string().max(200).nullable(),
    checks: z.array(ItemName).max(CHECKS_PER_SERVICE_MAX),
  }),
  /** host wall clock, for display only: admission uses the actuator's monotonic clock */
  mintedAt: Instant,
  /** how long the actuator will honour it, from minting, by its monotonic clock */
  lifetimeMs: z.int().min(1),
});
export type Proposal = z.infer<typeof Proposal>;

/** The proposal's name in a grant: SHA-256 over its exact bytes. */
export function proposalHashOf(proposalBytes: Uint8Array): string {
  return sha256Hex(proposalBytes);
}

/** Parses a proposal's bytes. */
export function parseProposal(bytes: Uint8Array): Result<Proposal, Unreadable> {
  return readBytes(Proposal, bytes, PROPOSAL_BYTES_MAX);
}
