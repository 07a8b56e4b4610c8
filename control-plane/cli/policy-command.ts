// `countersign policy …`: what can be said on the command line, and its help. What the commands do is policy-acts.ts.
import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { type ApiOptions, openApi } from "./operator-api.ts";
import {
  type ActOptions,
  applyPolicy,
  checkPolicies,
  complain,
  type Desk,
  diffFiles,
  listHistory,
  markFalseAlarm,
  type Output,
  promotePolicy,
  showPolicy,
  showShadow,
  undoPolicy,
} from "./policy-acts.ts";

const HELP = `
Ends with 0 when it was done or nothing differs, 1 when it was refused or something differs, 2 when the input is wrong.

Examples:
  countersign policy check policy.yaml
  countersign policy diff old.yaml new.yaml
  countersign policy apply policy.yaml --url https://desk.example.org --admin-token-file token --dry-run
  countersign policy promote stale-code --why "12 nights without a false alarm"

COUNTERSIGN_URL and COUNTERSIGN_ADMIN_TOKEN_FILE stand in for --url and --admin-token-file.`;

type Options = ActOptions & ApiOptions;

/** Adds the commands to the program; `end` takes the exit code. */
export function addPolicyCommands(
  program: Command,
  { output, end }: { readonly output: Output; readonly end: (code: number) => void },
): void {
  const policy = program
    .command("policy")
    .description("check, compare, apply and undo the fleet's policy")
    .addHelpText("after", HELP);
  policy
    .command("check")
    .description("say what is wrong with policy files, with line and column")
    .argument("<files...>", "policy files (YAML or JSON)")
    .option("--json", "print one JSON document")
    .action((files: string[], options: Options) => end(checkPolicies(files, options, output)));
  policy
    .command("diff")
    .description("compare two policies by meaning")
    .argument("<old>", "policy file")
    .argument("<new>", "policy file")
    .option("--json", "print one JSON document")
    .action((before: string, after: string, options: Options) =>
      end(diffFiles([before, after], options, output)),
    );
  const withDesk = async (options: Options, act: (desk: Desk) => Promise<number>) => {
    const api = openApi(options, process.env);
    end(api.ok ? await act({ api: api.value, output }) : complain(output, api.error));
  };
  acting(policy.command("apply"), "put a policy into force; the one before is kept")
    .argument("<file>", "policy file")
    .option("--dry-run", "only say what would change")
    .action((file: string, options: Options) =>
      withDesk(options, (desk) => applyPolicy(file, options, desk)),
    );
  acting(policy.command("undo"), "bring back the policy that was in force before").action(
    (options: Options) => withDesk(options, (desk) => undoPolicy(options, desk)),
  );
  acting(policy.command("promote"), "let a rule in shadow page from now on")
    .argument("[reason]", "the rule, such as stale-code")
    .option("--all", "the whole policy instead of one rule")
    .option("--dry-run", "only say what would change")
    .action((reason: string | undefined, options: Options & { readonly all?: boolean }) => {
      if ((reason === undefined) !== (options.all === true)) policy.error("Name one rule, or say --all.");
      return withDesk(options, (desk) => promotePolicy(reason ?? null, options, desk));
    });
  reading(policy.command("show"), "print the policy in force").action((options: Options) =>
    withDesk(options, (desk) => showPolicy(options, desk)),
  );
  reading(policy.command("history"), "list the versions: who, when, why").action((options: Options) =>
    withDesk(options, (desk) => listHistory(options, desk)),
  );
  reading(policy.command("shadow"), "say what rules in shadow would have done").action((options: Options) =>
    withDesk(options, (desk) => showShadow(options, desk)),
  );
  reading(policy.command("false-alarm"), "mark what a rule in shadow found as nothing")
    .argument("<finding>", "its id, as `policy shadow` lists it")
    .option("--by <name>", "who says so", readName, userName())
    .action((finding: string, options: Options) =>
      withDesk(options, (desk) => markFalseAlarm(finding, options, desk)),
    );
}

function reading(command: Command, description: string): Command {
  return command
    .description(description)
    .option("--url <url>", "where the control plane is")
    .option("--admin-token-file <file>", "file that holds its admin token")
    .option("--json", "print one JSON document");
}

function acting(command: Command, description: string): Command {
  return reading(command, description)
    .option("--expect <version>", "refuse when another version is in force", readVersion)
    .option("--by <name>", "who does it, for the history", readName, userName())
    .option("--why <text>", "why, for the history")
    .option("--yes", "also when nobody who is signed in stays so");
}

function readVersion(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a version's number");
}

function readName(text: string): string {
  if (/^[\w.@ -]{1,60}$/.test(text)) return text;
  throw new InvalidArgumentError("expected a name of letters, digits and . @ - _");
}

function userName(): string {
  try {
    return userInfo()
      .username.replaceAll(/[^\w.@ -]/g, "_")
      .slice(0, 60);
  } catch {
    // a user without an entry in the system's list
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
