// SQLite of one actor, with a counter of rows written: "a healthy host writes no row" is a promise about cost, so it is measured
// where rows are written and nowhere else.

type SqlValue = string | number | null;

/** What is used of a Durable Object's storage. */
interface SqlStore {
  readonly sql: {
    exec(
      statement: string,
      ...bindings: readonly SqlValue[]
    ): { toArray(): Record<string, unknown>[]; readonly rowsWritten: number };
  };
  transactionSync(write: () => void): void;
}

/** Runs statements and counts what they wrote. Synchronous, so that one handler's writes are one storage step. */
export class CountedSql {
  readonly #storage: SqlStore;
  /** rows written since this object woke, index rows included */
  rowsWritten = 0;

  constructor(storage: SqlStore) {
    this.#storage = storage;
  }

  /** Runs a statement that writes. */
  write(statement: string, ...bindings: readonly SqlValue[]): void {
    const cursor = this.#storage.sql.exec(statement, ...bindings);
    cursor.toArray();
    this.rowsWritten += cursor.rowsWritten;
  }

  /** Runs a statement that reads. */
  read<T extends object>(statement: string, ...bindings: readonly SqlValue[]): T[] {
    return this.#storage.sql.exec(statement, ...bindings).toArray() as T[];
  }

  /** Runs writes as one transaction: all of them, or none when one throws. */
  atomically(write: () => void): void {
    this.#storage.transactionSync(write);
  }

  hasTable(name: string): boolean {
    return this.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", name).length > 0;
  }
}
