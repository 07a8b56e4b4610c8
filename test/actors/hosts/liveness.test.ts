// Silence, hibernation and our own gaps, with real hibernating sockets.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { LIVENESS_PROFILES } from "../../../control-plane/src/policy/policy.ts";
import { letRing } from "../world/desk-story.ts";
import {
  bindings,
  connectedAgent,
  desk,
  type EnrolledHost,
  enrolledHost,
  provenAgent,
  serviceReport,
  shard,
  takeClock,
} from "../world/fleet.ts";

const { keepaliveMs, lateAfterMs, pageBoundMs } = LIVENESS_PROFILES.default;
const GRACE_MS = 20_000;

async function livenessOf({ hostId }: EnrolledHost): Promise<string | undefined> {
  return (await shard().snapshot()).find((host) => host.hostId === hostId)?.liveness;
}

async function refusedCountOf({ hostId }: EnrolledHost): Promise<number | undefined> {
  const host = (await shard().snapshot()).find((state) => state.hostId === hostId);
  return host?.unheard?.refusedCount;
}

async function sweep(): Promise<void> {
  expect(await runDurableObjectAlarm(shard())).toBe(true);
  await shard().settled();
  await desk().settled();
}

/** Sweeps as often as the shard wants until the duration has passed. */
async function sweepThrough(clock: { advance: (durationMs: number) => void }, durationMs: number) {
  for (let passedMs = 0; passedMs < durationMs; passedMs += keepaliveMs) {
    clock.advance(keepaliveMs);
    await sweep();
  }
}

async function openReasons(): Promise<readonly string[]> {
  const { incidents } = await desk().overview();
  return incidents.filter(({ state }) => state !== "resolved").map(({ reason }) => reason);
}

describe("a sweep", () => {
  it("finds the silent host and keeps the one whose keepalives were answered while we slept", async () => {
    const silent = await enrolledHost("silent-1");
    const lively = await enrolledHost("lively-1");
    const clock = takeClock();
    await connectedAgent(silent);
    const agent = await connectedAgent(lively);
    await new Promise((resolve) => setTimeout(resolve, 600)); // the runtime's keepalive timestamps keep real time
    await evictDurableObject(shard());
    await agent.ping();
    clock.advance(lateAfterMs - 200);
    await sweep();
    expect([await livenessOf(silent), await livenessOf(lively)]).toEqual(["late", "up"]);
  });

  it("pages once for a host that stays silent to the page bound, and says when it returns", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    clock.advance(lateAfterMs);
    await sweep();
    expect(await livenessOf(host)).toBe("late");
    await sweepThrough(clock, pageBoundMs - lateAfterMs - keepaliveMs);
    expect(await openReasons()).toEqual([]);
    await sweepThrough(clock, keepaliveMs);
    expect(await livenessOf(host)).toBe("down");
    expect(await openReasons()).toEqual(["host-silent"]);
    await letRing(clock);
    await connectedAgent(host);
    await shard().settled();
    const [incident] = (await desk().overview()).incidents;
    expect(incident).toMatchObject({ reason: "host-silent" });
    const pages = (await desk().incident(incident!.incidentId))?.pages ?? [];
    expect(pages).toContainEqual(expect.objectContaining({ kind: "ring", state: "delivered" }));
    expect(incident?.clearedAt).not.toBeNull();
  });

  it("remembers a late host through an eviction", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    agent.socket.close(1_000);
    clock.advance(lateAfterMs);
    await sweep();
    await evictDurableObject(shard());
    expect(await livenessOf(host)).toBe("late");
    clock.advance(pageBoundMs - lateAfterMs);
    await sweep();
    expect(await openReasons()).toEqual(["host-silent"]);
  });
});

describe("an alarm that rings late", () => {
  it("makes us doubt ourselves first: nobody is late until the grace is over", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    clock.advance(lateAfterMs * 2 + 1_000);
    await sweep();
    expect(await livenessOf(host)).toBe("up");
    clock.advance(GRACE_MS);
    await sweep();
    expect(await livenessOf(host)).toBe("late");
  });

  it("is doubted all the same when the doubt could not be saved at first", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    await shard().settled();
    const complaints = vi.spyOn(console, "error").mockReturnValue();
    await runInDurableObject(shard(), (_instance, { storage }) => {
      vi.spyOn(storage, "transactionSync").mockImplementationOnce(() => {
        throw new Error("the disk is full");
      });
    });
    clock.advance(lateAfterMs * 2 + 1_000);
    await sweep();
    expect(complaints).toHaveBeenCalledTimes(1);
    clock.advance(5_000);
    await sweep();
    expect(await livenessOf(host)).toBe("up");
    clock.advance(GRACE_MS);
    await sweep();
    expect(await livenessOf(host)).toBe("late");
  });

  it("again and again does not become a grace without end", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    for (let round = 0; round < 4; round += 1) {
      clock.advance(pageBoundMs - 1_000);
      await sweep();
    }
    expect(await livenessOf(host)).toBe("down");
  });
});

describe("a gap of our own", () => {
  it("is told itself when it was long, and blames no host in the grace, nor afterwards when all return", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    await evictDurableObject(shard(), { webSockets: "close" });
    clock.advance(pageBoundMs * 10);
    await sweep();
    expect(await livenessOf(host)).toBe("unknown");
    expect(await openReasons()).toEqual(["control-plane-gap"]);
    clock.advance(GRACE_MS - 1_000);
    await connectedAgent(host);
    expect(await livenessOf(host)).toBe("up");
    clock.advance(5_000);
    await sweep();
    expect(await openReasons()).toEqual(["control-plane-gap"]);
    const [note] = (await desk().auditRows({ before: null, limit: 5 })).filter(({ why }) =>
      why.startsWith("no data"),
    );
    expect(note?.act).toBe("noted");
  });

  it("pages for the host that does not return", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    await evictDurableObject(shard(), { webSockets: "close" });
    clock.advance(pageBoundMs * 10);
    await sweep();
    await sweepThrough(clock, GRACE_MS);
    await sweepThrough(clock, pageBoundMs);
    expect(await livenessOf(host)).toBe("down");
    expect(await openReasons()).toContain("host-silent");
  });

  it("is assumed after a deploy, however short it was", async () => {
    const host = await enrolledHost();
    await connectedAgent(host);
    const clock = takeClock();
    await evictDurableObject(shard(), { webSockets: "close" });
    clock.advance(1_000);
    expect(await livenessOf(host)).toBe("unknown");
  });
});

describe("a host that connects and is not understood", () => {
  const refused = { type: "report", digest: true, sentAt: -1, services: [] };

  it.each(["economy", "default", "fast"] as const)(
    "is down at the bound of %s, whatever it connects",
    async (profile) => {
      const bound = LIVENESS_PROFILES[profile];
      const host = await enrolledHost();
      const clock = takeClock();
      await shard().takePolicy({
        version: 5,
        hash: "1",
        text: `version: 1\nliveness: { profile: ${profile} }\n`,
      });
      clock.advance(GRACE_MS);
      await connectedAgent(host);
      for (let leftMs = bound.pageBoundMs; leftMs > bound.keepaliveMs; leftMs -= bound.keepaliveMs) {
        clock.advance(bound.keepaliveMs);
        const agent = await provenAgent(host);
        await agent.ping();
        await sweep();
        expect(await openReasons()).toEqual([]);
      }
      clock.advance(bound.keepaliveMs);
      await sweep();
      expect([await livenessOf(host), await openReasons()]).toEqual(["down", ["host-silent"]]);
    },
  );

  it("is told at the second refusal, through evictions, and back only with a digest that is accepted", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    for (let count = 0; count < 3; count += 1) {
      clock.advance(1_000);
      const agent = await provenAgent(host);
      await agent.ping();
      agent.send(refused);
      await expect.poll(() => refusedCountOf(host)).toBe(Math.min(count + 1, 2));
      await evictDurableObject(shard());
      expect(await refusedCountOf(host)).toBe(Math.min(count + 1, 2));
    }
    await sweep();
    expect([await livenessOf(host), await openReasons()]).toEqual(["down", ["host-silent"]]);
    const agent = await provenAgent(host);
    await agent.ping();
    clock.advance(keepaliveMs);
    await sweep();
    const [open] = (await desk().overview()).incidents;
    expect([await livenessOf(host), open?.clearedAt]).toEqual(["down", null]);
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
    await expect.poll(() => livenessOf(host)).toBe("up");
    await shard().settled();
    const { incidents } = await desk().overview();
    expect(incidents.map(({ reason, clearedAt }) => [reason, clearedAt === null])).toEqual([
      ["host-silent", false],
    ]);
  });

  it("is not up while it waits for its digest asleep: the socket remembers, and no keepalive counts", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    const before = (await shard().snapshot())[0]?.lastSeenAt;
    const agent = await provenAgent(host);
    await evictDurableObject(shard());
    clock.advance(lateAfterMs);
    await agent.ping();
    await sweep();
    expect(await livenessOf(host)).toBe("late");
    expect((await shard().snapshot())[0]?.lastSeenAt).toBe(before);
  });

  it("after a deploy is told once the grace is over", async () => {
    const host = await enrolledHost();
    await connectedAgent(host);
    const clock = takeClock();
    await evictDurableObject(shard(), { webSockets: "close" });
    for (const _try of [1, 2]) (await provenAgent(host)).send(refused);
    await expect.poll(() => refusedCountOf(host)).toBe(2);
    clock.advance(GRACE_MS - 1_000);
    await sweep();
    expect(await openReasons()).toEqual([]);
    clock.advance(1_000);
    await sweep();
    expect(await openReasons()).toEqual(["host-silent"]);
  });
});

describe("a healthy host", () => {
  it("writes no row, in the shard or in D1, whatever it reports", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
    await expect.poll(async () => Object.keys((await shard().snapshot())[0]!.services)).toEqual(["demo"]);
    await shard().settled();
    const d1Before = await rowsInD1();
    const before = await shard().rowsWritten();
    for (let round = 0; round < 12; round += 1) {
      clock.advance(keepaliveMs);
      agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
      await expect
        .poll(async () => namedAt((await shard().snapshot())[0]!.services, "demo")!.reportedAt)
        .toBe(Date.now());
      await sweep();
    }
    expect(await livenessOf(host)).toBe("up");
    expect(await shard().rowsWritten()).toBe(before);
    expect(await rowsInD1()).toEqual(d1Before);
  });

  it("writes none either when the shard hibernates and wakes", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
    await expect.poll(async () => Object.keys((await shard().snapshot())[0]!.services)).toEqual(["demo"]);
    await shard().settled();
    await evictDurableObject(shard());
    clock.advance(keepaliveMs);
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
    await sweep();
    expect(await livenessOf(host)).toBe("up");
    expect(await shard().rowsWritten()).toBe(0);
  });
});

describe("the watchdog", () => {
  it("arms an alarm that was lost", async () => {
    await connectedAgent(await enrolledHost());
    await runInDurableObject(shard(), (_instance, state) => state.storage.deleteAlarm());
    await evictDurableObject(shard());
    await shard().watch();
    expect(await runInDurableObject(shard(), (_instance, state) => state.storage.getAlarm())).not.toBeNull();
  });
});

async function rowsInD1(): Promise<unknown> {
  const { results } = await bindings.DB.prepare("SELECT * FROM hosts, services").all();
  return results;
}

describe("a sweep", () => {
  it("looks at nothing that is attached to its sockets", async () => {
    for (const name of ["web-1", "web-2", "web-3"]) await connectedAgent(await enrolledHost(name));
    const looks = await runInDurableObject(shard(), async (instance) => {
      const looked = vi.spyOn(WebSocket.prototype, "deserializeAttachment");
      try {
        await instance.alarm();
        return looked.mock.calls.length;
      } finally {
        looked.mockRestore();
      }
    });
    expect(looks).toBe(0);
  });
});
