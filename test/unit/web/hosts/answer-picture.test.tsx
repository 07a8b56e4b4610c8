// The picture of answer times: a gap is a gap, what is older than a day is not there, and its words say what it shows.
import { html } from "hono/html";
import { describe, expect, it } from "vitest";
import {
  AnswerPicture,
  msText,
  runsOf,
  usualOf,
} from "../../../../control-plane/src/web/hosts/answer-picture.tsx";

const QUARTER_MS = 15 * 60_000;
const NOW = 1_800_000_000_000;

async function drawn(times: readonly (number | null)[], endsAt = NOW): Promise<string> {
  const answers = { times, endsAt };
  const picture = <AnswerPicture check="health" answers={answers} isOneOfSeveral={false} now={NOW} />;
  return [await html`${picture}`].join("");
}

describe("the line", () => {
  it.each([
    { times: [], runs: [] },
    { times: [null, null], runs: [] },
    { times: [1, 2, 3], runs: [3] },
    { times: [1, null, 3], runs: [1, 1] },
    { times: [null, 1, 2, null, null, 3, null], runs: [2, 1] },
  ])("of $times is broken into $runs", ({ runs, times }) => {
    expect(runsOf({ times, endsAt: NOW }, NOW).map(({ length }) => length)).toEqual(runs);
  });

  it("ends where the last answer was, however long ago, and is none after a day", async () => {
    const answers = { times: [1, 2], endsAt: NOW - 48 * QUARTER_MS };
    expect(
      runsOf(answers, NOW)
        .flat()
        .map(({ x }) => x),
    ).toEqual([47, 48]);
    expect(runsOf(answers, NOW + 24 * 3_600_000)).toEqual([]);
    expect(await drawn([1, 2], NOW - 97 * QUARTER_MS)).not.toContain("<svg");
  });

  it("stays within the picture when our clock was set back", () => {
    const [point] = runsOf({ times: [1], endsAt: NOW + 9 * QUARTER_MS }, NOW).flat();
    expect(point?.x).toBe(96);
  });

  it("of one answer alone is seen", async () => {
    expect(await drawn([40])).toMatch(/<path class="l" d="M95\.5 [0-9.]+h\.5"/);
  });
});

describe("its words", () => {
  it.each([
    [0.4, "0.4 ms"],
    [40.4, "40 ms"],
    [1_240, "1.2 s"],
    [30_100, "30 s"],
  ])("%d ms is %s", (ms, text) => {
    expect(msText(ms)).toBe(text);
  });

  it("say what is usual once enough is known, and else the slowest", async () => {
    expect(usualOf([1, 2, 3])).toBe(null);
    expect(usualOf([50, 10, 20, 30, 40, 60, 70, 80, 90, 500])).toEqual([10, 90]);
    expect(await drawn([40, 90])).toContain("slowest 90 ms");
    const usual = await drawn([40, 41, 42, 43, 44, 45, 46, 47, 900]);
    expect(usual).toContain("usually 40–47 ms");
    expect(usual).toContain(
      'aria-label="Answer time of health over 24 hours: usually 40–47 ms, at most 900 ms, last 900 ms."',
    );
  });
});
