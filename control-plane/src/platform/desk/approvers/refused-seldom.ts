// Which refusals go on record: the same one of the same asker once in a while, so that who repeats it cannot fill the audit. Kept in memory alone:
// whoever floods keeps the desk awake by it.

/** Between two rows of the same refusal. */
export const SAME_REFUSAL_EVERY_MS = 10 * 60_000;
/** Refusals that are remembered; the oldest give way. */
const REMEMBERED_MAX = 500;

export class RefusedSeldom {
  readonly #at = new Map<string, number>();

  /** Says whether this one goes on record now, and remembers it if so. */
  isDue(what: string, now: number): boolean {
    const last = this.#at.get(what);
    // A clock that was set back must not keep it off the record.
    if (last !== undefined && now >= last && now - last < SAME_REFUSAL_EVERY_MS) return false;
    this.#at.delete(what);
    this.#at.set(what, now);
    const [oldest] = this.#at.keys();
    if (this.#at.size > REMEMBERED_MAX && oldest !== undefined) this.#at.delete(oldest);
    return true;
  }
}
