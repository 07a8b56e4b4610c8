// The census: how many hosts of this shard were ever heard and are not retired. The desk judges by it what share of the fleet is silent. Pure.
// It is told when it is another number than was told, with whatever changed it: a healthy host, once it was counted, is told of never again.
import { joinEffects, signalEffect } from "../../words/effects.ts";
import { fleetSubjectOf } from "../../words/subject.ts";
import type { ShardChange } from "../host/shard-change.ts";
import type { ShardContext } from "../host/shard-events.ts";
import { connectedCountOf } from "./silent-hosts.ts";

/** Tells the desk the number, if it does not know it. */
export function tellCensus({ state, effects }: ShardChange, { now }: Pick<ShardContext, "now">): ShardChange {
  const connected = connectedCountOf(state);
  if (connected === state.censusTold) return { state, effects };
  const subject = fleetSubjectOf(state);
  const told = signalEffect({ kind: "census", happenedAt: now, subject, connected });
  return { state: { ...state, censusTold: connected }, effects: joinEffects(effects, [told]) };
}
