// Names one after the other, and the first letter of a sentence, as people write them. Pure.

/** `Alice`, `Alice and Omar`, `Alice, Omar and Dana`; none: empty. */
export function listedNames(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return "";
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** The text with a capital letter, where a sentence begins. */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
