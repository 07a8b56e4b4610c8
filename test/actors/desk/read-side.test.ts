// D1 is a read side only: while it is down detection, paging and approval go on, and afterwards it catches up.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { projectRows } from "../../../control-plane/src/read-side/project.ts";
import type { ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { failService, openApproval, proposalOf, propose } from "../world/desk-story.ts";
import { bindings, connectedAgent, desk, enrolledHost, shard, takeClock } from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

const down = new Proxy({} as D1Database, {
  get() {
    throw new Error("D1 is down");
  },
});

async function setDatabase(DB: D1Database): Promise<void> {
  const swap = (instance: object) =>
    void Object.assign(instance, { env: { ...(instance as { env: object }).env, DB } });
  await runInDurableObject(desk(), swap);
  await runInDurableObject(shard(), swap);
}

async function rows(table: string): Promise<readonly Record<string, unknown>[]> {
  return (await bindings.DB.prepare(`SELECT * FROM ${table}`).all()).results;
}

describe("while D1 is down", () => {
  it("a failure is found, paged, approved and granted; then the read side catches up", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await setDatabase(down);
    const agent = await connectedAgent(host);
    const requestId = await failService(agent, clock);
    propose(agent, requestId, proposalOf(host));
    await expect.poll(openApproval).not.toBeNull();
    await desk().settled();
    const approval = (await openApproval())!;
    expect(approval.state).toBe("delivered");
    await actsOn("operator", {
      kind: "approve",
      approvalId: approval.approvalId,
      proposalHash: approval.proposalHash,
    });
    await agent.expect("grant");
    await desk().settled();
    expect(await rows("incidents")).toEqual([]);

    await setDatabase(bindings.DB);
    clock.advance(120_000);
    await runDurableObjectAlarm(desk());
    await runDurableObjectAlarm(shard());
    await shard().settled();
    await desk().settled();
    expect(await rows("hosts")).toMatchObject([{ name: "web-1", shard: "shard-0" }]);
    expect(await rows("services")).toMatchObject([{ service: "demo", status: "failing" }]);
    expect(await rows("incidents")).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ reason: "check-failing" })]),
    );
    expect((await rows("pages")).length).toBeGreaterThan(0);
    const audit = await desk().auditRows({ before: null, limit: 1_000 });
    expect((await rows("audit")).length).toBe(audit.length);
  });
});

describe("a batch that lands late", () => {
  it("does not put an old row back, and lands twice without harm", async () => {
    const hostAt = (liveness: string, revision: number) => ({
      projection: hostRow(liveness),
      revision,
    });
    await projectRows(bindings.DB, "shard-0", [hostAt("up", 10)]);
    await projectRows(bindings.DB, "shard-0", [hostAt("down", 12)]);
    await projectRows(bindings.DB, "shard-0", [hostAt("late", 11)]);
    expect(await rows("hosts")).toMatchObject([{ liveness: "down", revision: 12 }]);
    await projectRows(bindings.DB, "shard-0", [hostAt("down", 12), hostAt("up", 13)]);
    await projectRows(bindings.DB, "shard-0", [hostAt("down", 12)]);
    expect(await rows("hosts")).toMatchObject([{ liveness: "up", revision: 13 }]);
  });
});

function hostRow(liveness: string): ProjectionRow {
  const said = { condition: "", services: "[]", urgency: 0 };
  const row = { hostId: "host_1", shard: "shard-0", name: "web-1", liveness, sinceAt: 1, ...said };
  return { table: "hosts", row };
}
