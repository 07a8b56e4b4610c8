// `countersign hosts …`: the fleet. What it does is host-acts.ts.
import type { Command } from "commander";
import { asking, listing, type Surroundings, withDesk } from "./asking-command.ts";
import { asksWith, endsWith } from "./exit-words.ts";
import type { HowMuch } from "./list-parts.ts";
import type { ApiOptions } from "./operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

/** Adds the commands to the program. */
export function addHostCommands(program: Command, surroundings: Surroundings): void {
  const hosts = program
    .command("hosts")
    .description("show hosts, and retire them")
    .addHelpText("after", endsWith("it was done", "it was refused"));
  listing(hosts.command("list"), "list the hosts, the worst first: state, since when, id, what is wrong")
    .option("--search <words>", "only those with these words in the names of the host and its services")
    .addHelpText("after", asksWith("hosts list --limit 20", "it was shown"))
    .action(async (options: Options & HowMuch & { readonly search?: string }) => {
      const { listHosts } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => listHosts(options, desk, Date.now()));
    });
  asking(hosts.command("show"), "show one as its own shard knows it now, and what is open about it")
    .argument("<host>", "its id")
    .addHelpText("after", asksWith("hosts show host_0123456789abcdef0123456789abcdef", "it was shown"))
    .action(async (hostId: string, options: Options) => {
      const { showHost } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) =>
        showHost(hostId, options, { ...desk, now: Date.now() }),
      );
    });
  asking(hosts.command("retire"), "retire a host for good: its key is refused from then on")
    .argument("<host>", "its id, as its view shows it")
    .option("--why <text>", "why, for the audit", "")
    .addHelpText("after", asksWith('hosts retire host_0123456789abcdef0123456789abcdef --why "sold"'))
    .action(async (hostId: string, options: Options & { readonly why: string }) => {
      const { retireHost } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => retireHost({ ...options, hostId }, desk));
    });
}
