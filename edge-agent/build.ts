// Bundles the host command into one self-contained file, which `install` copies beside a Node binary of its own: a VPS needs neither
// packages nor a Node that is new enough. Usage: node edge-agent/build.ts [ENTRY] [OUTPUT]
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

const FOLDER = import.meta.dirname;
export const AGENT_ENTRY = join(FOLDER, "src", "main.ts");
export const AGENT_BUNDLE = join(FOLDER, "dist", "countersign-agent.mjs");

/** Leaves out zod's messages in other languages, a fifth of the bundle: nobody can choose them. */
const englishOnly: Plugin = {
  name: "english-only",
  setup(building) {
    building.onLoad({ filter: /[/]zod[/]v4[/]locales[/][^/]+[.]js$/ }, ({ path }) =>
      /[/](?:en|index)[.]js$/.test(path) ? null : { contents: "export default () => ({});" },
    );
  },
};

/** Bundles `entry` into `output` and returns its path. */
export async function buildAgent(entry = AGENT_ENTRY, output = AGENT_BUNDLE): Promise<string> {
  await mkdir(dirname(output), { recursive: true });
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    minifySyntax: true,
    // The source stays in memory as long as the agent runs; names are kept, so that a stack can be read.
    minifyWhitespace: true,
    legalComments: "none",
    plugins: [englishOnly],
    logLevel: "warning",
    // CommonJS packages inside (ws, commander) call require for Node's own modules.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    // ws uses these native packages when they are there; they are not.
    external: ["bufferutil", "utf-8-validate"],
  });
  await chmod(output, 0o755);
  return output;
}

if (import.meta.main) {
  const [entry, output] = process.argv.slice(2);
  process.stderr.write(`${await buildAgent(entry, output)}\n`);
}
