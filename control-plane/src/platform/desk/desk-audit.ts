// The audit in the desk's SQLite: rows are added at the end and cut from the front, never changed. A cut is one storage step with the row
// that says so, so a crash leaves both or neither.
import {
  CHAIN_START,
  type ChainedAuditEntry,
  chainEntry,
  type ChainEnd,
} from "../../core/desk/audit/audit-chain.ts";
import { CUT_ROWS_MAX, entryOfCut, type Keeping, planAuditCut } from "../../core/desk/audit/audit-cut.ts";
import type { AuditEntry } from "../../core/desk/state/desk-state.ts";
import { readActor } from "../../stored/actor-shape.ts";
import { AuditRefsShape } from "../../stored/audit-shape.ts";
import { readStored } from "../../stored/read-stored.ts";
import type { CountedSql } from "../counted-sql.ts";

const CREATE = `CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
  refs TEXT NOT NULL, subject TEXT NOT NULL, why TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL
)`;
const COLUMNS = "sequence, at, actor, act, refs, subject, why, previous_hash AS previousHash, hash";

/** A row as it is stored: who did it, and what it names, are JSON. */
type AuditRow = Omit<ChainedAuditEntry, "actor" | "refs"> & Record<string, SqlStorageValue>;

export class DeskAudit {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Chains and stores one row. */
  append(entry: AuditEntry): ChainedAuditEntry {
    const row = chainEntry(entry, this.#end());
    const { sequence, at, actor, act, refs, subject, why, previousHash, hash } = row;
    this.#sql.write(
      "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      sequence,
      at,
      JSON.stringify(actor),
      act,
      JSON.stringify(refs),
      subject,
      why,
      previousHash,
      hash,
    );
    return row;
  }

  /** Cuts what is due from the front; the row that says so, null: nothing was due. Call inside one storage step. */
  cut(keeping: Keeping): ChainedAuditEntry | null {
    const [front] = this.#oldest(1);
    if (front === undefined || front.at >= keeping.now - keeping.keptForMs) return null;
    const cut = planAuditCut(this.#oldest(CUT_ROWS_MAX), keeping);
    if (cut === null) return null;
    // First the row, chained to the last one that there is: that one may be among those that leave.
    const row = this.append(entryOfCut(cut, keeping));
    this.#sql.write("DELETE FROM audit WHERE sequence <= ?", cut.through);
    return row;
  }

  /** Rows before a sequence (null: the newest), newest first. */
  rows(before: number | null, limit: number): readonly ChainedAuditEntry[] {
    return this.#read(
      `SELECT ${COLUMNS} FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?`,
      before ?? Number.MAX_SAFE_INTEGER,
      limit,
    );
  }

  #oldest(limit: number): readonly ChainedAuditEntry[] {
    return this.#read(`SELECT ${COLUMNS} FROM audit ORDER BY sequence LIMIT ?`, limit);
  }

  // What a row names and cannot be read is read as nothing: the chain shows the row as changed.
  #read(statement: string, ...bindings: readonly number[]): readonly ChainedAuditEntry[] {
    return this.#sql.read<AuditRow>(statement, ...bindings).map((row) => {
      const refs = readStored<AuditEntry["refs"]>(row.refs, AuditRefsShape);
      return { ...row, actor: readActor(row.actor), refs: refs.ok ? refs.value : [] };
    });
  }

  #end(): ChainEnd {
    const rows = this.#sql.read<{ sequence: number; hash: string }>(
      "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1",
    );
    return rows[0] ?? { sequence: 0, hash: CHAIN_START };
  }
}
