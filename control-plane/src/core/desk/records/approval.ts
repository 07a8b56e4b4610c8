// A question to people, may this run, and what became of it: asked, answered, handed over, run, verified. It goes with its incident.
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Proposal } from "@countersign/shared/wire/proposal";
import type { Actor, Person } from "../../words/actor.ts";
import type { AskedBy } from "../../words/signal.ts";
import type { ServiceSubject } from "../../words/subject.ts";
import type { ApprovalEnd } from "./approval-end.ts";
import type { DeskRecord } from "./desk-record.ts";

export const APPROVAL_STATES = [
  "requested",
  "delivered",
  "seen",
  "approved",
  "denied",
  "expired",
  "superseded",
  "executing",
  "verified",
  "failed",
] as const;

export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** What one person's passkey has signed over the exact bytes of a proposal, as the desk has verified it. */
export interface PersonSignature {
  readonly by: Person;
  readonly at: number;
  readonly credentialId: string;
  /** by what people know the passkey */
  readonly credentialName: string;
  readonly isSynced: boolean;
  readonly assertion: Assertion;
}

export interface Approval {
  readonly approvalId: string;
  readonly incidentId: string;
  /** what it is for */
  readonly findingId: string;
  readonly requestId: string;
  /** who had the host asked for it */
  readonly askedBy: AskedBy;
  readonly subject: ServiceSubject;
  /** base64 of the exact bytes, their hash, and the same parsed */
  readonly proposalBytes: string;
  readonly proposalHash: string;
  readonly proposal: Proposal;
  readonly state: ApprovalState;
  readonly requestedAt: number;
  readonly deliveredAt: number | null;
  readonly seenAt: number | null;
  readonly expiresAt: number;
  readonly decidedAt: number | null;
  /** a person, or the rule where the policy lets it run without one */
  readonly decidedBy: Actor | null;
  /** what the person said with a no; absent: nothing */
  readonly decidedWhy?: string;
  readonly grantId: string | null;
  /** the grant may be used until then; null until approved */
  readonly grantExpiresAt: number | null;
  /** signed and handed to the shard, which has confirmed it */
  readonly isGrantDelivered: boolean;
  readonly outcome: Outcome | null;
  /** why it ended as superseded or failed; null: it has not, or as its state says */
  readonly end: ApprovalEnd | null;
  /** how long the finding that it is for may last after it ran, as the shard said */
  readonly settleMs: number;
  /** who froze automation after it was approved; its grant is recalled, and not handed over again. absent: nobody did */
  readonly recalledBy?: Actor;
  /** of who has signed it, in order; each is handed to the host, which verifies it anew. absent: nobody has */
  readonly signatures?: readonly PersonSignature[];
  /** the standing approval that decided it; absent: a person or a rule did */
  readonly standingId?: string;
  /** when its shard confirmed that it holds the grant; absent: it has not, or it was approved before this was kept */
  readonly handedOverAt?: number;
  /** when it had run, by the clock of its shard; absent: it did not, nobody knows, or it ran before this was kept */
  readonly ranAt?: number;
  /** since when all was well after it ran; absent: it was not, or this was not kept */
  readonly wellAt?: number;
  /** when it ended, except by a person's no; absent: it has not, or it ended before this was kept */
  readonly endedAt?: number;
}

export const approvalRecord: DeskRecord<Approval, "approval"> = {
  kind: "approval",
  keyOf: ({ approvalId }) => approvalId,
  whenOver: { isSettled: isFinal },
  unreadable: {
    name: "approval",
    severity: "error",
    meaning: "it cannot be used; the host is asked anew when it still fails",
  },
};

function isFinal({ state }: Approval): boolean {
  switch (state) {
    case "requested":
    case "delivered":
    case "seen":
    case "approved":
    case "executing":
      return false;
    case "denied":
    case "expired":
    case "superseded":
    case "verified":
    case "failed":
      return true;
  }
}

/** Says whether a person has signed it already. */
export function hasSigned({ signatures = [] }: Approval, responder: string): boolean {
  return signatures.some(({ by }) => by.responder === responder);
}
