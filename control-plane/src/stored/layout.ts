// How what is stored is laid out, as one number for desk, shards, D1 and the directory of `npm start`. Pure. Tables are marked with the number
// when they are made. What bears no mark, or another number, was written by another version: it is refused with one sentence and
// stays as it was found. Nothing is converted (ADR 0020).
// What a reader would get wrong: the number grows only with a change that the code before it cannot live with. A new optional field is none.

/** The layout that this code writes, and the only one that it reads. */
export const LAYOUT = 3;

/** The table of the mark, which holds the number and nothing else. */
export const LAYOUT_TABLE = "layout";

/** What was found. `none`: nothing is stored yet; `other`: another version wrote it, `number` null without a mark. */
export type FoundLayout =
  | { readonly kind: "none" | "ours" }
  | { readonly kind: "other"; readonly number: number | null };

/** Judges by the names of all tables, the runtime's own included, and by the numbers in the table of the mark. */
export function judgeLayout(tables: readonly string[], marks: readonly unknown[]): FoundLayout {
  if (!tables.some(isOurs)) return { kind: "none" };
  const [mark] = marks;
  if (marks.length === 1 && mark === LAYOUT) return { kind: "ours" };
  return { kind: "other", number: typeof mark === "number" ? mark : null };
}

/** Why what is stored is refused, and what to do, in one sentence. */
export function otherLayoutSentence(whose: string, { number }: { readonly number: number | null }): string {
  const found = number === null ? "it bears no layout number" : `its layout is ${number}`;
  return `What ${whose} holds was stored by another version of Countersign (${found}, and this version reads ${LAYOUT} only) and stays as it is: deploy under another \`name\` in wrangler.toml with a new D1 database and enrol the hosts there, or run the version that stored it.`;
}

// The runtime keeps tables of its own, SQLite too, and wrangler one of the migrations that were applied.
function isOurs(table: string): boolean {
  return !/^(?:_cf_|sqlite_|d1_)/.test(table);
}
