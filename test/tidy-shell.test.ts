// The shell is written once, and knows no platform: who may call the decisions themselves, and what the shell's own files may not hold.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter(
    (path) => /\.tsx?$/.test(path) && !path.startsWith("test/planted/") && existsSync(join(root, path)),
  );

/** A file without its comments: what it says of a thing is not the thing. */
function codeOf(path: string): string {
  return readFileSync(join(root, path), "utf8")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\/\/.*/g, "");
}

/** Decisions, and who may call them beside the shell, unit tests and benchmarks: each with the reason. */
const DECISIONS: readonly { readonly name: string; readonly callers: Readonly<Record<string, string>> }[] = [
  {
    name: "decideDesk",
    callers: {
      "control-plane/src/core/desk/decide-desk.ts": "is it",
      "test/simulation/broken-cores.ts": "plants a bug around it",
      "test/simulation/broken-incidents.ts": "plants a bug around it",
      "test/transcripts/conversation.ts": "speaks with the core alone",
    },
  },
  {
    name: "decideShard",
    callers: {
      "control-plane/src/core/shard/decide-shard.ts": "is it",
      "test/simulation/broken-cores.ts": "plants a bug around it",
      "test/simulation/world/shard-actor.ts": "notes what it throws",
      "test/transcripts/conversation.ts": "speaks with the core alone",
    },
  },
];
const MAY_CALL = /^(?:control-plane\/src\/shell|test\/unit|test\/bench)\//;

describe("a decision", () => {
  it.each(DECISIONS)("$name is called by the one shell", ({ callers, name }) => {
    const call = new RegExp(`\\b${name}\\(`);
    const found = sources.filter((path) => !MAY_CALL.test(path) && call.test(codeOf(path)));
    expect(found.toSorted()).toEqual(Object.keys(callers).toSorted());
  });
});

describe("the shell", () => {
  it.each([
    ["waits", /\b(?:async|await|Promise)\b/],
    [
      "looks at a clock of its own",
      /\bDate\.now\b|\bperformance\b|\bsetTimeout\b|\bsetInterval\b|\bnew Date\b/,
    ],
    ["draws by chance", /\bcrypto\b|\bMath\.random\b/],
    ["speaks SQL", /\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE TABLE)\b/],
    ["calls the network", /\bfetch\(/],
  ])("nowhere %s", (_what, pattern) => {
    const found = sources.filter(
      (path) => path.startsWith("control-plane/src/shell/") && pattern.test(codeOf(path)),
    );
    expect(found).toEqual([]);
  });
});
