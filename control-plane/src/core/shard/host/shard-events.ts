// Events into the shard's core, and what a decision yields: `decideShard(state, event, { now, policy, newId })`. Its effects are in
// core/words/effects.ts. Pure types.
import type { Named } from "@countersign/shared/values/named";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { Fact } from "@countersign/shared/wire/fact";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Asker } from "@countersign/shared/wire/proposal";
import type { AgentMessage, FrameRefusal } from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import type { Policy } from "../../../policy/policy.ts";
import type { Actor } from "../../words/actor.ts";
import { type ShardEffect } from "../../words/effects.ts";
import type { RecalledGrant } from "../../words/recalled-grant.ts";
import type { PersonAsk, ToldTrust } from "../../words/shard-word.ts";
import type { AskRefusal } from "../../words/signal.ts";
import type { Scope } from "../../words/subject.ts";
import type { FoundRecord } from "../../words/unreadable-record.ts";
import type { BoundTo, Connection, PendingGrant, SecondOpinion, ShardState } from "./shard-state.ts";

export type ShardEvent =
  /** the object's constructor ran: which hosts still have a socket, and since when nothing could have been seen (null: no gap) */
  | {
      readonly kind: "woke";
      readonly connectedHostIds: readonly string[];
      readonly blindSinceAt: number | null;
    }
  | { readonly kind: "host-enrolled"; readonly hostId: string; readonly name: string }
  /** a person, or the admin token, retired it at the desk */
  | { readonly kind: "host-retired"; readonly hostId: string }
  /** a proven hello */
  | { readonly kind: "connected"; readonly hostId: string; readonly connection: Connection }
  /** a proven hello that was refused because another boot is live */
  | { readonly kind: "boot-refused"; readonly hostId: string; readonly bootId: string }
  /** the host sends more than its budget: what was dropped since this was said last */
  | ({ readonly kind: "flooded"; readonly hostId: string } & DroppedFrames)
  /** a hint only: the timestamp decides */
  | {
      readonly kind: "disconnected";
      readonly hostId: string;
      readonly connectionId: string;
      /** the closed socket's last keepalive as the runtime remembers it; absent: what the last sweep saw stands */
      readonly lastSeenAt?: number;
    }
  | {
      readonly kind: "reported";
      readonly hostId: string;
      readonly digest: boolean;
      /** which of how many frames of one digest this is, from 1; absent: it is all of it */
      readonly part?: { readonly number: number; readonly of: number };
      readonly services: readonly ServiceReport[];
    }
  /** a frame was refused and changed nothing; `isDigest`: it was the host's word about all its services, or could not be read at all */
  | {
      readonly kind: "frame-refused";
      readonly hostId: string;
      readonly reason: FrameRefusal["reason"];
      readonly isDigest: boolean;
      /** the socket's last keepalive as the runtime remembers it; absent: what the last sweep saw stands */
      readonly lastSeenAt?: number;
    }
  /** structured evidence beyond units and checks; instants by the shard's clock */
  | { readonly kind: "facts"; readonly hostId: string; readonly facts: readonly Fact[] }
  /** a person lifts the freeze of a service, of a host itself, or of the fleet */
  | { readonly kind: "freeze-lifted"; readonly scope: Scope; readonly by: Actor }
  /** automation was frozen by somebody: these grants must not reach their hosts any more */
  | { readonly kind: "freeze-pulled"; readonly by: Actor; readonly grants: readonly RecalledGrant[] }
  | {
      readonly kind: "proposed";
      readonly hostId: string;
      readonly requestId: string;
      readonly proposal: string;
      /** what the proposal's bytes say would be done, and where */
      readonly answered: {
        readonly hostId: string;
        readonly service: string;
        readonly action: string;
        readonly level: number;
        readonly askedBy: Asker;
        readonly reason: string;
      };
      readonly boundTo: BoundTo;
    }
  | {
      readonly kind: "proposal-refused";
      readonly hostId: string;
      readonly requestId: string;
      readonly refusal: Extract<AskRefusal, { reason: "host-refused" }>;
    }
  /** which version of the fleet's trust the host believes now (null: none), and why not the one that it was offered (null: it does) */
  | {
      readonly kind: "trust-told";
      readonly hostId: string;
      readonly trust: TrustMark | null;
      readonly refusal: TrustNo | null;
    }
  /** the shard knows the fleet's trust anew */
  | { readonly kind: "trust-known" }
  /** what its own doctor found */
  | { readonly kind: "examined"; readonly hostId: string; readonly findings: readonly ExaminedFinding[] }
  | { readonly kind: "outcome"; readonly hostId: string; readonly outcome: Outcome }
  | {
      readonly kind: "leaving";
      readonly hostId: string;
      readonly reason: string;
      readonly returnWithinMs: number;
    }
  | { readonly kind: "grant-issued"; readonly grant: PendingGrant }
  /** a person wants the host to be asked for an act; their desk has taken it */
  | { readonly kind: "asked-for"; readonly hostId: string; readonly ask: PersonAsk }
  | { readonly kind: "second-opinion"; readonly hostId: string; readonly opinion: SecondOpinion }
  /** records of the shard that cannot be read were put aside */
  | { readonly kind: "unreadable-found"; readonly records: readonly Omit<FoundRecord, "part">[] }
  /** signals wait for the desk since then, for too long; null: it has confirmed them */
  | { readonly kind: "desk-noted"; readonly silentSinceAt: number | null }
  /** the alarm: last sign of life per connected host as the runtime remembers it; `due` are the hosts to be judged, absent: all of them */
  | {
      readonly kind: "sweep";
      readonly lastSeenAt: Named<number>;
      readonly due?: readonly string[];
    };

/** What was over a host's budget. */
export interface DroppedFrames {
  readonly droppedCount: number;
  readonly lastAt: number;
  /** its connection was ended, or not begun, because of it */
  readonly isClosed: boolean;
}

/** An event of one enrolled host. */
export type HostEvent = Exclude<
  Extract<ShardEvent, { readonly hostId: string }>,
  { readonly kind: "host-enrolled" | "host-retired" }
>;

/** Why a host does not believe a version that it was offered. */
export type TrustNo = NonNullable<Extract<AgentMessage, { type: "trust-answer" }>["refusal"]>;

export interface ShardContext {
  readonly now: number;
  readonly policy: Policy;
  /** the fleet's trust, as far as the shard was told; absent: it has no approver, or nothing is known of it */
  readonly trust?: ToldTrust;
  /** 16 random bytes as an id; randomness is an argument */
  readonly newId: (prefix: "prq") => string;
}

export interface ShardDecision {
  readonly state: ShardState;
  /** in the order in which they are performed, after state, outbox and alarm were stored */
  readonly effects: readonly ShardEffect[];
}
