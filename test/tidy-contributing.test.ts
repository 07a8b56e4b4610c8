// CONTRIBUTING.md shows how one more of a thing is added as the diff of the last one. Each hunk must stand in the sources as they are, so that
// what is copied from there is never older than what it is copied into.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
const diffs = [...text.matchAll(/^```diff\n([\s\S]*?)^```/gm)].map(([, diff = ""]) => diff);

/** What the sources say once a diff is in: the file and each hunk's lines, without those that it took away. */
function hunksOf(diff: string): readonly (readonly [string, string])[] {
  return diff.split(/^--- .*\n/m).flatMap((section) => {
    const [, path, hunks] = /^\+\+\+ b\/(\S+)\n([\s\S]*)/.exec(section) ?? [];
    if (path === undefined || hunks === undefined) return [];
    return hunks
      .split(/^@@.*\n/m)
      .filter((hunk) => hunk !== "")
      .map((hunk) => [path, hunk.replaceAll(/^-.*\n/gm, "").replaceAll(/^[ +]/gm, "")] as const);
  });
}

it("there is a diff to copy, and each names the files it is of: a sketch is none", () => {
  expect(diffs.length).toBeGreaterThan(0);
  for (const diff of diffs) expect(hunksOf(diff).length).toBeGreaterThan(0);
});

it.each(diffs.flatMap(hunksOf))("the hunk of %s stands there", (path, hunk) => {
  expect(existsSync(join(root, path))).toBe(true);
  expect(readFileSync(join(root, path), "utf8")).toContain(hunk);
});
