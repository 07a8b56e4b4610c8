// The draft of a post-mortem: what is on record in its place, and nothing that a host or a person wrote is more than text.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visibleText } from "@countersign/shared/values/visible-text";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { courseOf } from "../../../control-plane/src/http/incident-course.ts";
import { codeInMarkdown, inMarkdown, linesInMarkdown } from "../../../control-plane/src/http/markdown.ts";
import { postMortemOf } from "../../../control-plane/src/http/post-mortem.ts";
import { BROKE_AT } from "../../gallery/records/approval-night.tsx";
import { answeredOf, findingOf, foundOf, incidentOf, pageOf } from "../../gallery/records/incident-night.ts";
import { MINUTE_MS, NOW, SECOND_MS } from "../../gallery/shown-state.ts";

const HOSTILE = [
  "# heading",
  "[x](javascript:alert(1))",
  "![x](https://evil.example/x.png)",
  "<script>alert(1)</script>",
  "https://evil.example www.evil.example a@evil.example",
  "`code` **bold** _it_ ~~no~~",
  "| a | b |",
  "1. one",
  "- item",
  "> quote",
  "===",
  "---",
  "    code",
  "&lt;b&gt;",
  "\u202eabc",
  "a\u0000b\u001b[2J",
];

describe("a text in Markdown", () => {
  it.each(HOSTILE)("%j is text alone", (text) => {
    const written = inMarkdown(text);
    // Every mark that Markdown could read as more is behind a backslash, or within a word.
    const bare = written.replaceAll(/\\[!-/:-@[-`{-~]/g, "x").replaceAll(/&(?:amp|lt|gt);/g, "x");
    expect(bare).not.toMatch(/[#*_`~[\]<>|!\\]|^\s|^\d+\.|:\/\/|www\.|^[-+=]/);
    expect(visibleText(written)).toBe(written);
    expect(written).not.toContain("\n");
  });

  it("keeps what is harmless readable", () => {
    expect(inMarkdown("nginx is failing on web-1, since 10.0.0.1:443 refuses.")).toBe(
      "nginx is failing on web-1, since 10.0.0.1:443 refuses.",
    );
  });

  it("ends no code before its end", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("`", "a", " ", "\n") }), (text) => {
        const code = codeInMarkdown(text);
        const fence = /^`+/.exec(code)?.[0] ?? "";
        const within = code.slice(fence.length, -fence.length);
        expect(within.match(/`+/g)?.every((ticks) => ticks.length < fence.length) ?? true).toBe(true);
        expect(code).not.toContain("\n");
      }),
    );
  });

  it("keeps the lines of a note", () => {
    expect(linesInMarkdown("one\r\n# two")).toBe("one  \n\\# two");
  });
});

describe("the draft", () => {
  const found = foundOf({
    incident: incidentOf({
      state: "resolved",
      clearedAt: BROKE_AT + 47 * SECOND_MS,
      resolvedAt: BROKE_AT + 11 * MINUTE_MS,
      notes: [{ at: NOW, by: byPerson("omar"), text: "The disk\n# was full" }],
    }),
    approvals: [answeredOf(5 * SECOND_MS, { state: "verified", ranAt: NOW - 4 * SECOND_MS })],
    pages: [
      pageOf(),
      pageOf({ responder: "omar", state: "undeliverable", deliveredAt: null, lastError: "ntfy | 403" }),
      pageOf({ responder: "mia", state: "held", deliveredAt: null, deliveredBy: null }),
    ],
  });
  const draft = postMortemOf(found, NOW);

  it("has each part, with what is on record", () => {
    for (const heading of [
      "Summary",
      "Impact",
      "What was wrong",
      "What was tried",
      "Who was paged",
      "Timeline",
      "Notes",
      "Questions to answer",
    ])
      expect(draft).toContain(`\n## ${heading}\n`);
    expect(draft).toContain("Not well for: **47s**");
    expect(draft).toContain("systemctl restart --no-block nginx.service");
    expect(draft).toContain("| alice | ring | by ntfy after 1s |");
    expect(draft).toContain("| mia | ring | held for a digest |");
    expect(draft).toContain(String.raw`not delivered: ntfy \| 403`);
    expect(draft).toContain("> The disk  \n> \\# was full");
    expect(draft).toContain("Why was 1 page not delivered");
  });

  it("has no heading but its own, whatever texts there are", () => {
    const title = "x\n# evil\n## Impact";
    const odd = postMortemOf(
      foundOf({
        incident: incidentOf({ title, notes: [{ at: NOW, by: byPerson("# a"), text: "## b\n# c" }] }),
        findings: [findingOf({ title, evidence: [{ at: NOW, text: "```\n# d" }] })],
      }),
      NOW,
    );
    const headings = odd.split("\n").filter((line) => /^\s*(?:> ?)*#/.test(line));
    expect(headings).toHaveLength(9);
  });
});

describe("the course", () => {
  it("has no instant that nobody recorded", () => {
    const course = courseOf(foundOf({ approvals: [], pages: [] }));
    expect(course.filter(({ at }) => at !== null).map(({ name }) => name)).toEqual(["broke"]);
    const asked = courseOf(foundOf({ approvals: [answeredOf(SECOND_MS)] }));
    expect(asked.find(({ name }) => name === "ran")?.at).toBeNull();
  });
});
