// Real SQLite for what actors and the read side keep: an actor's storage, and D1 with its migrations, without a runtime around them.
import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { CountedSql } from "../../../control-plane/src/platform/counted-sql.ts";

const MIGRATIONS = new URL("../../../control-plane/migrations/", import.meta.url);

/** An actor's storage that is empty. */
export function actorSql(): { readonly database: DatabaseSync; readonly sql: CountedSql } {
  const database = new DatabaseSync(":memory:");
  const exec = (statement: string, ...bindings: readonly SQLInputValue[]) => {
    const rows = database.prepare(statement).all(...bindings);
    const { changes } = database.prepare("SELECT changes() AS changes").get() as { changes: number };
    return { toArray: () => rows, rowsWritten: changes };
  };
  const transactionSync = (write: () => void) => write();
  return { database, sql: new CountedSql({ sql: { exec }, transactionSync }) };
}

/** D1 with its migrations. */
export function readSide(): ReturnType<typeof d1Of> {
  const files = readdirSync(MIGRATIONS).filter((file) => file.endsWith(".sql"));
  return d1Of(files.toSorted().map((name) => readFileSync(new URL(name, MIGRATIONS), "utf8")));
}

/** D1 as drizzle and our own statements use it, with what some statements make. */
export function d1Of(statements: readonly string[]): {
  readonly database: DatabaseSync;
  readonly d1: D1Database;
} {
  const database = new DatabaseSync(":memory:");
  for (const text of statements) database.exec(text);
  const statement = (text: string, bound: readonly SQLInputValue[] = []) => ({
    bind: (...values: SQLInputValue[]) => statement(text, values),
    all: async () => ({ results: database.prepare(text).all(...bound) }),
    run: async () => ({ results: database.prepare(text).all(...bound) }),
    raw: async () =>
      database
        .prepare(text)
        .all(...bound)
        .map((row) => Object.values(row)),
  });
  const batch = async (statements: readonly ReturnType<typeof statement>[]) =>
    Promise.all(statements.map(async (each) => each.run()));
  return { database, d1: { prepare: statement, batch } as unknown as D1Database };
}
