// The script that is served is its source with the library, and small: a phone on a bad connection waits for it before it can sign.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { PASSKEY_SCRIPT } from "../../../../control-plane/src/web/look/passkey-script.ts";

const root = join(import.meta.dirname, "../../../..");
const SERVED = join(root, "control-plane/src/web/look/passkey-script.json");
const LIBRARY = join(root, "control-plane/node_modules/@simplewebauthn/browser/package.json");
/** What travels, compressed. */
const SCRIPT_BYTES_MAX = 5_000;

async function built(): Promise<string> {
  const { version } = JSON.parse(readFileSync(LIBRARY, "utf8")) as { readonly version: string };
  const { outputFiles } = await build({
    entryPoints: [join(root, "control-plane/browser/passkey.ts")],
    banner: { js: `/* with @simplewebauthn/browser ${version} by Matthew Miller, MIT */` },
    bundle: true,
    charset: "ascii",
    format: "iife",
    legalComments: "none",
    minify: true,
    target: ["es2022", "safari16"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

describe("the script that is served", () => {
  it("is its source; else: COUNTERSIGN_UPDATE_SCRIPT=1 vitest run --project unit passkey-script", async () => {
    const text = await built();
    if (process.env["COUNTERSIGN_UPDATE_SCRIPT"] === "1")
      writeFileSync(SERVED, `${JSON.stringify({ text }, null, 2)}\n`);
    expect((JSON.parse(readFileSync(SERVED, "utf8")) as { readonly text: string }).text).toBe(text);
  });

  it(`is at most ${SCRIPT_BYTES_MAX} bytes, compressed`, () => {
    expect(gzipSync(PASSKEY_SCRIPT).length).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
  });

  it("asks for nothing but what its form names, and writes no markup", () => {
    expect(PASSKEY_SCRIPT.match(/\bfetch\(/g)).toHaveLength(1);
    expect(PASSKEY_SCRIPT).not.toMatch(
      /innerHTML|insertAdjacent|document\.write|\beval\(|new Function|XMLHttp/,
    );
  });
});
