// SQLite of one actor, with a counter of rows written: "a healthy host writes no row" is a promise about cost, so it is measured
// where rows are written and nowhere else.

type Row = Record<string, SqlStorageValue>;

/** Runs statements and counts what they wrote. Synchronous, so that one handler's writes are one storage step. */
export class CountedSql {
  readonly #storage: DurableObjectStorage;
  /** rows written since this object woke, index rows included */
  rowsWritten = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Runs a statement that writes. */
  write(statement: string, ...bindings: readonly SqlStorageValue[]): void {
    const cursor = this.#storage.sql.exec(statement, ...bindings);
    cursor.toArray();
    this.rowsWritten += cursor.rowsWritten;
  }

  /** Runs a statement that reads. */
  read<T extends Row>(statement: string, ...bindings: readonly SqlStorageValue[]): T[] {
    return this.#storage.sql.exec<T>(statement, ...bindings).toArray();
  }

  /** Runs writes as one transaction: all of them, or none when one throws. */
  atomically(write: () => void): void {
    this.#storage.transactionSync(write);
  }

  hasTable(name: string): boolean {
    return this.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name).length > 0;
  }
}
