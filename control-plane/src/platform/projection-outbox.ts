// Rows that D1 has not confirmed yet. A newer row of the same key replaces an undelivered older one, so D1 may be down for a day and
// the outbox stays as large as what changed, not as how often.
// A revision is an instant of ours, and always above the one before it, also where the clock steps back. D1 takes a row only when its
// revision is newer than what is there, and remembers the highest of each actor. Where that is above all that we know to have sent, we were
// set back in time: then our revisions go on above it, all that we know is told again, and what we know no more is marked as unknown.
import { z } from "zod";
import { refuseOtherLayout } from "../db/layout.ts";
import { projectRows } from "../db/project.ts";
import {
  PROJECTED_TABLES,
  PROJECTION_BATCH_MAX,
  projectionKeyOf,
  type ProjectionRow,
  type QueuedProjection,
} from "../db/rows.ts";
import { IS_REVISION, markUnknown, readWriter } from "../db/writers.ts";
import { readStored } from "../stored/read-stored.ts";
import type { CountedSql } from "./counted-sql.ts";
import { type PutAside, rawOf } from "./put-aside.ts";

/** The longest pause between two attempts to reach D1. */
export const PROJECTION_RETRY_MAX_MS = 60_000;

const TABLES = [
  `CREATE TABLE projections (
    key TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL
  ) WITHOUT ROWID`,
  // one row: the highest revision that was ever on its way
  "CREATE TABLE projected (key TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID",
];

// What is no revision counts as none: the first look at D1 then says where to go on.
const REPAIRS = [
  `DELETE FROM projected WHERE NOT (${IS_REVISION})`,
  `UPDATE projections SET revision = 0 WHERE NOT (${IS_REVISION})`,
];

/** The actor whose rows these are. */
interface Owner {
  readonly actor: () => string;
  /** all rows of how things are now, for when D1 knows it otherwise */
  readonly knownRows: () => readonly ProjectionRow[];
}

/** A row that D1 refused so often, while it took others, is put aside. */
const REFUSALS_MAX = 3;

const RowShape = z.looseObject({ table: z.enum(PROJECTED_TABLES), row: z.looseObject({}) });

interface Row {
  readonly key: string;
  readonly revision: number;
  readonly row: unknown;
}

interface Queued extends Row {
  readonly projection: ProjectionRow;
}

export class ProjectionOutbox {
  readonly #sql: CountedSql;
  readonly #aside: PutAside;
  readonly #owner: Owner;
  /** how often D1 refused a row alone while it took others, by key */
  readonly #refusals = new Map<string, number>();
  /** the last key of those that D1 took none of; empty: begin with the first */
  #after = "";
  /** null: not looked up in this life */
  #lastRevision: number | null = null;
  #isCaughtUp = false;

  constructor(sql: CountedSql, aside: PutAside, owner: Owner) {
    this.#sql = sql;
    this.#aside = aside;
    this.#owner = owner;
  }

  create(): void {
    for (const statement of TABLES) this.#sql.write(statement);
  }

  /** Takes away what is no revision; call at each wake. */
  mend(): void {
    for (const statement of REPAIRS) this.#sql.write(statement);
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

  /** Delivers one batch. A row that changed while it was on its way stays queued; one that D1 refuses holds up no other. */
  async deliverBatch(database: D1Database): Promise<"empty" | "delivered"> {
    if (this.#sql.read("SELECT 1 FROM projections LIMIT 1").length === 0) return "empty";
    await this.#catchUp(database);
    const queued = this.#next();
    if (queued.length === 0) return "empty";
    this.#noteSent(Math.max(...queued.map(({ revision }) => revision)));
    try {
      await projectRows(database, this.#owner.actor(), queued.map(toProject));
      this.#forget(queued);
    } catch (error) {
      await this.#deliverAlone(database, queued, error);
    }
    return "delivered";
  }

  /** Once a life: whether D1 took something from us that we know nothing of. */
  async #catchUp(database: D1Database): Promise<void> {
    if (this.#isCaughtUp) return;
    await refuseOtherLayout(database);
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

  #sent(): number {
    return this.#sql.read<{ revision: number }>("SELECT revision FROM projected")[0]?.revision ?? 0;
  }

  #highest(): number {
    const queued = this.#sql.read<{ revision: number | null }>(
      "SELECT max(revision) AS revision FROM projections",
    );
    return Math.max(this.#sent(), queued[0]?.revision ?? 0);
  }

  /** What is queued, from the beginning again after its end; what cannot be read is noted to be put aside. */
  #next(): readonly Queued[] {
    const rows = this.#sql.read<Row>(
      "SELECT key, revision, row FROM projections WHERE key > ? ORDER BY key LIMIT ?",
      this.#after,
      PROJECTION_BATCH_MAX,
    );
    const isFromStart = this.#after === "";
    this.#after = "";
    if (rows.length === 0) return isFromStart ? [] : this.#next();
    return rows.flatMap((row) => {
      const read = readStored<ProjectionRow>(row.row, RowShape);
      if (read.ok) return [{ ...row, projection: read.value }];
      this.#note(row, read.error.problem);
      return [];
    });
  }

  // Where D1 takes some rows and refuses others, again and again, it is those rows. Where it takes none, it is D1: they stay, and the
  // next attempt begins behind them, so that they cannot stand before all others.
  async #deliverAlone(database: D1Database, queued: readonly Queued[], error: unknown): Promise<void> {
    await database.prepare("SELECT 1").first();
    const tried = await Promise.allSettled(
      queued.map((row) => projectRows(database, this.#owner.actor(), [toProject(row)])),
    );
    const taken = queued.filter((_row, index) => tried[index]?.status === "fulfilled");
    const refused = queued.filter((_row, index) => tried[index]?.status === "rejected");
    this.#forget(taken);
    if (taken.length > 0) for (const row of refused) this.#refuse(row);
    else this.#after = queued.at(-1)?.key ?? "";
    if (refused.length > 0) throw error;
  }

  #refuse(row: Queued): void {
    const count = (this.#refusals.get(row.key) ?? 0) + 1;
    this.#refusals.set(row.key, count);
    if (count >= REFUSALS_MAX) this.#note(row, "the database refuses it");
  }

  #note({ key, revision, row }: Row, problem: string): void {
    this.#aside.note({
      record: { kind: "projection", id: key, problem },
      text: rawOf(row),
      remove: () => this.#forget([{ key, revision }]),
    });
  }

  #forget(rows: readonly Pick<Row, "key" | "revision">[]): void {
    this.#sql.atomically(() => {
      for (const { key, revision } of rows) {
        this.#refusals.delete(key);
        this.#sql.write("DELETE FROM projections WHERE key = ? AND revision = ?", key, revision);
      }
    });
  }
}

function toProject({ projection, revision }: Queued): QueuedProjection {
  return { projection, revision };
}
