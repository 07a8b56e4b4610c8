// What an actor's storage holds, as JSON text, and the rows that one life of it has over them. What is read is read by its shape, as production
// reads it, so that what would not survive storage is seen; a step fails, or ends the life, before its first row is written.
import { RecordsInOrder } from "../../../control-plane/replay/ports/records-in-order.ts";
import { StorageSteps } from "../../../control-plane/replay/ports/storage-steps.ts";
import type { RecordShapes } from "../../../control-plane/src/platform/workerd-rows.ts";
import type { Found, Page, RecordId, Rows } from "../../../control-plane/src/shell/ports.ts";
import { readStored } from "../../../control-plane/src/stored/read-stored.ts";
import type { ActorLife } from "./actor-life.ts";

/** The storage of one actor: it outlives its lives. */
export class Storage<Records extends object> {
  readonly shapes: RecordShapes<Records>;
  isMade = false;
  /** every row that was stored, before anything can happen to it */
  onStored: (kind: keyof Records, id: RecordId, text: string) => void = () => {};
  readonly #kinds = new Map<keyof Records, RecordsInOrder<string>>();

  constructor(shapes: RecordShapes<Records>) {
    this.shapes = shapes;
  }

  of(kind: keyof Records): RecordsInOrder<string> {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    const made = new RecordsInOrder<string>();
    this.#kinds.set(kind, made);
    return made;
  }
}

export class StoredRows<Records extends object> implements Rows<Records> {
  readonly #storage: Storage<Records>;
  readonly #life: ActorLife;
  readonly #steps = new StorageSteps();

  constructor(storage: Storage<Records>, life: ActorLife) {
    this.#storage = storage;
    this.#life = life;
  }

  exists(): boolean {
    return this.#storage.isMade;
  }

  make(): void {
    this.alsoWrites(() => {
      this.#storage.isMade = true;
      return () => (this.#storage.isMade = false);
    });
  }

  atomically(write: () => void): void {
    this.#steps.atomically(write);
  }

  /** Part of the step that is under way; the answer of `write` takes it back. */
  alsoWrites(write: () => () => void): void {
    if (this.#steps.isUntouched) this.#life.writes();
    this.#steps.wrote(write());
  }

  get<Kind extends keyof Records>(kind: Kind, id: RecordId): Found<Records[Kind]> | null {
    const text = this.#storage.of(kind).get(id);
    return text === undefined ? null : this.#found(kind, id, text);
  }

  list<Kind extends keyof Records>(kind: Kind, page: Page = {}): readonly Found<Records[Kind]>[] {
    return this.#storage
      .of(kind)
      .list(page)
      .map(([id, text]) => this.#found(kind, id, text));
  }

  put<Kind extends keyof Records>(kind: Kind, id: RecordId, record: Records[Kind]): void {
    const text = JSON.stringify(record);
    this.#change(kind, id, text);
    this.#storage.onStored(kind, id, text);
  }

  drop(kind: keyof Records, id: RecordId): void {
    this.#change(kind, id, null);
  }

  #change(kind: keyof Records, id: RecordId, text: string | null): void {
    const records = this.#storage.of(kind);
    const before = records.get(id) ?? null;
    const become = (now: string | null) => {
      if (now === null) records.delete(id);
      else records.set(id, now);
    };
    this.alsoWrites(() => {
      become(text);
      return () => become(before);
    });
  }

  #found<Kind extends keyof Records>(kind: Kind, id: RecordId, text: string): Found<Records[Kind]> {
    const read = readStored<Records[Kind]>(text, this.#storage.shapes[kind]);
    return read.ok
      ? { id, isReadable: true, record: read.value }
      : { id, isReadable: false, problem: read.error.problem, text };
  }
}
