// Texts of files and hosts as a terminal may show them: on one line, and without a character that steers the terminal or hides what is
// read (escape sequences, bidirectional overrides, zero-width characters). Pure.

const STEERING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with each such character written out as `\u{1b}`. */
export function visibleText(text: string): string {
  return text.replaceAll(STEERING, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
