// The decisions under test: production's own. A test may put a broken one in place of any of them, to prove that the invariants find it.
import { planShardProjection } from "../../control-plane/src/actors/shard-projection.ts";
import { decideDesk } from "../../control-plane/src/core/decide-desk.ts";
import { decideShard } from "../../control-plane/src/core/decide-shard.ts";
import { planHostWrites } from "../../control-plane/src/core/shard-stored.ts";
import { decideAdmission } from "../../edge-agent/src/core/admission.ts";

export interface Cores {
  readonly decideShard: typeof decideShard;
  readonly planHostWrites: typeof planHostWrites;
  readonly planShardProjection: typeof planShardProjection;
  readonly decideDesk: typeof decideDesk;
  readonly decideAdmission: typeof decideAdmission;
}

export const PRODUCTION_CORES: Cores = {
  decideShard,
  planHostWrites,
  planShardProjection,
  decideDesk,
  decideAdmission,
};
