// What a view may ask of the actors and of D1: questions alone. A view holds nothing by which it could act, so that a GET never acts because it
// cannot, and not because somebody took care (test/actors/people/every-route.test.ts).
import type { Env } from "../env.ts";
import type { HostShardRpc, IncidentDeskRpc } from "../platform/rpc.ts";
import { deskOf, shardOf } from "./context.ts";
import { type Lists, listsOf } from "./lists.ts";

/** Questions to the desk. */
export type DeskReads = Pick<
  IncidentDeskRpc,
  | "approval"
  | "approversNow"
  | "asksOn"
  | "auditRows"
  | "brakes"
  | "findHosts"
  | "hostAt"
  | "hostsNow"
  | "incident"
  | "incidentsNow"
  | "overview"
  | "planPolicy"
  | "policyFor"
  | "policyInForce"
  | "policyText"
  | "policyVersion"
  | "reach"
  | "registered"
  | "shardNames"
  | "shadow"
  | "showPolicy"
  | "signIns"
  | "standingHistory"
  | "testPage"
  | "trustNow"
  | "unprojectedSinceAt"
>;

/** Questions to a shard. */
export type ShardReads = Pick<HostShardRpc, "host" | "hostTraits" | "lastWords">;

export interface Reads {
  readonly desk: DeskReads;
  readonly shard: (name: string) => ShardReads;
  readonly lists: Lists;
}

/** The actors, for who only asks. */
export function readsOf(env: Env): Reads {
  return { desk: deskOf(env), shard: (name) => shardOf(env, name), lists: listsOf(() => env.DB) };
}
