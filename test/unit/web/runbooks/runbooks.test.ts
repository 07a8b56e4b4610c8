// The runbooks as the desk serves them: the same texts as docs/runbooks, and every word of them in the view.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  blocksOf,
  spansOf,
  stepsFirst,
  type Block,
} from "../../../../control-plane/src/web/runbooks/runbook-blocks.ts";
import { runbookOf, runbookReasons } from "../../../../control-plane/src/web/runbooks/runbooks.ts";

const root = join(import.meta.dirname, "../../../..");
const SERVED = join(root, "control-plane/src/web/runbooks/runbook-texts.json");
const names = readdirSync(join(root, "docs/runbooks")).toSorted();
const texts = Object.fromEntries(
  names.map((name) => [name.replace(/\.md$/, ""), readFileSync(join(root, "docs/runbooks", name), "utf8")]),
);

describe("the runbooks of the desk", () => {
  it("are those of docs/runbooks; else: COUNTERSIGN_UPDATE_RUNBOOKS=1 vitest run --project unit runbooks", () => {
    const wanted = `${JSON.stringify(texts, null, 2)}\n`;
    if (process.env["COUNTERSIGN_UPDATE_RUNBOOKS"] === "1") writeFileSync(SERVED, wanted);
    expect(JSON.parse(readFileSync(SERVED, "utf8"))).toEqual(texts);
    expect(runbookReasons()).toEqual(Object.keys(texts));
    expect(runbookOf("constructor")).toBeNull();
  });

  it.each(Object.keys(texts))("%s keeps all its words", (reason) => {
    // stars are marks, or of a command: the next test says which
    const shown = split(
      blocksOf(texts[reason] ?? "")
        .flatMap(wordsOf)
        .join(" ")
        .replaceAll("*", ""),
    );
    expect(shown).toEqual(plainWordsOf(texts[reason] ?? ""));
  });

  it.each(Object.keys(texts))(
    "%s tells what to do before it goes into detail, and names no file of ours",
    (reason) => {
      const blocks = blocksOf(texts[reason] ?? "");
      const shown = stepsFirst(blocks);
      const headings = shown.flatMap((block) => (block.kind === "heading" ? [block.text] : []));
      expect(headings.slice(0, 2)).toEqual(["What it means", "What to look at"]);
      expect(shown.slice(2, 3).map(({ kind }) => kind)).toEqual(["heading"]);
      for (const block of blocks) expect(shown).toContain(block);
      expect(shown.flatMap(wordsOf).join(" ")).not.toMatch(/docs\/|\bAcknowledge\b/);
    },
  );

  it("read code with empty lines, numbered lists, and a bar inside a cell", () => {
    expect(
      blocksOf("```sh\na\n\nb\n```\n\n1. one\n   more\n2. two\n\n| a | b |\n|---|---|\n| `x \\| y` | z |"),
    ).toEqual([
      { kind: "code", text: "a\n\nb" },
      { kind: "list", isNumbered: true, items: ["one more", "two"] },
      { kind: "table", head: ["a", "b"], rows: [["`x | y`", "z"]] },
    ]);
  });

  it("read stress, and leave the stars of a command alone", () => {
    expect(spansOf("*this* and `/etc/cron*`, 2 * 3, **that**")).toEqual([
      { kind: "stressed", text: "this" },
      { kind: "text", text: " and " },
      { kind: "code", text: "/etc/cron*" },
      { kind: "text", text: ", 2 * 3, " },
      { kind: "strong", text: "that" },
    ]);
  });

  it("lead to other runbooks and nowhere else", () => {
    expect(
      spansOf("see [stuck](remediation-stuck.md), [how](../policy.md) or [x](javascript:alert)"),
    ).toEqual([
      { kind: "text", text: "see " },
      { kind: "runbook", text: "stuck", reason: "remediation-stuck" },
      { kind: "text", text: ", " },
      { kind: "text", text: "how: the manual's chapter on policy" },
      { kind: "text", text: " or " },
      { kind: "text", text: "x" },
    ]);
  });
});

function wordsOf(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading":
    case "paragraph":
      return split(
        spansOf(block.text)
          .map(({ text }) => text)
          .join(""),
      );
    case "code":
      return split(block.text);
    case "list":
      return block.items.flatMap((item) =>
        split(
          spansOf(item)
            .map(({ text }) => text)
            .join(""),
        ),
      );
    case "table":
      return [block.head, ...block.rows].flat().flatMap((cell) =>
        split(
          spansOf(cell)
            .map(({ text }) => text)
            .join(""),
        ),
      );
  }
}

/** The words of a Markdown text without its marks. */
function plainWordsOf(markdown: string): readonly string[] {
  const plain = markdown
    .replace(/^# .*$/m, "")
    .replaceAll(/^#+ /gm, "")
    .replaceAll(/^```.*$/gm, "")
    .replaceAll(/^(?:- |\d+\. )/gm, "")
    .replaceAll(/^\|[-|]+\|$/gm, "")
    .replaceAll(/(?<!\\)\|(?=.*\|$)|\|$/gm, " ")
    .replaceAll("\\|", "|")
    .replaceAll(/\[([^\]]+)\]\(([a-z-]+)\.md\)/g, "$1")
    .replaceAll(/\[([^\]]+)\]\(\.\.\/([a-z-]+)\.md[^)]*\)/g, "$1: the manual's chapter on $2");
  return split(plain.replaceAll(/[*`]/g, ""));
}

function split(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
