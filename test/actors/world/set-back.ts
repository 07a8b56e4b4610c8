// Point-in-time recovery, as a test can do it: the rows of one actor are kept and put back later, and the object begins a new life. Others
// go on, and remember what it does not.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";

type Row = Record<string, SqlStorageValue>;
export type Kept = ReadonlyMap<string, readonly Row[]>;
type Actor = DurableObjectStub;

/** What the actor's own tables hold now. */
export async function keepRows(actor: object): Promise<Kept> {
  return runInDurableObject(actor as Actor, (_instance, { storage: { sql } }) => {
    const rows = tablesIn(sql).map(
      (name) => [name, sql.exec<Row>(`SELECT * FROM ${name}`).toArray()] as const,
    );
    return new Map(rows);
  });
}

/** Sets the actor back to what was kept, and ends its life. */
export async function setBack(actor: object, kept: Kept): Promise<void> {
  await runInDurableObject(actor as Actor, (_instance, { storage }) => {
    storage.transactionSync(() => {
      for (const name of tablesIn(storage.sql)) {
        storage.sql.exec(`DELETE FROM ${name}`);
        for (const row of kept.get(name) ?? []) insert(storage.sql, name, row);
      }
    });
  });
  await evictDurableObject(actor as Actor);
}

function tablesIn(sql: SqlStorage): readonly string[] {
  return sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    )
    .toArray()
    .map(({ name }) => name);
}

function insert(sql: SqlStorage, table: string, row: Row): void {
  const marks = Object.keys(row).map(() => "?");
  sql.exec(
    `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${marks.join(", ")})`,
    ...Object.values(row),
  );
}
