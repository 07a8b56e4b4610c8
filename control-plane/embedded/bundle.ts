// Bundles the Worker for the embedded workerd, from the same source and the same wrangler.toml that a deploy uses.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type * as esbuild from "esbuild";
import { bundleOf } from "../../bootstrap/kept-bundle.mjs";

export const PROJECT_ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const WORKER_ENTRY = join(PROJECT_ROOT, "control-plane/src/worker.ts");

const OPTIONS: esbuild.BuildOptions = {
  format: "esm",
  target: "es2024",
  conditions: ["workerd", "worker", "browser"],
  external: ["cloudflare:*", "node:*"],
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  loader: { ".css": "text", ".svg": "text", ".sql": "text" },
};

/** The Worker as one ES module's text: the bundle that is kept of these sources, else a new one. Throws where it cannot be built. */
export async function bundleWorker(entry: string = WORKER_ENTRY): Promise<string> {
  const isKept = entry === WORKER_ENTRY;
  return (isKept ? await keptWorker() : null) ?? (await newWorker(entry));
}

/** Null where nothing can be written, or what cannot be built: building it anew says why. */
async function keptWorker(): Promise<string | null> {
  try {
    const { isNew, path } = await bundleOf({
      root: PROJECT_ROOT,
      entry: relative(PROJECT_ROOT, WORKER_ENTRY),
      folder: join(PROJECT_ROOT, "node_modules", ".countersign-worker"),
      salt: readFileSync(join(PROJECT_ROOT, "pnpm-lock.yaml"), "utf8"),
      options: OPTIONS,
    });
    if (isNew) await stopEsbuild();
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

async function newWorker(entry: string): Promise<string> {
  try {
    const { build } = await import("esbuild");
    const built = await build({
      ...OPTIONS,
      entryPoints: [entry],
      bundle: true,
      write: false,
      logLevel: "silent",
    });
    const [file] = built.outputFiles;
    if (file === undefined) throw new Error(`Bundle ${entry}: esbuild gave no file`);
    return file.text;
  } catch (cause) {
    throw new Error(`Bundle ${entry}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    await stopEsbuild();
  }
}

/** esbuild keeps a child process; the control plane must have no other child than workerd. */
async function stopEsbuild(): Promise<void> {
  const { stop } = await import("esbuild");
  await stop();
}

/** Compatibility date and flags as wrangler.toml states them, so that embedded and deployed behave alike. */
export function readCompatibility(): { readonly date: string; readonly flags: string[] } {
  const text = readFileSync(join(PROJECT_ROOT, "wrangler.toml"), "utf8");
  const date = /^compatibility_date\s*=\s*"([0-9-]+)"/m.exec(text)?.[1];
  if (date === undefined) throw new Error("Read wrangler.toml: it states no compatibility_date");
  const flags = /^compatibility_flags\s*=\s*\[([^\]]*)\]/m.exec(text)?.[1] ?? "";
  return { date, flags: [...flags.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "") };
}
