// The `countersign` command as an operator runs it: from a bundle of exactly these sources, with files named from where the operator is.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleOf, FOR_NODE } from "../../bootstrap/kept-bundle.mjs";

const BOOTSTRAP = join(import.meta.dirname, "../../bootstrap.mjs");
const ROOT = dirname(BOOTSTRAP);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-command-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function sourcesIn(name: string) {
  const root = join(folder, name);
  await mkdir(root);
  const put = async (file: string, text: string) => {
    await writeFile(join(root, file), text);
    // Whatever a checkout does to dates: these never change.
    await utimes(join(root, file), 1_000_000, 1_000_000);
  };
  const word = "./word.ts";
  await put("main.ts", `import { word } from "${word}"; export const said: string = word;`);
  await put("word.ts", 'export const word = "old";');
  const bundles = join(root, "bundles");
  const bundle = (salt = "", options = FOR_NODE) =>
    bundleOf({ root, entry: "main.ts", folder: bundles, salt, options });
  return { root, put, bundle };
}

async function saidBy({ path }: { readonly path: string }): Promise<unknown> {
  return ((await import(pathToFileURL(path).href)) as { said: unknown }).said;
}

describe("the bundle", () => {
  test("is built once of the same sources", async () => {
    const { bundle } = await sourcesIn("same");
    const first = await bundle();
    const second = await bundle();
    expect([first.isNew, second.isNew, second.path === first.path]).toEqual([true, false, true]);
  });

  test("of older sources is not found, whatever the dates of the files say", async () => {
    const { bundle, put } = await sourcesIn("stale");
    expect(await saidBy(await bundle())).toBe("old");
    await put("word.ts", 'export const word = "new";');
    const renewed = await bundle();
    expect([renewed.isNew, await saidBy(renewed)]).toEqual([true, "new"]);
    await put("word.ts", 'export const word = "old";');
    expect(await saidBy(await bundle())).toBe("old");
  });

  test("of other packages is not found", async () => {
    const { bundle } = await sourcesIn("packages");
    const before = await bundle("lockfile 1");
    const after = await bundle("lockfile 2");
    expect([after.isNew, after.path === before.path]).toEqual([true, false]);
  });

  test("that was made in another way is not found", async () => {
    const { bundle } = await sourcesIn("options");
    const before = await bundle();
    const after = await bundle("", { ...FOR_NODE, minifyWhitespace: false });
    expect([after.isNew, after.path === before.path]).toEqual([true, false]);
  });

  test("is not used when one of its sources is gone", async () => {
    const { bundle, root } = await sourcesIn("gone");
    await bundle();
    await rm(join(root, "word.ts"));
    await expect(bundle()).rejects.toThrow(/word\.ts/);
  });

  test("is kept for a command that still runs, and older ones go", async () => {
    const { bundle, put } = await sourcesIn("kept");
    const paths: string[] = [];
    for (const word of ["a", "b", "c"]) {
      await put("word.ts", `export const word = "${word}";`);
      paths.push((await bundle()).path);
    }
    const found = paths.map((path) => readFile(path).then(Boolean, () => false));
    expect(await Promise.all(found)).toEqual([false, true, true]);
  });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Ended> {
  const { cwd, env = {} } = options;
  return new Promise((resolve) => {
    const environment = { ...process.env, npm_lifecycle_event: "", ...env };
    execFile(
      process.execPath,
      [BOOTSTRAP, "countersign", ...args],
      { cwd, env: environment },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

describe("the command", () => {
  test("says its version", async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
    expect(await run(["--version"], { cwd: folder })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
  });

  test("loads for its help neither schemas nor YAML", async () => {
    await run(["--help"], { cwd: folder });
    const bundles = join(ROOT, "node_modules/.countersign-command");
    const [newest] = JSON.parse(await readFile(join(bundles, "kept.json"), "utf8")) as string[];
    const loaded = new Map<string, string>();
    const load = async (file: string): Promise<void> => {
      if (loaded.has(file)) return;
      const text = await readFile(join(bundles, newest!, file), "utf8");
      loaded.set(file, text);
      for (const [, part] of text.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.mjs)"/g)) await load(part!);
    };
    await load("main.mjs");
    const texts = [...loaded.values()].join("\n");
    expect(["_Command", "ZodType", "parseDocument"].map((word) => texts.includes(word))).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each([
    ["the folder it is run in", { cwd: () => join(folder, "here"), env: () => ({}) }],
    [
      "the folder npm was run in",
      {
        cwd: () => ROOT,
        env: () => ({ npm_lifecycle_event: "countersign", INIT_CWD: join(folder, "here") }),
      },
    ],
  ])("names files from %s", async (_where, { cwd, env }) => {
    await mkdir(join(folder, "here"), { recursive: true });
    await writeFile(join(folder, "here", "mine.yaml"), "version: 1\n");
    const { code } = await run(["policy", "check", "mine.yaml"], { cwd: cwd(), env: env() });
    expect(code).toBe(0);
  });

  test("ends with 2 when the input is wrong, from its bundle too", async () => {
    expect(await run(["policy", "check", "none.yaml"], { cwd: folder })).toMatchObject({ code: 2 });
    expect(await run(["replay"], { cwd: folder })).toMatchObject({ code: 2 });
  });
});
