// Bundles the host command into one self-contained file, which `install` copies beside a Node binary of its own: a VPS needs neither
// packages nor a Node that is new enough. The agent alone and the actuator alone are programs of their own inside it, packed. Usage: node edge-agent/build.ts [ENTRY] [OUTPUT]
import { chmod, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";

const FOLDER = import.meta.dirname;
export const AGENT_ENTRY = join(FOLDER, "src", "countersign-agent.ts");
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

const OPTIONS = {
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
} as const satisfies BuildOptions;

/** Bundles `entry` into `output` and returns its path. */
export async function buildAgent(entry = AGENT_ENTRY, output = AGENT_BUNDLE): Promise<string> {
  await mkdir(dirname(output), { recursive: true });
  const [agent, actuator] = [await packAlone("agent"), await packAlone("actuator")];
  await build({
    ...OPTIONS,
    entryPoints: [entry],
    outfile: output,
    define: { AGENT_ALONE_PACKED: agent, ACTUATOR_ALONE_PACKED: actuator },
  });
  await chmod(output, 0o755);
  return output;
}

async function packAlone(part: Part): Promise<string> {
  return JSON.stringify(brotliCompressSync((await bundleAlone(part)).text).toString("base64"));
}

/** What a unit of its own starts. */
type Part = "agent" | "actuator";

/** A part alone, and what it is made of. */
export async function bundleAlone(part: Part): Promise<{
  readonly text: string;
  readonly inputs: Metafile["inputs"];
}> {
  const { metafile, outputFiles } = await build({
    ...OPTIONS,
    entryPoints: [join(FOLDER, "src", `${part}-alone.ts`)],
    outfile: `${part}-alone.mjs`,
    write: false,
    metafile: true,
  });
  return { text: outputFiles[0]?.text ?? "", inputs: metafile.inputs };
}

if (import.meta.main) {
  const [entry, output] = process.argv.slice(2);
  process.stderr.write(`${await buildAgent(entry, output)}\n`);
}
