// Rows that D1 has not confirmed yet. A newer row of the same key replaces an undelivered older one, so D1 may be down for a day and
// the outbox stays as large as what changed, not as how often.
// A revision is an instant of ours, and always above the one before it, also where the clock steps back. D1 takes a row only when its
// revision is newer than what is there, and remembers the highest of each actor. Where that is above all that we know to have sent, we were
// set back in time: then our revisions go on above it, all that we know is told again, and what we know no more is marked as unknown.
import { PROJECTION_BATCH_MAX, projectRows } from "../db/project.ts";
import { projectionKeyOf, type ProjectionRow } from "../db/rows.ts";
import { markUnknown, readWriter } from "../db/writers.ts";
import type { CountedSql } from "./counted-sql.ts";

/** The longest pause between two attempts to reach D1. */
export const PROJECTION_RETRY_MAX_MS = 60_000;

const TABLES = [
  `CREATE TABLE IF NOT EXISTS projections (
    key TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL
  ) WITHOUT ROWID`,
  // one row: the highest revision that was ever on its way
  "CREATE TABLE IF NOT EXISTS projected (key TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID",
];

interface QueuedRow {
  readonly key: string;
  readonly revision: number;
  readonly row: string;
}

/** The actor whose rows these are. */
interface Owner {
  readonly actor: () => string;
  /** all rows of how things are now, for when D1 knows it otherwise */
  readonly knownRows: () => readonly ProjectionRow[];
}

export class ProjectionOutbox {
  readonly #sql: CountedSql;
  readonly #owner: Owner;
  /** null: not looked up in this life */
  #lastRevision: number | null = null;
  #isCaughtUp = false;

  constructor(sql: CountedSql, owner: Owner) {
    this.#sql = sql;
    this.#owner = owner;
  }

  create(): void {
    for (const statement of TABLES) this.#sql.write(statement);
  }

  /** Queues rows; call inside the storage step that made them true. */
  put(rows: readonly ProjectionRow[], now: number): void {
    if (rows.length === 0) return;
    const revision = Math.max(now, (this.#lastRevision ?? this.#highest()) + 1);
    this.#lastRevision = revision;
    for (const row of rows)
      this.#sql.write(
        `INSERT INTO projections (key, revision, row) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET revision = MAX(revision + 1, excluded.revision), row = excluded.row`,
        projectionKeyOf(row),
        revision,
        JSON.stringify(row),
      );
  }

  /** Delivers one batch. A row that changed while it was on its way stays queued. */
  async deliverBatch(database: D1Database): Promise<"empty" | "delivered"> {
    if (this.#queued(1).length === 0) return "empty";
    await this.#catchUp(database);
    const queued = this.#queued(PROJECTION_BATCH_MAX);
    this.#noteSent(Math.max(...queued.map(({ revision }) => revision)));
    await projectRows(
      database,
      this.#owner.actor(),
      queued.map(({ row, revision }) => ({ projection: JSON.parse(row) as ProjectionRow, revision })),
    );
    this.#sql.atomically(() => {
      for (const { key, revision } of queued)
        this.#sql.write("DELETE FROM projections WHERE key = ? AND revision = ?", key, revision);
    });
    return "delivered";
  }

  /** Once a life: whether D1 took something from us that we know nothing of. */
  async #catchUp(database: D1Database): Promise<void> {
    if (this.#isCaughtUp) return;
    const actor = this.#owner.actor();
    const [above, through] = [this.#sent(), await readWriter(database, actor)];
    if (through > above) {
      await markUnknown(database, actor, { above, through });
      this.#sql.atomically(() => {
        this.#sql.write("UPDATE projections SET revision = ? WHERE revision <= ?", through + 1, through);
        this.#lastRevision = Math.max(this.#lastRevision ?? 0, through + 1);
        this.put(this.#owner.knownRows(), Date.now());
      });
    }
    this.#isCaughtUp = true;
  }

  /** Before it is on its way: else we could not tell a batch of ours from one of a life that we lost. */
  #noteSent(revision: number): void {
    if (revision > this.#sent())
      this.#sql.write("INSERT OR REPLACE INTO projected (key, revision) VALUES ('sent', ?)", revision);
  }

  #queued(limit: number): readonly QueuedRow[] {
    return this.#sql.read<QueuedRow>("SELECT key, revision, row FROM projections LIMIT ?", limit);
  }

  #sent(): number {
    return this.#sql.read<{ revision: number }>("SELECT revision FROM projected")[0]?.revision ?? 0;
  }

  #highest(): number {
    const queued = this.#sql.read<{ revision: number | null }>(
      "SELECT max(revision) AS revision FROM projections",
    );
    return Math.max(this.#sent(), queued[0]?.revision ?? 0);
  }
}
