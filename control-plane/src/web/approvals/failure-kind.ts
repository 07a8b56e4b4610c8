// In which way an approved act failed, and the words that depend on that alone. Pure. Of each it is said whether it ran:
// some did not, of some nobody knows.
import type { ApprovalEnd } from "../../core/desk/records/approval-end.ts";
import type { Approval } from "../../core/desk/records/approval.ts";

export type FailureKind =
  | "undelivered"
  | "recalled"
  | "retired"
  | "unheard"
  | "unverified"
  | "ineffective"
  | "refused"
  | "timed-out"
  | "failed";

/** What an end says by itself; of every other the host's word decides. */
const BY_END: ReadonlyMap<ApprovalEnd["reason"], FailureKind> = new Map([
  ["grant-undelivered", "undelivered"],
  ["recalled", "recalled"],
  ["host-retired", "retired"],
  ["verification-missing", "unverified"],
  ["ineffective", "ineffective"],
]);

/** Of an approval that has failed; the host's word comes before the lack of one. */
export function failureKindOf({ end, outcome }: Pick<Approval, "end" | "outcome">): FailureKind {
  const known = end === null ? undefined : BY_END.get(end.reason);
  if (known !== undefined) return known;
  switch (outcome?.status) {
    case "refused":
    case "timed-out":
    case "failed":
      return outcome.status;
    case "succeeded":
      return "ineffective";
    case "lost":
    case undefined:
      return "unheard";
  }
}

interface ShortWords {
  /** of the badge */
  readonly label: string;
  /** `The restart of nginx on web-1 …` */
  readonly became: string;
}

export const FAILURES: Readonly<Record<FailureKind, ShortWords>> = {
  undelivered: { label: "Did not run", became: "did not run" },
  recalled: { label: "Called back", became: "was called back" },
  retired: { label: "Not known", became: "may have run" },
  unheard: { label: "Not known", became: "may have run" },
  unverified: { label: "Not known", became: "ran, and may not have helped" },
  ineffective: { label: "Did not help", became: "did not help" },
  refused: { label: "Refused", became: "was refused" },
  "timed-out": { label: "Failed", became: "did not finish in time" },
  failed: { label: "Failed", became: "failed" },
};
