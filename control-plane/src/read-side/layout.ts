// Whether the read side is laid out as this code does it (stored/layout.ts). D1 of another version is neither written nor cut: what waits for
// it waits, /healthz says so, and detection, paging and approval go on.
import { drizzle } from "drizzle-orm/d1";
import { type FoundLayout, judgeLayout, LAYOUT_TABLE, otherLayoutSentence } from "../stored/layout.ts";
import { layout } from "./schema.ts";

/** How D1 is laid out; throws when it does not answer. */
export async function readLayout(database: D1Database): Promise<FoundLayout> {
  const tables = await database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all<{ name: string }>();
  const names = tables.results.map(({ name }) => name);
  const marks = names.includes(LAYOUT_TABLE) ? await drizzle(database).select().from(layout).limit(2) : [];
  return judgeLayout(
    names,
    marks.map(({ number }) => number),
  );
}

/** Throws with the one sentence where D1 is of another version. */
export async function refuseOtherLayout(database: D1Database): Promise<void> {
  const found = await readLayout(database);
  if (found.kind === "other") throw new Error(otherLayoutSentence("D1", found));
}
