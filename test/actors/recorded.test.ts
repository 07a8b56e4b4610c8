// Recorded history inside workerd: what a shard keeps, what it does not, and how the operator's API hands it out.
import { runDurableObjectAlarm } from "cloudflare:test";
import { LIVENESS_PROFILES } from "@countersign/shared/policy";
import { describe, expect, it } from "vitest";
import type { RecordedRow } from "../../control-plane/src/core/recording.ts";
import {
  type AgentSocket,
  ask,
  connectedAgent,
  desk,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "./fleet.ts";

const TOKEN = "an-admin-token-of-the-tests-0123456789";
const { keepaliveMs, lateAfterMs } = LIVENESS_PROFILES.default;

interface Recorded {
  readonly events: readonly (RecordedRow & { readonly shard: string })[];
  readonly next: string | null;
}

async function recorded(query = ""): Promise<Recorded> {
  const window = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
  const answer = await ask(`/v1/admin/recorded?${window}${query}`, { token: TOKEN });
  expect(answer.status).toBe(200);
  return answer.json();
}

async function kinds(): Promise<readonly string[]> {
  return (await recorded()).events.map(({ event }) => event.kind);
}

async function report(agent: AgentSocket, status: "pass" | "fail", digest = false): Promise<void> {
  agent.send({ type: "report", digest, sentAt: Date.now(), services: [serviceReport(status)] });
  await expect.poll(async () => (await shard().snapshot())[0]?.services["demo"]?.reportedAt).toBe(Date.now());
  await desk().settled();
}

describe("a shard keeps of its events", () => {
  it("those that tell something, with the health before the first of them", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    await report(agent, "pass", true);
    clock.advance(keepaliveMs);
    await report(agent, "pass", true);
    expect(await kinds()).toEqual(["host-enrolled", "connected"]);
    clock.advance(keepaliveMs);
    await report(agent, "fail");
    const { events } = await recorded();
    const before = { service: "demo", results: [{ status: "pass" }] };
    expect(events.at(-1)).toMatchObject({
      shard: "shard-0",
      event: { kind: "reported", healthyBefore: [before] },
    });
  });

  it("a silence with the last sign of life, and no sweep that found nothing", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    await connectedAgent(host);
    const connectedAt = Date.now();
    clock.advance(lateAfterMs);
    expect(await runDurableObjectAlarm(shard())).toBe(true);
    clock.advance(1_000);
    await runDurableObjectAlarm(shard());
    const { events } = await recorded();
    const silences = events.flatMap(({ event }) => (event.kind === "liveness" ? event.flips : []));
    expect(silences).toEqual([
      { hostId: host.hostId, liveness: "late", lastSeenAt: expect.any(Number) as number },
    ]);
    expect(Math.abs((silences[0]?.lastSeenAt ?? 0) - connectedAt)).toBeLessThan(1_000);
  });
});

describe("the API of recorded history", () => {
  it("goes on after the part that was read, and wants the admin's token and whole instants", async () => {
    await connectedAgent(await enrolledHost());
    const { events, next } = await recorded();
    expect([events.map(({ sequence }) => sequence), next]).toEqual([[1, 2], null]);
    expect((await recorded("&after=shard-0:1")).events.map(({ sequence }) => sequence)).toEqual([2]);
    expect((await ask("/v1/admin/recorded?from=yesterday&to=now", { token: TOKEN })).status).toBe(400);
    expect((await ask("/v1/admin/recorded")).status).toBe(401);
  });

  it("has nothing where no host was ever enrolled", async () => {
    expect(await recorded()).toEqual({ events: [], next: null });
  });
});
