// What a shard decides by in production and in replays. The simulation puts cores that are broken on purpose in its place, to prove that they
// are found.
import { decideShard } from "../../core/shard/decide-shard.ts";
import { planHostRows } from "../../core/shard/kept/host-rows.ts";
import { hostDueAt, ownDueAt, sharedDueAt } from "../../core/shard/shard-alarm.ts";
import type { ShardCore } from "./shard-ports.ts";
import { planShardProjection } from "./shard-projection.ts";

export const PRODUCTION_SHARD_CORE: ShardCore = {
  decideShard,
  hostDueAt,
  ownDueAt,
  sharedDueAt,
  planHostRows,
  planShardProjection,
};
