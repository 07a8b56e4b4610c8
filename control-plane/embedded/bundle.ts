// Bundles the Worker for the embedded workerd, from the same source and the same wrangler.toml that a deploy uses.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

export const PROJECT_ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const WORKER_ENTRY = join(PROJECT_ROOT, "control-plane/src/worker.ts");

/** Bundles the Worker into one ES module's text. */
export async function bundleWorker(entry: string = WORKER_ENTRY): Promise<string> {
  try {
    const built = await esbuild.build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2024",
      conditions: ["workerd", "worker", "browser"],
      external: ["cloudflare:*", "node:*"],
      jsx: "automatic",
      jsxImportSource: "hono/jsx",
      loader: { ".css": "text", ".svg": "text", ".sql": "text" },
      logLevel: "silent",
    });
    const [file] = built.outputFiles;
    if (file === undefined) throw new Error(`Bundle ${entry}: esbuild gave no file`);
    return file.text;
  } catch (cause) {
    throw new Error(`Bundle ${entry}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    // esbuild keeps a child process; the control plane must have no other child than workerd.
    await esbuild.stop();
  }
}

/** Compatibility date and flags as wrangler.toml states them, so that embedded and deployed behave alike. */
export function readCompatibility(): { readonly date: string; readonly flags: string[] } {
  const text = readFileSync(join(PROJECT_ROOT, "wrangler.toml"), "utf8");
  const date = /^compatibility_date\s*=\s*"([0-9-]+)"/m.exec(text)?.[1];
  if (date === undefined) throw new Error("Read wrangler.toml: it states no compatibility_date");
  const flags = /^compatibility_flags\s*=\s*\[([^\]]*)\]/m.exec(text)?.[1] ?? "";
  return { date, flags: [...flags.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "") };
}
