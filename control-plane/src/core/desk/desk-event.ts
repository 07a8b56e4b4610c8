// Events into the desk's core: `decideDesk(state, event, { now, policy, newId })`. Pure types. What people do is one event; what each act
// carries stands in its file (core/desk/acts).
import type { ReceiptStage, Settling } from "../../policy/ways.ts";
import { type Actor, byPerson } from "../words/actor.ts";
import type { ShardWaits } from "../words/shard-word.ts";
import type { Signal } from "../words/signal.ts";
import type { FoundRecord } from "../words/unreadable-record.ts";
import type { ReadyAct } from "./acts/act-list.ts";
import type { Done } from "./acts/desk-act.ts";
import type { Attempted, Refusal } from "./deliveries/attempted.ts";
import type { RecordKind } from "./records/record-list.ts";

/** How far a page got by one channel; `at`, epoch milliseconds: when, as far as its provider says. */
export interface Receipt {
  readonly stage: ReceiptStage;
  readonly at: number | null;
  readonly detail: string;
}

/** What came of asking a provider; `receipt` null: nothing is known yet. */
export interface ReceiptAnswer extends Refusal {
  readonly receipt: Receipt | null;
}

/** What came of telling a provider that nobody needs a page any more; `told`: it knows, or knows of no such page. */
export interface SettleAnswer extends Refusal {
  readonly result: "told" | "failed";
}

export type DeskEvent =
  | { readonly kind: "signal"; readonly signal: Signal }
  /** what came together, in order: nobody is paged for what the same batch says is over */
  | { readonly kind: "signals"; readonly signals: readonly Signal[] }
  /** the alarm, or any moment: everything that is due is done */
  | { readonly kind: "tick" }
  /** a channel said how one attempt at a page ended */
  | ({ readonly kind: "page-attempted" } & Attempted)
  /** what a provider says became of a page, asked or by itself */
  | ({ readonly kind: "receipt-told"; readonly deliveryKey: string } & ReceiptAnswer)
  /** a provider was told that nobody needs a page any more, or was not reached */
  | ({
      readonly kind: "delivery-settled";
      readonly deliveryKey: string;
      /** what it was told */
      readonly settle: Settling | null;
    } & SettleAnswer)
  /** a person, or who holds the admin token, does something: one event for every act of the list */
  | ({ readonly kind: "act" } & Done<ReadyAct, Actor>)
  /** a person is not in the policy any more: what they allowed in advance ends, for the name may come back as somebody else's */
  | { readonly kind: "responder-left"; readonly responder: string }
  /** the fleet's trust has another version, with these passkeys */
  | { readonly kind: "passkeys-known"; readonly credentialIds: readonly string[] }
  /** the shell looked whether a channel can work at all; `problem` null: it can */
  | { readonly kind: "route-checked"; readonly channel: string; readonly problem: string | null }
  /** the cron watch visited every shard; `answer` null: none came */
  | {
      readonly kind: "shards-watched";
      readonly words: readonly {
        readonly shard: string;
        readonly answer: ShardWaits | null;
      }[];
    }
  /** something came from a shard */
  | { readonly kind: "shard-heard"; readonly shard: string }
  /** stored records that cannot be read, as the shell found them; the same again changes nothing */
  | { readonly kind: "unreadable-found"; readonly records: readonly FoundRecord<RecordKind>[] }
  /** such a record can be read again */
  | { readonly kind: "unreadable-over"; readonly recordKey: string }
  /** the shard confirmed that it holds the grant */
  | { readonly kind: "grant-delivered"; readonly approvalId: string };

/** A responder's act, as an event. */
export function actBy(responder: string, act: ReadyAct): DeskEvent {
  return { kind: "act", act, by: byPerson(responder) };
}
