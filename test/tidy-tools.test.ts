// Runs the tools of `pnpm check`, so that `npm test` alone (which is all that CI calls) holds format, lint, types and dead code too.
// Each failure prints the tool's own words. They run side by side: each of them waits for the others of its kind at times.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");
const TOOL_TIMEOUT_MS = 240_000;

/** What a script of package.json prints when it fails; empty when it succeeds. */
async function complaintsOf(script: string): Promise<string> {
  const run = promisify(execFile)("npm", ["run", "--silent", script], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, NO_COLOR: "1" },
    maxBuffer: 16 * 1024 * 1024,
    timeout: TOOL_TIMEOUT_MS,
  });
  return await run.then(
    () => "",
    ({ stdout = "", stderr = "", message }: { stdout?: string; stderr?: string; message: string }) =>
      `${stdout}${stderr}`.trim() || message,
  );
}

describe("the tools find nothing", () => {
  it.concurrent.each(["format:check", "lint", "types", "dead-code"])(
    "%s",
    async (script) => {
      expect(await complaintsOf(script)).toBe("");
    },
    TOOL_TIMEOUT_MS,
  );
});
