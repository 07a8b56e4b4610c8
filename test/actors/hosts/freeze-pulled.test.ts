// A freeze and a grant that has not reached its host: the word gets to the shard through an outage and a crash, also when it is there
// before the grant is, and the host that comes back is sent nothing.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { FLEET } from "../../../control-plane/src/core/words/subject.ts";
import { failService, openApproval, proposalOf, propose } from "../world/desk-story.ts";
import { bindings, connectedAgent, desk, enrolledHost, shard, takeClock } from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

type Shard = ReturnType<typeof shard>;
type ShardMethods = {
  [Name in "pullFreeze" | "deliverGrant"]?: (...args: Parameters<Shard[Name]>) => Promise<void>;
};

/** A host that went away after it proposed; somebody may approve now. */
async function proposedAndGone() {
  const host = await enrolledHost();
  const clock = takeClock();
  const agent = await connectedAgent(host);
  propose(agent, await failService(agent, clock), proposalOf(host));
  await expect.poll(openApproval).not.toBeNull();
  await desk().settled();
  const approval = (await openApproval())!;
  agent.socket.close(1_000);
  await expect.poll(async () => (await shard().snapshot())[0]?.connection).toBeNull();
  const approve = () =>
    actsOn("operator", {
      kind: "approve",
      approvalId: approval.approvalId,
      proposalHash: approval.proposalHash,
    });
  const approvalNow = async () => (await desk().approval(approval.approvalId))!.approval;
  return { host, clock, approve, approvalNow };
}

async function freeze(): Promise<void> {
  expect(await actsOn("operator", { kind: "freeze", scope: FLEET, why: "odd restarts" })).toEqual({
    ok: true,
    value: null,
  });
}

/** What the desk calls instead of some methods of its shards. */
async function shardsAre(methods: ShardMethods | null): Promise<void> {
  const stub = {
    deliverGrant: (...args: Parameters<Shard["deliverGrant"]>) => shard().deliverGrant(...args),
    pullFreeze: (...args: Parameters<Shard["pullFreeze"]>) => shard().pullFreeze(...args),
    ...methods,
  };
  const namespace = { idFromName: (name: string) => name, get: () => stub };
  await runInDurableObject(desk(), (instance) => {
    const { env } = instance as unknown as { env: object };
    Object.assign(instance, {
      env: { ...env, HOST_SHARD: methods === null ? bindings.HOST_SHARD : namespace },
    });
  });
}

async function waitingWords(): Promise<number> {
  return runInDurableObject(
    desk(),
    (_instance, { storage }) =>
      storage.sql.exec("SELECT 1 FROM records WHERE kind = 'shard-word'").toArray().length,
  );
}

/** The host comes back; the types of what it is sent until its ping is answered. */
async function sentAtReturn(host: Parameters<typeof connectedAgent>[0]): Promise<readonly string[]> {
  const agent = await connectedAgent(host);
  await shard().settled();
  await agent.ping();
  return agent.received.map(({ type }) => type);
}

describe("a freeze over a grant that waits for its host", () => {
  it("keeps the grant from the host, and the approval says so", async () => {
    const { approve, host, approvalNow } = await proposedAndGone();
    await approve();
    await desk().settled();
    expect((await approvalNow()).isGrantDelivered).toBe(true);
    await freeze();
    await desk().settled();
    await shard().settled();
    expect(await sentAtReturn(host)).not.toContain("grant");
    expect(await approvalNow()).toMatchObject({
      state: "failed",
      end: { reason: "recalled", by: byPerson("operator") },
    });
    expect(await waitingWords()).toBe(0);
  });

  it("is told again after the shard was not reached", async () => {
    const { approve, clock, host, approvalNow } = await proposedAndGone();
    await approve();
    await desk().settled();
    await shardsAre({ pullFreeze: () => Promise.reject(new Error("the shard is unreachable")) });
    await freeze();
    await desk().settled();
    expect(await waitingWords()).toBe(1);
    expect((await approvalNow()).state).toBe("approved");
    await shardsAre(null);
    clock.advance(2_000);
    await runDurableObjectAlarm(desk());
    await desk().settled();
    await shard().settled();
    expect(await waitingWords()).toBe(0);
    expect(await sentAtReturn(host)).not.toContain("grant");
    expect((await approvalNow()).state).toBe("failed");
  });

  it("is told again by the alarm after the desk crashed before it told", async () => {
    const { approve, clock, host, approvalNow } = await proposedAndGone();
    await approve();
    await desk().settled();
    await shardsAre({ pullFreeze: () => new Promise<void>(() => {}) });
    await freeze();
    await runInDurableObject(desk(), (_instance, state) => state.abort("crash")).catch(() => {});
    expect(await waitingWords()).toBe(1);
    clock.advance(2_000);
    expect(await runDurableObjectAlarm(desk())).toBe(true);
    await desk().settled();
    await shard().settled();
    expect(await sentAtReturn(host)).not.toContain("grant");
    expect(await approvalNow()).toMatchObject({ state: "failed", recalledBy: byPerson("operator") });
  });

  it("holds when the grant comes to the shard after the word, also once the freeze is lifted", async () => {
    const { approve, host, approvalNow } = await proposedAndGone();
    let arrive = () => Promise.resolve();
    await shardsAre({
      deliverGrant: async (...[grant]: Parameters<Shard["deliverGrant"]>) => {
        const late = structuredClone(grant);
        arrive = async () => {
          await shard().deliverGrant(late);
        };
        throw new Error("slow");
      },
    });
    await approve();
    await desk().settled();
    await freeze();
    await desk().settled();
    await shardsAre(null);
    await actsOn("operator", { kind: "lift-freeze", scope: FLEET, why: "understood" });
    await desk().settled();
    await arrive();
    await shard().settled();
    expect(await sentAtReturn(host)).not.toContain("grant");
    expect((await approvalNow()).state).toBe("failed");
  });
});
