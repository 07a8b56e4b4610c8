// Writes projected rows to D1, one statement a table: the rows travel as one JSON text, and SQLite makes them rows again. Every write is an
// upsert by primary key, so a batch whose answer was lost may be sent again. One D1 batch is one transaction: a failure leaves nothing half
// written. An older revision never replaces a newer one: a batch whose caller gave up, or died, can land late.
import { getTableColumns, type Table } from "drizzle-orm";
import type { ProjectionRow, QueuedProjection } from "./rows.ts";
import { audit, hosts, incidentHosts, incidents, pages, services } from "./schema.ts";
import { IS_REVISION } from "./writers.ts";

/** In an upsert an unqualified column is the row that is there already. */
const IS_NEWER = `excluded.revision > revision OR NOT (${IS_REVISION})`;
/** D1 takes two million bytes in one text, and a character is at most three. */
const TEXT_CHARS_MAX = 500_000;

/** Each table and what tells its rows apart. */
const TABLES: Readonly<Record<ProjectionRow["table"], { readonly table: Table; readonly key: string }>> = {
  hosts: { table: hosts, key: "host_id" },
  services: { table: services, key: "host_id, service" },
  incidents: { table: incidents, key: "incident_id" },
  incident_hosts: { table: incidentHosts, key: "incident_id, host_id" },
  pages: { table: pages, key: "key" },
  audit: { table: audit, key: "sequence, hash" },
};

const ABOVE = `INSERT INTO writers (actor, revision) VALUES (?1, ?2)
  ON CONFLICT (actor) DO UPDATE SET revision = excluded.revision WHERE ${IS_NEWER}`;

/** Upserts an actor's rows, at most `PROJECTION_BATCH_MAX`; throws when D1 did not take them. */
export async function projectRows(
  database: D1Database,
  actor: string,
  rows: readonly QueuedProjection[],
): Promise<void> {
  if (rows.length === 0) return;
  const revision = Math.max(...rows.map((row) => row.revision));
  const upserts = [...Map.groupBy(rows, ({ projection }) => projection.table)].flatMap(([table, ofTable]) =>
    textsOf(table, ofTable).map((text) => database.prepare(upsertInto(table)).bind(text)),
  );
  try {
    await database.batch([database.prepare(ABOVE).bind(actor, revision), ...upserts]);
  } catch (error) {
    throw new Error(`Project ${rows.length} rows to D1`, { cause: error });
  }
}

/** The rows as JSON arrays of arrays, in the order of the table's columns; more than one where a text would be too long. */
function textsOf(name: ProjectionRow["table"], rows: readonly QueuedProjection[]): readonly string[] {
  const columns = Object.entries(getTableColumns(TABLES[name].table));
  const texts: string[] = [];
  for (const { projection, revision } of rows) {
    const row: Readonly<Record<string, unknown>> = { ...projection.row, revision };
    const values = columns.map(([field, column]) => {
      const value = row[field] ?? null;
      return value === null ? null : wellFormed(column.mapToDriverValue(value));
    });
    const text = JSON.stringify(values);
    const last = texts.at(-1);
    if (last === undefined || last.length + text.length > TEXT_CHARS_MAX) texts.push(text);
    else texts[texts.length - 1] = `${last},${text}`;
  }
  return texts.map((text) => `[${text}]`);
}

/** As D1 stores what is bound: half of a character pair would be no UTF-8. */
function wellFormed(value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

// Each row is parsed once, and not for each of its columns. `WHERE true`: else SQLite takes the upsert's ON for a join's.
function upsertInto(name: ProjectionRow["table"]): string {
  const { table, key } = TABLES[name];
  const columns = Object.values(getTableColumns(table)).map((column) => column.name);
  const values = columns.map((_column, index) => `row ->> ${index}`);
  const conflict =
    name === "audit" || name === "incident_hosts"
      ? "DO NOTHING"
      : `(${key}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(", ")} WHERE ${IS_NEWER}`;
  return `WITH given AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each(?1))
    INSERT INTO ${name} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM given WHERE true ON CONFLICT ${conflict}`;
}
