// No sentence of ours is read back: who, what and why travel as data, and prose is made last. This finds the usual ways to read it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "control-plane"],
  {
    cwd: root,
    encoding: "utf8",
  },
)
  .split("\n")
  .filter(
    (path) => /^control-plane\/(?:src|replay|cli)\/.*\.tsx?$/.test(path) && existsSync(join(root, path)),
  );

/** Fields that hold prose, or an id that is composed of others. */
const PROSE =
  "why|text|title|detail|problem|endReason|refusal|summary|sentence|body|subject|actor|by|decidedBy|recalledBy|frozenBy|findingId|recordKey|scopeKey|hostId";
const READS =
  "startsWith|endsWith|includes|indexOf|lastIndexOf|split|match|matchAll|search|replace|replaceAll";
const RULES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["a method that reads a field of prose", new RegExp(`\\b(?:${PROSE})\\)?\\??\\.(?:${READS})\\(`)],
  [
    "a regular expression over a field of prose",
    new RegExp(`\\.(?:test|exec)\\((?:\\w+\\??\\.)*(?:${PROSE})\\b`),
  ],
  ["a search for words", new RegExp(`\\.(?:${READS})\\(\\s*["'\`][^"'\`)]*[a-z]:? `, "i")],
  [
    "a regular expression for words",
    /(?:[=(,:!?&|]\s*|^\s*)\/(?![/*])(?:[^/\n]*[a-z])? [a-z(][^/\n]*\/[a-z]*\.(?:exec|test)\(/,
  ],
];

/** What is read there is not ours, and why; or the words are only laid out. */
const ALLOWED: Readonly<Record<string, string>> = {
  "control-plane/cli/program.ts": "options of the command line",
  "control-plane/cli/asking-command.ts": "options of the command line",
  "control-plane/cli/policy/policy-command.ts": "options of the command line",
  "control-plane/cli/trust/trust-command.ts": "options of the command line",
  "control-plane/src/core/words/next-trust.ts": "options of the command line",
  "control-plane/cli/own-name.ts": "options of the command line",
  "control-plane/cli/incidents/incident-command.ts": "options of the command line",
  "control-plane/cli/people/test-page-command.ts": "options of the command line",
  "control-plane/replay/file/written-times.ts": "times in an incident file",
  "control-plane/replay/printed/wrapped-line.ts": "lays lines out for a terminal",
  "control-plane/src/api/admin-token.ts": "a header",
  "control-plane/src/channels/pagerduty-told.ts": "the mark at the end of a title, and no word of it",
  "control-plane/src/core/desk/findings/shadow.ts": "makes an id, and reads none",
  "control-plane/src/web/audit/audit-routes.tsx": "a query",
  "control-plane/src/web/frame/fields.ts": "a form",
  "control-plane/src/web/look/view-policy.ts": "a view's own markup, for the script that it asks for",
  "control-plane/src/web/people/sign-in-routes.tsx": "a form",
  "control-plane/src/web/runbooks/meaning.ts": "the runbooks' Markdown",
  "control-plane/src/web/runbooks/runbook-blocks.ts": "the runbooks' Markdown",
};

function findings(path: string, source: string): readonly string[] {
  return source.split("\n").flatMap((line, index) => {
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) return [];
    return RULES.filter(([, pattern]) => pattern.test(line)).map(
      ([name]) => `${path}:${index + 1}: ${name}: ${line.trim()}`,
    );
  });
}

describe("prose", () => {
  it("is never read back", () => {
    expect(sources.length).toBeGreaterThan(200);
    const read = sources.flatMap((path) => findings(path, readFileSync(join(root, path), "utf8")));
    expect(read.filter((found) => ALLOWED[found.split(":")[0] ?? ""] === undefined)).toEqual([]);
    // An allowance that nothing needs any more would hide the next one.
    const needed = new Set(read.map((found) => found.split(":")[0]));
    expect(Object.keys(ALLOWED).filter((path) => !needed.has(path))).toEqual([]);
  });

  it("is a title that begins as a sentence does, or with a name", () => {
    const titles = sources
      .filter((path) => path.startsWith("control-plane/src/core/"))
      .flatMap(
        (path) => readFileSync(join(root, path), "utf8").match(/title:\s[^,;]*?[`"][a-z][^`"]*[`"]/g) ?? [],
      );
    expect(titles).toEqual([]);
  });

  it.each([
    'if (/^(?:not proposed|nothing is proposed)/.test(text)) refuse("shard", text);',
    'const name = why.split(": ")[0];',
    'const isRecalled = approval.endReason?.startsWith("frozen by ") === true;',
    "const incidentId = / for incident (\\S+)$/.exec(row.why)?.[1];",
    'const last = signal.evidence.at(-1)?.text.replace(/\\.$/, "");',
    "const [, id] = /^Approved in advance \\((\\S+), use/.exec(words) ?? [];",
    'if (said.includes("recovered by itself")) return;',
    'const id = subject.slice(subject.indexOf(":") + 1);',
    'if (freeze.by.startsWith("rule:")) return null;',
    "if (/^(?:rule:|host:|desk$)/.test(row.actor)) return;",
  ])("is found where it is read: %s", (line) => {
    expect(findings("planted.ts", line)).not.toEqual([]);
  });
});
