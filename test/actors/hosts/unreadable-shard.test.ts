// Rows of a shard that cannot be read: each costs only itself. A host stays watched by its key with what its socket holds, no page is
// dropped as a repeat, and people are told what was put aside.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { placeNameOf } from "../../../control-plane/src/core/words/subject.ts";
import {
  type AgentSocket,
  connectedAgent,
  desk,
  type EnrolledHost,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "../world/fleet.ts";

/** Changes the shard's storage behind its back, and lets it wake anew. */
async function spoil(change: (sql: SqlStorage) => void): Promise<void> {
  await shard().settled();
  await runInDurableObject(shard(), (_instance, { storage }) => change(storage.sql));
  await evictDurableObject(shard());
}

async function told(): Promise<readonly string[]> {
  await shard().snapshot();
  await shard().settled();
  const { records } = await desk().unreadable();
  return records.map(({ recordKey }) => recordKey).toSorted();
}

async function openReasons(): Promise<readonly string[]> {
  await shard().settled();
  const { incidents } = await desk().overview();
  return incidents
    .filter(({ state }) => state !== "resolved")
    .map(({ reason, subject }) => `${reason} ${placeNameOf(subject)}`)
    .toSorted();
}

async function reported(host: EnrolledHost, agent: AgentSocket): Promise<void> {
  agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
  await expect.poll(async () => namedAt((await hostOf(host)).services, "demo")?.reportedAt).toBe(Date.now());
}

/** A service of the host fails again and again, nine seconds apart. */
async function failing(
  host: EnrolledHost,
  agent: AgentSocket,
  { clock, times }: { readonly clock: ReturnType<typeof takeClock>; readonly times: number },
): Promise<void> {
  for (let failure = 0; failure < times; failure += 1) {
    agent.send({ type: "report", digest: false, sentAt: Date.now(), services: [serviceReport("fail")] });
    await expect
      .poll(async () => namedAt((await hostOf(host)).services, "demo")?.reportedAt)
      .toBe(Date.now());
    clock.advance(9_000);
    await runDurableObjectAlarm(shard());
  }
}

async function hostOf({ hostId }: EnrolledHost) {
  return (await shard().snapshot()).find((host) => host.hostId === hostId)!;
}

/** Two connected hosts, of which one's row will be spoilt. */
async function twoHosts() {
  const [spoilt, other] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
  const clock = takeClock();
  const [agent, otherAgent] = [await connectedAgent(spoilt), await connectedAgent(other)];
  await reported(spoilt, agent);
  await reported(other, otherAgent);
  return { spoilt, other, agent, otherAgent, clock };
}

const NOT_JSON = "{torn";

describe("a host's row that cannot be read", () => {
  it.each([
    ["not JSON", () => NOT_JSON],
    ["of the wrong shape", (stored: string) => stored.replace(/"outcomesSeen":\[\]/, '"outcomesSeen":7')],
    [
      "whose `__proto__` is no service",
      (stored: string) => stored.replace(/"services":\{/, '"services":{"__proto__":null,').replace(",}", "}"),
    ],
    ["not understood for ever", (stored: string) => stored.replace(/"savedAt":\d+/, '"savedAt":8.64e15')],
    ["another host's", (stored: string) => stored.replace(/"hostId":"[^"]*"/, '"hostId":"hst_other"')],
  ])("leaves it watched by its key, and all others as they are (%s)", async (_what, spoiltText) => {
    const { agent, spoilt } = await twoHosts();
    await spoil((sql) => {
      const [row] = sql
        .exec<{ stored: string }>(
          "SELECT record AS stored FROM records WHERE kind = 'host' AND id = ?",
          spoilt.hostId,
        )
        .toArray();
      sql.exec(
        "UPDATE records SET record = ? WHERE kind = 'host' AND id = ?",
        spoiltText(row!.stored),
        spoilt.hostId,
      );
    });
    expect(await told()).toEqual([`shard-0/host/${spoilt.hostId}`]);
    expect(await hostOf(spoilt)).toMatchObject({ liveness: "up", connection: { hostname: "web-1" } });
    expect(await openReasons()).toEqual(["record-unreadable web-1"]);
    await reported(spoilt, agent);
    await evictDurableObject(shard());
    expect(namedAt((await hostOf(spoilt)).services, "demo")).toBeDefined();
    expect(await shard().putAside()).toMatchObject([{ kind: "host", id: spoilt.hostId }]);
  });

  it("when no host can be made of it (what a rule remembers, without a socket) stops no other", async () => {
    const { other, spoilt } = await twoHosts();
    await shard().settled();
    await runInDurableObject(shard(), (_instance, { storage }) => {
      const book = { slices: { "no-progress": null }, firing: {}, dueAt: {}, frozenBy: null };
      const row = { hostId: spoilt.hostId, name: "web-1", probe: null, outcomesSeen: [], trouble: null };
      storage.sql.exec(
        "UPDATE records SET record = ? WHERE kind = 'host' AND id = ?",
        JSON.stringify({ ...row, services: {}, book }),
        spoilt.hostId,
      );
    });
    await evictDurableObject(shard(), { webSockets: "close" });
    expect(await told()).toEqual([`shard-0/host/${spoilt.hostId}`]);
    expect(await hostOf(spoilt)).toMatchObject({ name: "web-1", book: { slices: {} } });
    await connectedAgent(other);
    expect((await hostOf(other)).unheard).toBeNull();
  });

  it("is paged as silent when it falls silent, and another host's service is paged too", async () => {
    const { clock, other, otherAgent, spoilt } = await twoHosts();
    await spoil((sql) =>
      sql.exec("UPDATE records SET record = ? WHERE kind = 'host' AND id = ?", NOT_JSON, spoilt.hostId),
    );
    await failing(other, otherAgent, { clock, times: 9 });
    expect(await openReasons()).toEqual([
      "check-failing web-2",
      "host-silent web-1",
      "record-unreadable web-1",
    ]);
  });

  it("when only a decision finds it (what a rule remembers) is put aside then", async () => {
    const { agent, clock, other, otherAgent, spoilt } = await twoHosts();
    await spoil((sql) => {
      const [row] = sql
        .exec<{ stored: string }>(
          "SELECT record AS stored FROM records WHERE kind = 'host' AND id = ?",
          spoilt.hostId,
        )
        .toArray();
      const book = { slices: { "startup-death": 7 }, firing: {}, dueAt: {}, frozenBy: null };
      const stored = { ...(JSON.parse(row!.stored) as object), book };
      sql.exec(
        "UPDATE records SET record = ? WHERE kind = 'host' AND id = ?",
        JSON.stringify(stored),
        spoilt.hostId,
      );
    });
    clock.advance(13_000);
    await agent.ping();
    await otherAgent.ping();
    await runDurableObjectAlarm(shard());
    await reported(spoilt, agent);
    await reported(other, otherAgent);
    expect(await told()).toEqual([`shard-0/host/${spoilt.hostId}`]);
    expect((await shard().snapshot()).map(({ liveness }) => liveness)).toEqual(["up", "up"]);
  });
});

describe("what else a shard cannot read", () => {
  it("costs nothing but itself", async () => {
    const { agent, clock, other, otherAgent, spoilt } = await twoHosts();
    await spoil((sql) => {
      sql.exec("INSERT OR REPLACE INTO records VALUES ('state', 0, ?), ('policy', 0, ?)", NOT_JSON, NOT_JSON);
      sql.exec("UPDATE records SET record = ? WHERE kind = 'catalogue' AND id = ?", NOT_JSON, spoilt.hostId);
      sql.exec("INSERT INTO records VALUES ('grant', 'grt_1', '{\"grantId\":\"grt_1\"}')");
      sql.exec(
        "INSERT INTO records VALUES ('signal', 900, ?), ('signal', 901, '{\"kind\":\"firing\"}')",
        NOT_JSON,
      );
      sql.exec("UPDATE recorded_history SET events = ? WHERE sequence = 1", NOT_JSON);
    });
    await shard().recordedEvents({ fromAt: 0, toAt: Date.now(), after: 0 });
    clock.advance(13_000);
    await otherAgent.ping();
    await agent.ping();
    await runDurableObjectAlarm(shard());
    await desk().watch();
    expect(await told()).toEqual([
      `shard-0/catalogue/${spoilt.hostId}`,
      "shard-0/grant/grt_1",
      "shard-0/history/1",
      "shard-0/shard-state/state",
      "shard-0/signal/signal 900",
      "shard-0/signal/signal 901",
    ]);
    await failing(other, otherAgent, { clock, times: 4 });
    expect(await openReasons()).toEqual(["check-failing web-2", "record-unreadable shard-0"]);
  });

  it("of a socket's memory asks its host to connect again", async () => {
    const { agent, other, spoilt } = await twoHosts();
    await shard().settled();
    await runInDurableObject(shard(), (_instance, state) => {
      const [socket] = state.getWebSockets(spoilt.hostId);
      socket!.serializeAttachment({ phase: "live", hostId: spoilt.hostId });
    });
    await evictDurableObject(shard());
    expect(await told()).toEqual([`shard-0/socket/${spoilt.hostId}`]);
    expect(await agent.expectClose()).toBe(1012);
    await connectedAgent(spoilt);
    expect([(await hostOf(spoilt)).liveness, (await hostOf(other)).liveness]).toEqual(["up", "up"]);
  });

  it("leaves out what a socket holds beyond its host's row", async () => {
    const { other, spoilt } = await twoHosts();
    await runInDurableObject(shard(), (_instance, state) => {
      const [socket] = state.getWebSockets(spoilt.hostId);
      const live = socket!.deserializeAttachment() as object;
      const [row] = state.storage.sql
        .exec<{ stored: string }>(
          "SELECT record AS stored FROM records WHERE kind = 'host' AND id = ?",
          spoilt.hostId,
        )
        .toArray();
      const { savedAt } = JSON.parse(row!.stored) as { savedAt: number };
      const unsaved = { savedAt, difference: NOT_JSON };
      socket!.serializeAttachment({ ...live, unsaved });
    });
    await evictDurableObject(shard());
    expect([(await hostOf(spoilt)).liveness, (await hostOf(other)).liveness]).toEqual(["up", "up"]);
  });
});

describe("an event with which no decision can be made", () => {
  it("is dropped and told once; its host and all others go on", async () => {
    const { agent, clock, other, otherAgent, spoilt } = await twoHosts();
    await runInDurableObject(shard(), async (instance) => {
      const hosts = await instance.snapshot();
      const { services } = hosts.find(({ hostId }) => hostId === spoilt.hostId)!;
      // Read when a report is compared with the one before, and at no other time.
      Object.defineProperty(namedAt(services, "demo")!, "lastInvocationId", {
        enumerable: true,
        get: () => {
          throw new Error("we are wrong");
        },
      });
    });
    for (let count = 0; count < 3; count += 1) {
      clock.advance(1_000);
      agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
      await agent.ping();
    }
    await reported(other, otherAgent);
    const keys = await told();
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatch(/^shard-0\/(?:event|host)\//);
    expect((await shard().snapshot()).map(({ liveness }) => liveness)).toEqual(["up", "up"]);
    expect(agent.closedWith).toBeNull();
  });
});
