// What the desk knows, as one immutable value: incidents, approvals, and the pages still to deliver. Instants are epoch
// milliseconds by the desk's clock. Resolved incidents and finished approvals leave this state once projected. Pure types.
import type { Records } from "@countersign/shared/values/records";
import type { Proposal } from "@countersign/shared/wire/grant";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { Actor, Person } from "../../words/actor.ts";
import type { Refused } from "../../words/proposal-refusal.ts";
import type { Evidence, PageReason, Signal } from "../../words/signal.ts";
import type { Scope, ServiceSubject, Subject } from "../../words/subject.ts";
import type { RecordKind } from "../../words/unreadable-record.ts";
import type { ApprovalEnd } from "./approval-end.ts";
import type { AuditRef } from "./audit-ref.ts";

export interface TimelineEntry {
  readonly at: number;
  readonly by: Actor;
  readonly text: string;
}

/** Where an incident's escalation stands. */
export interface NextStep {
  readonly round: number;
  readonly step: number;
  readonly dueAt: number;
  /** rounds since it began, was acknowledged or grew worse: the pause between rounds grows with them */
  readonly repeats: number;
}

export interface Incident {
  readonly incidentId: string;
  readonly subject: Subject;
  readonly reason: PageReason;
  readonly severity: Severity;
  readonly title: string;
  readonly state: "open" | "acknowledged" | "resolved";
  readonly evidence: readonly Evidence[];
  /** why nothing was proposed when it was last reported; null: something was, or nothing was to be */
  readonly refused: Refused | null;
  readonly restarts: { readonly count: number; readonly max: number; readonly windowMs: number } | null;
  readonly openedAt: number;
  readonly happenedAt: number;
  /** the condition cleared at; resolve only after health held. null: still firing */
  readonly clearedAt: number | null;
  readonly resolvedAt: number | null;
  readonly acknowledgedBy: Person | null;
  readonly acknowledgedUntilAt: number | null;
  /** the first page waits for the host's proposal until then, so that one page can carry the approval link; null: not waiting */
  readonly awaitsProposalUntilAt: number | null;
  /** next escalation step and when it is due; while acknowledged it is due when that lapses; null once resolved */
  readonly nextStep: NextStep | null;
  /** the highest severity that somebody was paged with, or has acknowledged; null: nobody yet (core/desk/paging/raised.ts) */
  readonly toldSeverity: Severity | null;
  /** when it began to fire, again and again, newest last: only what lies close together (core/desk/paging/flapping.ts) */
  readonly beginningsAt: readonly number[];
  /** the open approval; null: none */
  readonly approvalId: string | null;
  /** newest last, bounded */
  readonly timeline: readonly TimelineEntry[];
}

export type ApprovalState =
  | "requested"
  | "delivered"
  | "seen"
  | "approved"
  | "denied"
  | "expired"
  | "superseded"
  | "executing"
  | "verified"
  | "failed";

export interface Approval {
  readonly approvalId: string;
  readonly incidentId: string;
  readonly requestId: string;
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
  /** the standing approval that decided it; absent: a person or a rule did */
  readonly standingId?: string;
}

export interface Page {
  /**
   * idempotency key, the same on every attempt: `INCIDENT:firing:ROUND:STEP:RESPONDER`, `INCIDENT:recovered:0:0:RESPONDER`,
   * `INCIDENT:approval:APPROVAL:RESPONDER` or `INCIDENT:result:APPROVAL:RESPONDER`
   */
  readonly key: string;
  readonly incidentId: string;
  readonly approvalId: string | null;
  readonly kind: "firing" | "approval" | "recovered" | "result";
  readonly responder: string;
  /** the responder's channels in order; `channelIndex` is the one to try next */
  readonly channels: readonly string[];
  readonly channelIndex: number;
  readonly attempts: number;
  readonly nextAttemptAt: number;
  readonly state: "pending" | "delivered" | "undeliverable";
  readonly severity: Severity;
  readonly title: string;
  readonly body: string;
  /** path below the desk's public URL, such as `/approvals/apr_…` */
  readonly path: string;
  readonly createdAt: number;
  readonly deliveredAt: number | null;
  readonly deliveredBy: string | null;
  readonly lastError: string | null;
}

/** The sticky brake on a service, a host or the whole fleet: set by a person or a rule, lifted by a person only. */
export interface Freeze {
  readonly scope: Scope;
  readonly at: number;
  readonly by: Actor;
  readonly why: string;
}

/** Whom a silence covers; null: any. */
export interface SilenceMatcher {
  readonly hostId: string | null;
  readonly service: string | null;
  readonly reason: PageReason | null;
}

/** Pages that match are held between two instants; what is wrong is detected, recorded and shown all the same. */
export interface Silence {
  readonly silenceId: string;
  readonly matcher: SilenceMatcher;
  readonly by: Person;
  readonly why: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A person's yes in advance to one action of one service; valid before `untilAt` and while uses are left. */
export interface StandingApproval {
  readonly standingId: string;
  /** approvals are decided in this person's name */
  readonly by: Person;
  readonly subject: ServiceSubject;
  readonly action: string;
  readonly usesMax: number;
  readonly usesCount: number;
  readonly givenAt: number;
  readonly untilAt: number;
  readonly why: string;
  readonly seal: StandingSeal;
}

/** What a standing approval's giver saw and said yes to, word for word, with the desk's signature over it. */
export interface StandingSeal {
  /** JSON of `StandingContent` (shared/src/wire/standing.ts) */
  readonly text: string;
  /** SHA-256 of the text: what the giver's gesture was bound to */
  readonly hash: string;
  readonly keyId: string;
  /** Ed25519, base64 */
  readonly signature: string;
}

/** A channel that cannot work, as the shell found it: a secret that is not bound, an address that is refused. */
export interface BrokenRoute {
  readonly channel: string;
  readonly problem: string;
  readonly at: number;
}

/** What is wrong with a shard, as its last visits showed; at least one of both is no null. */
export interface ShardTrouble {
  readonly shard: string;
  /** it has not answered since */
  readonly silentSinceAt: number | null;
  /** the desk has not confirmed a signal that it raised then */
  readonly unconfirmedSinceAt: number | null;
}

/** Something that a rule in shadow found: it would have paged. */
export interface ShadowFinding {
  /** `REASON:NAME:INSTANT` */
  readonly findingId: string;
  /** as last reported */
  readonly signal: Extract<Signal, { kind: "firing" }>;
  /** the action that would have been proposed since it began; null: none */
  readonly wouldPropose: string | null;
  readonly firedAt: number;
  /** null: it fires still */
  readonly endedAt: number | null;
  /** the person who said that it was nothing; null: nobody did */
  readonly falseAlarmBy: Actor | null;
}

/** What a reason would have done in shadow, since the first time; never counted down. */
export interface ShadowCount {
  readonly reason: PageReason;
  readonly sinceAt: number;
  readonly wouldHavePaged: number;
  readonly wouldHaveActed: number;
  readonly falseAlarms: number;
}

/** A stored record that could not be read: told until a person has dealt with it (core/desk/unreadable.ts). */
export interface UnreadableRecord {
  /** `PART/KIND/ID` */
  readonly recordKey: string;
  readonly kind: RecordKind;
  readonly id: string;
  /** the host that it is about, else the part of the control plane that held it */
  readonly subject: Subject;
  /** what was wrong, without the record's text */
  readonly problem: string;
  readonly at: number;
}

export interface DeskState {
  /** by id; resolved ones are dropped by the shell once they are projected and archived */
  readonly incidents: Records<Incident>;
  readonly approvals: Records<Approval>;
  /** by key; pending ones, and delivered ones of unresolved incidents */
  readonly pages: Records<Page>;
  /** by the key of their scope */
  readonly freezes: Records<Freeze>;
  /** by id; those that are over are dropped */
  readonly silences: Records<Silence>;
  /** by id; those that are over are dropped */
  readonly standing: Records<StandingApproval>;
  /** by channel; only those that cannot work */
  readonly brokenRoutes: Records<BrokenRoute>;
  /** by shard; only those with which something is wrong */
  readonly shardTroubles: Records<ShardTrouble>;
  /** by id: what rules in shadow found, all that fires and the newest that are over */
  readonly shadow: Records<ShadowFinding>;
  /** by reason; a reason that was never in shadow has none */
  readonly shadowCounts: Records<ShadowCount>;
  /** by key; what a person has dealt with is dropped */
  readonly unreadable: Records<UnreadableRecord>;
}

/** One audit row before it is chained: who, what, about what, why. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: Actor;
  /** kebab-case verb phrase such as `approval-approved` */
  readonly act: string;
  /** what it is about, and what belongs to that */
  readonly refs: readonly AuditRef[];
  /** what it is about, as people read it */
  readonly subject: string;
  readonly why: string;
}
