// Which of many ids are due, and when the next one is: a binary heap of instants, from which an entry that no longer counts is taken only
// when it comes to the top. Pure, but for `set`, which changes the list in place: it belongs to whoever made it.

interface Entry {
  readonly id: string;
  readonly at: number;
}

/** The heap is made anew when it holds this many entries that do not count, and more of them than of those that do. */
const STALE_MAX = 64;

/** Ids with the instant at which each is due, epoch milliseconds. */
export class DueList {
  #heap: Entry[] = [];
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
    this.#push(entry);
  }

  /** When the first of them is due; null: none ever is. */
  earliestAt(): number | null {
    let [top] = this.#heap;
    while (top !== undefined && !this.#isCurrent(top)) {
      this.#pop();
      [top] = this.#heap;
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
      const entry = this.#heap[place];
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

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    if (heap.length > STALE_MAX + 2 * this.#current.size) {
      // what is sorted is a heap
      this.#heap = [...this.#current.values()].sort((left, right) => left.at - right.at);
      return;
    }
    let place = heap.length - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const entry = heap.pop();
    if (entry === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const [first, second] = [heap[left], heap[left + 1]];
      const child = second !== undefined && first !== undefined && second.at < first.at ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || below.at >= entry.at) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = entry;
  }
}
