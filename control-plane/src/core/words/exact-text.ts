// Splits a text into what a person can see and what they cannot: control characters, bidirectional overrides, odd spaces and
// combining marks. The approval view shows the latter as code points, so that what is read is what will run. Pure.

export interface ExactSegment {
  readonly text: string;
  /** the text is a code point written out, such as `U+202E` */
  readonly isEscaped: boolean;
}

const INVISIBLE = /[\p{C}\p{M}\p{Default_Ignorable_Code_Point}]|(?! )\p{Z}/u;

/** Gives segments in reading order; neighbouring plain characters form one segment. */
export function exactSegmentsOf(text: string): readonly ExactSegment[] {
  const segments: ExactSegment[] = [];
  let plain = "";
  for (const character of text) {
    if (!INVISIBLE.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== "") segments.push({ text: plain, isEscaped: false });
    plain = "";
    segments.push({ text: codePointOf(character), isEscaped: true });
  }
  if (plain !== "") segments.push({ text: plain, isEscaped: false });
  return segments;
}

/** The text with everything that cannot be seen written out, for where there is no markup: terminals, pages on a phone. */
export function writtenOut(text: string): string {
  return exactSegmentsOf(text)
    .map(({ isEscaped, text: part }) => (isEscaped ? `<${part}>` : part))
    .join("");
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
