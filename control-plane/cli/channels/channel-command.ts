// `countersign channel …`: ways to reach people, added to the policy and taken out of it, listed with how they did, and
// proven by a test page. What it does is channel-acts.ts and channel-removal.ts.
import { type Command, InvalidArgumentError } from "commander";
import { asking, type Surroundings, withDesk } from "../asking-command.ts";
import { asksWith, endsWith } from "../exit-words.ts";
import type { ApiOptions } from "../operator-api.ts";
import { waiting } from "../people/test-page-command.ts";
import type { ActOptions } from "../policy/policy-acts.ts";
import { acting, CHANGED } from "../policy/policy-command.ts";
import type { AddOptions } from "./channel-acts.ts";

interface ListOptions extends ApiOptions {
  readonly json?: boolean;
  readonly kinds?: boolean;
}

interface TestOptions extends ApiOptions {
  readonly json?: boolean;
  readonly timeout: number;
  readonly wait: boolean;
}

const HELP = `
What each kind can, how it is set up and what it costs: docs/channels.md, or channel list --kinds.
${endsWith("it was done", "it was refused")}

Examples:
  countersign channel list --kinds
  countersign channel add phone --kind pushover --set user=USER_KEY --for alice --first
  countersign channel test phone`;

const ADD = `
The channel goes into the policy in force, which is applied as a new version; it says then how its secret is bound. Secrets never stand
in a policy: a setting such as secret names a binding CHANNEL_…, by itself CHANNEL_ and the name in capitals. What is there
already, just so, stays.
`;

const ADD_EXAMPLES = `channel add phone --kind pushover --set user=USER_KEY --for alice --first
  countersign channel add call --kind voice --set account=AC… --set from=+15551230000 --set to=+15551231111 --for alice
  countersign channel add room --kind slack --for alice,bob --dry-run`;

const REMOVE = `
It says how each who had it is reached then, and how its secret is unbound: no secret is removed by itself, so that policy undo brings
back a channel that works. Who has no other channel keeps it: give them another one first.
`;

/** Adds the commands to the program. */
export function addChannelCommands(program: Command, surroundings: Surroundings): void {
  const channel = program
    .command("channel")
    .description("add, list, test and remove the ways to reach people")
    .addHelpText("after", HELP);
  addAddCommand(channel, surroundings);
  addListCommand(channel, surroundings);
  addTestCommand(channel, surroundings);
  addRemoveCommand(channel, surroundings);
}

function addAddCommand(channel: Command, surroundings: Surroundings): void {
  acting(channel.command("add"), "put a channel into the policy, and give it to people")
    .argument("<name>", "what it is called, such as phone")
    .requiredOption("--kind <kind>", "what it is, as channel list --kinds says")
    .requiredOption("--for <people>", "whom it reaches: ids of responders, with commas between", readPeople)
    .option("--set <key=value>", "a setting of the kind; may be said again", collect)
    .option("--first", "before their other channels")
    .option("--last", "behind their other channels; so without either")
    .option("--replace", "also when there is another channel of that name")
    .option("--dry-run", "only say what would change")
    .addHelpText("after", `${ADD}${asksWith(ADD_EXAMPLES, ...CHANGED)}`)
    .action(async (name: string, options: AddOptions & ApiOptions) => {
      const { addChannel } = await import("./channel-acts.ts");
      await withDesk(options, surroundings, (desk) => addChannel(name, options, desk));
    });
}

function addListCommand(channel: Command, { end, output }: Surroundings): void {
  asking(channel.command("list"), "list channels: what each can, whether it works, when it carried something")
    .option("--kinds", "instead: all kinds that can be added, what each takes and costs")
    .addHelpText("after", asksWith("channel list", "it was shown"))
    .action(async (options: ListOptions) => {
      const { listChannels, listKinds } = await import("./channel-acts.ts");
      if (options.kinds === true) return end(listKinds(options, output));
      await withDesk(options, { end, output }, (desk) => listChannels(options, desk, Date.now()));
    });
}

function addTestCommand(channel: Command, surroundings: Surroundings): void {
  waiting(
    channel.command("test"),
    "send a test page by one channel alone, and wait until its person says that it came",
  )
    .argument("<name>", "a channel of the policy")
    .argument("[person]", "a responder's id; without: the only one who has it")
    .addHelpText(
      "after",
      asksWith(
        "channel test phone",
        "its person said that it came",
        "it was refused, not delivered, or nobody said so",
      ),
    )
    .action(async (name: string, person: string | undefined, options: TestOptions) => {
      const { testChannel } = await import("./channel-acts.ts");
      await withDesk(options, surroundings, (desk) => testChannel(name, person, { options, desk }));
    });
}

function addRemoveCommand(channel: Command, surroundings: Surroundings): void {
  acting(
    channel.command("remove"),
    "take a channel out of the policy, and out of the list of everybody who has it",
  )
    .argument("<name>", "a channel of the policy")
    .option("--dry-run", "only say what would change")
    .addHelpText("after", `${REMOVE}${asksWith("channel remove phone --dry-run", "it was done", CHANGED[1])}`)
    .action(async (name: string, options: ActOptions & ApiOptions) => {
      const { removeChannel } = await import("./channel-removal.ts");
      await withDesk(options, surroundings, (desk) => removeChannel(name, options, desk));
    });
}

function readPeople(listed: string): readonly string[] {
  const people = listed.split(",").map((person) => person.trim());
  if (people.every((person) => person !== "")) return people;
  throw new InvalidArgumentError("expected ids of responders such as alice,bob");
}

function collect(setting: string, before: readonly string[] = []): readonly string[] {
  return [...before, setting];
}
