// The fleet's trust: who may approve, what each level demands, which desk keys count. One text for all hosts, each version signed by people of
// the one before it. It travels through the control plane, which nobody has to trust for it: see trust-chain.ts.
//
// Version history of the format:
//   2  2026-11-29  first version (what hosts of version 1 trust stands in their own file alone)
import * as z from "zod";
import { sha256Hex } from "../values/digest.ts";
import { ItemName, Sha256Hex } from "../values/ids.ts";
import {
  APPROVERS_MAX,
  CREDENTIALS_PER_PERSON_MAX,
  ENVELOPE_SIGNATURES_MAX,
  TRUST_BYTES_MAX,
} from "../values/limits.ts";
import type { Result } from "../values/result.ts";
import { Assertion, Credential } from "./assertion.ts";
import { LevelRules, PEOPLE_MAX } from "./level-rule.ts";
import { DeskKeys } from "./public-key.ts";
import { readBytes, type Unreadable } from "./read-bytes.ts";

export const Approver = z.strictObject({
  /** responder id */
  person: ItemName,
  credentials: z.array(Credential).min(1).max(CREDENTIALS_PER_PERSON_MAX),
});
export type Approver = z.infer<typeof Approver>;

/** Grows by one with each change, and never goes back. */
export const FleetTrustVersion = z.int().min(1).max(1_000_000);

export const FleetTrust = z
  .strictObject({
    format: z.literal(2),
    version: FleetTrustVersion,
    /** SHA-256 over the exact bytes of the version before; null: it is the first */
    previous: Sha256Hex.nullable(),
    approvers: z.array(Approver).min(1).max(APPROVERS_MAX),
    /** how many distinct approvers must sign the next version */
    threshold: z.int().min(1).max(PEOPLE_MAX),
    /** by level; a level without a rule is closed */
    levels: LevelRules,
    deskKeys: DeskKeys,
  })
  .superRefine((trust, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const { approvers, levels, threshold } = trust;
    if ((trust.version === 1) !== (trust.previous === null))
      complain(["previous"], "only the first version has none before it");
    const people = approvers.map(({ person }) => person);
    if (new Set(people).size !== people.length) complain(["approvers"], "each person once");
    const credentials = approvers.flatMap((approver) => approver.credentials);
    // One key under two names would let one gesture pass for two people's.
    for (const name of ["credentialId", "publicKey"] as const)
      if (new Set(credentials.map((credential) => credential[name])).size !== credentials.length)
        complain(["approvers"], `the same ${name} is there twice`);
    if (threshold > people.length) complain(["threshold"], "there are not so many approvers");
    for (const [level, rule] of Object.entries(levels))
      if (rule !== undefined && rule.people > people.length)
        complain(["levels", level, "people"], "there are not so many approvers");
  });
export type FleetTrust = z.infer<typeof FleetTrust>;

/** One version as it travels and is kept. */
export const SignedTrust = z.strictObject({
  /** base64 of its exact bytes */
  trust: z.base64().max(Math.ceil(TRUST_BYTES_MAX / 3) * 4),
  /** by approvers of the version before; of the first version none: root compares its words */
  signatures: z.array(Assertion).max(ENVELOPE_SIGNATURES_MAX),
});
export type SignedTrust = z.infer<typeof SignedTrust>;

/** By what a version is known without its text. */
export const TrustMark = z.strictObject({ version: FleetTrustVersion, hash: Sha256Hex });
export type TrustMark = z.infer<typeof TrustMark>;

/** SHA-256 over the exact bytes of a version. */
export function trustHashOf(bytes: Uint8Array): string {
  return sha256Hex(bytes);
}

/** Parses the bytes of a version; whether they may be believed is another question. */
export function parseTrust(bytes: Uint8Array): Result<FleetTrust, Unreadable> {
  return readBytes(FleetTrust, bytes, TRUST_BYTES_MAX);
}
