// Events into and effects out of the desk's core: `decideDesk(state, event, { now, policy, newId })`. Pure types. What only a person may
// do names the responder by id; what the admin token may do as well names an actor.
import type { Result } from "@countersign/shared/values/result";
import type { Policy } from "../../../policy/policy.ts";
import type { Actor } from "../../words/actor.ts";
import type { RecalledGrant } from "../../words/recalled-grant.ts";
import type { Signal } from "../../words/signal.ts";
import type { Scope, ServiceSubject } from "../../words/subject.ts";
import type { FoundRecord } from "../../words/unreadable-record.ts";
import type { Approval, AuditEntry, DeskState, Page, SilenceMatcher, StandingSeal } from "./desk-state.ts";

export type DeskEvent =
  | { readonly kind: "signal"; readonly signal: Signal }
  /** what came together, in order: nobody is paged for what the same batch says is over */
  | { readonly kind: "signals"; readonly signals: readonly Signal[] }
  /** the alarm, or any moment: everything that is due is done */
  | { readonly kind: "tick" }
  | {
      readonly kind: "page-attempted";
      readonly key: string;
      readonly channel: string;
      readonly result: "delivered" | "failed";
      readonly detail: string;
    }
  | { readonly kind: "approval-seen"; readonly approvalId: string; readonly by: string }
  /** `proposalHash` is what the person saw; another one is refused */
  | {
      readonly kind: "approve";
      readonly approvalId: string;
      readonly by: string;
      readonly proposalHash: string;
    }
  | { readonly kind: "deny"; readonly approvalId: string; readonly by: string }
  | { readonly kind: "acknowledge"; readonly incidentId: string; readonly by: string }
  /** a person pulls the brake; `scope` as in core/desk/state/freeze-scope.ts */
  | { readonly kind: "freeze"; readonly scope: Scope; readonly by: string; readonly why: string }
  /** only a person lifts a freeze; a rule, an apply or a recovery never does */
  | { readonly kind: "lift-freeze"; readonly scope: Scope; readonly by: string; readonly why: string }
  | {
      readonly kind: "silence";
      readonly matcher: SilenceMatcher;
      readonly by: string;
      readonly why: string;
      readonly startsAt: number;
      readonly endsAt: number;
    }
  /** a person says that what a rule in shadow found was nothing */
  | { readonly kind: "mark-false-alarm"; readonly findingId: string; readonly by: Actor }
  /** a person says yes in advance; `subject` is a service */
  | {
      readonly kind: "give-standing";
      /** made from the nonce in the sealed text: the same text is taken once */
      readonly standingId: string;
      readonly seal: StandingSeal;
      readonly subject: ServiceSubject;
      readonly action: string;
      readonly usesMax: number;
      readonly untilAt: number;
      readonly by: string;
      readonly why: string;
    }
  | { readonly kind: "revoke-standing"; readonly standingId: string; readonly by: string }
  /** a person is not in the policy any more: what they allowed in advance ends, for the name may come back as somebody else's */
  | { readonly kind: "responder-left"; readonly responder: string }
  | { readonly kind: "end-silence"; readonly silenceId: string; readonly by: string }
  /** a person, or the admin token, retires a host; the shell has found it and takes its key away in the same storage step */
  | {
      readonly kind: "host-retired";
      readonly hostId: string;
      readonly hostName: string;
      readonly by: Actor;
      readonly why: string;
    }
  /** it was retired before: its shard, which may have been set back in time, is told again */
  | { readonly kind: "retire-repeated"; readonly hostId: string }
  /** the shell looked whether a channel can work at all; `problem` null: it can */
  | { readonly kind: "route-checked"; readonly channel: string; readonly problem: string | null }
  /** the cron watch visited every shard; `answer` null: none came */
  | {
      readonly kind: "shards-watched";
      readonly words: readonly {
        readonly shard: string;
        /** when its oldest signal that we have not confirmed was raised; null: none waits */
        readonly answer: { readonly unconfirmedSinceAt: number | null } | null;
      }[];
    }
  /** something came from a shard */
  | { readonly kind: "shard-heard"; readonly shard: string }
  /** stored records that cannot be read, as the shell found them; the same again changes nothing */
  | { readonly kind: "unreadable-found"; readonly records: readonly FoundRecord[] }
  /** somebody has dealt with such a record */
  | { readonly kind: "discard-record"; readonly recordKey: string; readonly by: Actor }
  /** the shard confirmed that it holds the grant */
  | { readonly kind: "grant-delivered"; readonly approvalId: string };

export type DeskEffect =
  | { readonly kind: "audit"; readonly entry: AuditEntry }
  /** sign and hand the grant of an approved approval to its shard; repeated until `grant-delivered` */
  | { readonly kind: "deliver-grant"; readonly approval: Approval }
  /** tell the shards that automation was frozen, so that these grants go no further */
  | { readonly kind: "freeze-pulled"; readonly by: Actor; readonly grants: readonly RecalledGrant[] }
  /** tell the shards that a person lifted a freeze, so that rules which hold back proposals let go */
  | { readonly kind: "freeze-lifted"; readonly scope: Scope; readonly by: Actor }
  /** tell its shard that a host was retired */
  | { readonly kind: "host-retired"; readonly hostId: string }
  /** try one page on one channel now */
  | { readonly kind: "send-page"; readonly page: Page };

export interface DeskContext {
  readonly now: number;
  readonly policy: Policy;
  readonly newId: (prefix: "inc" | "apr" | "grt" | "sil") => string;
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
    | "incident-unknown"
    | "incident-resolved"
    | "automation-frozen"
    | "freeze-unknown"
    | "people-only"
    | "silence-unknown"
    | "silence-too-wide"
    | "silence-bounds"
    | "standing-unknown"
    | "standing-too-wide"
    | "standing-bounds"
    | "standing-used"
    | "finding-unknown"
    | "reason-missing";
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
