// A module hook that makes one piece of the agent's work hang from the moment on in which a file is there: a promise that
// does not end, as in a kernel call that hangs, or the whole loop, which turns no more. When the first such run began is
// written into that file.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What each module says while nothing hangs. */
const WELL = {
  "checks/tcp-check.ts": `export const checkTcp = () =>
    run(() => Promise.resolve({ status: "pass", summary: "connected", latencyMs: 1 }));`,
  "evidence/read-fallback.ts": `export const readFallback = () =>
    run(() => Promise.resolve({ events: [], states: [], problems: [], remedies: [] }));`,
};

export type HangingModule = keyof typeof WELL;

/** Writes the hook into a folder; `hangs` makes the next run hang, `ends` lets it go. */
export async function prepareHang(
  folder: string,
  module: HangingModule,
  how: "promise" | "loop" = "promise",
) {
  const trigger = join(folder, "hang");
  const hook = join(folder, "hook.mjs");
  const hang =
    how === "loop" ? "for (;;);" : "return new Promise((resolve) => waitFor(() => resolve(well())));";
  const source = `
    import { existsSync, statSync, writeFileSync } from "node:fs";
    const trigger = ${JSON.stringify(trigger)};
    const waitFor = (end) => setTimeout(() => (existsSync(trigger) ? waitFor(end) : end()), 20);
    const run = (well) => {
      if (!existsSync(trigger)) return well();
      if (statSync(trigger).size === 0) writeFileSync(trigger, String(Date.now()));
      ${hang}
    };
    ${WELL[module]}`;
  await writeFile(
    hook,
    `import { registerHooks } from "node:module";
const source = ${JSON.stringify(source)};
registerHooks({
  load: (url, context, next) =>
    url.endsWith(${JSON.stringify(module)}) ? { format: "module", source, shortCircuit: true } : next(url, context),
});
`,
  );
  return { hook, trigger, hangs: () => writeFile(trigger, "") };
}
