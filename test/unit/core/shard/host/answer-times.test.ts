// How the answer times of a day are kept: what is written is read again to a per cent, and a gap stays one.
import { describe, expect, it } from "vitest";
import {
  answerTimesOf,
  NO_ANSWERS,
  QUARTERS_MAX,
  withAnswer,
  withQuarters,
} from "../../../../../control-plane/src/core/shard/host/answer-times.ts";

describe("answer times", () => {
  it.each([0, 0.1, 0.4, 3, 38, 52.2, 999, 30_000, 90_000])(
    "%d ms is read again to a per cent",
    (latencyMs) => {
      const [read = 0] = answerTimesOf(withAnswer(NO_ANSWERS, latencyMs));
      const written = Math.max(0.1, latencyMs);
      expect(Math.abs((read ?? 0) - written) / written).toBeLessThan(0.01);
    },
  );

  it("longer than it can be written is the longest", () => {
    expect(answerTimesOf(withAnswer(NO_ANSWERS, 1e9))).toEqual(answerTimesOf(withAnswer(NO_ANSWERS, 1e12)));
  });

  it("keeps the slowest of a quarter hour, and a gap where there was none", () => {
    const slowest = [20, 70, 30].reduce(withAnswer, NO_ANSWERS);
    const later = withAnswer(withQuarters(slowest, 3), 40);
    expect(answerTimesOf(later).map((ms) => (ms === null ? null : Math.round(ms / 10)))).toEqual([
      7,
      null,
      null,
      4,
    ]);
  });

  it(`keeps ${QUARTERS_MAX} quarter hours, and nothing of what is older`, () => {
    const answers = withAnswer(NO_ANSWERS, 5);
    expect(answerTimesOf(withQuarters(answers, QUARTERS_MAX - 1))).toHaveLength(QUARTERS_MAX);
    expect(withQuarters(answers, QUARTERS_MAX)).toBe(NO_ANSWERS);
    expect(withQuarters(answers, 1e9)).toBe(NO_ANSWERS);
  });

  it.each(["", "--", "!", "zz1", "--------"])("%j is read without a throw", (text) => {
    expect(() => answerTimesOf(text)).not.toThrow();
  });
});
