// Subjects and actors are read by their kind: no id of one is put together with a word before it, and none is taken apart, outside the
// two modules that name them. Each complaint names the file and the line.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "control-plane"],
  { cwd: root, encoding: "utf8" },
)
  .split("\n")
  .filter((path) => /^control-plane\/(?:src|replay|cli|embedded)\/.*\.tsx?$/.test(path))
  .filter((path) => existsSync(join(root, path)));

const MODULES = new Set(["subject", "actor"].map((name) => `control-plane/src/core/words/${name}.ts`));

const KINDS =
  "host|service|fleet|provider|identity|person|responder|channel|part|shard|external|rule|desk|admin";
/** A text that begins with a kind and a colon: `host:…` put together, or asked for. */
const PREFIX = new RegExp(`["'\`](?:${KINDS}):(?![/ ])`);
const PATTERN = new RegExp(`/\\^(?:\\(\\?:)?(?:${KINDS})(?::|\\|)`);
const TAKEN_APART =
  /\b(?:hostId|actor|by|scope|subject|subjectKey)\??\.(?:startsWith|endsWith|split|match|indexOf|replace)\(/;

/** Where such a text is no subject and no actor, and what it is. */
const OTHERS: Readonly<Record<string, string>> = {
  "control-plane/src/core/desk/desk-rules.ts": "the key of a signal of the desk's own",
};

function problemOf(line: string): string | null {
  if (PREFIX.test(line) || PATTERN.test(line)) return "say the kind in a field of its own";
  return TAKEN_APART.test(line) ? "read the kind, or a field" : null;
}

function problemsOf(path: string): readonly string[] {
  return readFileSync(join(root, path), "utf8")
    .split("\n")
    .flatMap((line, index) => {
      const problem = problemOf(line);
      return problem === null ? [] : [`${path}:${index + 1}: ${problem}`];
    });
}

describe("subjects and actors", () => {
  it("are read by their kind, and no id of one holds a word about it", () => {
    const others = sources.filter((path) => !MODULES.has(path) && OTHERS[path] === undefined);
    expect(others.flatMap(problemsOf)).toEqual([]);
  });

  it("are no reason for an exception that is left over", () => {
    expect(
      Object.keys(OTHERS).filter((path) => !sources.includes(path) || problemsOf(path).length === 0),
    ).toEqual([]);
  });

  it.each([
    'if (hostId.startsWith("responder:")) return "Person";',
    "actor: `rule:${signal.reason}`,",
    "if (/^(?:rule:|host:|desk$)/.test(by)) return;",
    'const [hostId = "", service = null] = subjectKey.split("/");',
    "return { hostId: `shard:${shard}`, hostName: shard };",
  ])("are found where they are not: %s", (line) => {
    expect(problemOf(line)).not.toBeNull();
  });
});
