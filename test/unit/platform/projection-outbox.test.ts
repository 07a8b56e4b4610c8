// Revisions of the read side on a real SQLite: through a clock that steps back, and for an actor whose storage was set back in time.
import type { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { PROJECTION_BATCH_MAX, type ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { Life } from "./outbox-life.ts";
import { actorSql, readSide } from "./sqlite-actor.ts";

const NOW = 1_800_000_000_000;

function host(hostId: string, liveness: string): ProjectionRow {
  const said = { condition: "", services: "[]", urgency: 0 };
  return { table: "hosts", row: { hostId, shard: "shard-0", name: hostId, liveness, sinceAt: 1, ...said } };
}

async function drain(outbox: Life, d1: D1Database): Promise<void> {
  while ((await outbox.deliverBatch(d1)) === "delivered");
}

function livenessIn(database: DatabaseSync): Record<string, unknown> {
  const rows = database.prepare("SELECT host_id, liveness FROM hosts ORDER BY host_id").all();
  return Object.fromEntries(rows.map(({ host_id: hostId, liveness }) => [String(hostId), liveness]));
}

describe("the read side", () => {
  it("takes the next row of a new life whose clock is behind", async () => {
    const [actor, side] = [actorSql(), readSide()];
    const first = new Life(actor);
    first.put([host("a", "up")], NOW + 1_000_000);
    await drain(first, side.d1);
    const second = new Life(actor);
    second.put([host("a", "down")], NOW);
    await drain(second, side.d1);
    expect(livenessIn(side.database)).toEqual({ a: "down" });
  });

  it("marks what an actor that was set back knows no more, takes again what it knows, and goes on above", async () => {
    const [actor, side] = [actorSql(), readSide()];
    const first = new Life(actor);
    first.put([host("a", "up"), host("b", "up"), host("c", "up")], NOW);
    await drain(first, side.d1);
    const before = actor.database.prepare("SELECT record FROM records WHERE kind = 'sent'").all();
    first.put([host("b", "down"), host("lost", "up")], NOW + 500);
    await drain(first, side.d1);
    actor.database.exec(`UPDATE records SET record = '${String(before[0]?.["record"])}' WHERE kind = 'sent'`);
    const second = new Life(actor, [host("a", "up"), host("b", "up"), host("c", "up")]);
    // its clock is behind what was sent before
    second.put([host("a", "late")], NOW + 100);
    await drain(second, side.d1);
    expect(livenessIn(side.database)).toEqual({ a: "up", b: "up", c: "up", lost: "unknown" });
    second.put([host("c", "down")], NOW + 101);
    await drain(second, side.d1);
    expect(livenessIn(side.database)).toMatchObject({ c: "down" });
  });

  it.each(["'x'", "1e300", "9.2e18", "-5", "x'ff'"])(
    "goes on where a revision is none (%s): its own, one of the queue, or one in the database",
    async (revision) => {
      const [actor, side] = [actorSql(), readSide()];
      const first = new Life(actor);
      first.put([host("a", "up"), host("b", "up")], NOW);
      await drain(first, side.d1);
      first.put([host("b", "late")], NOW + 1);
      actor.database.exec(`UPDATE records SET record = ${revision} WHERE kind = 'sent'`);
      actor.database.exec(
        `UPDATE records SET record = replace(record, '"revision":', '"revision":"x","was":') WHERE kind = 'projection'`,
      );
      for (const table of ["hosts", "writers"])
        side.database.exec(`UPDATE ${table} SET revision = ${revision}`);
      const second = new Life(actor);
      second.put([host("a", "down")], NOW + 2);
      await drain(second, side.d1);
      expect(livenessIn(side.database)).toMatchObject({ a: "down" });
      second.put([host("b", "down")], NOW + 3);
      await drain(second, side.d1);
      expect(livenessIn(side.database)).toEqual({ a: "down", b: "down" });
    },
  );

  it("tells nothing again to one that took a batch whose answer was lost", async () => {
    const [actor, side] = [actorSql(), readSide()];
    const first = new Life(actor);
    first.put([host("a", "up")], NOW);
    const lost = {
      prepare: (statement: string) => side.d1.prepare(statement),
      batch: async (statements: D1PreparedStatement[]) => {
        await side.d1.batch(statements);
        throw new Error("The answer was lost");
      },
    } as unknown as D1Database;
    await expect(drain(first, lost)).rejects.toThrow();
    const second = new Life(actor, [host("b", "up")]);
    await drain(second, side.d1);
    expect(livenessIn(side.database)).toEqual({ a: "up" });
  });

  it("asks D1 nothing while nothing waits", async () => {
    const outbox = new Life(actorSql());
    expect(await outbox.deliverBatch(null)).toBe("empty");
  });
});

describe("since when D1 lacks something", () => {
  it("counts from the first time that a row waited, however often it changed meanwhile, and ends when all is taken", async () => {
    const [actor, side] = [actorSql(), readSide()];
    const life = new Life(actor);
    expect(life.waitsSinceAt()).toBeNull();
    life.put([host("a", "up")], NOW);
    life.put([host("b", "up")], NOW + 1_000);
    life.put([host("a", "down")], NOW + 2_000);
    expect(life.waitsSinceAt()).toBe(NOW);
    expect(new Life(actor).waitsSinceAt()).toBe(NOW);
    await drain(life, side.d1);
    expect(life.waitsSinceAt()).toBeNull();
    life.put([host("b", "down")], NOW + 3_000);
    expect(life.waitsSinceAt()).toBe(NOW + 3_000);
  });

  it("is no shorter because the newest of many has arrived: rows go in the order of their keys", async () => {
    const [actor, side] = [actorSql(), readSide()];
    const life = new Life(actor);
    life.put([host("z", "down")], NOW);
    const later = Array.from({ length: PROJECTION_BATCH_MAX }, (_, index) => host(`a${index}`, "up"));
    life.put(later, NOW + 1_000);
    await life.deliverBatch(side.d1);
    const [writer] = side.database.prepare("SELECT revision FROM writers").all();
    expect([writer, life.waitsSinceAt()]).toEqual([{ revision: NOW + 1_000 }, NOW]);
  });
});
