// What an expectation is judged by: the record of a replay, and which of its entries are about the hosts, services and times that are named. Pure.
import type { PlannedExpectation } from "../file/planned-incident.ts";
import type { RecordedLiveness, ReplayRecord } from "../printed/replay-record.ts";

export interface Scene {
  readonly startAt: number;
  readonly record: ReplayRecord;
  readonly livenesses: readonly RecordedLiveness[];
}

/** Whether it was met, and what came instead. */
export interface Judged {
  readonly isMet: boolean;
  readonly found: string;
}

/** Of one host, or one service of it; null: of none. */
export interface Place {
  readonly host: string | null;
  readonly service: string | null;
}

/** The name of whatever there is. */
export const ANY = "any";

/** Whether something happened from `from` until `until`, both of which it may have happened at. */
export function isWithin({ fromAt, untilAt }: PlannedExpectation, at: number): boolean {
  return (fromAt === null || at >= fromAt) && (untilAt === null || at <= untilAt);
}

/** Whether it is about the host and the service that are named. */
export function isThere({ expectation }: PlannedExpectation, place: Place): boolean {
  const { host, service } = expectation;
  return (host === undefined || place.host === host) && (service === undefined || place.service === service);
}

/** Both. */
export function isMatch(planned: PlannedExpectation, seen: Place & { readonly at: number }): boolean {
  return isWithin(planned, seen.at) && isThere(planned, seen);
}

/** Those that match, the one that is named or any. */
export function matching<T extends Place & { readonly at: number }>(
  entries: readonly T[],
  planned: PlannedExpectation,
  isNamed: (entry: T) => boolean,
): readonly T[] {
  return entries.filter((entry) => isMatch(planned, entry) && isNamed(entry));
}

/** Whether the first of them did not come too early, and one came in time. */
export function cameInTime(
  entries: readonly { readonly at: number }[],
  { byAt, notBeforeAt }: PlannedExpectation,
): boolean {
  if (notBeforeAt !== null && entries.some(({ at }) => at < notBeforeAt)) return false;
  return entries.some(({ at }) => byAt === null || at <= byAt);
}

/** Whether what people are shown has these words in it, whatever their case: a sentence may begin with them. */
export function hasWords(shown: string, words: string): boolean {
  return shown.toLowerCase().includes(words.toLowerCase());
}
