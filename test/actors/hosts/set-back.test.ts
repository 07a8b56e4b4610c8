// An actor that is set back in time counts again from where it was, and others remember what it said before: none may take what is new
// for a repeat.
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { placeNameOf } from "../../../control-plane/src/core/words/subject.ts";
import {
  type AgentSocket,
  bindings,
  connectedAgent,
  desk,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "../world/fleet.ts";
import { keepRows, setBack } from "../world/set-back.ts";

type Clock = ReturnType<typeof takeClock>;

/** Failed results until `check-failing` is held long enough. */
async function fail(agent: AgentSocket, hostId: string, clock: Clock): Promise<void> {
  for (let failure = 0; failure < 4; failure += 1) {
    const sentAt = Date.now();
    agent.send({ type: "report", digest: failure === 0, sentAt, services: [serviceReport("fail")] });
    await expect
      .poll(async () => {
        const host = (await shard().snapshot()).find((known) => known.hostId === hostId);
        return namedAt(host?.services, "demo")?.reportedAt;
      })
      .toBe(sentAt);
    clock.advance(5_000);
  }
  await shard().settled();
  await desk().settled();
}

async function failingHosts(): Promise<readonly string[]> {
  const { incidents } = await desk().overview();
  return incidents
    .filter(({ reason, state }) => reason === "check-failing" && state === "open")
    .map(({ subject }) => placeNameOf(subject))
    .sort();
}

describe("a shard that is set back", () => {
  it("is heard with its next page, though it counts again what it counted before", async () => {
    const [first, second] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
    await shard().settled();
    const kept = await keepRows(shard());
    const clock = takeClock();
    await fail(await connectedAgent(first), first.hostId, clock);
    expect(await failingHosts()).toEqual(["web-1"]);
    await setBack(shard(), kept);
    await fail(await connectedAgent(second), second.hostId, clock);
    expect(await failingHosts()).toEqual(["web-1", "web-2"]);
  });
});

const SLOW = "version: 1\nliveness: { profile: economy }\n";
const FAST = "version: 1\nliveness: { profile: fast }\n";

describe("a desk that is set back", () => {
  it("gives numbers of policies again, and its shards judge by what holds now", async () => {
    await enrolledHost("web-1");
    const apply = async (text: string, expectedVersion: number) =>
      desk().applyPolicy({ expectedVersion, by: byAdmin(), why: "", text });
    const told = async () => {
      await shard().watch();
      await shard().settled();
      return (await keepRows(shard())).get("records")?.find(({ kind }) => kind === "policy")?.["record"];
    };
    const kept = await keepRows(desk());
    await apply(SLOW, 0);
    await apply(FAST, 1);
    expect(await told()).toContain("profile: fast");
    await setBack(desk(), kept);
    await apply(SLOW, 0);
    expect(await told()).toContain("profile: economy");
  });

  it("opens an incident for what is told next", async () => {
    const [first, second] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
    await shard().settled();
    const kept = await keepRows(desk());
    const clock = takeClock();
    await fail(await connectedAgent(first), first.hostId, clock);
    await setBack(desk(), kept);
    await fail(await connectedAgent(second), second.hostId, clock);
    expect(await failingHosts()).toEqual(["web-2"]);
  });
});

describe("D1, of an actor that is set back", () => {
  async function rowsOf(table: string): Promise<readonly Record<string, unknown>[]> {
    return (await bindings.DB.prepare(`SELECT * FROM ${table}`).all()).results;
  }

  it("holds no incident as open that its desk knows nothing of, and every row of its audit", async () => {
    const [first, second] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
    await shard().settled();
    await desk().settled();
    const kept = await keepRows(desk());
    const clock = takeClock();
    await fail(await connectedAgent(first), first.hostId, clock);
    expect(await rowsOf("incidents")).toMatchObject([{ state: "open" }]);
    await setBack(desk(), kept);
    await fail(await connectedAgent(second), second.hostId, clock);
    await desk().settled();
    const incidents = await rowsOf("incidents");
    expect(incidents.map(({ host_id, state }) => [host_id, state])).toEqual([
      [first.hostId, "unknown"],
      [second.hostId, "open"],
    ]);
    const copies = new Set((await rowsOf("audit")).map(({ hash }) => hash));
    const rows = await desk().auditRows({ before: null, limit: 1_000 });
    expect(rows.filter(({ hash }) => !copies.has(hash))).toEqual([]);
    expect(copies.size).toBeGreaterThan(rows.length);
  });

  it("takes what its shard knows again, and what comes next, though it holds newer rows", async () => {
    const host = await enrolledHost("web-1");
    await shard().settled();
    const kept = await keepRows(shard());
    const clock = takeClock();
    // as from a clock that was wrong by a year: nothing of ours would be newer before that
    clock.advance(365 * 86_400_000);
    const lost = await enrolledHost("web-2");
    await shard().settled();
    clock.advance(-365 * 86_400_000);
    await setBack(shard(), kept);
    await fail(await connectedAgent(host), host.hostId, clock);
    const hosts = await rowsOf("hosts");
    expect(hosts.find(({ host_id }) => host_id === lost.hostId)).toMatchObject({ liveness: "unknown" });
    expect(hosts.find(({ host_id }) => host_id === host.hostId)).toMatchObject({ liveness: "up" });
    expect(await rowsOf("services")).toMatchObject([{ service: "demo", status: "failing" }]);
  });
});
