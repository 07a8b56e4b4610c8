// What the desk tells a shard, beside grants, each as often as it must be, and what a shard answers its watch. Pure types.
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { Actor } from "./actor.ts";
import type { RecalledGrant } from "./recalled-grant.ts";
import type { PersonAsking } from "./signal.ts";
import type { Scope } from "./subject.ts";

/** A freeze, as a shard is told of it: who pulled it, and the grants that it recalls there. */
export interface PulledFreeze {
  readonly by: Actor;
  readonly grants: readonly RecalledGrant[];
}

/** A person's act, as a shard is told of it: a freeze is lifted; one of the fleet, where rules of the whole shard set it. */
export interface LiftedFreeze {
  /** the scope and the instant of the act */
  readonly key: string;
  readonly scope: Scope;
  readonly by: Actor;
}

/** A host that was retired, as its shard is told. */
export interface RetiredHost {
  readonly shard: string;
  readonly hostId: string;
}

/** A person's act, as the shard of its host is told: ask the host for a proposal of exactly this. */
export interface PersonAsk {
  /** it is taken once by this */
  readonly requestId: string;
  readonly hostId: string;
  readonly service: string;
  readonly action: string;
  readonly by: PersonAsking;
  /** from then on it is not put to the host any more */
  readonly untilAt: number;
}

/** Names a version of the policy beyond doubt: a desk that was set back gives its numbers again. */
export interface KnownPolicy {
  readonly version: number;
  /** SHA-256 of the text; empty for version 0: each deployment has its own */
  readonly hash: string;
}

/** What a shard is told of the policy. `text` null: the deployment's own POLICY. */
export interface ToldPolicy extends KnownPolicy {
  readonly text: string | null;
}

/** What a shard is told of the fleet's trust: what it needs to see who is behind, and no text of it. */
export interface ToldTrust {
  /** where people sign */
  readonly party: RelyingParty;
  /** of every version from the first, SHA-256 over its bytes; the last is the newest */
  readonly hashes: readonly string[];
  /** ids of the passkeys in the newest */
  readonly credentialIds: readonly string[];
}

/** A version as a host is offered it. */
export interface OfferedTrust {
  readonly signed: SignedTrust;
  readonly party: RelyingParty;
}

/** One word that must reach its shard: it waits at the desk until the shard has stored it. */
export type WordToShard =
  | ({ readonly kind: "pulled" } & PulledFreeze)
  | ({ readonly kind: "retired" } & RetiredHost)
  | ({ readonly kind: "asked" } & PersonAsk)
  | ({ readonly kind: "lifted" } & LiftedFreeze);

/** How many hosts of a shard are as it says. */
export interface ShardCensus {
  /** ever heard, and not retired */
  readonly connected: number;
  /** silent, not understood once, or away by its own word, and not yet down */
  readonly late: number;
}

/** What a shard still owes others: since when the oldest signal waits for the desk, and the oldest row for the read side; null: none does. */
export interface ShardWaits {
  /** its hosts that were ever heard. absent: it runs an older version, which does not say */
  readonly connected?: number;
  /** those of them that are late now. absent: as `connected` */
  readonly late?: number;
  readonly unconfirmedSinceAt: number | null;
  readonly unprojectedSinceAt: number | null;
}
