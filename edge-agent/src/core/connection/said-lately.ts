// What was said of a connection that does not hold, and when: a sentence is not said again for a while, or a server that answers 502 and 503 in
// turn, or closes at once for an hour, would fill the journal with one line a try. Pure; `now` is of the monotonic clock.

/** The same sentence is said again after this at the earliest. */
export const SAID_FOR_MS = 10 * 60_000;
/** Sentences that are remembered: there are fewer kinds of failure than this. */
export const SAID_MAX = 32;

/** By sentence: when it was said, oldest first. */
export type SaidLately = ReadonlyMap<string, number>;

/** Whether a sentence is news, and what is remembered after it. */
export function sayOnce(
  said: SaidLately,
  sentence: string,
  now: number,
): { readonly isNews: boolean; readonly said: SaidLately } {
  const saidAt = said.get(sentence);
  if (saidAt !== undefined && now - saidAt < SAID_FOR_MS) return { isNews: false, said };
  const others = [...said].filter(([other, at]) => other !== sentence && now - at < SAID_FOR_MS);
  return { isNews: true, said: new Map([...others.slice(-(SAID_MAX - 1)), [sentence, now]]) };
}
