// `countersign incidents …`: what is wrong. What it does is incident-acts.ts.
import type { Command } from "commander";
import { asking, listing, type Surroundings, withDesk } from "./asking-command.ts";
import { asksWith, endsWith } from "./exit-words.ts";
import type { HowMuch } from "./list-parts.ts";
import type { ApiOptions } from "./operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

/** Adds the commands to the program. */
export function addIncidentCommands(program: Command, surroundings: Surroundings): void {
  const incidents = program
    .command("incidents")
    .description("show what is wrong; acting on it is for people, on a signed-in device")
    .addHelpText("after", endsWith("it was shown", "it was refused"));
  asking(incidents.command("list"), "list what is open: id, state, since when, what")
    .addHelpText("after", asksWith("incidents list", "it was shown"))
    .action(async (options: Options) => {
      const { listIncidents } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) => listIncidents(options, desk, Date.now()));
    });
  listing(incidents.command("resolved"), "list what is over: id, since when, how long it took, what")
    .addHelpText("after", asksWith("incidents resolved --limit 20", "it was shown"))
    .action(async (options: Options & HowMuch) => {
      const { listResolved } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) => listResolved(options, desk, Date.now()));
    });
  asking(incidents.command("show"), "show one with its approvals, pages and what was done")
    .argument("<incident>", "its id")
    .addHelpText("after", asksWith("incidents show inc_7Qk2vXw9TnB4cLr0aZbK1g", "it was shown"))
    .action(async (incidentId: string, options: Options) => {
      const { showIncident } = await import("./incident-acts.ts");
      await withDesk(options, surroundings, (desk) =>
        showIncident(incidentId, options, { ...desk, now: Date.now() }),
      );
    });
}
