// What `countersign audit list` does: prints rows of the audit, newest first.
import { ok } from "@countersign/shared/values/result";
import { actorNameOf } from "../src/core/words/actor.ts";
import { complain, type Desk, EXIT, printJson } from "./desk.ts";
import { type HowMuch, moreText, readParts } from "./list-parts.ts";
import { ageOf, tableOf } from "./table.ts";

/** Prints the newest rows, or all. */
export async function listAudit(
  options: HowMuch & { readonly json?: boolean },
  { api, output }: Desk,
  now: number,
): Promise<number> {
  const read = await readParts(options, async ({ after, limit }: { after: number | null; limit: number }) => {
    const part = await api.ask("GET /v1/admin/audit", { query: { before: after, limit } });
    return part.ok ? ok({ rows: part.value.rows, next: part.value.nextBefore }) : part;
  });
  if (!read.ok) return complain(output, read.error);
  const { hasMore, rows } = read.value;
  if (options.json === true) {
    const nextBefore = hasMore ? (rows.at(-1)?.sequence ?? null) : null;
    printJson(output, { rows, nextBefore });
    return EXIT.done;
  }
  const lines = rows.map(({ act, actor, at, sequence, subject, why }) => [
    String(sequence),
    ageOf(at, now),
    actorNameOf(actor),
    `${act}: ${subject}${why === "" ? "" : ` (${why})`}`,
  ]);
  output.print(tableOf(["ROW", "AGE", "WHO", "WHAT"], lines).join("\n"));
  const more = moreText(hasMore);
  if (more !== null) output.complain(more);
  return EXIT.done;
}
