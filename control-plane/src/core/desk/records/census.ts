// How many hosts a shard has that were ever heard and are not retired, and how many of them are late, as it told last. There
// is one for each shard that has any.
import type { DeskRecord } from "./desk-record.ts";

export interface Census {
  readonly shard: string;
  readonly connected: number;
  /** silent, not understood once, or away by its own word, and not yet down. absent: none */
  readonly late?: number;
}

export const censusRecord: DeskRecord<Census, "census"> = {
  kind: "census",
  keyOf: ({ shard }) => shard,
  whenOver: "forgotten",
  unreadable: {
    name: "count of a shard's hosts",
    severity: "warning",
    meaning: "they are counted anew within a minute",
  },
};
