// Rows for people at a terminal: columns that stand beneath each other within 80 characters, and ages instead of instants.
// Pure. Texts of hosts and people are one line each and move no cursor. Only the last column is cut, and where it is a
// sentence not even that: an id or half a title is of no use.
import { visibleLine } from "@countersign/shared/values/visible-text";

const LINE_CHARS_MAX = 80;
const LAST_CHARS_MIN = 16;
const GAP = "  ";
const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** The lines of a table; no row has more cells than there are heads. `isWhole`: the last column is not cut. */
export function tableOf(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { isWhole = false }: { readonly isWhole?: boolean } = {},
): readonly string[] {
  const lines = [heads, ...rows].map((cells) => cells.map(visibleLine));
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
  const room = isWhole ? Number.POSITIVE_INFINITY : Math.max(LAST_CHARS_MIN, LINE_CHARS_MAX - before);
  return lines.map((cells) =>
    cells
      .map((cell, column) =>
        column === heads.length - 1 ? shortened(cell, room) : cell.padEnd(widths[column] ?? 0),
      )
      .join(GAP)
      .trimEnd(),
  );
}

/** How long ago an instant was, in its largest unit; null: it is not known. */
export function ageOf(at: number | null, now: number): string {
  if (at === null) return "–";
  const [unit, unitMs] = UNITS.find(([, size]) => now - at >= size) ?? ["s", 1_000];
  return `${Math.max(0, Math.floor((now - at) / unitMs))}${unit}`;
}

function shortened(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
}
