// A shard that does not answer the watch, and a desk that confirms nothing: an incident, and reasons in /healthz.
import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { HostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import worker from "../../../control-plane/src/worker.ts";
import { bindings, connectedAgent, desk, enrolledHost, serviceReport, takeClock } from "../world/fleet.ts";

const MINUTE_MS = 60_000;
let advance: (durationMs: number) => void;

beforeEach(() => {
  ({ advance } = takeClock());
  vi.spyOn(console, "error").mockReturnValue();
});

const runCron = () =>
  worker.scheduled(createScheduledController(), bindings).then(
    () => "ran",
    () => "threw",
  );

async function healthReasons(): Promise<readonly string[]> {
  const answer = await worker.fetch(
    new Request("https://desk.test/healthz"),
    bindings,
    createExecutionContext(),
  );
  return (await answer.json<{ reasons?: string[] }>()).reasons ?? [];
}

it("a shard that answers no more is told by the desk, and over when it answers again", async () => {
  await enrolledHost();
  expect(await runCron()).toBe("ran");
  const watch = vi.spyOn(HostShard.prototype, "watch").mockRejectedValue(new Error("the shard is broken"));
  for (let minute = 0; minute <= 3; minute += 1) {
    expect(await runCron()).toBe("threw");
    advance(MINUTE_MS);
  }
  expect(await healthReasons()).toEqual(["shard-unreachable"]);
  const openReasons = async () =>
    (await desk().overview()).incidents.map(({ reason, state }) => [reason, state]);
  expect(await openReasons()).toEqual([["shard-unreachable", "open"]]);
  watch.mockRestore();
  expect(await runCron()).toBe("ran");
  advance(MINUTE_MS);
  expect(await healthReasons()).toEqual([]);
  expect(await openReasons()).toEqual([["shard-unreachable", "resolved"]]);
});

it("a desk that confirms no signal is told by /healthz", async () => {
  const host = await enrolledHost();
  vi.spyOn(IncidentDesk.prototype, "receiveSignals").mockRejectedValue(new Error("the desk is broken"));
  const agent = await connectedAgent(host);
  for (let count = 0; count < 4; count += 1) {
    agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("fail")] });
    await agent.ping();
    advance(10_000);
  }
  advance(2 * MINUTE_MS);
  expect(await runCron()).toBe("ran");
  expect(await healthReasons()).toEqual(["desk-unconfirmed"]);
});
