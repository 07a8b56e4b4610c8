// What every route shares: the bindings' type and the way to the two kinds of actor.
import type { Context } from "hono";
import type { Env } from "../env.ts";
import type { HostShardRpc, IncidentDeskRpc } from "../platform/rpc.ts";

/** Hono's type parameters for this Worker. */
export interface Bound {
  Bindings: Env;
}
export type Ctx = Context<Bound>;
/** A request and what it may be answered with, whatever a door's middleware adds to it. */
export type Asking = Pick<Ctx, "env" | "req">;

/** The one desk of the fleet. */
export function deskOf(env: Env): IncidentDeskRpc {
  return env.INCIDENT_DESK.get(env.INCIDENT_DESK.idFromName("desk"));
}

/** One shard by name. */
export function shardOf(env: Env, shard: string): HostShardRpc {
  return env.HOST_SHARD.get(env.HOST_SHARD.idFromName(shard));
}
