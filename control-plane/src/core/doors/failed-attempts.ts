// Failed attempts by whom they came from, in a window of time: what is counted is only what failed, so a fleet that comes back all at once
// from one address counts nothing. It lives in memory and is bounded; losing it is generous, never strict. Pure but for being changed in place.

/** Failures within the window after which whoever made them is turned away for the rest of it. */
export const FAILED_ATTEMPTS_MAX = 20;
/**
 * … at the door of providers: all who use one speak from its addresses, and no stranger among them may keep out what
 * people press there.
 */
export const UNPROVEN_MAX = 600;
export const FAILED_ATTEMPTS_WINDOW_MS = 60_000;
/** Sources that are remembered at once; the oldest window gives way. */
export const FAILED_SOURCES_MAX = 10_000;

interface Window {
  readonly startedAt: number;
  readonly count: number;
}

export class FailedAttempts {
  readonly #windows = new Map<string, Window>();
  readonly #max: number;

  constructor(max: number = FAILED_ATTEMPTS_MAX) {
    this.#max = max;
  }

  /** Says whether a source has failed too often to be heard just now. */
  isOver(source: string, now: number): boolean {
    return this.#countOf(source, now) >= this.#max;
  }

  /** Counts one failure. */
  note(source: string, now: number): void {
    const count = this.#countOf(source, now);
    const startedAt = count === 0 ? now : (this.#windows.get(source)?.startedAt ?? now);
    this.#keep(source, { startedAt, count: count + 1 });
  }

  /** Turns a source away from now on, for a window: somebody who sees more of it than we do says so. */
  bar(source: string, now: number): void {
    this.#keep(source, { startedAt: now, count: this.#max });
  }

  /** Forgets all, for tests. */
  clear(): void {
    this.#windows.clear();
  }

  // A clock that was set back must not keep anybody out for longer than a window.
  #countOf(source: string, now: number): number {
    const window = this.#windows.get(source);
    if (window === undefined || Math.abs(now - window.startedAt) >= FAILED_ATTEMPTS_WINDOW_MS) return 0;
    return window.count;
  }

  #keep(source: string, window: Window): void {
    this.#windows.delete(source);
    this.#windows.set(source, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > FAILED_SOURCES_MAX && oldest !== undefined) this.#windows.delete(oldest);
  }
}
