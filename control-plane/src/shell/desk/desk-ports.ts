// What the desk's shell needs of the platform that it runs on, beside what every shell needs (shell/ports.ts). Pure types.
import type { Result } from "@countersign/shared/values/result";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import type { Keeping } from "../../core/desk/audit/audit-cut.ts";
import type { decideDesk } from "../../core/desk/decide-desk.ts";
import type { Attempted } from "../../core/desk/deliveries/attempted.ts";
import type { DeskEvent, ReceiptAnswer, SettleAnswer } from "../../core/desk/desk-event.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Delivery, Latest } from "../../core/desk/records/pages/delivery.ts";
import type { Page } from "../../core/desk/records/pages/page.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { DeskContext, DeskEffect } from "../../core/desk/state/desk-events.ts";
import type { AuditEntry, DeskState } from "../../core/desk/state/desk-state.ts";
import type { DocumentOf, Kind } from "../../core/desk/state/record-kinds.ts";
import type { WordToShard } from "../../core/words/shard-word.ts";
import type { Policy } from "../../policy/policy.ts";
import type { DeskRowOf } from "../../stored/desk-rows.ts";
import type { Alarm, Answered, Clock, Log, Rows } from "../ports.ts";
import type { ProjectionRecords, ReadSide } from "../projection-outbox.ts";
import type { PutAsideRecords } from "../put-aside.ts";

/** All that the desk's shell keeps: what is live by its id, what others have not confirmed, what cannot be read. */
export interface DeskRecords extends DocumentOf, DeskRowOf, ProjectionRecords, PutAsideRecords {}

/** The audit: rows are added at the end and cut from the front. Both are called inside a storage step. */
export interface AuditBook {
  append(entry: AuditEntry): ChainedAuditEntry;
  /** cuts some of what is due; the row that says so, null: nothing was due */
  cut(keeping: Keeping): ChainedAuditEntry | null;
}

/** What has left the desk's state, so that a link opens for as long as it may be followed. */
export interface Archive {
  /** call inside the storage step in which it leaves */
  put<K extends Kind>(kind: K, id: string, record: DocumentOf[K]): void;
  standing(standingId: string): StandingApproval | null;
  /** forgets some of what is due; call inside a storage step */
  cut(keeping: Keeping): void;
}

/** The register of enrolled hosts. */
export interface Whereabouts {
  /** also of a host that was retired; null: it was never enrolled */
  shardOf(hostId: string): string | null;
  shards(): readonly string[];
  isRetired(hostId: string): boolean;
}

/** The policy in force, and the newest version where this code cannot read it; null: it is the one in force. */
export interface Policies {
  inForce(): Policy;
  unreadableVersion(): number | null;
}

/** How an attempt on a channel ended; `detail` is for people and audit. */
export type PageReceipt = Omit<Attempted, "key" | "channel">;

/** A signed grant as its shard takes it. */
export interface SignedGrant {
  readonly grantId: string;
  readonly hostId: string;
  readonly service: string;
  readonly action: string;
  readonly expiresAt: number;
  readonly envelope: Envelope;
}

/** One attempt at a page on one channel. */
export interface PageSending {
  readonly page: Page;
  readonly channel: string;
  /** the handle of the incident's first page to this person there; null: there is none */
  readonly earlier: string | null;
  /** what was sent last to this person there about the incident. absent: nothing that can be named */
  readonly latest?: Latest;
}

/** What is asked of others. */
export interface DeskCalls {
  sendPage(sending: PageSending, answered: Answered<PageReceipt>): void;
  /** nothing is known of it yet, too, where its provider was not reached */
  askReceipt(delivery: Delivery, answered: Answered<ReceiptAnswer>): void;
  settleDelivery(delivery: Delivery, answered: Answered<SettleAnswer>): void;
  /**
   * `standing` is the one by which the approval was decided, null: there is none. An expected no: it does not cover the approval; why is a
   * sentence, for the audit.
   */
  signGrant(
    approval: Approval,
    standing: StandingApproval | null,
    answered: Answered<Result<SignedGrant, { readonly reason: string }>>,
  ): void;
  /** answers when the shard has stored it */
  deliverGrant(shard: string, grant: SignedGrant, answered: Answered<void>): void;
  /** answers when the shard has stored it */
  tellShard(shard: string, word: WordToShard, answered: Answered<void>): void;
}

/** A decision that was stored, and is about to be performed. */
export interface DecidedStep {
  readonly events: readonly DeskEvent[];
  readonly before: DeskState;
  readonly after: DeskState;
  readonly effects: readonly DeskEffect[];
  readonly isLeftUndone: boolean;
}

export interface DeskPorts {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly rows: Rows<DeskRecords>;
  readonly log: Log;
  readonly newId: DeskContext["newId"];
  readonly audit: AuditBook;
  readonly archive: Archive;
  readonly hosts: Whereabouts;
  readonly policies: Policies;
  readonly calls: DeskCalls;
  /** null: nothing is projected */
  readonly readSide: ReadSide | null;
  /** production's own; a simulation may put a broken one in its place */
  readonly decide: typeof decideDesk;
  readonly onDecided?: (step: DecidedStep) => void;
}
