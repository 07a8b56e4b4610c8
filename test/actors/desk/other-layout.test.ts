// State of another version inside workerd: the desk, a shard and D1 refuse it with the same error for every call, arm no alarm, and leave it as
// it is; /healthz says so.
import {
  createExecutionContext,
  createScheduledController,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { LAYOUT, otherLayoutSentence } from "../../../control-plane/src/stored/layout.ts";
import worker from "../../../control-plane/src/worker.ts";
import { D1_OF_0_1, DESK_OF_0_1, SHARD_OF_0_1 } from "../../unit/stored/state-of-0-1.ts";
import { bindings, connectedAgent, desk, enrolledHost, shard, takeClock } from "../world/fleet.ts";

/** A stub is broken with its object: each call takes a new one. */
type Actor = () => DurableObjectStub<Rpc.DurableObjectBranded>;

const OWN = "name NOT LIKE 'sqlite_%' AND substr(name, 1, 4) <> '_cf_'";

beforeEach(() => void vi.spyOn(console, "error").mockReturnValue());

/** Takes away what an actor holds, and has it wake with these tables instead. */
async function holds(actor: Actor, statements: readonly string[]): Promise<string> {
  await runInDurableObject(actor(), async (_instance, { storage }) => {
    await storage.deleteAlarm();
    for (const name of namesIn(storage.sql)) storage.sql.exec(`DROP TABLE ${name}`);
    for (const statement of statements) storage.sql.exec(statement);
  });
  await restart(actor);
  return allIn(actor);
}

async function restart(actor: Actor): Promise<void> {
  await runInDurableObject(actor(), (_instance, state) => state.abort("ends")).catch(() => {});
}

function namesIn(sql: SqlStorage): readonly string[] {
  const rows = sql.exec(`SELECT name FROM sqlite_master WHERE type = 'table' AND ${OWN} ORDER BY name`);
  return rows.toArray().map(({ name }) => name as string);
}

/** Everything that an actor holds, and its alarm. */
async function allIn(actor: Actor): Promise<string> {
  return runInDurableObject(actor(), async (_instance, { storage }) => {
    const rows = namesIn(storage.sql).map((name) => [
      name,
      storage.sql.exec(`SELECT * FROM ${name}`).toArray(),
    ]);
    return JSON.stringify([rows, await storage.getAlarm()]);
  });
}

/** What a call is refused with. A stub's promise is a function as well, which `expect` would call. */
async function refusalOf(ask: () => PromiseLike<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function health(): Promise<unknown> {
  const request = new Request("https://desk.test/healthz");
  const answer = await worker.fetch(request, bindings, createExecutionContext());
  return { status: answer.status, body: await answer.json() };
}

const FAILING = { status: 503, body: { status: "failing", reasons: ["state-of-another-version"] } };
const NEWER = [
  "CREATE TABLE layout (number INTEGER NOT NULL)",
  `INSERT INTO layout VALUES (${LAYOUT + 1})`,
  "CREATE TABLE sealed_things (id TEXT)",
];

describe.each([
  ["0.1", DESK_OF_0_1, SHARD_OF_0_1, null],
  ["a newer version", NEWER, NEWER, LAYOUT + 1],
])("state of %s", (_version, ofDesk, ofShard, number) => {
  it("is refused by the desk, whatever is asked of it", async () => {
    takeClock();
    const before = await holds(desk, ofDesk);
    const sentence = otherLayoutSentence("the desk", { number });
    const asked = [
      () => desk().overview(),
      () => desk().receiveSignals("shard-0", []),
      () => desk().createEnrolmentToken(byAdmin()),
      () => desk().inviteToSignIn("operator", byAdmin()),
      () => desk().applyPolicy({ expectedVersion: 0, by: byAdmin(), why: "", text: null }),
      () => desk().noteShards([]),
      () => desk().watch(),
    ];
    for (const ask of asked) expect(await refusalOf(ask)).toBe(sentence);
    expect(await health()).toEqual(FAILING);
    await expect(worker.scheduled(createScheduledController(), bindings)).rejects.toThrow(sentence);
    expect(await allIn(desk)).toBe(before);
  });

  it("is refused by a shard, whatever is asked of it, and no alarm rings again", async () => {
    const host = await enrolledHost();
    await connectedAgent(host);
    await shard().settled();
    const before = await holds(shard, ofShard);
    const sentence = otherLayoutSentence("a shard", { number });
    const asked = [
      () => shard().snapshot(),
      () => shard().watch(),
      () => shard().enrolHost({ shard: "shard-0", ...host.key, hostId: host.hostId, name: "web-1" }),
      () => shard().retireHost({ shard: "shard-0", hostId: host.hostId }),
      () => shard().fetch(`https://desk.test/${host.hostId}`, { headers: { upgrade: "websocket" } }),
    ];
    for (const ask of asked) expect(await refusalOf(ask)).toBe(sentence);
    expect(await allIn(shard)).toBe(before);
    await runInDurableObject(shard(), (_instance, { storage }) => storage.setAlarm(Date.now() + 60_000));
    expect(await runDurableObjectAlarm(shard())).toBe(true);
    expect(await allIn(shard)).toBe(before);
  });
});

describe("D1 of 0.1", () => {
  it("gets nothing, and everything else goes on", async () => {
    takeClock();
    const host = await enrolledHost();
    await desk().settled();
    const { results } = await bindings.DB.prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND ${OWN}`,
    ).all<{ name: string }>();
    for (const { name } of results) await bindings.DB.prepare(`DROP TABLE ${name}`).run();
    for (const statement of D1_OF_0_1) await bindings.DB.prepare(statement).run();
    await restart(desk);
    await desk().createEnrolmentToken(byAdmin());
    await desk().settled();
    await connectedAgent(host);
    expect(await health()).toEqual(FAILING);
    const sentence = otherLayoutSentence("D1", { number: null });
    await expect(worker.scheduled(createScheduledController(), bindings)).rejects.toThrow(sentence);
    const rows = await bindings.DB.prepare("SELECT sequence FROM audit").all();
    expect(rows.results).toEqual([{ sequence: 1 }]);
    const waiting = await runInDurableObject(desk(), (_instance, { storage }) =>
      storage.sql.exec("SELECT count(*) AS count FROM records WHERE kind = 'projection'").one(),
    );
    expect(waiting["count"]).toBeGreaterThan(0);
  });
});
