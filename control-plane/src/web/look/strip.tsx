// The last 24 hours of a service as one line: its height tells how it was (thin well, half restarted, tall failing, a
// hairline where nothing is known), and its colour says the same again. Pure.
import { spanOf } from "./place-time.ts";

/** How it was for a while. */
export interface StripSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly look: "well" | "restarted" | "failing" | "no-data";
}

/** How much time a strip shows. */
export const STRIP_MS = 24 * 3_600_000;
/** Its width in its own units, a quarter of an hour each. */
const WIDTH = 96;
/** What is shorter is drawn as wide as this, so that it is seen. */
const WIDTH_MIN = 0.6;
/** What is not heard up to now takes an hour's width at least: a line must not seem to be well up to now. */
const SILENCE_MIN = 4;

const LOOKS = {
  well: { class: "w", y: 5, height: 4 },
  restarted: { class: "y", y: 2.5, height: 9 },
  failing: { class: "f", y: 0, height: 14 },
  "no-data": { class: "n", y: 6.25, height: 1.5 },
} as const;
/** What is drawn later lies over what came before. */
const ORDER = ["no-data", "well", "restarted", "failing"] as const;

/** The line of one service; `name` is said to who does not see it. */
export function Strip(props: {
  readonly name: string;
  readonly spans: readonly StripSpan[];
  readonly now: number;
}) {
  const { name, now, spans } = props;
  const shown = spans.filter(({ fromAt, toAt }) => toAt > now - STRIP_MS && fromAt < now && toAt >= fromAt);
  const drawn = endedWhereSilent(shown, now);
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${WIDTH} 14`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${name}: ${labelOf(shown, now)}`}
    >
      {ORDER.map((look) => (
        <Look look={look} spans={drawn.filter((span) => span.look === look)} now={now} />
      ))}
    </svg>
  );
}

/** What came before a silence that lasts ends early enough for the silence to be seen. */
function endedWhereSilent(spans: readonly StripSpan[], now: number): readonly StripSpan[] {
  const last = spans.at(-1);
  if (last === undefined || last.look !== "no-data" || last.toAt < now) return spans;
  const fromAt = Math.min(last.fromAt, now - (SILENCE_MIN / WIDTH) * STRIP_MS);
  // What failed shortly before is what somebody looks for: it is drawn over the hairline.
  const before = spans
    .slice(0, -1)
    .filter((span) => span.look !== "well" || span.fromAt < fromAt)
    .map((span) => (span.look === "well" ? { ...span, toAt: Math.min(span.toAt, fromAt) } : span));
  return [...before, { ...last, fromAt }];
}

function Look(props: {
  readonly look: StripSpan["look"];
  readonly spans: readonly StripSpan[];
  readonly now: number;
}) {
  if (props.spans.length === 0) return null;
  const { class: name, height, y } = LOOKS[props.look];
  const path = props.spans.map((span) => {
    const from = unitOf(span.fromAt, props.now);
    const width = Math.max(WIDTH_MIN, unitOf(span.toAt, props.now) - from);
    const x = Math.min(from, WIDTH - width);
    return `M${short(x)} ${y}h${short(width)}v${height}h-${short(width)}z`;
  });
  return <path class={name} d={path.join("")} />;
}

function unitOf(at: number, now: number): number {
  return Math.min(WIDTH, Math.max(0, ((at - (now - STRIP_MS)) / STRIP_MS) * WIDTH));
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function labelOf(spans: readonly StripSpan[], now: number): string {
  if (spans.length === 0) return "nothing is known of the last 24 hours";
  if (spans.every(({ look }) => look === "well"))
    return (spans[0]?.fromAt ?? now) <= now - STRIP_MS ? "well all 24 hours" : "well since it is known";
  const failing = totalOf(spans, "failing", now);
  const unknown = totalOf(spans, "no-data", now);
  const restarts = spans.filter(({ look }) => look === "restarted").length;
  const said = [
    ...(failing > 0 ? [`failing for ${spanOf(failing)}`] : []),
    ...(restarts > 0 ? [restarts === 1 ? "restarted once" : `restarted ${restarts} times`] : []),
    ...(unknown > 0 ? [`no data for ${spanOf(unknown)}`] : []),
  ];
  return `${said.join(", ")} within 24 hours`;
}

function totalOf(spans: readonly StripSpan[], look: StripSpan["look"], now: number): number {
  return spans
    .filter((span) => span.look === look)
    .reduce((sum, { fromAt, toAt }) => sum + Math.min(toAt, now) - Math.max(fromAt, now - STRIP_MS), 0);
}
