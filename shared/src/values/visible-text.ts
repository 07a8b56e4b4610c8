// What cannot be seen in texts that others wrote: control characters and line ends (they forge lines and steer terminals), marks that turn
// the direction of what follows, characters without a width. Pure. Each edge takes the form that fits it: a name or a sentence of a host
// becomes a line (`visibleLine`) before it is kept; a terminal and a file's fault write it out; JSON keeps it, as an escape.
// What a reader would get wrong: what is signed or hashed must stay as it is, and is only ever *shown* in another form.

/** Cc, Cf, lone surrogates, line and paragraph separators, and all that a font draws as nothing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** The same, but for what lays out a document's own text. */
const UNSEEN_IN_MARKUP = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const SPACE = /^[\t-\r\u0085\p{Zl}\p{Zp}]$/u;
const VARIATION = /^\p{Variation_Selector}$/u;

/** The text with each such character written out as `\u{1b}`. */
export function visibleText(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The same, line by line. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}

/** The text as one line, never longer than it was: line ends become spaces, everything else that cannot be seen a mark. */
export function visibleLine(text: string): string {
  return text.replaceAll(UNSEEN, lineMarkOf);
}

/** Every text in a value that was read from JSON, as a line; the very same value where nothing changes. */
export function inVisibleLines<T>(value: T): T {
  return inLines(value) as T;
}

/** JSON with such characters as escapes: it says the same, and nothing in it steers what shows it. */
export function visibleJson(json: string): string {
  return json.replaceAll(UNSEEN_IN_MARKUP, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeOf(character.charCodeAt(index))).join(""),
  );
}

/** A whole document of markup, with a mark for each such character; its own line ends and tabs stay. */
export function visibleMarkup(markup: string): string {
  return markup.replaceAll(UNSEEN_IN_MARKUP, lineMarkOf);
}

// A variation selector only picks between two pictures of the character before it.
function lineMarkOf(character: string): string {
  if (SPACE.test(character)) return " ";
  return VARIATION.test(character) ? "" : "\uFFFD";
}

function escapeOf(codeUnit: number): string {
  return `\\u${codeUnit.toString(16).padStart(4, "0")}`;
}

function inLines(value: unknown): unknown {
  if (typeof value === "string") return visibleLine(value);
  if (Array.isArray(value)) {
    const lines = value.map(inLines);
    return lines.every((line, index) => line === value[index]) ? value : lines;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, part, inLines(part)] as const);
  if (entries.every(([, before, after]) => before === after)) return value;
  return Object.fromEntries(entries.map(([name, , after]) => [name, after]));
}
