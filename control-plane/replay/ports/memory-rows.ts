// What an actor keeps, in memory: for replays, scenarios and tests. What a reader would get wrong: records are kept as they are, and
// nobody changes one that was put.
import type { Found, Page, RecordId, Rows } from "../../src/shell/ports.ts";
import { RecordsInOrder } from "./records-in-order.ts";
import { StorageSteps } from "./storage-steps.ts";

export class MemoryRows<Records extends object> implements Rows<Records> {
  readonly #kinds = new Map<keyof Records, RecordsInOrder<Records[keyof Records]>>();
  readonly #steps = new StorageSteps();
  #isMade = false;

  exists(): boolean {
    return this.#isMade;
  }

  make(): void {
    this.#isMade = true;
    this.#steps.wrote(() => (this.#isMade = false));
  }

  atomically(write: () => void): void {
    this.#steps.atomically(write);
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
    const before = records.get(id);
    this.#steps.wrote(() => {
      if (before === undefined) records.delete(id);
      else records.set(id, before);
    });
  }
}
