// Which sessions of a service run, by what was told of their starts and ends. Pure. The agent reads its ledgers by it, and a
// simulated host tells by it what the agent would.
// What a reader would get wrong: sessions may run beside one another, in several queues or instances. Only the newest start
// is told: an older one proves nothing about the starts after it.

/** Starts remembered at once; beyond that the oldest is forgotten, which is told last anyway. */
export const OPEN_SESSIONS_MAX = 64;

/** Their starts in epoch milliseconds, oldest first; two may be the same. */
export type OpenSessions = readonly number[];

export const NONE_OPEN: OpenSessions = [];

/** A session began; null: none runs, says who knows it. */
export function beginSession(open: OpenSessions, startedAt: number | null): OpenSessions {
  if (startedAt === null) return NONE_OPEN;
  return [...open, startedAt].toSorted((left, right) => left - right).slice(-OPEN_SESSIONS_MAX);
}

/** The session that began then has ended; one whose start was never told changes nothing. */
export function endSession(open: OpenSessions, startedAt: number): OpenSessions {
  const index = open.lastIndexOf(startedAt);
  return index === -1 ? open : open.toSpliced(index, 1);
}

/** The newest start of those that run; null: none does. */
export function runningSinceOf(open: OpenSessions): number | null {
  return open.at(-1) ?? null;
}
