// Approvals of the unit tests of their words, by what differs from one that waits.
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Readers } from "../../../../control-plane/src/web/approvals/who.ts";
import { OUTCOME, PROPOSAL, PROPOSAL_HASH, PROPOSAL_TEXT, SERVICE } from "../../core/desk/desk-fixtures.ts";

export const NOW = Date.UTC(2026, 10, 28, 2, 12, 2);
export const MINUTE_MS = 60_000;
export const READERS: Readers = {
  reader: "alice",
  names: new Map([
    ["alice", "Alice"],
    ["omar", "Omar"],
  ]),
};

/** One that waits, with what is given. */
export function anApproval(given: Partial<Approval> = {}): Approval {
  return {
    approvalId: "apr_1",
    incidentId: "inc_1",
    findingId: "fnd_1",
    requestId: "prq_1",
    askedBy: { kind: "rule", reason: "check-failing" },
    subject: SERVICE,
    proposalBytes: PROPOSAL_TEXT,
    proposalHash: PROPOSAL_HASH,
    proposal: PROPOSAL,
    state: "seen",
    requestedAt: NOW - MINUTE_MS,
    deliveredAt: null,
    seenAt: null,
    expiresAt: NOW + 30 * MINUTE_MS,
    decidedAt: null,
    decidedBy: null,
    grantId: null,
    grantExpiresAt: null,
    isGrantDelivered: false,
    outcome: null,
    end: null,
    settleMs: MINUTE_MS,
    ...given,
  };
}

/** One that has failed by the host's word. */
export function failedBy(given: Partial<Outcome>, more: Partial<Approval> = {}): Approval {
  const outcome = { ...OUTCOME, grantId: "grt_1", ...given };
  const { refusal, status } = outcome;
  return anApproval({ state: "failed", outcome, end: { reason: "outcome", status, refusal }, ...more });
}
