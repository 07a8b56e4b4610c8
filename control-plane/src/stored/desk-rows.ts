// What the desk stores beside its documents: words that its shards have not confirmed, and the signals that it has taken. Pure.
import * as z from "zod";
import type { RecalledGrant } from "../core/words/recalled-grant.ts";
import type {
  LiftedFreeze,
  PersonAsk,
  PulledFreeze,
  RetiredHost,
  WordToShard,
} from "../core/words/shard-word.ts";
import { ActorShape } from "./actor-shape.ts";
import { PersonAskingShape } from "./asked-shape.ts";
import { Count, Instant, shapeOf, Text } from "./read-stored.ts";
import { ScopeShape } from "./subject-shape.ts";

/** A word on its way to one shard. */
export interface QueuedWord {
  readonly shard: string;
  readonly word: WordToShard;
}

/** A signal that was taken, and when. */
export interface TakenSignal {
  readonly key: string;
  readonly at: number;
}

/** Each kind with its record. */
export interface DeskRowOf {
  /** by number, in the order in which they were queued */
  readonly "shard-word": QueuedWord;
  /** by number, in the order in which they were taken; and by key, under which number */
  readonly "signal-taken": TakenSignal;
  readonly "signal-number": number;
}

const WordShape = z.union([
  shapeOf<PulledFreeze & { kind: "pulled" }>({
    kind: z.literal("pulled"),
    by: ActorShape,
    grants: z.array(
      shapeOf<RecalledGrant>({ grantId: Text, hostId: Text, service: Text, expiresAt: Instant }),
    ),
  }),
  shapeOf<RetiredHost & { kind: "retired" }>({ kind: z.literal("retired"), shard: Text, hostId: Text }),
  shapeOf<PersonAsk & { kind: "asked" }>({
    kind: z.literal("asked"),
    requestId: Text,
    hostId: Text,
    service: Text,
    action: Text,
    by: PersonAskingShape,
    untilAt: Instant,
  }),
  shapeOf<LiftedFreeze & { kind: "lifted" }>({
    kind: z.literal("lifted"),
    key: Text,
    scope: ScopeShape,
    by: ActorShape,
  }),
]);

/** By which shape each is read. */
export const DESK_ROW_SHAPES: { readonly [Kind in keyof DeskRowOf]: z.ZodType } = {
  "shard-word": shapeOf<QueuedWord>({ shard: Text, word: WordShape }),
  "signal-taken": shapeOf<TakenSignal>({ key: Text, at: Instant }),
  "signal-number": Count,
};
