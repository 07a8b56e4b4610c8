// Text as Markdown that says just that text: whatever a host or a person wrote can be no heading, link, list, picture or
// HTML. Pure.
import { visibleLine } from "@countersign/shared/values/visible-text";

/** All of ASCII that Markdown, or GitHub's kind of it, may read as more than text; it may be escaped wherever it stands. */
const SPECIAL = /[!"#$%'()*+,\-./:;=?@[\\\]^_`{|}~]/g;
/** What needs no escape where it stands within words, so that a draft can be read before it is rendered. */
const HARMLESS = /(?<=\w)[-.,:/%'=](?=\w)|[,%'"/;?](?=\s|$)|[.](?=\s|$)(?<!^\d+\.)/g;

/** One line of text. */
export function inMarkdown(text: string): string {
  const line = visibleLine(text).trim();
  const kept = new Set([...line.matchAll(HARMLESS)].map(({ index }) => index));
  const isLink = /:\/\/|www\.|@/i.test(line);
  return line
    .replaceAll(SPECIAL, (mark, index: number) => (kept.has(index) && !isLink ? mark : `\\${mark}`))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Several lines, each a paragraph's line of its own. */
export function linesInMarkdown(text: string): string {
  return text
    .split(/\r\n|[\n\r]/)
    .map(inMarkdown)
    .join("  \n");
}

/** A text as code: between more backticks than it has. */
export function codeInMarkdown(text: string): string {
  const line = visibleLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  // One blank at each end is taken away again by who reads it.
  return `${fence} ${line} ${fence}`;
}

/** A row of a table; what stands in its cells is Markdown already. */
export function rowInMarkdown(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, "\\|")).join(" | ")} |`;
}
