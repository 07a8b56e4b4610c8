// What a decision of the desk is made in, and what comes out of it: context, effects, refusals. Pure types. The events that go in stand in
// core/desk/desk-event.ts.
import type { Result } from "@countersign/shared/values/result";
import type { Policy } from "../../../policy/policy.ts";
import type { Actor } from "../../words/actor.ts";
import type { RecalledGrant } from "../../words/recalled-grant.ts";
import type { PersonAsk } from "../../words/shard-word.ts";
import type { Scope } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { Delivery, Latest } from "../records/pages/delivery.ts";
import type { Page } from "../records/pages/page.ts";
import type { AuditEntry, DeskState } from "./desk-state.ts";

export type DeskEffect =
  | { readonly kind: "audit"; readonly entry: AuditEntry }
  /** sign and hand the grant of an approved approval to its shard; repeated until `grant-delivered` */
  | { readonly kind: "deliver-grant"; readonly approval: Approval }
  /** tell the shards that automation was frozen, so that these grants go no further */
  | { readonly kind: "freeze-pulled"; readonly by: Actor; readonly grants: readonly RecalledGrant[] }
  /** tell the shards that a person lifted a freeze, so that rules which hold back proposals let go */
  | { readonly kind: "freeze-lifted"; readonly scope: Scope; readonly by: Actor }
  /** tell its shard that a person wants the host to be asked for an act */
  | { readonly kind: "ask-host"; readonly ask: PersonAsk }
  /** tell its shard that a host was retired */
  | { readonly kind: "host-retired"; readonly hostId: string }
  /**
   * try one page on one channel now; `earlier`: the handle of the incident's first page to this person there, null:
   * there is none
   */
  | {
      readonly kind: "send-page";
      readonly page: Page;
      readonly earlier: string | null;
      /** what was sent last to this person there about the incident. absent: nothing that can be named */
      readonly latest?: Latest;
    }
  /** ask a provider what became of a page; repeated until `receipt-told` */
  | { readonly kind: "ask-receipt"; readonly delivery: Delivery }
  /** tell a provider that nobody needs a page any more (`settle`); repeated until `delivery-settled` */
  | { readonly kind: "settle-delivery"; readonly delivery: Delivery };

export interface DeskContext {
  readonly now: number;
  readonly policy: Policy;
  readonly newId: (prefix: "inc" | "fnd" | "apr" | "grt" | "sil" | "prq" | "dig" | "tst") => string;
}

/** Why a person's act did nothing; each has a sentence for its view. */
export interface ActRefusal {
  readonly reason:
    | "approval-unknown"
    | "approval-expired"
    | "approval-used"
    | "approval-denied"
    | "approval-superseded"
    | "proposal-changed"
    /** the service is protected, and its name was not typed as it is */
    | "approval-name-untyped"
    /** the host wants people's own signatures for it, and the act carries none */
    | "passkey-needed"
    /** the signature does not hold, or is over something else */
    | "passkey-wrong"
    /** a passkey has signed that is not the acting person's in the fleet's trust */
    | "passkey-not-yours"
    | "asker-cannot-sign"
    | "signed-already"
    /** the host wants a passkey that does not leave its device */
    | "credential-synced"
    | "incident-unknown"
    | "incident-resolved"
    /** a note without a word, or longer than a note is */
    | "note-bounds"
    | "notes-full"
    | "automation-frozen"
    | "freeze-unknown"
    | "people-only"
    /** the policy does not let this person do it */
    | "role-missing"
    | "silence-unknown"
    | "silence-too-wide"
    | "silence-bounds"
    | "standing-unknown"
    | "standing-too-wide"
    | "standing-bounds"
    | "standing-used"
    | "finding-unknown"
    | "host-unknown"
    /** the host is not on the list of a silent fleet, or is back, or was set aside before */
    | "host-not-listed"
    | "reason-missing"
    /** the same is asked already, and not answered */
    | "ask-open"
    | "ask-too-often"
    | "ask-host-down"
    | "ask-under-way"
    /** nothing is open about the service, its host or many hosts */
    | "ask-nothing-open"
    | "responder-unknown"
    /** the policy gives the person no such channel */
    | "channel-unknown"
    | "test-page-too-often"
    | "test-page-unknown"
    /** it went to somebody else */
    | "test-page-not-yours"
    /** the code that sent it and the code that decides are of different versions */
    | "act-unknown";
}

export interface DeskDecision {
  readonly state: DeskState;
  readonly effects: readonly DeskEffect[];
  readonly alarmAt: number | null;
  /** answer to a person's act; ok for every other event */
  readonly answer: Result<null, ActRefusal>;
  /** something due was not done (we are wrong): it is tried again with the alarm, and the shell reports it */
  readonly isLeftUndone: boolean;
}
