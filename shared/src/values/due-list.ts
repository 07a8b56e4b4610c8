// Which of many ids are due, and when the next one is: a binary heap of instants, from which an entry that no longer counts is taken only
// when it comes to the top. Pure, but for `set`, which changes the list in place: it belongs to whoever made it.

import TinyQueue from "tinyqueue";

interface Entry {
  readonly id: string;
  readonly at: number;
}

/** The heap is made anew when it holds this many entries that do not count, and more of them than of those that do. */
const STALE_MAX = 64;

/** Ids with the instant at which each is due, epoch milliseconds. */
export class DueList {
  #queue = queueOf([]);
  readonly #current = new Map<string, Entry>();

  /** The id is due then, and at no other instant; null: never. What is no number is due at once: somebody has to look at it. */
  set(id: string, at: number | null): void {
    if ((this.#current.get(id)?.at ?? null) === at) return;
    if (at === null) {
      this.#current.delete(id);
      return;
    }
    const entry = { id, at: Number.isNaN(at) ? -Infinity : at };
    this.#current.set(id, entry);
    if (this.#queue.length > STALE_MAX + 2 * this.#current.size)
      this.#queue = queueOf([...this.#current.values()]);
    else this.#queue.push(entry);
  }

  /** When the first of them is due; null: none ever is. */
  earliestAt(): number | null {
    let top = this.#queue.peek();
    while (top !== undefined && !this.#isCurrent(top)) {
      this.#queue.pop();
      top = this.#queue.peek();
    }
    return top?.at ?? null;
  }

  /** The ids that are due at an instant or were before, in no order. Looks at those, and at what follows them in the heap. */
  dueAt(now: number): readonly string[] {
    return this.#walk(now).due;
  }

  /** The first instant after that one; null: there is none. */
  nextAfter(now: number): number | null {
    const { nextAt } = this.#walk(now);
    return nextAt === Infinity ? null : nextAt;
  }

  #walk(now: number): { readonly due: readonly string[]; readonly nextAt: number } {
    const due: string[] = [];
    let nextAt = Infinity;
    const places = [0];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const entry = this.#queue.data[place];
      if (entry === undefined) continue;
      const isCurrent = this.#isCurrent(entry);
      if (isCurrent && entry.at > now) nextAt = Math.min(nextAt, entry.at);
      else if (isCurrent) due.push(entry.id);
      // behind an entry nothing is earlier than it
      if (entry.at <= now || (!isCurrent && entry.at < nextAt)) places.push(2 * place + 1, 2 * place + 2);
    }
    return { due, nextAt };
  }

  #isCurrent(entry: Entry): boolean {
    return this.#current.get(entry.id) === entry;
  }
}

// Instants may be endless, whose difference is no number.
function queueOf(entries: Entry[]): TinyQueue<Entry> {
  return new TinyQueue(entries, (one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
}
