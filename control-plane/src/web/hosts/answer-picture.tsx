// How fast a check answered over 24 hours, as one line: a point each quarter hour, a gap where nothing was told, the usual
// as a band. Pure.
// What a reader would get wrong: the slowest of a quarter hour is drawn, so that what was slow is seen.
import type { Answers } from "./check-lines.ts";

const DAY_MS = 24 * 3_600_000;
const QUARTER_MS = 15 * 60_000;
const WIDTH = 96;
const HEIGHT = 40;
/** Room above the slowest and below the fastest. */
const MARGIN = 4;
/** What is said to be usual lies between these shares of all that is known, once there is enough of it. */
const USUAL_SHARES = [0.1, 0.9] as const;
const USUAL_COUNT_MIN = 8;

interface Point {
  readonly x: number;
  readonly ms: number;
}

/** The picture with its words; null where nothing is known of the last 24 hours. */
export function AnswerPicture(props: {
  readonly check: string;
  readonly answers: Answers;
  /** `check` is said too where a service has several */
  readonly isOneOfSeveral: boolean;
  readonly now: number;
}) {
  const { answers, check, isOneOfSeveral, now } = props;
  const runs = runsOf(answers, now);
  const all = runs.flat();
  const last = all.at(-1);
  if (last === undefined) return null;
  const usual = usualOf(all.map(({ ms }) => ms));
  const slowest = Math.max(...all.map(({ ms }) => ms));
  const label = `Answer time of ${check} over 24 hours: ${labelOf(last.ms, usual, slowest)}.`;
  const y = scaleOf(slowest);
  return (
    <figure>
      <figcaption class="row small soft">
        <span>Answer time{isOneOfSeveral ? ` of ${check}` : ""}, 24 h</span>
        <span>
          {answers.isSilent === true ? "last before it fell silent" : "last"} <b>{msText(last.ms)}</b>
          {usual === null ? `, slowest ${msText(slowest)}` : `, usually ${rangeText(usual)}`}
        </span>
      </figcaption>
      <svg
        class="spark"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {usual !== null && (
          <path
            class="band"
            d={`M0 ${short(y(usual[1]))}H${short(bandEndOf(last))}V${short(y(usual[0]) + 1)}H0z`}
          />
        )}
        <path class="l" d={runs.map((run) => pathOf(run, y)).join("")} />
      </svg>
    </figure>
  );
}

/** The band ends with the line, but for the quarter hour that has no answer yet. */
function bandEndOf({ x }: Point): number {
  return x > WIDTH - 2 ? WIDTH : x;
}

/** Points without a gap between them, oldest first; those of the last 24 hours alone. */
export function runsOf({ endsAt, times }: Answers, now: number): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  let isBroken = true;
  times.forEach((ms, index) => {
    const at = Math.min(now, endsAt - (times.length - 1 - index) * QUARTER_MS);
    const x = WIDTH * (1 - (now - at) / DAY_MS);
    if (ms === null || x < 0) {
      isBroken = true;
      return;
    }
    if (isBroken) runs.push([]);
    isBroken = false;
    runs.at(-1)?.push({ x, ms });
  });
  return runs;
}

/** `40 ms`, `1.2 s` */
export function msText(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1_000)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 1 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** Between which answers usually lie; null: too few are known. */
export function usualOf(times: readonly number[]): readonly [number, number] | null {
  if (times.length < USUAL_COUNT_MIN) return null;
  const sorted = times.toSorted((left, right) => left - right);
  const [low, high] = USUAL_SHARES.map((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return [low ?? 0, high ?? 0];
}

function rangeText([low, high]: readonly [number, number]): string {
  const [from, to] = [msText(low), msText(high)];
  if (from === to) return from;
  const [number = "", unit = ""] = from.split(" ");
  return to.endsWith(` ${unit}`) ? `${number}–${to}` : `${from} – ${to}`;
}

function labelOf(last: number, usual: readonly [number, number] | null, slowest: number): string {
  const usually = usual === null ? "" : `usually ${rangeText(usual)}, `;
  return `${usually}at most ${msText(slowest)}, last ${msText(last)}`;
}

// From nothing to the slowest: a line that rises from 38 to 40 ms must not look like a mountain.
function scaleOf(slowest: number): (ms: number) => number {
  const top = Math.max(slowest, 0.1);
  return (ms) => HEIGHT - MARGIN - (ms / top) * (HEIGHT - 2 * MARGIN);
}

// One answer alone is a short line, or it would not be seen.
function pathOf(run: readonly Point[], y: (ms: number) => number): string {
  const [first, ...rest] = run;
  if (first === undefined) return "";
  const begin = `M${short(Math.min(first.x, WIDTH - 0.5))} ${short(y(first.ms))}`;
  return rest.length === 0
    ? `${begin}h.5`
    : begin + rest.map(({ ms, x }) => `L${short(x)} ${short(y(ms))}`).join("");
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
