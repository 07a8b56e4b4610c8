// The newest of each occasion, and for how long.
import { describe, expect, it } from "vitest";
import { LAST_WORDS_AGE_MAX_MS } from "@countersign/shared/values/limits";
import {
  type ToldWords,
  withNewer,
  wordsWithin,
} from "../../../../../control-plane/src/core/shard/kept/told-words.ts";
import { WEB_1 } from "../shard-driver.ts";

const words = (toldAt: number, occasion: ToldWords["occasion"]): ToldWords => ({
  service: "web",
  at: toldAt,
  toldAt,
  occasion,
  exit: null,
  lines: [`said at ${toldAt}`],
  isCut: false,
});

describe("last words that are kept", () => {
  const both = withNewer(withNewer(null, WEB_1, words(1_000, "failed")), WEB_1, words(2_000, "act-failed"));

  it("are one of each occasion, the newest first", () => {
    expect(wordsWithin(both, 3_000).map(({ toldAt }) => toldAt)).toEqual([2_000, 1_000]);
  });

  it("give way to newer ones of the same occasion alone", () => {
    const after = withNewer(both, WEB_1, words(3_000, "failed"));
    expect(wordsWithin(after, 3_000).map(({ toldAt }) => toldAt)).toEqual([3_000, 2_000]);
  });

  it("are too old after thirty days, to the millisecond", () => {
    expect(wordsWithin(both, 1_000 + LAST_WORDS_AGE_MAX_MS - 1)).toHaveLength(2);
    expect(wordsWithin(both, 1_000 + LAST_WORDS_AGE_MAX_MS)).toHaveLength(1);
  });
});
