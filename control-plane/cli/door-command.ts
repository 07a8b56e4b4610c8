// `countersign sign-ins …`: who is signed in, and ending it; `countersign hosts retire`. What they do is door-acts.ts.
import type { Command } from "commander";
import { asking, type Surroundings, withDesk } from "./asking-command.ts";
import { endsWith } from "./exit-words.ts";
import type { ApiOptions } from "./operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

const DONE = endsWith("it was done", "it was refused");

/** Adds the commands to the program. */
export function addDoorCommands(program: Command, surroundings: Surroundings): void {
  const signIns = program.command("sign-ins").description("list who is signed in, and sign them out");
  asking(signIns.command("list"), "list the sign-ins: id, person, device, since when")
    .addHelpText("after", DONE)
    .action(async (options: Options) => {
      const { listSignIns } = await import("./door-acts.ts");
      await withDesk(options, surroundings, (desk) => listSignIns(options, desk));
    });
  asking(signIns.command("end"), "end one sign-in")
    .argument("<sign-in>", "its id")
    .addHelpText("after", DONE)
    .action((signInId: string, options: Options) =>
      endAt(`/v1/admin/sign-ins/${encodeURIComponent(signInId)}`, options, surroundings),
    );
  asking(signIns.command("end-all"), "end all sign-ins of a person, and the links that wait for them")
    .argument("<person>", "a responder's id")
    .addHelpText("after", DONE)
    .action((person: string, options: Options) =>
      endAt(`/v1/admin/responders/${encodeURIComponent(person)}/sign-ins`, options, surroundings),
    );
  const hosts = program.command("hosts").description("act on hosts");
  asking(hosts.command("retire"), "retire a host for good: its key is refused from then on")
    .argument("<host>", "its id, as its view shows it")
    .option("--why <text>", "why, for the audit", "")
    .addHelpText("after", DONE)
    .action(async (hostId: string, options: Options & { readonly why: string }) => {
      const { retireHost } = await import("./door-acts.ts");
      await withDesk(options, surroundings, (desk) => retireHost({ hostId, why: options.why }, desk));
    });
  for (const group of [signIns, hosts]) group.addHelpText("after", DONE);
}

async function endAt(path: string, options: Options, surroundings: Surroundings): Promise<void> {
  const { endSignIns } = await import("./door-acts.ts");
  await withDesk(options, surroundings, (desk) => endSignIns(path, desk));
}
