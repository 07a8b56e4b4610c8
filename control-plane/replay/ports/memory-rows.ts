// What an actor keeps, in memory: for replays, scenarios and tests. Records are kept as they are: nobody changes one that was put.
// What a reader would get wrong: a step that throws is taken back, as on a disk; only what the step wrote is looked at for that.
import type { Found, Page, RecordId, Rows } from "../../src/shell/ports.ts";

type Undo = () => void;

export class MemoryRows<Records extends object> implements Rows<Records> {
  readonly #kinds = new Map<keyof Records, Map<RecordId, Records[keyof Records]>>();
  #isMade = false;
  /** how to take back what the step that is under way wrote, oldest first; null: none is */
  #undo: Undo[] | null = null;

  exists(): boolean {
    return this.#isMade;
  }

  make(): void {
    this.#isMade = true;
  }

  atomically(write: () => void): void {
    if (this.#undo !== null) return write();
    this.#undo = [];
    try {
      write();
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  get<Kind extends keyof Records>(kind: Kind, id: RecordId): Found<Records[Kind]> | null {
    const record = this.#of(kind).get(id);
    return record === undefined ? null : { id, isReadable: true, record };
  }

  list<Kind extends keyof Records>(
    kind: Kind,
    { after, limit, isNewestFirst }: Page = {},
  ): readonly Found<Records[Kind]>[] {
    const found = [...this.#of(kind)]
      .filter(([id]) => after === undefined || inOrder(id, after) > 0)
      .toSorted(([left], [right]) => (isNewestFirst === true ? inOrder(right, left) : inOrder(left, right)));
    return found.slice(0, limit).map(([id, record]) => ({ id, isReadable: true, record }));
  }

  put<Kind extends keyof Records>(kind: Kind, id: RecordId, record: Records[Kind]): void {
    const records = this.#of(kind);
    this.#remember(records, id);
    records.set(id, record);
  }

  drop(kind: keyof Records, id: RecordId): void {
    const records = this.#of(kind);
    this.#remember(records, id);
    records.delete(id);
  }

  #of<Kind extends keyof Records>(kind: Kind): Map<RecordId, Records[Kind]> {
    const known = this.#kinds.get(kind) as Map<RecordId, Records[Kind]> | undefined;
    if (known !== undefined) return known;
    const made = new Map<RecordId, Records[Kind]>();
    this.#kinds.set(kind, made);
    return made;
  }

  #remember<T>(records: Map<RecordId, T>, id: RecordId): void {
    if (this.#undo === null) return;
    const before = records.get(id);
    this.#undo.push(() => void (before === undefined ? records.delete(id) : records.set(id, before)));
  }
}

// As SQLite orders: numbers before texts, texts by their bytes.
function inOrder(left: RecordId, right: RecordId): number {
  if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}
