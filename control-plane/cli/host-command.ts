// `countersign hosts …`: the fleet; `countersign ask …`: leads a person to the form by which they ask a host for an act. What they do is
// host-acts.ts and ask-acts.ts.
import { type Command, Option } from "commander";
import type { ListedState } from "../src/read-side/listed-host.ts";
import { asking, listing, type Surroundings, withDesk } from "./asking-command.ts";
import { asksWith, endsWith } from "./exit-words.ts";
import type { HostsWanted } from "./host-acts.ts";
import type { HowMuch } from "./list-parts.ts";
import type { ApiOptions } from "./operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

interface Asked {
  readonly why: string;
  readonly incident?: string;
}

const STATES = ["down", "failing", "unknown", "well"] as const satisfies readonly ListedState[];

const MEANING = `
Asking is an act of a person: this command holds the admin token, which may not ask, so it looks whether the host offers
the action and prints the link to the form, filled in. Whoever opens it on a signed-in device asks by sending it. It runs
nothing even then: what the host would run waits for a yes, and at most six questions an hour are put for a person and
for a service.`;

/** Adds the commands to the program. */
export function addHostCommands(program: Command, surroundings: Surroundings): void {
  const hosts = program
    .command("hosts")
    .description("show hosts, retire them, set them aside")
    .addHelpText("after", endsWith("it was done", "it was refused"));
  listing(hosts.command("list"), "list the hosts, the worst first: state, since when, id, what is wrong")
    .option("--search <words>", "only those with these words in the names of host, services and tags")
    .option("--tag <tag>", "only those whose catalogue has this tag")
    .addOption(new Option("--state <state>", "only those that are so").choices(STATES))
    .addHelpText("after", asksWith("hosts list --tag web --state failing", "it was shown"))
    .action(async (options: Options & HowMuch & HostsWanted) => {
      const { listHosts } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => listHosts(options, desk, Date.now()));
    });
  asking(hosts.command("show"), "show one as its own shard knows it now, and what is open about it")
    .argument("<host>", "its name or id")
    .addHelpText("after", asksWith("hosts show web-1", "it was shown"))
    .action(async (host: string, options: Options) => {
      const { showHost } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => showHost(host, options, { ...desk, now: Date.now() }));
    });
  asking(hosts.command("retire"), "retire a host for good: its key is refused from then on")
    .argument("<host>", "its name or id")
    .option("--why <text>", "why, for the audit", "")
    .addHelpText("after", asksWith('hosts retire web-1 --why "sold"'))
    .action(async (host: string, options: Options & { readonly why: string }) => {
      const { retireHost } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => retireHost({ ...options, host }, desk));
    });
  asking(
    hosts.command("set-aside"),
    "look after a host of a silent fleet apart: the fleet waits for it no longer",
  )
    .argument("<host>", "its name or id")
    .requiredOption("--why <text>", "why, for the audit and the list")
    .addHelpText("after", asksWith('hosts set-aside web-1 --why "its disk died"'))
    .action(async (host: string, options: Options & { readonly why: string }) => {
      const { setHostAside } = await import("./host-acts.ts");
      await withDesk(options, surroundings, (desk) => setHostAside({ ...options, host }, desk));
    });
  addAsk(program, surroundings);
}

function addAsk(program: Command, surroundings: Surroundings): void {
  asking(program.command("ask"), "ask a host for an act of its catalogue: prints the link by which you do")
    .argument("<host>", "its id, or its name")
    .argument("<service>", "one that its catalogue names")
    .argument("<action>", "one that its catalogue names for it")
    .requiredOption("--why <text>", "why, for who answers and for the audit")
    .option(
      "--incident <id>",
      "the incident in which you ask; without it the desk finds the one that is open",
    )
    .addHelpText(
      "after",
      `${MEANING}\n${asksWith('ask web-1 nginx restart --why "the certificate is new"', "the link was printed", "it cannot be asked")}`,
    )
    .action(async (...[host, service, action, options]: [string, string, string, Options & Asked]) => {
      const { printAskLink } = await import("./ask-acts.ts");
      await withDesk(options, surroundings, (desk) =>
        printAskLink({ ...options, host, service, action }, desk),
      );
    });
}
