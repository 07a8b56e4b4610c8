// Brings the embedded D1 to the newest schema with the same files that `wrangler d1 migrations apply` uses, and the same table of
// what was applied.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_ROOT } from "./bundle.ts";

/** What the migrations need of a D1 binding. */
interface Database {
  prepare(sql: string): {
    bind(...values: unknown[]): ReturnType<Database["prepare"]>;
    all(): Promise<{ results: unknown[] }>;
  };
  batch(statements: ReturnType<Database["prepare"]>[]): Promise<unknown>;
}

/** Applies the migrations that are not applied yet, each in one transaction. */
export async function applyMigrations(
  database: Database,
  folder: string = join(PROJECT_ROOT, "control-plane/migrations"),
): Promise<void> {
  await database
    .prepare(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    )
    .all();
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all();
  const applied = new Set(results.map((row) => (row as { name: string }).name));
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  for (const name of files.sort()) {
    if (applied.has(name)) continue;
    const statements = readFileSync(join(folder, name), "utf8")
      .split(/--> statement-breakpoint/)
      .map((sql) => sql.trim())
      .filter((sql) => sql !== "");
    await database.batch([
      ...statements.map((sql) => database.prepare(sql)),
      database.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
    ]);
  }
}
