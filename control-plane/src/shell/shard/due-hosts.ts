// Which hosts of a shard are due, without looking at the others: each with the next instant at which time alone may change something about
// it, the nearest first. What keepalives alone put off is not in here: the sockets know who is silent.
// What a reader would get wrong: an instant may be too early and is never too late. Whoever takes a host that is due asks again what is due of
// it; so an event need not look at a whole host to say that nothing is due sooner.
import TinyQueue from "tinyqueue";

interface Due {
  readonly at: number;
  readonly hostId: string;
}

interface Place {
  /** of the hosts, in the order in which they came */
  readonly order: number;
  at: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** Entries that mean nothing any more are cleared away when there are so many for each host. */
const ENTRIES_PER_HOST_MAX = 8;

export class DueHosts {
  readonly #places = new Map<string, Place>();
  #queue = queueOf([]);
  #orders = 0;

  /** The nearest instant; infinity: nothing is due. */
  get nextAt(): number {
    for (;;) {
      const first = this.#queue.peek();
      if (first === undefined) return NEVER;
      if (this.#places.get(first.hostId)?.at === first.at) return first.at;
      this.#queue.pop();
    }
  }

  /** From here on a host is due at this instant. */
  set(hostId: string, at: number): void {
    const place = this.#places.get(hostId);
    if (place?.at === at) return;
    if (place === undefined) this.#places.set(hostId, { order: (this.#orders += 1), at });
    else place.at = at;
    if (at < NEVER) this.#queue.push({ at, hostId });
    if (this.#queue.length > ENTRIES_PER_HOST_MAX * (this.#places.size + ENTRIES_PER_HOST_MAX))
      this.#clearAway();
  }

  /** A host is due at this instant, or before. */
  lower(hostId: string, at: number): void {
    const place = this.#places.get(hostId);
    if (place === undefined || at < place.at) this.set(hostId, at);
  }

  drop(hostId: string): void {
    this.#places.delete(hostId);
  }

  /** Takes all that are due by an instant; they are due never again unless they are set. */
  take(untilAt: number): readonly string[] {
    const hostIds: string[] = [];
    while (this.nextAt <= untilAt) {
      const first = this.#queue.pop();
      if (first === undefined) break;
      this.set(first.hostId, NEVER);
      hostIds.push(first.hostId);
    }
    return hostIds;
  }

  /** Hosts in the order in which they came. */
  inOrder(hostIds: Iterable<string>): readonly string[] {
    const orderOf = (hostId: string) => this.#places.get(hostId)?.order ?? NEVER;
    return [...hostIds].toSorted((left, right) => orderOf(left) - orderOf(right));
  }

  #clearAway(): void {
    const due = [...this.#places].map(([hostId, { at }]) => ({ at, hostId }));
    this.#queue = queueOf(due.filter(({ at }) => at < NEVER));
  }
}

function queueOf(due: Due[]): TinyQueue<Due> {
  return new TinyQueue(due, (one, other) => one.at - other.at);
}
