// How an execution ended, as the actuator journals and reports it. `lost` means journalled and then no word: unknown whether
// it ran; it is reported and never re-run.
import * as z from "zod";
import { ItemName, Nonce } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { ENVELOPE_SIGNATURES_MAX, SUMMARY_CHARS_MAX } from "../values/limits.ts";
import { CredentialId } from "./assertion.ts";
import { UnitState } from "./service-report.ts";

/**
 * Why the actuator said no. The audit row keeps it; the view says in plain words what a person can mend of the world, and of
 * signatures only that the host did not take the yes.
 */
export const RefusalReason = z.enum([
  "action-unknown",
  "asker-signed",
  "assertion-elsewhere",
  "assertion-malformed",
  "budget-exhausted",
  "catalogue-changed",
  "credential-synced",
  "credential-unknown",
  "envelope-malformed",
  "expired",
  "frozen",
  "level-closed",
  "nonce-unknown",
  "nonce-used",
  "own-unit",
  "people-missing",
  "precondition-changed",
  "proposal-mismatch",
  "rebooted",
  "record-refused",
  "signature-missing",
  "signature-repeated",
  "signature-wrong",
  "standing-mismatch",
  "standing-over",
  "standing-used-up",
  "user-not-verified",
  "wrong-host",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

/** Who signed, as the host itself has verified it: its own verdict. */
export const VerifiedSigner = z.discriminatedUnion("scheme", [
  z.strictObject({ scheme: z.literal("ed25519"), keyId: z.string().max(80) }),
  z.strictObject({
    scheme: z.literal("webauthn"),
    /** responder id, by the fleet's trust as this host has it */
    person: ItemName,
    credentialId: CredentialId,
    /** the passkey's count of signatures, 0 where it keeps none */
    counter: z.int().min(0),
    /** the highest count seen here before, where this one is not higher: the passkey may have been copied. absent: all is well */
    counterBefore: z.int().min(1).optional(),
    /** the yes in advance that was signed, by its nonce; absent: the act itself was */
    standing: Nonce.optional(),
  }),
]);
export type VerifiedSigner = z.infer<typeof VerifiedSigner>;

/** The desk's key and as many people as a yes in advance may carry. */
export const SIGNERS_MAX = ENVELOPE_SIGNATURES_MAX + 1;

export const Outcome = z.strictObject({
  /** nonce of the proposal; null when the grant was so malformed that it named none */
  nonce: Nonce.nullable(),
  grantId: z.string().max(80).nullable(),
  action: ItemName.nullable(),
  service: ItemName.nullable(),
  status: z.enum(["succeeded", "failed", "timed-out", "refused", "lost"]),
  refusal: RefusalReason.nullable(),
  detail: z.string().max(SUMMARY_CHARS_MAX),
  unitBefore: UnitState.nullable(),
  unitAfter: UnitState.nullable(),
  startedAt: Instant,
  finishedAt: Instant,
  /** of what ran; absent: nothing ran, or an agent from before 2026-11-29 tells it */
  signers: z.array(VerifiedSigner).max(SIGNERS_MAX).optional(),
  /** the actuator's sequence number of this outcome: what an acknowledgement names */
  sequence: z.int().min(1),
});
export type Outcome = z.infer<typeof Outcome>;
