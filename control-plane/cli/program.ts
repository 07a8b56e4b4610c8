// All that can be said to the `countersign` command, and its help. What a command does is loaded when it runs, and not before: help and
// refusals of what was typed come at once.
import { Argument, Command, InvalidArgumentError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import type { SchemaName } from "../replay/file/schema-names.ts";
import { SCHEMA_NAMES } from "../replay/file/schema-names.ts";
import type { Surroundings } from "./asking-command.ts";
import { addAuditCommands } from "./audit-command.ts";
import { addChannelCommands } from "./channels/channel-command.ts";
import { endsWith } from "./exit-words.ts";
import { addHostCommands } from "./host-command.ts";
import { addIncidentCommands } from "./incidents/incident-command.ts";
import { addPeopleCommands } from "./people/people-command.ts";
import { addSignInCommands } from "./people/sign-in-command.ts";
import { addTestPageCommand } from "./people/test-page-command.ts";
import { addPolicyCommands } from "./policy/policy-command.ts";
import type { RecordedFlags } from "./recorded-command.ts";
import type { Output, ReplayFlags } from "./replay-command.ts";
import { addTrustCommands } from "./trust/trust-command.ts";

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
${endsWith("every expectation was met, or with --recorded nothing differs", "one was not met, or something differs")}`;

/** What the command stands in. */
export interface Terminal extends Surroundings {
  /** where a replay prints */
  readonly replay: Output;
}

/** The command with all its subcommands. */
export function countersignProgram(terminal: Terminal): Command {
  const program = new Command("countersign")
    .description(
      "Operates Countersign from a terminal: shows hosts, incidents and the audit, lets hosts and people in and out, applies policies, and " +
        "replays incidents against a policy with the very core that runs in production.",
    )
    .version(packageJson.version)
    .addHelpText("after", endsWith("it was done", "it was refused, or not all is as expected"))
    .exitOverride()
    .showHelpAfterError("(add --help for what can be said)");
  addReplayCommand(program, terminal);
  addSchemaCommand(program);
  addPolicyCommands(program, terminal);
  addHostCommands(program, terminal);
  addIncidentCommands(program, terminal);
  addPeopleCommands(program, terminal);
  addSignInCommands(program, terminal);
  addTestPageCommand(program, terminal);
  addChannelCommands(program, terminal);
  addTrustCommands(program, terminal);
  addAuditCommands(program, terminal);
  return program;
}

function addReplayCommand(program: Command, { end, replay }: Terminal): void {
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
      if ((flags.recorded === true) === files.length > 0)
        program.error("error: name incident files, or say --recorded");
      if (flags.recorded === true) {
        const { replayRecorded } = await import("./recorded-command.ts");
        return end(await replayRecorded(flags, replay, process.env));
      }
      const { isRecordedFile, replayRecordedFile } = await import("./recorded-file.ts");
      const recorded = files.filter(isRecordedFile);
      const [file, ...others] = recorded;
      if (file !== undefined) {
        if (files.length > 1) program.error(`error: name ${others[0] ?? file} alone: it is recorded history`);
        return end(replayRecordedFile(file, flags, replay));
      }
      const { replayFiles } = await import("./replay-command.ts");
      end(await replayFiles(files, flags, replay));
    });
}

function addSchemaCommand(program: Command): void {
  program
    .command("schema")
    .description("print the JSON Schema of a file for editors, or of what replay --json prints")
    .addArgument(new Argument("<file>", "which file").choices(SCHEMA_NAMES))
    .addHelpText(
      "after",
      `${endsWith("it is printed", null)}\n\nExample:\n  countersign schema policy > policy.schema.json`,
    )
    .action(async (name: SchemaName) => {
      const { schemaText } = await import("../replay/file/published-schemas.ts");
      process.stdout.write(schemaText(name));
    });
}

function readSpan(text: string): string {
  if (/^\+?(?:[0-9]{1,9}(?:ms|d|h|m|s)){1,5}$/.test(text)) return text;
  throw new InvalidArgumentError("expected a duration such as 90s, 15m or 2h30m");
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new InvalidArgumentError("expected a number above 0");
}
