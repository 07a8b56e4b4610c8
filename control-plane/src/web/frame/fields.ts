// Reads what a person wrote into a field of a form or of a query: a reason, a count. What is none reads as none, and is refused where it is
// needed. Pure.

/** The name of a field for several lines; all others hold one. */
export const LINES_FIELD = "text";
/** Longest reason that is kept. */
export const WHY_CHARS_MAX = 300;

/** The reason that a person gave, cut to its limit. */
export function whyOf(form: URLSearchParams): string {
  return (form.get("why") ?? "").trim().slice(0, WHY_CHARS_MAX);
}

/** A whole number of a form or a query within bounds; null: it is none. */
export function countIn(text: string | null | undefined, countMax: number): number | null {
  if (text === null || text === undefined || !/^[0-9]{1,6}$/.test(text)) return null;
  const count = Number(text);
  return count <= countMax ? count : null;
}
