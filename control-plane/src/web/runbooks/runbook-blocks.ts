// Reads the runbooks' Markdown, as far as they use it: headings, paragraphs, lists, tables, fenced code; bold, stress, code
// and links within a line. Pure. What it does not know it leaves as text, and a test reads every runbook: nothing of its
// words may get lost. A link leads to another runbook or nowhere: what is only in the repository is told by name.

export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly isNumbered: boolean; readonly items: readonly string[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: ReadonlyArray<readonly string[]>;
    }
  | { readonly kind: "code"; readonly text: string };

export interface Span {
  readonly kind: "text" | "code" | "strong" | "stressed" | "runbook";
  readonly text: string;
  /** the reason whose runbook it leads to; only for `runbook` */
  readonly reason?: string;
}

/** A runbook begins with a heading and two sentences. */
const LEAD_BLOCKS = 2;
const ITEM = /^(?:- |\d+\. )/;

/** Blocks in reading order; the document's own title is left out. */
export function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  // A fence may hold empty lines, so it is cut out first.
  for (const part of markdown.split(/^(```[^\n]*\n[\s\S]*?\n```)$/m)) {
    const fence = /^```[^\n]*\n([\s\S]*)\n```$/.exec(part);
    if (fence !== null) blocks.push({ kind: "code", text: fence[1] ?? "" });
    else for (const text of part.split(/\n{2,}/)) blocks.push(...blocksOfText(text.trim()));
  }
  return blocks;
}

/** What it means in its two sentences, then what to do; what it means in detail is for who has done that, and comes last. */
export function stepsFirst(blocks: readonly Block[]): readonly Block[] {
  const stepsAt = blocks.findIndex((block) => block.kind === "heading" && block.text === "What to look at");
  if (stepsAt <= LEAD_BLOCKS) return blocks;
  const detail = blocks.slice(LEAD_BLOCKS, stepsAt);
  const heading: Block = { kind: "heading", text: "What it means in detail" };
  return [...blocks.slice(0, LEAD_BLOCKS), ...blocks.slice(stepsAt), heading, ...detail];
}

/** The spans of one line of text. */
export function spansOf(text: string): readonly Span[] {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s](?:[^*]*[^*\s])?\*|\[[^\]]+\]\([^)\s]+\))/)
    .filter((part) => part !== "")
    .map(spanOf);
}

function blocksOfText(text: string): readonly Block[] {
  if (text === "" || text.startsWith("# ")) return [];
  if (/^#{2,3} /.test(text)) {
    const [heading = "", ...rest] = text.split("\n");
    return [{ kind: "heading", text: heading.replace(/^#+ /, "") }, ...blocksOfText(rest.join("\n").trim())];
  }
  const lines = text.split("\n");
  if (text.startsWith("|")) return [tableOf(lines)];
  const listAt = lines.findIndex((line) => ITEM.test(line));
  if (listAt === -1) return [{ kind: "paragraph", text: lines.join(" ") }];
  const lead = lines.slice(0, listAt).join(" ");
  const list = listOf(lines.slice(listAt));
  return lead === "" ? [list] : [{ kind: "paragraph", text: lead }, list];
}

function listOf(lines: readonly string[]): Block {
  const items: string[] = [];
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
    else items.push(`${items.pop() ?? ""} ${line.trim()}`);
  }
  return { kind: "list", isNumbered: /^\d/.test(lines[0] ?? ""), items };
}

function tableOf([head = "", _rule, ...rows]: readonly string[]): Block {
  return { kind: "table", head: cellsOf(head), rows: rows.map(cellsOf) };
}

function cellsOf(row: string): readonly string[] {
  return row
    .replace(/^\|/, "")
    .replace(/\|$/, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function spanOf(part: string): Span {
  if (part.startsWith("`")) return { kind: "code", text: part.slice(1, -1) };
  if (part.startsWith("**")) return { kind: "strong", text: part.slice(2, -2) };
  if (/^\*[^*].*\*$/.test(part)) return { kind: "stressed", text: part.slice(1, -1) };
  const [, text = "", target = ""] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? [];
  if (text === "") return { kind: "text", text: part };
  const reason = /^([a-z-]+)\.md$/.exec(target)?.[1];
  if (reason !== undefined) return { kind: "runbook", text, reason };
  const chapter = /^\.\.\/([a-z-]+)\.md(?:#[a-z0-9-]*)?$/.exec(target)?.[1];
  return { kind: "text", text: chapter === undefined ? text : `${text}: the manual's chapter on ${chapter}` };
}
