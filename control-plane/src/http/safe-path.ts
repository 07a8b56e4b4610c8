// A path that comes back from outside, where a person is to be led: one of this desk, or none. Pure.

const PATH_CHARS_MAX = 400;

/** A path of this desk, and of no other: never another origin's, however it is written; null: it is none. */
export function safePathOf(wanted: string): string | null {
  if (wanted.length > PATH_CHARS_MAX || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.includes("\\"))
    return null;
  const here = "https://desk.invalid";
  const url = URL.parse(wanted, here);
  return url?.origin === here && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : null;
}
