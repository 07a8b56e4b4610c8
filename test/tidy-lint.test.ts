// Proves that the linter's rules bite: each file of test/planted breaks exactly the rule that its first line names, once it
// stands in the real folder of the same path. The planted tree is copied out, because the repository's own lint ignores it.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const plantedRoot = join(root, "test/planted");
const planted = (await readdir(plantedRoot, { recursive: true }))
  .filter((path) => /\.tsx?$/.test(path))
  .sort();

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

let tree = "";
let diagnostics: readonly Diagnostic[] = [];

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), "countersign-planted-"));
  for (const name of [".oxlintrc.json", "tsconfig.base.json", "control-plane", "edge-agent", "shared"])
    await cp(join(root, name), join(tree, name), {
      recursive: true,
      filter: (source) => !/\/(?:node_modules|src|demo-host|embedded|replay|migrations|dist)$/.test(source),
    });
  for (const name of ["control-plane", "edge-agent", "shared"])
    await symlink(join(root, name, "node_modules"), join(tree, name, "node_modules"));
  await symlink(join(root, "node_modules"), join(tree, "node_modules"));
  await cp(plantedRoot, tree, { recursive: true });
  diagnostics = await lint(tree);
});

afterAll(async () => {
  await rm(tree, { recursive: true, force: true });
});

describe("a planted violation", () => {
  it("exists for each side", () => {
    expect(planted.length).toBeGreaterThan(40);
  });

  it.each(planted)("%s breaks exactly its rule", async (path) => {
    const [firstLine] = (await readFile(join(plantedRoot, path), "utf8")).split("\n");
    const rule = /^\/\/ plants: ([a-z-]+)$/.exec(firstLine ?? "")?.[1];
    const broken = diagnostics
      .filter(({ filename }) => filename === path)
      .map(({ code }) => /\(([a-z-]+)\)$/.exec(code)?.[1] ?? code);
    expect([...new Set(broken)]).toEqual(rule === "nothing" ? [] : [rule]);
  });
});

/** Lints a folder with its own configuration; oxlint exits 1 when it finds something, which is what is wanted here. */
async function lint(folder: string): Promise<readonly Diagnostic[]> {
  const run = promisify(execFile)(join(root, "node_modules/.bin/oxlint"), ["--format", "json", "."], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` },
    maxBuffer: 16 * 1024 * 1024,
  });
  const { stdout } = await run.catch((error: { stdout?: string; stderr?: string }) => {
    if (error.stdout?.startsWith("{") === true) return { stdout: error.stdout };
    throw new Error("Run oxlint on the planted tree", { cause: error });
  });
  const report = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
  return report.diagnostics.map(({ code, filename }) => ({ code, filename: filename.replace(/^\.\//, "") }));
}
