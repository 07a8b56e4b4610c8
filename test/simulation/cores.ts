// The decisions under test: production's own. A test may put a broken one in place of any of them, to prove that the invariants find it.
import { decideDesk } from "../../control-plane/src/core/desk/decide-desk.ts";
import { decideShard } from "../../control-plane/src/core/shard/decide-shard.ts";
import { planHostRows } from "../../control-plane/src/core/shard/kept/host-rows.ts";
import { hostDueAt, ownDueAt, sharedDueAt } from "../../control-plane/src/core/shard/shard-alarm.ts";
import { planShardProjection } from "../../control-plane/src/shell/shard/shard-projection.ts";
import { admitSigned } from "../../edge-agent/src/core/actuator/admission.ts";

export interface Cores {
  readonly decideShard: typeof decideShard;
  readonly hostDueAt: typeof hostDueAt;
  readonly ownDueAt: typeof ownDueAt;
  readonly sharedDueAt: typeof sharedDueAt;
  readonly planHostRows: typeof planHostRows;
  readonly planShardProjection: typeof planShardProjection;
  readonly decideDesk: typeof decideDesk;
  readonly admitSigned: typeof admitSigned;
}

export const PRODUCTION_CORES: Cores = {
  decideShard,
  hostDueAt,
  ownDueAt,
  sharedDueAt,
  planHostRows,
  planShardProjection,
  decideDesk,
  admitSigned,
};
