// Things one after the other, as people write them. Pure.

/** `a`, `a and b`, `a, b and c`; with another last word `a or b`. None: empty. */
export function listText(items: readonly string[], last = "and"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}
