// Last words as a shard keeps them: of each service the newest of a failure and the newest of a failed act. Pure.
// What a reader would get wrong: no decision sees them. They are in no state, no signal and no history of events; they are kept beside what
// is decided by, and read by nobody but a view that a person opened and the operators' API.
import { LAST_WORDS_AGE_MAX_MS } from "@countersign/shared/values/limits";
import type { LastWords } from "@countersign/shared/wire/last-words";

/** As a host told them; `at` is by its clock, `toldAt` by ours. */
export interface ToldWords extends LastWords {
  readonly toldAt: number;
}

/** Those of one service. */
export interface WordsOfService {
  readonly hostId: string;
  readonly service: string;
  /** null: none */
  readonly failed: ToldWords | null;
  readonly actFailed: ToldWords | null;
}

/** What is shown of one host; `words` null: its shard does not answer. */
export interface HostWords {
  readonly hostName: string;
  readonly words: readonly ToldWords[] | null;
}

/** With newer ones in the place of the same occasion's. */
export function withNewer(known: WordsOfService | null, hostId: string, told: ToldWords): WordsOfService {
  const { occasion, service } = told;
  const { actFailed, failed } = known ?? { failed: null, actFailed: null };
  return occasion === "failed"
    ? { hostId, service, failed: told, actFailed }
    : { hostId, service, failed, actFailed: told };
}

/** What is not too old, the newest first; empty: all is. */
export function wordsWithin({ actFailed, failed }: WordsOfService, now: number): readonly ToldWords[] {
  return [failed, actFailed]
    .filter((words) => words !== null)
    .filter(({ toldAt }) => toldAt > now - LAST_WORDS_AGE_MAX_MS)
    .toSorted((left, right) => right.toldAt - left.toldAt);
}
