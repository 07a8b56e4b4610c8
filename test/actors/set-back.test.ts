// An actor that is set back in time counts again from where it was, and others remember what it said before: none may take what is new
// for a repeat.
import { namedAt } from "@countersign/shared/named";
import { describe, expect, it } from "vitest";
import {
  type AgentSocket,
  connectedAgent,
  desk,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "./fleet.ts";
import { keepRows, setBack } from "./set-back.ts";

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
    .map(({ subject }) => subject.hostName)
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
      desk().applyPolicy({ expectedVersion, by: "admin", why: "", text });
    const told = async () => {
      await shard().watch();
      await shard().settled();
      return (await keepRows(shard())).get("shard")?.find(({ key }) => key === "policy")?.["value"];
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
