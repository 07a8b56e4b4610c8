// What was used of yeses in advance: each approval that one decided, and what came of it. Pure. What a reader would get wrong: an approval that a
// freeze took back, or that its host refused, was a use too: the desk counts what it has said yes to, the host what it has run.
import type { ApprovalEnd } from "../records/approval-end.ts";
import type { Approval, ApprovalState } from "../records/approval.ts";

/** One use. */
export interface StandingUse {
  readonly standingId: string;
  readonly approvalId: string;
  readonly incidentId: string;
  readonly usedAt: number;
  readonly state: ApprovalState;
  readonly end: ApprovalEnd | null;
}

/** The uses among some approvals, the newest first. */
export function standingUsesIn(approvals: readonly Approval[]): readonly StandingUse[] {
  return approvals
    .flatMap(({ approvalId, decidedAt, end, incidentId, requestedAt, standingId, state }) =>
      standingId === undefined
        ? []
        : [{ standingId, approvalId, incidentId, usedAt: decidedAt ?? requestedAt, state, end }],
    )
    .toSorted((left, right) => right.usedAt - left.usedAt);
}
