// A shard that does not answer, or that the desk does not confirm, while it is so. There is one for each shard at most.
import type { DeskRecord } from "./desk-record.ts";

/** What is wrong with a shard, as its last visits showed; at least one of these is no null. */
export interface ShardTrouble {
  readonly shard: string;
  /** it has not answered since */
  readonly silentSinceAt: number | null;
  /** the desk has not confirmed a signal that it raised then */
  readonly unconfirmedSinceAt: number | null;
  /** the read side lacks what it knows since then */
  readonly unprojectedSinceAt: number | null;
}

export const shardTroubleRecord: DeskRecord<ShardTrouble, "shard"> = {
  kind: "shard",
  keyOf: ({ shard }) => shard,
  whenOver: "forgotten",
  unreadable: { name: "finding about a shard", severity: "warning", meaning: "the shard is looked at again" },
};
