// The course of one trouble as a line with its turns: broke, paged, seen, approved, ran, well. The clock stands at the
// first, at the others what passed since; while something is still to come the line goes on as it is until now, and is
// dotted from there. It never shows an instant that nobody recorded. Pure.
import { useContext } from "hono/jsx";
import { clockIn, fullSpanOf } from "./place-time.ts";
import { ReaderZone } from "./time.tsx";

/** One turn. */
export interface LanePoint {
  /** one word, such as `paged` */
  readonly name: string;
  /** null: not yet, or nobody recorded when */
  readonly at: number | null;
  /** said instead of the time, such as `waits for you` */
  readonly note?: string;
  /** how it is from this turn to the next; absent: down */
  readonly leads?: "down" | "returning" | "well";
  /** no turn: how far it has come */
  readonly isNow?: true;
}

const LINES = { down: "f0", returning: "y0", well: "w0" } as const;
/** Where the first and the last turn lie, of the whole width. */
const FIRST = 2;
const LAST = 98;
const MIDDLE = 48;

/** The line; `points` are two to seven, in their order. */
export function Lane(props: { readonly points: readonly LanePoint[]; readonly now: number }) {
  const { now } = props;
  const zone = useContext(ReaderZone);
  const points = untilNow(props.points, now);
  const startAt = points.find(({ at }) => at !== null)?.at ?? now;
  const turns = points.map((point, index) => ({
    ...point,
    isLast: index === points.length - 1,
    sinceMs: point.at === null || index === 0 ? null : point.at - startAt,
    x: FIRST + ((LAST - FIRST) * index) / Math.max(1, points.length - 1),
    text: point.note ?? textOf(point.at, { startAt, now, zone, isFirst: index === 0 }),
  }));
  return (
    <svg class="lane" role="img" aria-label={labelOf(turns)}>
      {turns.slice(1).map((turn, index) => (
        <line
          class={lineOf(turns[index], turn)}
          x1={`${turns[index]?.x ?? FIRST}%`}
          x2={`${turn.x}%`}
          y1={MIDDLE}
          y2={MIDDLE}
        />
      ))}
      {turns.map((turn, index) => (
        <Turn turn={turn} isAbove={index % 2 === 0} />
      ))}
    </svg>
  );
}

/** What goes on ends at no turn: it goes on to now, before what is still to come. */
function untilNow(points: readonly LanePoint[], now: number): readonly LanePoint[] {
  const lastCame = points.findLastIndex(({ at }) => at !== null);
  const last = points[lastCame];
  if (last === undefined || last.leads === "well" || lastCame === points.length - 1) return points;
  return [
    ...points.slice(0, lastCame + 1),
    { name: "now", at: now, isNow: true },
    ...points.slice(lastCame + 1),
  ];
}

interface DrawnTurn extends LanePoint {
  readonly x: number;
  readonly text: string;
  /** since the first turn; null: it is that, or nobody recorded when */
  readonly sinceMs: number | null;
  readonly isLast: boolean;
}

function Turn({ isAbove, turn }: { readonly turn: DrawnTurn; readonly isAbove: boolean }) {
  const { at, isLast, isNow, name, text, x } = turn;
  const isFirst = x === FIRST;
  const anchor = isFirst ? "start" : isLast ? "end" : "middle";
  const textX = isFirst ? "0" : isLast ? "100%" : `${x}%`;
  return (
    <g>
      {isNow === true ? (
        <rect x={`${x}%`} y={MIDDLE - 9} width="2" height="18" />
      ) : (
        <circle class={at === null ? "todo" : undefined} cx={`${x}%`} cy={MIDDLE} r="6" />
      )}
      <text class="b" x={textX} y={isAbove ? 17 : 76} text-anchor={anchor}>
        {name}
      </text>
      <text x={textX} y={isAbove ? 34 : 92} text-anchor={anchor}>
        {text}
      </text>
    </g>
  );
}

function lineOf(from: DrawnTurn | undefined, to: DrawnTurn): string {
  return to.at === null ? "n0" : LINES[from?.leads ?? "down"];
}

function textOf(
  at: number | null,
  scene: { readonly startAt: number; readonly now: number; readonly zone: string; readonly isFirst: boolean },
): string {
  if (at === null) return scene.isFirst ? "not known" : "";
  if (scene.isFirst) return clockIn(at, scene.now, scene.zone);
  return `+${fullSpanOf(at - scene.startAt)}`;
}

/** The same in words, for who does not see it. */
function labelOf(turns: readonly DrawnTurn[]): string {
  const words = turns.map(({ at, isNow, name, note, sinceMs, text }) => {
    if (isNow === true) return `goes on now, after ${fullSpanOf(sinceMs ?? 0)}`;
    if (at === null) return `not ${name} yet${text === "" ? "" : ` (${text})`}`;
    return `${name} ${note ?? (sinceMs === null ? text : `after ${fullSpanOf(sinceMs)}`)}`;
  });
  return `${words.join(", ")}.`;
}
