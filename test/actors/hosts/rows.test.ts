// What hosts cost in rows, counted where SQLite counts them: a healthy host whose rules learn, and a service that goes on failing.
// History may write a row with a sweep, which writes an alarm anyway; the host's own row is what must not be written (ADR 0016).
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { namedAt, namesOf, NONE_NAMED } from "@countersign/shared/values/named";
import {
  type AgentSocket,
  connectedAgent,
  enrolledHost,
  serviceReport,
  shard,
  takeClock,
} from "../world/fleet.ts";

const STEP_MS = 10_000;
const STEPS_A_MINUTE = 6;
const MINUTES = 10;

/** What one minute of a healthy service tells: a session that ended well, work that grew, a latency. */
async function tellMinute(agent: AgentSocket, minute: number): Promise<void> {
  const at = Date.now();
  const base = { service: "demo", at };
  agent.send({
    type: "facts",
    sentAt: at,
    facts: [
      { ...base, kind: "session", startedAt: at - 30_000, class: null, detail: "" },
      { ...base, kind: "work", counter: "jobs", value: minute * 10 },
      { ...base, kind: "latency", latencyMs: 20 },
    ],
  });
  await expect.poll(async () => lastSession(await book())).toBe(at);
}

async function book() {
  return namedAt((await shard().snapshot())[0]?.services, "demo")?.book;
}

async function firingOfDemo() {
  return namesOf((await book())?.firing ?? NONE_NAMED);
}

function lastSession(known: Awaited<ReturnType<typeof book>>): number | undefined {
  return (known?.slices["success-rate-low"] as { lastAt?: number } | undefined)?.lastAt;
}

async function savedRow(): Promise<{ readonly savedAt: number }> {
  const text = await runInDurableObject(
    shard(),
    (_instance, { storage }) =>
      storage.sql
        .exec<{ stored: string }>("SELECT record AS stored FROM records WHERE kind = 'host'")
        .toArray()[0]!.stored,
  );
  return JSON.parse(text) as { savedAt: number };
}

async function historyRows(): Promise<number> {
  return runInDurableObject(
    shard(),
    (_instance, { storage }) => storage.sql.exec("SELECT 1 FROM recorded_history").toArray().length,
  );
}

async function taken(agent: AgentSocket, status: "pass" | "fail"): Promise<void> {
  agent.send({ type: "report", digest: false, sentAt: Date.now(), services: [serviceReport(status)] });
  await expect
    .poll(async () => namedAt((await shard().snapshot())[0]?.services, "demo")?.reportedAt)
    .toBe(Date.now());
}

/** Ten seconds of a host that reports, and a sweep. */
async function passTen(
  agent: AgentSocket,
  clock: { advance: (durationMs: number) => void },
  status: "pass" | "fail",
): Promise<void> {
  clock.advance(STEP_MS / 2);
  await taken(agent, status);
  clock.advance(STEP_MS / 2);
  await taken(agent, status);
  await runDurableObjectAlarm(shard());
}

async function counted() {
  await shard().settled();
  return { rows: await shard().rowsWritten(), history: await historyRows() };
}

describe("a healthy host whose rules learn", () => {
  it("writes no row of its own, remembers it all through hibernation, and its history goes with sweeps", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    await taken(agent, "pass");
    const passMinute = async (minute: number) => {
      await tellMinute(agent, minute);
      for (let step = 0; step < STEPS_A_MINUTE; step += 1) await passTen(agent, clock, "pass");
    };
    for (let minute = 0; minute < 2; minute += 1) await passMinute(minute);
    const [begun, before] = [await savedRow(), await counted()];
    for (let minute = 2; minute < 2 + MINUTES; minute += 1) await passMinute(minute);
    const after = await counted();
    expect(await savedRow()).toEqual(begun);
    expect(after.history - before.history).toBeLessThanOrEqual(MINUTES);
    expect(after.rows - before.rows).toBe(after.history - before.history);
    const known = await book();
    await evictDurableObject(shard());
    expect(await book()).toEqual(known);
    expect(await savedRow()).toEqual(begun);
  });
});

describe("a service that goes on failing", () => {
  it("writes a row when it begins to fire, and none for each failure after that", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    await taken(agent, "pass");
    for (let step = 0; step < 3; step += 1) await passTen(agent, clock, "fail");
    expect(await firingOfDemo()).toEqual(["check-failing"]);
    const [begun, before] = [await savedRow(), await counted()];
    const steps = 4 * STEPS_A_MINUTE;
    for (let step = 0; step < steps; step += 1) await passTen(agent, clock, "fail");
    const after = await counted();
    expect(await savedRow()).toEqual(begun);
    expect(after.history - before.history).toBeLessThanOrEqual(steps);
    expect(after.rows - before.rows).toBe(after.history - before.history);
    await evictDurableObject(shard());
    const restored = namedAt((await shard().snapshot())[0]?.services, "demo");
    expect(restored).toMatchObject({ failing: { http: { count: 6 + 2 * steps } } });
    expect(await firingOfDemo()).toEqual(["check-failing"]);
  });
});
