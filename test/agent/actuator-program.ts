// The product's own actuator, composed with a crash where a test wants one: SIGKILL to itself, as a power loss or the OOM killer
// would do it. Arguments: the host's directory, and { crash, lifetimeMs } as JSON.
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { openPorts, serveActuator } from "../../edge-agent/src/actuator/compose.ts";
import type { ActuatorPorts } from "../../edge-agent/src/actuator/ports.ts";
import { pathsOf } from "../../edge-agent/src/paths.ts";

const [directory = "", json = "{}"] = process.argv.slice(2);
const options = JSON.parse(json) as { crash?: string; lifetimeMs?: number };
const paths = pathsOf({ configDir: join(directory, "config"), stateDir: join(directory, "state") });

function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("unreachable");
}

// Between the journal's line and its mark in proposals.json lies nothing that could be wrapped but the file system itself.
if (options.crash === "before-tie") {
  const { rename } = files;
  files.rename = async (from, to) => {
    const journal = await files.readFile(paths.journal, "utf8").catch(() => "");
    if (to === paths.proposals && journal.includes('"started"')) die();
    return rename(from, to);
  };
  syncBuiltinESMExports();
}

const opened = await openPorts(paths, (error) => {
  console.error(error);
  process.exit(1);
});
const real = opened.ports;
const ports: ActuatorPorts = {
  ...real,
  proposalLifetimeMs: options.lifetimeMs ?? real.proposalLifetimeMs,
  run: async (argv, timeoutMs) => {
    if (options.crash === "before-execution") die();
    const end = await real.run(argv, timeoutMs);
    if (options.crash === "after-execution") die();
    return end;
  },
  saveChain: async (versions) => {
    if (options.crash === "before-chain") die();
    await real.saveChain(versions);
    if (options.crash === "after-chain") die();
  },
  journal: {
    ...real.journal,
    append: async (record) => {
      if (options.crash === "before-journal" && record.type === "started") die();
      if (options.crash === "before-outcome" && record.type === "outcome") die();
      const kept = await real.journal.append(record);
      if (options.crash === "after-trust" && record.type === "trust" && record.version > 1) die();
      if (options.crash === "after-outcome" && record.type === "outcome") die();
      return kept;
    },
  },
};
const running = await serveActuator(ports, { path: paths.socket });
process.once("SIGTERM", () => {
  void running.server
    .close()
    .then(() => running.actuator.settle())
    .then(() => opened.close())
    .then(() => process.exit(0));
});
