// Words of the repository: what CONTRIBUTING.md names is there, and a word that is taken stands for nothing else
// (CONTRIBUTING.md, "One word, one meaning").
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "");
const sources = tracked.filter((path) => /\.(?:tsx?|mjs)$/.test(path) && !path.startsWith("test/planted/"));
const linesOf = (path: string): readonly string[] => readFileSync(join(root, path), "utf8").split("\n");

/** What is tracked, folders included. */
const places = new Set(
  tracked.flatMap((path) => path.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"))),
);

describe("what CONTRIBUTING.md names", () => {
  it("is a file or folder that is there", () => {
    const named = linesOf("CONTRIBUTING.md").flatMap((line) =>
      [...line.matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, path]) => path ?? ""),
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !path.includes("NAME") && !places.has(path))).toEqual([]);
  });
});

describe("a word that is taken", () => {
  const TAKEN = [
    {
      word: /\bsessions?\b|Session/,
      where: /^control-plane\/src\/(?:web|api|http|platform\/desk)\//,
      say: "sign-in",
    },
    {
      word: /\bsendPage\b|\w(?<!Terminal|Sent|[Tt]est|last)Page(?:Props)?\b/,
      where: /^control-plane\/src\/web\//,
      say: "view",
    },
    {
      word: /[a-z]Step\b|\bStepEffect\b/,
      where: /^control-plane\/src\/core\/(?:shard|facts|words)\//,
      say: "change",
    },
    {
      word: /\bturn\b|[a-z]Turn\b/,
      where: /^control-plane\/src\/core\/(?:shard\/decide|desk\/paging\/flapping)/,
      say: "change or beginning",
    },
    {
      word: /\bstanding\b|Standing/,
      // the actuator knows a yes in advance, which is one
      where: /^control-plane\/src\/core\/shard\/|^edge-agent\/(?!src\/(?:core\/)?actuator\/)/,
      say: "state or status",
    },
  ] as const;

  it.each(TAKEN)("is not used for a second thing: say $say", ({ where, word }) => {
    const looked = sources.filter((path) => where.test(path));
    expect(looked.length).toBeGreaterThan(0);
    expect(looked.filter((path) => linesOf(path).some((line) => word.test(line)))).toEqual([]);
  });
});
