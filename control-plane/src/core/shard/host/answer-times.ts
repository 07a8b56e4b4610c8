// The answer times of one check over a day, as short as they can be kept: two characters a quarter hour, oldest first. Pure.
// What a reader would get wrong: a quarter hour without an answer is a gap, and never the time before it.

/** Quarter hours of a day. */
export const QUARTERS_MAX = 96;

/** None is known. */
export const NO_ANSWERS = "";

const CHARS = 2;
const GAP = "--";
const BASE = 36;
const LEVEL_MAX = BASE ** CHARS - 1;
/** The shortest time that is told from a shorter one; a step is about one per cent, so the longest is some 95 s. */
const SHORTEST_MS = 0.1;
const STEPS_AN_E = 94;

/** With an answer in the newest quarter hour; of several the slowest is kept. */
export function withAnswer(answers: string, latencyMs: number): string {
  const before = answers.slice(-CHARS);
  const written = levelOf(latencyMs).toString(BASE).padStart(CHARS, "0");
  // of equal length, so they are in order as text
  return answers.slice(0, -CHARS) + (before === GAP || before < written ? written : before);
}

/** So many quarter hours later, without an answer in any of them; none when that was a day ago. */
export function withQuarters(answers: string, count: number): string {
  const later = `${answers}${GAP.repeat(Math.min(count, QUARTERS_MAX))}`.slice(-QUARTERS_MAX * CHARS);
  return later.replaceAll(GAP, "") === "" ? NO_ANSWERS : later;
}

/** Milliseconds in each quarter hour, oldest first; null: no answer is known of it. */
export function answerTimesOf(answers: string): readonly (number | null)[] {
  return Array.from({ length: Math.floor(answers.length / CHARS) }, (_, index) => {
    const written = answers.slice(index * CHARS, (index + 1) * CHARS);
    const level = written === GAP ? Number.NaN : Number.parseInt(written, BASE);
    return Number.isNaN(level) ? null : SHORTEST_MS * Math.exp(level / STEPS_AN_E);
  });
}

function levelOf(latencyMs: number): number {
  const level = Math.round(STEPS_AN_E * Math.log(Math.max(latencyMs, SHORTEST_MS) / SHORTEST_MS));
  return Math.min(LEVEL_MAX, level);
}
