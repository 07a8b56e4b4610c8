// What a benchmark yields: figures, each beside what it is to be compared with, and how they are printed. Pure.
// A ratio is always ours divided by what stands beside it, whichever of both is better.

/** What a figure is compared with. A model is computed from the same run's data; nothing of it was run. */
export interface Beside {
  readonly kind: "limit" | "measured" | "model";
  readonly value: number;
  readonly what: string;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly beside: Beside | null;
  /** false: a promise was broken (a host not found, a false alarm, a row written); null: a plain measurement */
  readonly isKept: boolean | null;
}

export interface BenchmarkResult {
  readonly name: string;
  readonly seconds: number;
  /** one-minute load average before it began: what else this machine was doing */
  readonly load: number;
  readonly figures: readonly Figure[];
  /** how it was measured, and what a reader would get wrong */
  readonly notes: readonly string[];
  /** `skipped`: it cannot run here; `failed`: it could not be brought to its end */
  readonly state: "measured" | "skipped" | "failed";
  /** why, in one sentence, when it was not measured; else empty */
  readonly why: string;
}

/** What a benchmark hands back; the frame adds its name and time. */
export type Measured = Pick<BenchmarkResult, "figures" | "notes">;

/** Says what is going on, for the progress display. */
export type Say = (text: string) => void;

/** A plain measurement. */
export function figure(name: string, value: number, unit: string, beside: Beside | null = null): Figure {
  return { name, value, unit, beside, isKept: null };
}

/** A measurement that is also a promise. */
export function promise(of: Figure, isKept: boolean): Figure {
  return { ...of, isKept };
}

/** Ours divided by what stands beside it; null when there is nothing, or nothing to divide by. */
export function ratioOf({ value, beside }: Figure): number | null {
  return beside === null || beside.value === 0 ? null : value / beside.value;
}

/** The value below which this share of the values lies (nearest rank); values in any order. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value, or the mean of both middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[half] ?? Number.NaN)
    : mean(sorted.slice(Math.max(0, half - 1), half + 1));
}

/** One table over all benchmarks, then their notes. */
export function renderTable(results: readonly BenchmarkResult[]): string {
  const rows = results.flatMap(({ name, figures }) => figures.map((item) => cellsOf(name, item)));
  const head = ["benchmark", "figure", "measured", "beside", "ratio"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const table = [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
  const remarks = results.flatMap(({ name, notes, state, why, seconds, load }) => [
    state === "measured"
      ? `${name} (${seconds.toFixed(0)} s, load average before it ${load.toFixed(2)})`
      : `${name}: ${state.toUpperCase()}: ${why}`,
    ...notes.map((note) => `  ${note}`),
  ]);
  return [...table, "", ...remarks].join("\n");
}

function cellsOf(benchmark: string, item: Figure): readonly string[] {
  const { name, value, unit, beside, isKept } = item;
  const ratio = ratioOf(item);
  const besideText =
    beside === null ? "" : `${beside.kind} ${numberText(beside.value)} ${unit} (${beside.what})`;
  return [
    benchmark,
    name,
    `${numberText(value)} ${unit}${isKept === false ? "  BROKEN" : ""}`,
    besideText,
    ratio === null ? "" : ratio.toFixed(ratio < 0.1 ? 3 : 2),
  ];
}

function numberText(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(Math.abs(value) < 100 ? 2 : 1);
}
