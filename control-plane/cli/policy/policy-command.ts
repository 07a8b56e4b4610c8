// `countersign policy …`: what can be said on the command line, and its help. What the commands do is policy-acts.ts.
import { type Command, InvalidArgumentError } from "commander";
import { asking, type Surroundings, withDesk } from "../asking-command.ts";
import type { Desk } from "../desk.ts";
import { asksWith, endsWith } from "../exit-words.ts";
import type { ApiOptions } from "../operator-api.ts";
import { readName, userName } from "../own-name.ts";
import type * as PolicyActs from "./policy-acts.ts";
import type { ActOptions } from "./policy-acts.ts";

/** With which code a command ends that changes the policy, or with `--dry-run` looks. */
export const CHANGED = [
  "it was done, was in force already, or with --dry-run nothing would change",
  "it was refused, or with --dry-run something would change, or would be refused",
] as const;
const HELP = `${endsWith("it was done or nothing differs", "it was refused or something differs")}

Examples:
  countersign policy check policy.yaml
  countersign policy diff old.yaml new.yaml
  countersign policy apply policy.yaml --url https://desk.example.org --admin-token-file token --dry-run
  countersign policy promote stale-code --why "12 nights without a false alarm"

COUNTERSIGN_URL and COUNTERSIGN_ADMIN_TOKEN_FILE stand in for --url and --admin-token-file.`;

type Options = ActOptions & ApiOptions;
type Acts = typeof PolicyActs;

/** Adds the commands to the program. */
export function addPolicyCommands(program: Command, surroundings: Surroundings): void {
  const policy = program
    .command("policy")
    .description("check, compare, apply and undo the fleet's policy")
    .addHelpText("after", HELP);
  addFileCommands(policy, surroundings);
  const act = async (options: Options, asked: (acts: Acts, desk: Desk) => Promise<number>) => {
    const acts = await import("./policy-acts.ts");
    await withDesk(options, surroundings, (desk) => asked(acts, desk));
  };
  addChangingCommands(policy, act);
  addReadingCommands(policy, act);
}

type Act = (options: Options, asked: (acts: Acts, desk: Desk) => Promise<number>) => Promise<void>;

function addFileCommands(policy: Command, { end, output }: Surroundings): void {
  policy
    .command("check")
    .description("say what is wrong with policy files, with line and column")
    .argument("<files...>", "policy files (YAML or JSON)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `${endsWith("nothing is wrong with any of them", null)}\n\nExample:\n  countersign policy check policy.yaml`,
    )
    .action(async (files: string[], options: Options) => {
      const { checkPolicies } = await import("./policy-acts.ts");
      end(checkPolicies(files, options, output));
    });
  policy
    .command("diff")
    .description("compare two policies by meaning")
    .argument("<old>", "policy file")
    .argument("<new>", "policy file")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      `${endsWith("nothing differs", "something differs")}\n\nExample:\n  countersign policy diff old.yaml new.yaml`,
    )
    .action(async (before: string, after: string, options: Options) => {
      const { diffFiles } = await import("./policy-acts.ts");
      end(diffFiles([before, after], options, output));
    });
}

function addChangingCommands(policy: Command, act: Act): void {
  acting(policy.command("apply"), "put a policy into force; the one before is kept")
    .argument("<file>", "policy file")
    .option("--dry-run", "only say what would change, who would lose access, and which secrets are not bound")
    .option("--keep-text", "also when only comments, order or written-out defaults are others")
    .addHelpText("after", asksWith("policy apply policy.yaml --dry-run", ...CHANGED))
    .action((file: string, options: Options) =>
      act(options, ({ applyPolicy }, desk) => applyPolicy(file, options, desk)),
    );
  acting(policy.command("undo"), "bring back the policy that was in force before")
    .addHelpText("after", asksWith("policy undo"))
    .action((options: Options) => act(options, ({ undoPolicy }, desk) => undoPolicy(options, desk)));
  acting(policy.command("promote"), "let a rule in shadow page from now on")
    .argument("[reason]", "the rule, such as stale-code")
    .option("--all", "the whole policy instead of one rule")
    .option("--dry-run", "only say what would change")
    .addHelpText("after", asksWith("policy promote stale-code", ...CHANGED))
    .action((reason: string | undefined, options: Options & { readonly all?: boolean }) => {
      if ((reason === undefined) !== (options.all === true)) policy.error("Name one rule, or say --all.");
      return act(options, ({ promotePolicy }, desk) => promotePolicy(reason ?? null, options, desk));
    });
}

function addReadingCommands(policy: Command, act: Act): void {
  asking(policy.command("show"), "print the policy in force")
    .addHelpText(
      "after",
      asksWith(
        "policy show > policy.yaml",
        "it is printed",
        "it was refused, or the running code cannot read it",
      ),
    )
    .action((options: Options) => act(options, ({ showPolicy }, desk) => showPolicy(options, desk)));
  asking(policy.command("history"), "list the versions: who, when, why")
    .addHelpText("after", asksWith("policy history"))
    .action((options: Options) => act(options, ({ listHistory }, desk) => listHistory(options, desk)));
  asking(policy.command("shadow"), "say what rules in shadow would have done")
    .addHelpText("after", asksWith("policy shadow"))
    .action((options: Options) => act(options, ({ showShadow }, desk) => showShadow(options, desk)));
  asking(policy.command("false-alarm"), "mark what a rule in shadow found as nothing")
    .argument("<finding>", "its id, as `policy shadow` lists it")
    .option("--by <name>", "who says so", readName, userName())
    .addHelpText("after", asksWith("policy false-alarm stale-code:web-1:1795931037267"))
    .action((finding: string, options: Options) =>
      act(options, ({ markFalseAlarm }, desk) => markFalseAlarm(finding, options, desk)),
    );
}

/** A command that changes the policy: which version it has seen, who does it and why. */
export function acting(command: Command, description: string): Command {
  return asking(command, description)
    .option("--expect <version>", "refuse when another version is in force", readVersion)
    .option("--by <name>", "who does it, for the history", readName, userName())
    .option("--why <text>", "why, for the history")
    .option("--yes", "also when nobody who is signed in stays so");
}

function readVersion(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a version's number");
}
