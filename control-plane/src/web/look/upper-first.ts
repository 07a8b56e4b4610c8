// The first letter of a sentence, as people write it. Pure.

/** The text with a capital letter, where a sentence begins. */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
