// A binary heap: what comes first is at the top. Not pure: it is changed in place.

export class MinHeap<T> {
  readonly #entries: T[] = [];
  readonly #isBefore: (one: T, other: T) => boolean;

  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The first; undefined: there is none. */
  get first(): T | undefined {
    return this.#entries[0];
  }

  add(entry: T): void {
    this.#entries.push(entry);
    this.#rise(this.#entries.length - 1);
  }

  /** Takes the first away. */
  removeFirst(): void {
    const last = this.#entries.pop();
    if (last === undefined || this.#entries.length === 0) return;
    this.#entries[0] = last;
    this.sinkFirst();
  }

  clear(): void {
    this.#entries.length = 0;
  }

  // The entry is held while those in its way move, and put down once.
  #rise(from: number): void {
    const heap = this.#entries;
    const entry = heap[from];
    if (entry === undefined) return;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !this.#isBefore(entry, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  /** Call where the first has moved back. */
  sinkFirst(): void {
    const heap = this.#entries;
    const [entry] = heap;
    if (entry === undefined) return;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      let childIndex = left;
      let child = heap[left];
      if (child === undefined) break;
      const right = heap[left + 1];
      if (right !== undefined && this.#isBefore(right, child)) {
        child = right;
        childIndex = left + 1;
      }
      if (!this.#isBefore(child, entry)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = entry;
  }
}
