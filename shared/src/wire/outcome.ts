// How an execution ended, as the actuator journals and reports it. `lost` means journalled and then no word: unknown whether
// it ran; it is reported and never re-run.
import * as z from "zod";
import { ItemName, Nonce } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { SUMMARY_CHARS_MAX } from "../values/limits.ts";
import { UnitState } from "./service-report.ts";

/**
 * Why the actuator said no. The audit row keeps it; the view says in plain words what a person can mend of the world, and of
 * signatures only that the host did not take the yes.
 */
export const RefusalReason = z.enum([
  "action-unknown",
  "budget-exhausted",
  "catalogue-changed",
  "envelope-malformed",
  "expired",
  "frozen",
  "nonce-unknown",
  "nonce-used",
  "own-unit",
  "precondition-changed",
  "proposal-mismatch",
  "rebooted",
  "record-refused",
  "signature-missing",
  "signature-wrong",
  "wrong-host",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

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
  /** the actuator's sequence number of this outcome: what an acknowledgement names */
  sequence: z.int().min(1),
});
export type Outcome = z.infer<typeof Outcome>;
