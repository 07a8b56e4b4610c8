// What the shell of a shard needs beside the ports of every shell, and the records that it keeps. Pure types.
import type { CloseReason } from "@countersign/shared/wire/close-codes";
import type { TrustMark } from "@countersign/shared/wire/fleet-trust";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { decideShard } from "../../core/shard/decide-shard.ts";
import type { Connection, PendingGrant, SecondOpinion } from "../../core/shard/host/shard-state.ts";
import type { planHostRows } from "../../core/shard/kept/host-rows.ts";
import type { RecordedEvent } from "../../core/shard/kept/recording.ts";
import type { AttachedHost, StoredHost, StoredShard } from "../../core/shard/kept/shard-stored.ts";
import type { WordsOfService } from "../../core/shard/kept/told-words.ts";
import type { hostDueAt, ownDueAt, sharedDueAt } from "../../core/shard/shard-alarm.ts";
import type { KnownPolicy, OfferedTrust, ToldPolicy, ToldTrust } from "../../core/words/shard-word.ts";
import type { Signal } from "../../core/words/signal.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import type { Alarm, Answered, Clock, Log, NewId, Rows } from "../ports.ts";
import type { ProjectionRecords, ReadSide } from "../projection-outbox.ts";
import type { PutAside, PutAsideRecords } from "../put-aside.ts";
import type { LoadPolicy } from "./shard-policy.ts";
import type { planShardProjection } from "./shard-projection.ts";
import type { SurvivingSocket } from "./surviving-socket.ts";

/** What a shard keeps. Hosts by their id: the key makes a host enrolled; `ONLY` is the id of what there is one of. */
export interface ShardRecords extends ProjectionRecords, PutAsideRecords {
  /** the public key, base64 */
  readonly key: string;
  readonly host: StoredHost;
  readonly catalogue: Connection["catalogue"];
  /** the group of the address from which the host proved itself last */
  readonly "proven-from": string;
  /** a host whose key is refused for good */
  readonly retired: true;
  readonly grant: PendingGrant;
  /** of one service, by its host and name */
  readonly words: WordsOfService;
  readonly name: string;
  /** of the code that ran last */
  readonly version: string;
  /** what the desk told last */
  readonly policy: ToldPolicy;
  /** what the desk told last of the fleet's trust */
  readonly trust: ToldTrust;
  readonly state: StoredShard;
  /** when a lift was taken, by its key */
  readonly lift: number;
  /** not confirmed by the desk, by number: what may page, and what people only read */
  readonly signal: Signal;
  readonly note: Signal;
}
export const ONLY = 0;

/** What the sockets know of silence at an instant: whose last sign of life lies at it or before, and the oldest one after it (null: none). */
export interface Silence {
  readonly hostIds: readonly string[];
  readonly nextSeenAt: number | null;
}

/**
 * The sockets of hosts that have proven their key; at most one a host. They outlive the memory of the shard, and with them what was
 * attached to them; a close may never be told.
 */
export interface ShardSockets {
  /** what every live socket holds, by host; asked at a wake */
  survivors(): ReadonlyMap<string, SurvivingSocket>;
  /** ends sockets of which nothing can be read; gives the hosts that they were opened for */
  endUnreadable(): readonly string[];
  hostIds(): readonly string[];
  /** how many there are, at least */
  readonly count: number;
  /** the last keepalive, or before the first one the hello; null: the host has no live socket */
  lastSeen(hostId: string): number | null;
  silenceAt(at: number): Silence;
  /**
   * A copy; never throws for what a host's bounds let in. What is larger than the platform takes is attached without what can be learned
   * again (`withoutLearned`)
   */
  attach(hostId: string, attached: AttachedHost): void;
  /** dropped where the host has no live socket: the core sends again after the next hello */
  send(hostId: string, message: ControlMessage): void;
  closeAllOf(hostId: string, reason: CloseReason): void;
  /** ends a host's socket as a restart does, so that its agent connects again */
  restart(hostId: string): void;
  /** the same with all of them */
  restartAll(): void;
}

/** Whom a shard asks, and tells. */
export interface ShardCalls {
  tellDesk(shard: string, signals: readonly Signal[], answered: Answered<void>): void;
  /** null: what is known holds */
  askPolicy(known: KnownPolicy | null, answered: Answered<ToldPolicy | null>): void;
  /** null: what is known holds, or the fleet has no trust yet */
  askTrust(known: TrustMark | null, answered: Answered<ToldTrust | null>): void;
  /** a version as a host is offered it; null: there is none */
  fetchTrust(version: number, answered: Answered<OfferedTrust | null>): void;
  askSecondOpinion(
    at: { readonly address: string; readonly port: number },
    answered: Answered<Exclude<SecondOpinion, "not-asked">>,
  ): void;
}

/** What is known of an event when history keeps it. */
export interface Moment {
  readonly at: number;
  /** a row is written for it anyway: what waits goes with it */
  readonly isFelt: boolean;
  /** a sweep: what has waited long enough goes with it */
  readonly isSweep: boolean;
}

/** Where a shard's events are kept for replays. */
export interface History {
  /** keeps an event, if there is one, and writes what is due; call inside one storage step, and `settle` when it is done */
  keep(event: RecordedEvent | null, moment: Moment): void;
  settle(): void;
}

/** What is decided by; the simulation puts broken ones in its place. */
export interface ShardCore {
  readonly decideShard: typeof decideShard;
  readonly hostDueAt: typeof hostDueAt;
  readonly ownDueAt: typeof ownDueAt;
  readonly sharedDueAt: typeof sharedDueAt;
  readonly planHostRows: typeof planHostRows;
  readonly planShardProjection: typeof planShardProjection;
}

export interface ShardPorts {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly rows: Rows<ShardRecords>;
  /** over these rows */
  readonly aside: PutAside<OtherRecordKind>;
  readonly sockets: ShardSockets;
  readonly calls: ShardCalls;
  readonly newId: NewId;
  readonly newEpoch: () => string;
  readonly log: Log;
  readonly core: ShardCore;
  /** the policy of a text, null: the deployment's own; throws where that is none */
  readonly loadPolicy: LoadPolicy;
  /** of the code that runs */
  readonly version: string;
  /**
   * false: the memory of the shard may be gone at any moment, and what must not be lost is kept at once. true: the shell is told before
   * (`endsLife`), so nothing of a host is kept until then, and nothing is attached to its socket
   */
  readonly isMemoryLasting: boolean;
  /** null: nothing is projected */
  readonly readSide: ReadSide | null;
  /** null: nothing is kept for replays */
  readonly history: History | null;
}
