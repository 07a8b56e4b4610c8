// Which rows of the read side a shard's decision changes: what differs, and what is gone.
import { describe, expect, it } from "vitest";
import { NONE_NAMED } from "@countersign/shared/values/named";
import { planShardProjection } from "../../../../control-plane/src/shell/shard/shard-projection.ts";
import { driveFailingService, WEB_1 } from "../../core/shard/shard-driver.ts";

describe("the rows of a decision", () => {
  const state = driveFailingService().state();
  const rows = (after: typeof state) =>
    planShardProjection(state, after).map(({ table, row }) => [table, "status" in row ? row.status : null]);

  it("are none where nothing differs", () => {
    expect(rows(state)).toEqual([]);
  });

  it("say of a service that its host names no more that it is gone", () => {
    const host = { ...state.hosts.get(WEB_1)!, services: NONE_NAMED };
    expect(rows({ ...state, hosts: state.hosts.with(WEB_1, host) })).toEqual([["services", "gone"]]);
  });
});
