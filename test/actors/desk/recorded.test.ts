// Recorded history inside workerd: what a shard keeps, what it does not, and how the operator's API hands it out.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { RECORDED_SETTINGS_MAX } from "@countersign/shared/values/limits";
import { namedAt } from "@countersign/shared/values/named";
import { standInYes } from "../../../control-plane/replay/world/stand-in.ts";
import type { RecordedSettings } from "../../../control-plane/src/core/desk/state/recorded-settings.ts";
import type { RecordedRow } from "../../../control-plane/src/core/shard/kept/recording.ts";
import { byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { LIVENESS_PROFILES } from "../../../control-plane/src/policy/policy.ts";
import {
  type AgentSocket,
  ask,
  bindings,
  connectedAgent,
  desk,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

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
  await expect
    .poll(async () => namedAt((await shard().snapshot())[0]?.services, "demo")?.reportedAt)
    .toBe(Date.now());
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
    expect(await kinds()).toEqual(["host-enrolled", "connected", "reported"]);
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
    expect([events.map(({ sequence }) => sequence), next]).toEqual([[1, 2, 3], null]);
    expect((await recorded("&after=shard-0:1")).events.map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect((await ask("/v1/admin/recorded?from=yesterday&to=now", { token: TOKEN })).status).toBe(400);
    expect((await ask("/v1/admin/recorded")).status).toBe(401);
  });

  it("has nothing where no host was ever enrolled", async () => {
    expect(await recorded()).toEqual({ events: [], next: null });
  });
});

describe("what held in a time, for a replay of it", () => {
  const now = Date.now();
  const silence = {
    matcher: { hostId: null, service: "demo", reason: null },
    why: "kernel update",
    startsAt: now,
    endsAt: now + 3_600_000,
  };
  const settings = (from: number, to: number) =>
    ask(`/v1/admin/recorded/settings?from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`, {
      token: TOKEN,
    }).then((answer) => answer.json<RecordedSettings>());

  it("is silences with their matcher and times, also those that a person ended, at the edges of the time", async () => {
    takeClock();
    const startsAt = Date.now();
    const asked = { ...silence, startsAt, endsAt: startsAt + 3_600_000 };
    await actsOn("operator", { kind: "silence", ...asked });
    const [live] = (await settings(startsAt, startsAt)).silences;
    expect(live).toMatchObject({ ...asked, by: byPerson("operator"), isOver: false });
    await actsOn("operator", { kind: "end-silence", silenceId: live?.silenceId ?? "" });
    expect((await settings(asked.endsAt - 1, asked.endsAt)).silences).toMatchObject([{ isOver: true }]);
    expect((await settings(asked.endsAt, asked.endsAt + 1)).silences).toEqual([]);
    expect((await settings(startsAt - 2, startsAt - 1)).silences).toEqual([]);
    const rows = await desk().auditRows({ before: null, limit: 10 });
    expect(rows.filter(({ act }) => act === "silence-ended")).toMatchObject([
      { actor: byPerson("operator"), subject: `silence:${live?.silenceId}` },
    ]);
  });

  it("is standing approvals without what was signed, and says when there are too many to hand out", async () => {
    const subject = {
      kind: "service",
      hostId: `host_${"0".repeat(32)}`,
      hostName: "web-1",
      service: "demo",
    } as const;
    const counts = { usesMax: 1, usesCount: 0, why: "tonight" };
    const given = {
      by: byPerson("operator"),
      subject,
      action: "restart",
      ...counts,
      givenAt: now,
      untilAt: now + 1_000,
    };
    const signed = standInYes("operator");
    const put = (id: string) =>
      runInDurableObject(desk(), (_instance, { storage }) => {
        const document = JSON.stringify({ standingId: id, ...given, signed });
        storage.sql.exec("INSERT INTO archived VALUES ('standing', ?, '', ?, ?)", id, now, document);
      });
    for (let count = 1; count <= RECORDED_SETTINGS_MAX; count += 1) await put(`std_${count}`);
    const most = await settings(now, now);
    expect([most.standing.length, most.tooMany]).toEqual([RECORDED_SETTINGS_MAX, null]);
    expect(most.standing[0]).toEqual({ standingId: "std_1", ...given, isOver: true });
    await put("std_more");
    expect((await settings(now, now)).tooMany).toBe("standing approvals");
  });

  it("is each version's text of the policy, the deployment's own first", async () => {
    const text = "version: 1\nshadow: true";
    await desk().applyPolicy({ expectedVersion: 0, by: byAdmin(), why: "", text });
    await desk().applyPolicy({ expectedVersion: 1, by: byAdmin(), why: "", text: null });
    const policy = (version: string) => ask(`/v1/admin/recorded/policies/${version}`, { token: TOKEN });
    const texts = await Promise.all(["0", "1", "2"].map(async (version) => (await policy(version)).json()));
    expect(texts).toEqual([
      { version: 0, text: bindings.POLICY },
      { version: 1, text },
      { version: 2, text: bindings.POLICY },
    ]);
    expect([(await policy("3")).status, (await policy("new")).status]).toEqual([404, 404]);
    expect((await ask("/v1/admin/recorded/policies/0")).status).toBe(401);
    expect((await ask("/v1/admin/recorded/settings")).status).toBe(401);
    expect((await ask("/v1/admin/recorded/settings?from=then", { token: TOKEN })).status).toBe(400);
  });
});
