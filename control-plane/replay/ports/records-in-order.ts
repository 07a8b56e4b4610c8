// Records of one kind by their ids, in the order that SQLite gives them: numbers before texts, and each in their order. What is put at the
// end, as rows of an outbox are, costs no sorting; anything else is sorted when somebody asks for the order.
import type { Page, RecordId } from "../../src/shell/ports.ts";

const SURROGATE_MIN = 0xd8_00;
const SURROGATE_MAX = 0xdf_ff;

export class RecordsInOrder<T> {
  #records = new Map<RecordId, T>();
  /** no id that was put is behind it */
  #last: RecordId | null = null;
  #isInOrder = true;

  get size(): number {
    return this.#records.size;
  }

  get(id: RecordId): T | undefined {
    return this.#records.get(id);
  }

  set(id: RecordId, record: T): void {
    if (!this.#records.has(id)) {
      if (this.#last === null || compare(id, this.#last) > 0) this.#last = id;
      else this.#isInOrder = false;
    }
    this.#records.set(id, record);
  }

  delete(id: RecordId): void {
    this.#records.delete(id);
  }

  list({ after, limit = Infinity, isNewestFirst }: Page): readonly (readonly [RecordId, T])[] {
    this.#sort();
    const found: (readonly [RecordId, T])[] = [];
    for (const entry of isNewestFirst === true ? [...this.#records].toReversed() : this.#records) {
      if (found.length >= limit) break;
      if (after === undefined || compare(entry[0], after) > 0) found.push(entry);
    }
    return found;
  }

  #sort(): void {
    if (this.#isInOrder) return;
    this.#records = new Map([...this.#records].toSorted(([left], [right]) => compare(left, right)));
    this.#isInOrder = true;
  }
}

function compare(left: RecordId, right: RecordId): number {
  if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
  if (typeof left === "number" || typeof right === "number") return Number(left) - Number(right);
  return left === right ? 0 : isBefore(left, right) ? -1 : 1;
}

/** By code points, as SQLite compares UTF-8: JavaScript puts what takes two units before the last units of one. */
function isBefore(left: string, right: string): boolean {
  for (let index = 0; index < left.length && index < right.length; index += 1) {
    const [one, other] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (one !== other && isSurrogate(one) !== isSurrogate(other) && Math.min(one, other) >= SURROGATE_MIN)
      return isSurrogate(other);
    if (one !== other) return one < other;
  }
  return left.length < right.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= SURROGATE_MIN && unit <= SURROGATE_MAX;
}
