// `countersign people …`: who may do what at the desk, by which passkeys and devices, and letting somebody in. What it does is people-acts.ts.
import type { Command } from "commander";
import { asking, type Surroundings, withDesk } from "../asking-command.ts";
import { asksWith, endsWith } from "../exit-words.ts";
import type { ApiOptions } from "../operator-api.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

const INVITE = `
The link opens the desk for that person once, within the time that is said. Who has no passkey is led to make one; an approver
then lets it in. It is sent by a channel of theirs; while nobody is signed in it is printed here instead, and on a terminal shown
as a code for a phone's camera. Whoever has it first is that person, so show it to nobody else.`;

/** Adds the commands to the program. */
export function addPeopleCommands(program: Command, { end, output }: Surroundings): void {
  const surroundings = { end, output };
  const people = program
    .command("people")
    .description("list people with their roles, passkeys and devices, and invite them")
    .addHelpText("after", endsWith("it was done", "it was refused"));
  asking(people.command("list"), "list people: roles, passkeys with last use, devices, what waits")
    .addHelpText("after", asksWith("people list", "it was shown"))
    .action(async (options: Options) => {
      const { listPeople } = await import("./people-acts.ts");
      await withDesk(options, surroundings, (desk) => listPeople(options, desk, Date.now()));
    });
  asking(people.command("invite"), "send a person a link by which they sign in and make a passkey")
    .argument("<person>", "a responder's id")
    .addHelpText("after", `${INVITE}\n${asksWith("people invite bob")}`)
    .action(async (person: string, options: Options) => {
      const { invite } = await import("./people-acts.ts");
      await withDesk(options, surroundings, (desk) =>
        invite(person, { ...options, isOnTerminal: process.stdout.isTTY === true }, desk),
      );
    });
  asking(people.command("withdraw"), "take back a passkey that waits to be let in")
    .argument("<passkey>", "its id, or as much of its beginning as names one")
    .addHelpText("after", asksWith("people withdraw AbC3dEf4"))
    .action(async (named: string, options: Options) => {
      const { withdraw } = await import("./people-acts.ts");
      await withDesk(options, surroundings, (desk) => withdraw(named, options, desk));
    });
}
