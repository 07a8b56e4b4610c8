// A freeze is lifted by a person only, so the person's word must reach the shard: after a crash of the desk between storing and
// telling, with the shard unreachable, and once only however often it is told.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { byRule } from "../../../control-plane/src/core/words/actor.ts";
import { FLEET, type Scope } from "../../../control-plane/src/core/words/subject.ts";
import {
  bindings,
  connectedAgent,
  desk,
  type EnrolledHost,
  enrolledHost,
  shard,
  takeClock,
} from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

const PATH = "/etc/demo.yaml";

/** The service's configuration thrashes by our own hand: a rule freezes it. */
async function frozenHost() {
  const host = await enrolledHost();
  const clock = takeClock();
  const agent = await connectedAgent(host);
  const thrash = async () => {
    const facts = Array.from({ length: 8 }, (_, index) => ({
      kind: "config-changed",
      service: "demo",
      at: Date.now() - index,
      path: PATH,
      by: "countersign",
    }));
    agent.send({ type: "facts", sentAt: Date.now(), facts });
    await expect.poll(() => frozenBy(host)).toBe("config-thrash");
    await shard().settled();
    await desk().settled();
  };
  await thrash();
  const scope: Scope = { kind: "service", hostId: host.hostId, hostName: "web-1", service: "demo" };
  return { host, clock, scope, thrash };
}

async function frozenBy({ hostId }: EnrolledHost): Promise<string | null> {
  const found = (await shard().snapshot()).find((host) => host.hostId === hostId);
  return namedAt(found?.services, "demo")?.book.frozenBy ?? null;
}

async function lift(scope: Scope): Promise<void> {
  expect(await actsOn("operator", { kind: "lift-freeze", scope, why: "understood" })).toEqual({
    ok: true,
    value: null,
  });
}

/** What the desk calls instead of its shards. */
async function shardsAre(namespace: unknown): Promise<void> {
  await runInDurableObject(desk(), (instance) => {
    const { env } = instance as unknown as { env: object };
    Object.assign(instance, { env: { ...env, HOST_SHARD: namespace } });
  });
}

function shardsThat(
  liftFreeze: (lift: Parameters<ReturnType<typeof shard>["liftFreeze"]>[0]) => Promise<void>,
) {
  return { idFromName: (name: string) => name, get: () => ({ liftFreeze }) };
}

async function waitingLifts(): Promise<number> {
  return runInDurableObject(
    desk(),
    (_instance, { storage }) =>
      storage.sql.exec("SELECT 1 FROM records WHERE kind = 'shard-word'").toArray().length,
  );
}

describe("a lifted freeze", () => {
  it("reaches the rules of its shard at once", async () => {
    const { host, scope } = await frozenHost();
    expect((await desk().brakes()).freezes).toHaveLength(1);
    await lift(scope);
    await desk().settled();
    expect(await frozenBy(host)).toBeNull();
    expect(await waitingLifts()).toBe(0);
  });

  it("is told again by the alarm after the desk crashed before it told", async () => {
    const { host, scope, clock } = await frozenHost();
    await shardsAre(shardsThat(() => new Promise(() => {})));
    await lift(scope);
    const alarmAt = await runInDurableObject(desk(), (_instance, { storage }) => storage.getAlarm());
    expect(alarmAt).toBeLessThanOrEqual(Date.now() + 1_000);
    await runInDurableObject(desk(), (_instance, state) => state.abort("crash")).catch(() => {});
    expect(await frozenBy(host)).toBe("config-thrash");
    expect(await waitingLifts()).toBe(1);
    clock.advance(2_000);
    expect(await runDurableObjectAlarm(desk())).toBe(true);
    await desk().settled();
    expect(await frozenBy(host)).toBeNull();
  });

  it("is told again after the shard was not reached", async () => {
    const { host, scope, clock } = await frozenHost();
    const liftFreeze = vi.fn().mockRejectedValue(new Error("the shard is unreachable"));
    await shardsAre(shardsThat(liftFreeze));
    await lift(scope);
    await desk().settled();
    expect(liftFreeze).toHaveBeenCalledTimes(1);
    await shardsAre(bindings.HOST_SHARD);
    clock.advance(2_000);
    expect(await runDurableObjectAlarm(desk())).toBe(true);
    await desk().settled();
    expect(await frozenBy(host)).toBeNull();
    expect(await waitingLifts()).toBe(0);
  });

  it("that is repeated lifts no freeze that was set since", async () => {
    const { host, scope, clock, thrash } = await frozenHost();
    const answerLost = async (...args: Parameters<ReturnType<typeof shard>["liftFreeze"]>) => {
      await shard().liftFreeze(...args);
      throw new Error("the answer was lost");
    };
    await shardsAre(shardsThat(answerLost));
    await lift(scope);
    await desk().settled();
    expect(await frozenBy(host)).toBeNull();
    expect(await waitingLifts()).toBe(1);
    clock.advance(3 * 3_600_000);
    await runDurableObjectAlarm(shard());
    await thrash();
    await shardsAre(bindings.HOST_SHARD);
    clock.advance(5_000);
    await runDurableObjectAlarm(desk());
    await desk().settled();
    expect(await waitingLifts()).toBe(0);
    expect(await frozenBy(host)).toBe("config-thrash");
  });

  it("of the fleet is told to every shard, and lifts no service's own", async () => {
    const { host } = await frozenHost();
    await actsOn("operator", { kind: "freeze", scope: FLEET, why: "odd restarts" });
    const told: unknown[] = [];
    const real = (name: string) => bindings.HOST_SHARD.get(bindings.HOST_SHARD.idFromName(name));
    await shardsAre({
      idFromName: (name: string) => name,
      get: (name: string) => ({
        liftFreeze: async (...args: Parameters<ReturnType<typeof shard>["liftFreeze"]>) => {
          told.push([name, args[0].scope]);
          await real(name).liftFreeze(...args);
        },
      }),
    });
    await lift(FLEET);
    await desk().settled();
    expect(told).toEqual([["shard-0", FLEET]]);
    expect(await waitingLifts()).toBe(0);
    expect(await frozenBy(host)).toBe("config-thrash");
    expect((await desk().brakes()).freezes.map(({ by }) => by)).toEqual([byRule("config-thrash")]);
  });
});
