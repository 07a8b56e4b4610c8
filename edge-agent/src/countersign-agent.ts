#!/usr/bin/env node
// What is started as `countersign-agent`: the agent itself without anything of the other commands, and all else by main.ts. A process that stays
// for months holds what it has loaded once: the command line's parser, YAML and the commands would be a third of it.
const [command, ...args] = process.argv.slice(2);

if (command === "catalogue-value") {
  const { printCatalogueValue } = await import("./files/catalogue-value.ts");
  await printCatalogueValue(args);
} else if (command !== "run" || !(await isRunAsAgent())) await import("./main.ts");

/** False: what was said with it is for the parser of all commands to answer, such as --help. */
async function isRunAsAgent(): Promise<boolean> {
  const { runAsAgent } = await import("./commands/run-as-agent.ts");
  return await runAsAgent(args, process.argv[1] ?? "", async (path, mode) => {
    const { loadCatalogue } = await import("./files/load-catalogue.ts");
    return await loadCatalogue(path, mode);
  });
}
