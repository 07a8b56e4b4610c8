// How rows reach D1 (read-side/project.ts), in a real SQLite: few statements, and each value as it was.
import { expect, it } from "vitest";
import { byRule } from "../../../control-plane/src/core/words/actor.ts";
import { projectRows } from "../../../control-plane/src/read-side/project.ts";
import { PROJECTED_TABLES, type ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { readSide } from "./sqlite-actor.ts";

/** What JSON, SQL or SQLite might read in a way of their own. */
const HOSTILE = `"'\\ \n\u2028 中 💥 \u0001 {"a":1} null 1e3`;

function rowsOf(name: string, words: string): readonly ProjectionRow[] {
  const at = 1_772_000_000_123;
  const subject = { subjectKind: "service", subjectKey: words, hostId: null, service: words } as const;
  const times = { openedAt: at, happenedAt: 0, resolvedAt: null };
  return [
    {
      table: "hosts",
      row: {
        hostId: name,
        shard: "shard-0",
        name: words,
        liveness: "down",
        sinceAt: at,
        condition: "",
        services: JSON.stringify([words]),
        tags: JSON.stringify([words]),
        urgency: 0,
      },
    },
    {
      table: "services",
      row: {
        hostId: name,
        service: words,
        status: "failing",
        names: JSON.stringify([words]),
        title: words,
        look: "failing",
      },
    },
    {
      table: "service_changes",
      row: { hostId: name, service: words, slot: 7, look: words, was: words, at },
    },
    {
      table: "incidents",
      row: {
        incidentId: name,
        ...subject,
        ...times,
        reason: words,
        severity: "error",
        state: "open",
        title: words,
      },
    },
    {
      table: "pages",
      row: {
        key: name,
        incidentId: name,
        kind: "firing",
        responder: words,
        state: "sent",
        attempts: 3,
        title: words,
        createdAt: at,
        deliveredAt: null,
        deliveredBy: null,
        lastError: words,
      },
    },
    {
      table: "incident_hosts",
      row: { incidentId: name, hostId: name, hostName: words, beganAt: at },
    },
    {
      table: "audit",
      row: {
        sequence: Number(name),
        at,
        actor: byRule("check-failing"),
        act: words,
        refs: "[]",
        subject: words,
        why: words,
        previousHash: "",
        hash: words,
      },
    },
  ];
}

/** As a row is stored: columns in SQL's words, what is no plain value as its JSON. */
function storedOf(row: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([field, value]: [string, unknown]) => [
      field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof value === "object" && value !== null ? JSON.stringify(value) : value,
    ]),
  );
}

it("needs a statement for each table and one for the writer, however many rows there are", async () => {
  const { d1, database } = readSide();
  const counts: number[] = [];
  const batch = d1.batch.bind(d1);
  d1.batch = async (statements) => {
    counts.push(statements.length);
    return batch(statements);
  };
  const rows = Array.from({ length: 7 }, (_, index) => rowsOf(String(index), `word ${index}`)).flat();
  await projectRows(
    d1,
    "desk",
    rows.map((projection) => ({ projection, revision: 1 })),
  );
  expect([rows.length, counts]).toEqual([49, [8]]);
  const stored = PROJECTED_TABLES.map((table) => database.prepare(`SELECT * FROM ${table}`).all().length);
  expect(stored).toEqual([7, 7, 7, 7, 7, 7, 7]);
});

it("writes more than one text holds in several", async () => {
  const { d1, database } = readSide();
  const rows = ["1", "2", "3"].map((name) => rowsOf(name, "x".repeat(300_000))[3]!);
  await projectRows(
    d1,
    "desk",
    rows.map((projection) => ({ projection, revision: 1 })),
  );
  expect(database.prepare("SELECT length(title) AS length FROM incidents").all()).toEqual(
    Array.from({ length: 3 }, () => ({ length: 300_000 })),
  );
});

it("keeps each value as it was, whatever its words are", async () => {
  const { d1, database } = readSide();
  for (const { table, row } of rowsOf("7", HOSTILE)) {
    await projectRows(d1, "desk", [{ projection: { table, row } as ProjectionRow, revision: 5 }]);
    const stored = database.prepare(`SELECT * FROM ${table}`).all();
    const revision = table === "audit" ? {} : { revision: 5 };
    expect([table, stored]).toEqual([table, [{ ...storedOf(row), ...revision }]]);
  }
});

it("keeps of half a character what D1 keeps of it", async () => {
  const { d1, database } = readSide();
  const [projection] = rowsOf("7", "a\ud83d");
  await projectRows(d1, "shard-0", [{ projection: projection!, revision: 1 }]);
  expect(database.prepare("SELECT name FROM hosts").all()).toEqual([{ name: "a\ufffd" }]);
});

it("never puts an older revision in the place of a newer one, in one batch or in two", async () => {
  const { d1, database } = readSide();
  const hostAt = (liveness: string, revision: number) => {
    const said = { condition: "", services: "[]", urgency: 0 };
    const row = { hostId: "h", shard: "shard-0", name: "h", liveness, sinceAt: 1, ...said };
    return { projection: { table: "hosts", row } as const, revision };
  };
  const stored = () => database.prepare("SELECT liveness, revision FROM hosts").all();
  await projectRows(d1, "shard-0", [hostAt("up", 12), hostAt("late", 11), hostAt("down", 13)]);
  expect(stored()).toEqual([{ liveness: "down", revision: 13 }]);
  await projectRows(d1, "shard-0", [hostAt("late", 12)]);
  expect(stored()).toEqual([{ liveness: "down", revision: 13 }]);
  database.exec("UPDATE hosts SET revision = 'no revision'");
  await projectRows(d1, "shard-0", [hostAt("up", 14)]);
  expect(stored()).toEqual([{ liveness: "up", revision: 14 }]);
  expect(database.prepare("SELECT revision FROM writers").all()).toEqual([{ revision: 14 }]);
});

it("takes a row that is older than a column of its table", async () => {
  const { d1, database } = readSide();
  const [, row] = rowsOf("7", "web") as readonly [unknown, { row: { title?: string; look?: string } }];
  const { look: _look, title: _title, ...older } = row.row;
  const projection = { table: "services", row: older } as ProjectionRow;
  await projectRows(d1, "shard-0", [{ projection, revision: 5 }]);
  expect(database.prepare("SELECT title, look FROM services").all()).toEqual([{ title: "", look: "well" }]);
});
