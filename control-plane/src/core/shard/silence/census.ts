// The census: how many hosts of this shard were ever heard and are not retired, and how many of them are late. The desk
// judges by the one what share of the fleet is silent, and by the other whether a silence may have company in a moment
// (core/desk/paging/stream.ts). Pure. It is told when it is another than was told, with whatever changed it: a healthy
// host, once it was counted, is told of never again.
import { joinEffects, signalEffect } from "../../words/effects.ts";
import type { ShardCensus } from "../../words/shard-word.ts";
import { fleetSubjectOf } from "../../words/subject.ts";
import type { ShardChange } from "../host/shard-change.ts";
import type { ShardContext } from "../host/shard-events.ts";
import type { ShardState } from "../host/shard-state.ts";
import { connectedCountOf, lateCountOf } from "./silent-hosts.ts";

/** Counts a shard's hosts; it looks at none of them. */
export function censusOf(state: Pick<ShardState, "hosts">): ShardCensus {
  return { connected: connectedCountOf(state), late: lateCountOf(state) };
}

/** Tells the desk the numbers, if it does not know them. */
export function tellCensus({ state, effects }: ShardChange, { now }: Pick<ShardContext, "now">): ShardChange {
  const census = censusOf(state);
  const { censusTold, lateTold = 0, ...rest } = state;
  if (census.connected === censusTold && census.late === lateTold) return { state, effects };
  const subject = fleetSubjectOf(state);
  const told = signalEffect({ kind: "census", happenedAt: now, subject, ...census });
  const counted = { censusTold: census.connected, ...(census.late === 0 ? {} : { lateTold: census.late }) };
  return { state: { ...rest, ...counted }, effects: joinEffects(effects, [told]) };
}
