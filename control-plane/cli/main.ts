#!/usr/bin/env node
// The `countersign` command of the repository: what an operator runs away from the control plane.
import { Argument, Command, CommanderError, InvalidArgumentError } from "commander";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { SCHEMA_NAMES, type SchemaName, schemaText } from "../replay/file/published-schemas.ts";
import { addAuditCommands } from "./audit-command.ts";
import { addDoorCommands } from "./door-command.ts";
import { addPolicyCommands } from "./policy-command.ts";
import { replayRecorded, type RecordedFlags } from "./recorded-command.ts";
import { EXIT, replayFiles, type ReplayFlags } from "./replay-command.ts";

const EXAMPLE = `
An incident file says what happened, in the words of a post-mortem, and what is expected of the policy (docs/replay.md):

  version: 1
  title: The queue worker dies at its start
  start: 2026-03-01T02:00:00Z
  end: +1h
  hosts:
    - name: vps-1
      services: [{ name: worker }]
  events:
    - { at: +1m, session: { ends: auth, lasted: 2s, text: "401" }, every: 1m, repeat: 20 }
  expect:
    - { page: startup-death, by: +5m }
    - { noAction: true }

Examples:
  countersign replay test/incidents/*.yaml
  countersign replay my-outage.yaml --policy policy.yaml --json
  countersign replay my-outage.yaml --speed 60        one minute of the story each second
  countersign replay --recorded --from 2026-04-01T00:00:00Z --to 2026-04-08T00:00:00Z --policy new.yaml \\
    --url https://desk.example.org --admin-token-file token

Ends with 0 when every expectation was met, 1 when one was not, 2 when the input is wrong.`;

const program = new Command("countersign")
  .description(
    "Operates Countersign from a terminal: replays incidents against a policy with the very core that runs in production, applies policies, " +
      "verifies the audit, ends sign-ins, retires hosts.",
  )
  .exitOverride()
  .showHelpAfterError("(add --help for what can be said)");

program
  .command("replay")
  .description("run incidents through a policy: when it would have paged, proposed, refused")
  .argument("[files...]", "incident files (YAML)")
  .option("--policy <file>", "policy to use instead of the one in each file")
  .option("--json", "print one JSON document")
  .option("--until <span>", "stop so long after the start, such as 2h30m", readSpan)
  .option("--speed <n>", "watch it unfold: so many seconds of the story each second", readSpeed)
  .option("--recorded", "instead of files: what a control plane recorded, under its policy and --policy")
  .option("--from <instant>", "with --recorded: begin of the time that is compared")
  .option("--to <instant>", "with --recorded: its end")
  .option("--all", "with --recorded: list also what does not differ")
  .option("--url <url>", "with --recorded: where the control plane is")
  .option("--admin-token-file <file>", "with --recorded: file that holds its admin token")
  .addHelpText("after", EXAMPLE)
  .action(async (files: string[], flags: ReplayFlags & RecordedFlags & { readonly recorded?: true }) => {
    const output = {
      print: (text: string) => console.log(text),
      complain: (text: string) => console.error(visibleLines(text)),
      isColoured: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
      columns: process.stdout.isTTY ? process.stdout.columns : null,
      showClock: process.stdout.isTTY
        ? (text: string) => void process.stdout.write(`\r\u001b[K${text}`)
        : null,
    };
    if ((flags.recorded === true) === files.length > 0)
      program.error("error: name incident files, or say --recorded");
    process.exitCode =
      flags.recorded === true
        ? await replayRecorded(flags, output, process.env)
        : await replayFiles(files, flags, output);
  });

program
  .command("schema")
  .description("print the JSON Schema of a file for editors, or of what replay --json prints")
  .addArgument(new Argument("<file>", "which file").choices(SCHEMA_NAMES))
  .action((name: SchemaName) => {
    process.stdout.write(schemaText(name));
  });

// What a control plane answers holds texts of hosts and people.
const surroundings = {
  output: {
    print: (text: string) => console.log(visibleLines(text)),
    complain: (text: string) => console.error(visibleLines(text)),
  },
  end: (code: number) => void (process.exitCode = code),
};
addPolicyCommands(program, surroundings);
addDoorCommands(program, surroundings);
addAuditCommands(program, surroundings);

function readSpan(text: string): string {
  if (/^\+?(?:[0-9]{1,9}(?:ms|d|h|m|s)){1,5}$/.test(text)) return text;
  throw new InvalidArgumentError("expected a duration such as 90s, 15m or 2h30m");
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new InvalidArgumentError("expected a number above 0");
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
}
