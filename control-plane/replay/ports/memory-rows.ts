// What an actor keeps, in memory: for replays, scenarios and tests. Records are kept as they are: nobody changes one that was put.
// What a reader would get wrong: a step that throws is taken back, as on a disk; only what the step wrote is looked at for that.
import type { Found, Page, RecordId, Rows } from "../../src/shell/ports.ts";
import { RecordsInOrder } from "./records-in-order.ts";

type Undo = () => void;

export class MemoryRows<Records extends object> implements Rows<Records> {
  readonly #kinds = new Map<keyof Records, RecordsInOrder<Records[keyof Records]>>();
  #isMade = false;
  /** how to take back what the step that is under way wrote, oldest first; null: none is */
  #undo: Undo[] | null = null;
  readonly #spare: Undo[] = [];

  exists(): boolean {
    return this.#isMade;
  }

  make(): void {
    this.#isMade = true;
  }

  atomically(write: () => void): void {
    if (this.#undo !== null) return write();
    this.#undo = this.#spare;
    try {
      write();
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#undo = null;
      this.#spare.length = 0;
    }
  }

  get<Kind extends keyof Records>(kind: Kind, id: RecordId): Found<Records[Kind]> | null {
    const record = this.#of(kind).get(id);
    return record === undefined ? null : { id, isReadable: true, record };
  }

  list<Kind extends keyof Records>(kind: Kind, page: Page = {}): readonly Found<Records[Kind]>[] {
    return this.#of(kind)
      .list(page)
      .map(([id, record]) => ({ id, isReadable: true, record }));
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

  #of<Kind extends keyof Records>(kind: Kind): RecordsInOrder<Records[Kind]> {
    const known = this.#kinds.get(kind) as RecordsInOrder<Records[Kind]> | undefined;
    if (known !== undefined) return known;
    const made = new RecordsInOrder<Records[Kind]>();
    this.#kinds.set(kind, made);
    return made;
  }

  #remember<T>(records: RecordsInOrder<T>, id: RecordId): void {
    if (this.#undo === null) return;
    const before = records.get(id);
    this.#undo.push(() => {
      if (before === undefined) records.delete(id);
      else records.set(id, before);
    });
  }
}
