// State of another version, by the tables that are found: refused whole, and left as it is; what holds nothing is made anew.
import type { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { layoutOf, makeTables, OnStorage } from "../../../control-plane/src/platform/stored-layout.ts";
import { forgetOld } from "../../../control-plane/src/read-side/forget-old.ts";
import { readLayout } from "../../../control-plane/src/read-side/layout.ts";
import { judgeLayout, LAYOUT, otherLayoutSentence } from "../../../control-plane/src/stored/layout.ts";
import { Life } from "../platform/outbox-life.ts";
import { actorSql, d1Of, readSide } from "../platform/sqlite-actor.ts";
import { D1_OF_0_1, DESK_OF_0_1, SHARD_OF_0_1 } from "./state-of-0-1.ts";

const UNMARKED = { kind: "other", number: null };

/** Everything that a database holds, as text. */
function allIn(database: DatabaseSync): string {
  const master = database.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all();
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }) => database.prepare(`SELECT * FROM "${String(name)}"`).all());
  return JSON.stringify([master, rows]);
}

function actorWith(statements: readonly string[]) {
  const actor = actorSql();
  for (const statement of statements) actor.database.exec(statement);
  return actor;
}

it.each([
  { found: "nothing", tables: [], marks: [], layout: { kind: "none" } },
  {
    found: "the runtime's own",
    tables: ["_cf_KV", "sqlite_sequence", "d1_migrations"],
    marks: [],
    layout: { kind: "none" },
  },
  { found: "our mark", tables: ["layout", "hosts"], marks: [LAYOUT], layout: { kind: "ours" } },
  { found: "no mark", tables: ["hosts"], marks: [], layout: UNMARKED },
  { found: "the mark alone", tables: ["layout"], marks: [], layout: UNMARKED },
  {
    found: "the one before",
    tables: ["layout"],
    marks: [LAYOUT - 1],
    layout: { kind: "other", number: LAYOUT - 1 },
  },
  {
    found: "the next one",
    tables: ["layout"],
    marks: [LAYOUT + 1],
    layout: { kind: "other", number: LAYOUT + 1 },
  },
  { found: "a mark that is none", tables: ["layout"], marks: [String(LAYOUT)], layout: UNMARKED },
  {
    found: "two marks",
    tables: ["layout"],
    marks: [LAYOUT, LAYOUT + 1],
    layout: { kind: "other", number: LAYOUT },
  },
])("tells whose state it is by $found", ({ tables, marks, layout }) => {
  expect(judgeLayout(tables, marks)).toEqual(layout);
});

describe("an actor", () => {
  it("that holds nothing is made with its mark, all or nothing", () => {
    const { database, sql } = actorSql();
    expect(layoutOf(sql)).toEqual({ kind: "none" });
    expect(database.prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
    makeTables(sql, [{ create: () => sql.write("CREATE TABLE records (kind TEXT)") }]);
    expect(layoutOf(sql)).toEqual({ kind: "ours" });
    expect(new OnStorage(sql, "the desk", "parts")).toMatchObject({ refusal: null, parts: "parts" });
  });

  it.each([
    ["the desk", DESK_OF_0_1],
    ["a shard", SHARD_OF_0_1],
  ])("of 0.1 (%s) is out of reach, and stays as it is", (whose, statements) => {
    const { database, sql } = actorWith(statements);
    const before = allIn(database);
    const storage = new OnStorage(sql, whose, "parts");
    expect(storage.refusal).toBe(otherLayoutSentence(whose, { number: null }));
    expect(() => storage.parts).toThrow(storage.refusal!);
    expect(allIn(database)).toBe(before);
    expect(sql.rowsWritten).toBe(0);
  });

  it("of a newer version is refused by its number", () => {
    const { database, sql } = actorSql();
    makeTables(sql, []);
    database.exec(`UPDATE layout SET number = ${LAYOUT + 1}`);
    expect(layoutOf(sql)).toEqual({ kind: "other", number: LAYOUT + 1 });
  });
});

describe("the read side", () => {
  it("of this version bears its mark", async () => {
    expect(await readLayout(readSide().d1)).toEqual({ kind: "ours" });
  });

  it("whose migrations never ran holds nothing", async () => {
    expect(await readLayout(d1Of([]).d1)).toEqual({ kind: "none" });
  });

  it.each([
    ["0.1", D1_OF_0_1, null],
    [
      "a newer version",
      ["CREATE TABLE layout (number integer NOT NULL)", `INSERT INTO layout VALUES (${LAYOUT + 1})`],
      LAYOUT + 1,
    ],
  ])(
    "of %s is neither written nor cut, and what is meant for it waits",
    async (_whose, statements, number) => {
      const { d1, database } = d1Of(statements);
      expect(await readLayout(d1)).toEqual({ kind: "other", number });
      const before = allIn(database);
      const outbox = new Life(actorSql());
      const row = { hostId: "a", shard: "shard-0", name: "a", liveness: "up", condition: "", services: "[]" };
      outbox.put([{ table: "hosts", row }], 1);
      const sentence = otherLayoutSentence("D1", { number });
      await expect(outbox.deliverBatch(d1)).rejects.toThrow(sentence);
      await expect(forgetOld(d1, 1_800_000_000_000)).rejects.toThrow(sentence);
      expect(allIn(database)).toBe(before);
      expect(await outbox.deliverBatch(readSide().d1)).toBe("delivered");
    },
  );
});
