// The rows of one actor in its SQLite: one table, a record of each kind as JSON, and all SQL text that its shell needs. A record is read by
// the shape of its kind: what does not fit is given back as it was found.
import type { z } from "zod";
import type { Found, Page, RecordId, Rows } from "../shell/ports.ts";
import { readStored } from "../stored/read-stored.ts";
import type { CountedSql } from "./counted-sql.ts";
import { makeTables } from "./stored-layout.ts";

/** `id` without a type keeps numbers and texts apart, and in this order. */
const CREATE = `CREATE TABLE records (
  kind TEXT NOT NULL, id NOT NULL, record TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID`;

/** By which shape a record of each kind is read. */
export type RecordShapes<Records extends object> = { readonly [Kind in keyof Records]: z.ZodType };

interface Row {
  readonly id: RecordId;
  readonly record: unknown;
}

export class WorkerdRows<Records extends object> implements Rows<Records> {
  readonly #sql: CountedSql;
  readonly #shapes: RecordShapes<Records>;
  readonly #parts: readonly { create(): void }[];
  #exists: boolean | null = null;

  /** `parts`: what the actor keeps beside these, made with them. */
  constructor(sql: CountedSql, shapes: RecordShapes<Records>, parts: readonly { create(): void }[] = []) {
    this.#sql = sql;
    this.#shapes = shapes;
    this.#parts = parts;
  }

  exists(): boolean {
    this.#exists ??= this.#sql.hasTable("records");
    return this.#exists;
  }

  make(): void {
    makeTables(this.#sql, [{ create: () => this.#sql.write(CREATE) }, ...this.#parts]);
    this.#exists = null;
  }

  atomically(write: () => void): void {
    this.#sql.atomically(write);
  }

  get<Kind extends keyof Records>(kind: Kind, id: RecordId): Found<Records[Kind]> | null {
    const [row] = this.#sql.read<Row>(
      "SELECT id, record FROM records WHERE kind = ? AND id = ?",
      String(kind),
      id,
    );
    return row === undefined ? null : this.#found(kind, row);
  }

  list<Kind extends keyof Records>(
    kind: Kind,
    { after, limit, isNewestFirst }: Page = {},
  ): readonly Found<Records[Kind]>[] {
    const rows = this.#sql.read<Row>(
      `SELECT id, record FROM records WHERE kind = ?${after === undefined ? "" : " AND id > ?"}
       ORDER BY id${isNewestFirst === true ? " DESC" : ""} LIMIT ?`,
      String(kind),
      ...(after === undefined ? [] : [after]),
      limit ?? -1,
    );
    return rows.map((row) => this.#found(kind, row));
  }

  put<Kind extends keyof Records>(kind: Kind, id: RecordId, record: Records[Kind]): void {
    this.#sql.write(
      "INSERT OR REPLACE INTO records VALUES (?, ?, ?)",
      String(kind),
      id,
      JSON.stringify(record),
    );
  }

  drop(kind: keyof Records, id: RecordId): void {
    this.#sql.write("DELETE FROM records WHERE kind = ? AND id = ?", String(kind), id);
  }

  #found<Kind extends keyof Records>(kind: Kind, { id, record }: Row): Found<Records[Kind]> {
    const read = readStored<Records[Kind]>(rawOf(record), this.#shapes[kind]);
    return read.ok
      ? { id, isReadable: true, record: read.value }
      : { id, isReadable: false, problem: read.error.problem, text: rawOf(record) };
  }
}

/** A column's value as text, whatever was in it. */
export function rawOf(value: unknown): string {
  return value instanceof ArrayBuffer ? new TextDecoder().decode(value) : String(value);
}
