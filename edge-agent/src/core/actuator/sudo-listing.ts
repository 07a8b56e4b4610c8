// Whether sudo runs an act without a password: by its yes to the exact command, and by the tags of the rule that matches last. Pure.
// What a reader would get wrong: `sudo -n -l COMMAND` says yes also where the last matching rule asks for a password, and then `sudo -n
// COMMAND` fails. So the rules are read as `sudo -n -ll` prints them (sudo 1.9 and sudo-rs alike), in their order, from any file and of any
// group. What cannot be read as certain counts against the act: a gap that is told too often is better than one that is told too late.
import { type PrivilegedAct, SUDO_PATH } from "@countersign/shared/host/action-argv";

/** Lists every rule for who asks, with its tags. */
export const SUDO_LISTING_ARGV: readonly string[] = [SUDO_PATH, "-n", "-ll"];

/** How a run of sudo ended. */
export interface SudoEnd {
  readonly isDone: boolean;
  /** what it wrote, stdout first */
  readonly output: string;
}

/** Why an act could not be executed now, and what mends it. */
export interface PrivilegeGap {
  readonly reason: string;
  /** a command, or what a person does */
  readonly mend: string;
}

interface Rule {
  readonly runAsUsers: readonly string[];
  readonly options: readonly string[];
  readonly commands: readonly string[];
}

const INSTALL = "countersign-agent install";
const LOOK = "sudo -ll -U countersign-actuator";

/** What stands against an act; null: nothing. `allowed` answers its `sudoListArgvOf`, `listed` answers SUDO_LISTING_ARGV. */
export function findPrivilegeGap(
  act: PrivilegedAct,
  { allowed, listed }: { readonly allowed: SudoEnd; readonly listed: SudoEnd },
): PrivilegeGap | null {
  if (/must have a tty/.test(allowed.output))
    return {
      reason: "sudo asks for a terminal (`requiretty`), and the actuator has none",
      mend: "visudo: add `Defaults:countersign-actuator !requiretty`",
    };
  // sudo says the one, sudo-rs the other.
  if (/password is required|interactive authentication is required/.test(allowed.output))
    return { reason: "sudo asks for a password before it says anything", mend: INSTALL };
  // sudo names the command that it allows: an empty yes is no yes.
  if (!allowed.isDone || !inOneLine(allowed.output).includes(act.argv.join(" ")))
    return { reason: "sudo does not allow it", mend: INSTALL };
  const rules = listed.isDone ? parseRules(listed.output) : [];
  const last = rules.findLast((rule) => mayMatch(rule, act));
  if (last === undefined)
    return { reason: "sudo allows it by a rule that cannot be read: it may ask for a password", mend: LOOK };
  if (!asksForPassword(last, listed.output)) return null;
  return {
    reason: `a later rule of sudo asks for a password for it, take it away or put it before ours: ${wordsOf(last)}`,
    mend: LOOK,
  };
}

/** sudo breaks lines at 80 columns where its output is no pipe, and Node's is a socket. */
function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

function parseRules(listing: string): readonly Rule[] {
  // What goes on is indented by blanks, deeper than any name of a field.
  const [, ...blocks] = listing.replaceAll(/\n {5,}(?=\S)/g, " ").split(/^Sudoers entry:.*$/m);
  return blocks.map((block) => {
    const named = (name: string) =>
      (new RegExp(`^ +${name}: (.*)$`, "m").exec(block)?.[1] ?? "").split(", ").filter((word) => word !== "");
    const commands = block.split("\n").filter((line) => line.startsWith("\t"));
    return {
      runAsUsers: named("RunAsUsers"),
      options: named("Options"),
      commands: commands.map((line) => inOneLine(line).trim()),
    };
  });
}

/** Whether a rule is for this act, as far as can be said; a negated command allows nothing. */
function mayMatch({ commands, runAsUsers }: Rule, { argv, runAs }: PrivilegedAct): boolean {
  return (
    runAsUsers.some((name) => name === runAs || !/^!|^[a-z_][a-z0-9_-]*$/.test(name)) &&
    commands.some((command) => !command.startsWith("!") && mayName(command, argv))
  );
}

function mayName(command: string, argv: readonly string[]): boolean {
  const [program = "", ...args] = command.replace(/^(?:sha[0-9]+:\S+[ ,]+)+/, "").split(" ");
  if (!mayBeProgram(unescaped(program), argv[0] ?? "")) return false;
  // A program without arguments is allowed with any; sudo-rs prints the same for one that is allowed without.
  if (args.length === 0) return true;
  const rest = argv.slice(1);
  if (args.join(" ") === '""') return rest.length === 0;
  const text = args.join(" ");
  // In arguments a wildcard matches blanks too.
  return text === rest.join(" ") || unescaped(text) === rest.join(" ") || /[*?[^]/.test(text);
}

function mayBeProgram(named: string, program: string): boolean {
  if (named === "ALL" || named === program) return true;
  if (/[*?[^]/.test(named)) return true;
  // A folder is every program in it.
  return named.endsWith("/") && program.slice(0, program.lastIndexOf("/") + 1) === named;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}

function asksForPassword({ options }: Rule, listing: string): boolean {
  const [tag] = options.filter((option) => /^!?authenticate$/.test(option)).slice(-1);
  if (tag !== undefined) return tag === "authenticate";
  // Without a tag the settings for who asks decide.
  const settings = listing.split(/^User /m)[0] ?? "";
  return settings.match(/!?\bauthenticate\b/g)?.at(-1) !== "!authenticate";
}

function wordsOf({ commands, runAsUsers }: Rule): string {
  return `(${runAsUsers.join(", ")}) ${commands.join(", ")}`.slice(0, 200);
}
