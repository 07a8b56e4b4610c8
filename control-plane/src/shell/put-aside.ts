// Records of one actor that cannot be read, put aside as they were found: the raw text stays here for a person to look at, and leaves the
// place where it would stop others. Found is not yet put aside: whoever reads only notes it, and the actor's next storage step moves all that
// was noted and tells it.
import type { RecordKind } from "../core/desk/records/record-list.ts";
import type { FoundRecord } from "../core/words/unreadable-record.ts";
import type { Rows } from "./ports.ts";

/** Records that are kept; the oldest give way. */
export const PUT_ASIDE_MAX = 1_000;
/** Records that one answer shows. */
export const PUT_ASIDE_SHOWN_MAX = 20;
/** Of one record; more is cut off. */
const TEXT_CHARS_MAX = 256 * 1024;

/** A record as it was found, with how it leaves its place. */
export interface Unread<Kind extends RecordKind = RecordKind> {
  readonly record: Omit<FoundRecord<Kind>, "part">;
  /** raw */
  readonly text: string;
  readonly remove: () => void;
}

/** A record that was put aside. */
export interface PutAsideRow {
  readonly kind: string;
  readonly id: string;
  readonly at: number;
  readonly problem: string;
  readonly text: string;
}

/** What an actor keeps of these: in the order in which they were put aside, and for each by which number it is found. */
export interface PutAsideRecords {
  readonly "put-aside": PutAsideRow;
  readonly "put-aside-number": number;
}

/** Those of one actor; a shard finds none of the kinds that the desk alone has. */
export class PutAside<Kind extends RecordKind = RecordKind> {
  readonly #rows: Rows<PutAsideRecords>;
  readonly #noted = new Map<string, Unread<Kind>>();
  #isTelling = false;

  constructor(rows: Rows<PutAsideRecords>) {
    this.#rows = rows;
  }

  /** Remembers a record that cannot be read, until it is put aside. */
  note(unread: Unread<Kind>): void {
    const { id, kind } = unread.record;
    this.#noted.set(`${kind}/${id}`, unread);
  }

  get hasNoted(): boolean {
    return this.#noted.size > 0;
  }

  /**
   * Hands out what was noted to `tell`, whose storage step moves it; it stays noted when that throws. What comes of telling may ask for it
   * again: while it is under way nothing is handed out.
   */
  tell(tell: (noted: readonly Unread<Kind>[]) => void): void {
    if (this.#isTelling) return;
    const noted = [...this.#noted.values()];
    this.#isTelling = true;
    try {
      tell(noted);
      for (const { record } of noted) this.#noted.delete(`${record.kind}/${record.id}`);
    } finally {
      this.#isTelling = false;
    }
  }

  /** Moves records here. Call inside one storage step. */
  move(unread: readonly Unread<Kind>[], now: number): void {
    for (const { record, remove, text } of unread) {
      this.#put({ ...record, at: now, text: text.slice(0, TEXT_CHARS_MAX) });
      remove();
    }
  }

  /** What was put aside, the newest first. */
  rows(limit: number): readonly PutAsideRow[] {
    return this.#rows
      .list("put-aside", { limit, isNewestFirst: true })
      .flatMap((found) => (found.isReadable ? [found.record] : []));
  }

  #put({ kind, id, at, problem, text }: PutAsideRow): void {
    const key = `${kind}/${id}`;
    const known = this.#rows.get("put-aside-number", key);
    if (known?.isReadable === true) this.#rows.drop("put-aside", known.record);
    const [newest] = this.#rows.list("put-aside", { limit: 1, isNewestFirst: true });
    const number = Number(newest?.id ?? 0) + 1;
    this.#rows.put("put-aside", number, { kind, id, at, problem, text });
    this.#rows.put("put-aside-number", key, number);
    this.#dropOldest(number - PUT_ASIDE_MAX);
  }

  #dropOldest(through: number): void {
    const [oldest] = this.#rows.list("put-aside", { limit: 1 });
    if (oldest === undefined || Number(oldest.id) > through) return;
    this.#rows.drop("put-aside", oldest.id);
    if (oldest.isReadable) this.#rows.drop("put-aside-number", `${oldest.record.kind}/${oldest.record.id}`);
  }
}
