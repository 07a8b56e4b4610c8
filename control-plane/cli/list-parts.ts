// Reads a list part after part until there is enough of it. A list whose parts have no end is refused, not followed.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { ApiRefusal } from "./api-calls.ts";

/** Of one part; `--all` reads as many parts as it takes. */
export const PART_ROWS_MAX = 200;
const ALL_ROWS_MAX = 200_000;
export const LIMIT_DEFAULT = 50;

/** How much of a list is asked for. */
export interface HowMuch {
  readonly limit?: number;
  readonly all?: boolean;
}

/** One part; `next` asks for the part after it, null: that was all. */
export interface ReadPart<Row, Next> {
  readonly rows: readonly Row[];
  readonly next: Next | null;
}

/** Rows and whether there are more. */
export async function readParts<Row, Next extends string | number>(
  { all = false, limit = LIMIT_DEFAULT }: HowMuch,
  read: (asked: {
    readonly after: Next | null;
    readonly limit: number;
  }) => Promise<Result<ReadPart<Row, Next>, ApiRefusal>>,
): Promise<Result<{ readonly rows: readonly Row[]; readonly hasMore: boolean }, ApiRefusal>> {
  const enough = all ? ALL_ROWS_MAX : limit;
  const rows: Row[] = [];
  let after: Next | null = null;
  for (;;) {
    const part = await read({ after, limit: Math.min(PART_ROWS_MAX, enough - rows.length) });
    if (!part.ok) return part;
    rows.push(...part.value.rows);
    const { next } = part.value;
    if (next === null || rows.length >= enough) return ok({ rows, hasMore: next !== null });
    if (next === after) return noEnd();
    after = next;
  }
}

/** Says that there is more; null: there is not. */
export function moreText(hasMore: boolean): string | null {
  return hasMore ? "There are more: say --limit N, or --all." : null;
}

function noEnd(): Result<never, ApiRefusal> {
  const sentence = "The control plane answers with parts that have no end: check --url.";
  return refuse({ reason: "refused", sentence, problem: null });
}
