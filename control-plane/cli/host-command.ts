// `countersign hosts …`: the fleet. What it does is host-acts.ts.
import type { Command } from "commander";
import { asking, type Surroundings, withDesk } from "./asking-command.ts";
import { asksWith, endsWith } from "./exit-words.ts";
import type { ApiOptions } from "./operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

/** Adds the commands to the program. */
export function addHostCommands(program: Command, surroundings: Surroundings): void {
  const hosts = program
    .command("hosts")
    .description("act on hosts")
    .addHelpText("after", endsWith("it was done", "it was refused"));
  asking(hosts.command("retire"), "retire a host for good: its key is refused from then on")
    .argument("<host>", "its id, as its view shows it")
    .option("--why <text>", "why, for the audit", "")
    .addHelpText("after", asksWith('hosts retire host_0123456789abcdef0123456789abcdef --why "sold"'))
    .action(async (hostId: string, options: Options & { readonly why: string }) => {
      const { retireHost } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => retireHost({ ...options, hostId }, desk));
    });
}
