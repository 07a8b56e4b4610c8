// Bundles that are kept: built when one is first asked for and again whenever a source differs, so that what runs is always what stands in
// the sources. Plain JavaScript, as bootstrap.mjs is; esbuild is there once the packages are installed, and is loaded only to build.
// What a reader would get wrong: no date is compared. A bundle's name is the hash of every source that is in it, of the installed packages
// (`salt`), of how it is made and of this file, and it is asked for by that name: an old bundle cannot be found, whatever a checkout did to dates.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The list of the sources of the bundle that was built last. */
const SOURCES = "sources.json";
/** Which of them has a bundle that a running command may still load parts of. */
const KEPT = "kept.json";
const KEPT_MAX = 2;
/** How the `countersign` command is made. */
export const FOR_NODE = {
  // What one command needs is not loaded for another.
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node24",
  minifySyntax: true,
  // Names are kept, so that a stack can be read.
  minifyWhitespace: true,
  legalComments: "none",
  // CommonJS packages inside (yaml) call require for Node's own modules.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
};
/** How each is made. */
const ALWAYS = {
  bundle: true,
  outExtension: { ".js": ".mjs" },
  logLevel: "silent",
  // Nothing of a tsconfig.json decides what is bundled, or its text would have to be in the name.
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
};

/**
 * The path of the bundle of an entry, built anew where there is none of these sources. Throws where it cannot be built or written.
 * @param {{ root: string, entry: string, folder: string, salt: string, options: object }} what `entry` below `root`; `folder` holds its bundles;
 * `options` of esbuild
 * @returns {Promise<{ path: string, isNew: boolean }>}
 */
export async function bundleOf({ root, entry, folder, salt, options }) {
  const known = readList(join(folder, SOURCES));
  const made = `${salt} ${entry} ${JSON.stringify(options)}`;
  const name = known === null ? null : nameOf(root, known, made);
  if (name !== null && existsSync(pathIn(folder, name, entry)))
    return { path: pathIn(folder, name, entry), isNew: false };
  const { outputs, sources } = await bundled(root, entry, options);
  const fresh = nameOf(root, sources, made);
  if (fresh === null) throw new Error(`Bundle ${entry}: a source vanished meanwhile`);
  write({ folder, name: fresh, outputs, sources });
  return { path: pathIn(folder, fresh, entry), isNew: true };
}

function pathIn(folder, name, entry) {
  return join(folder, name, `${entry.split("/").at(-1)?.replace(/\.ts$/, "")}.mjs`);
}

/** The hash of all that is in a bundle; null: a source is gone. */
function nameOf(root, sources, salt) {
  const hash = createHash("sha256")
    .update(`${salt}\n`)
    .update(readFileSync(fileURLToPath(import.meta.url)));
  try {
    for (const source of sources) hash.update(`${source}\n`).update(readFileSync(join(root, source)));
  } catch {
    return null;
  }
  return hash.digest("hex").slice(0, 32);
}

async function bundled(root, entry, options) {
  const { build } = await import("esbuild");
  const outdir = join(root, "bundle");
  const { metafile, outputFiles } = await build({
    ...ALWAYS,
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    outdir,
    write: false,
    metafile: true,
  });
  return {
    outputs: outputFiles.map(({ contents, path }) => ({ contents, file: relative(outdir, path) })),
    // Packages are named by what is installed; a path out of the root would be theirs.
    sources: Object.keys(metafile.inputs)
      .filter((path) => !path.includes("node_modules/") && !isAbsolute(path) && !path.startsWith(".."))
      .toSorted(),
  };
}

/** Two that build at once write the same: each puts its whole folder in place at once. */
function write({ folder, name, outputs, sources }) {
  const draft = join(folder, `draft-${process.pid}`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  for (const { contents, file } of outputs) writeFileSync(join(draft, file), contents);
  try {
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(join(folder, name))) throw error;
  }
  const kept = [name, ...(readList(join(folder, KEPT)) ?? []).filter((other) => other !== name)];
  for (const old of kept.splice(KEPT_MAX)) rmSync(join(folder, old), { recursive: true, force: true });
  put(join(folder, KEPT), kept);
  put(join(folder, SOURCES), sources);
}

function put(path, list) {
  writeFileSync(`${path}.${process.pid}`, JSON.stringify(list));
  renameSync(`${path}.${process.pid}`, path);
}

function readList(path) {
  try {
    const list = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : null;
  } catch {
    return null;
  }
}
