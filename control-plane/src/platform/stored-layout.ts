// What an actor holds is used only where it is laid out as this code does it (stored/layout.ts). Where it is not, each call is answered with
// the same error, no alarm is armed and nothing is written: the version that stored it can still run on it.
import {
  type FoundLayout,
  judgeLayout,
  LAYOUT,
  LAYOUT_TABLE,
  otherLayoutSentence,
} from "../stored/layout.ts";
import type { CountedSql } from "./counted-sql.ts";

/** How an actor's storage is laid out. Reads, and writes nothing. */
export function layoutOf(sql: CountedSql): FoundLayout {
  const tables = sql.read<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const names = tables.map(({ name }) => name);
  const marks = names.includes(LAYOUT_TABLE)
    ? sql.read<{ number: unknown }>(`SELECT number FROM ${LAYOUT_TABLE} LIMIT 2`)
    : [];
  return judgeLayout(
    names,
    marks.map(({ number }) => number),
  );
}

/** Makes all tables of an actor that holds nothing yet, and the mark with them; call inside a storage step. */
export function makeTables(sql: CountedSql, parts: readonly { create(): void }[]): void {
  sql.write(`CREATE TABLE ${LAYOUT_TABLE} (number INTEGER NOT NULL)`);
  sql.write(`INSERT INTO ${LAYOUT_TABLE} (number) VALUES (?)`, LAYOUT);
  for (const part of parts) part.create();
}

/** The parts of an actor that stand on its storage: out of reach where that is laid out otherwise. */
export class OnStorage<Parts> {
  /** why every call is refused; null: none is */
  readonly refusal: string | null;
  readonly #parts: Parts;

  constructor(sql: CountedSql, whose: string, parts: Parts) {
    const found = layoutOf(sql);
    this.refusal = found.kind === "other" ? otherLayoutSentence(whose, found) : null;
    this.#parts = parts;
    if (this.refusal !== null) console.error("Refuse storage:", this.refusal);
  }

  /** Throws where the storage is refused. */
  get parts(): Parts {
    if (this.refusal !== null) throw new Error(this.refusal);
    return this.#parts;
  }
}
