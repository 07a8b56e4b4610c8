// `countersign trust …`: who may approve, and the next version of it. What it does is trust-acts.ts.
import { type Command, InvalidArgumentError } from "commander";
import { asking, type Surroundings, withDesk } from "../asking-command.ts";
import type { Desk } from "../desk.ts";
import { asksWith, endsWith } from "../exit-words.ts";
import type { ApiOptions } from "../operator-api.ts";
import type * as TrustActs from "./trust-acts.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}
interface NextFlags extends Options {
  readonly add: readonly { readonly person: string; readonly file: string }[];
  readonly remove: readonly string[];
  readonly removePasskey: readonly string[];
  readonly threshold?: number;
  readonly level: readonly string[];
}

type Act = (
  options: Options,
  asked: (acts: typeof TrustActs, desk: Desk) => Promise<number>,
) => Promise<void>;

const MEANING = `
The fleet's trust says who may approve by which passkeys, and what each level demands. Each version is signed by people of the one
before, and each host checks that by itself: neither the admin token nor the control plane can add anybody.`;

const NEXT = `
What is printed is the text that people would sign, byte for byte: keep it as it is. A level's rule is \`desk\` (its key alone), \`closed\`, or
how many people must sign by passkey, and behind it, if meant, \`not-asker\` (who asked may not sign) and \`device-bound\` (no synced passkeys).
`;

/** Adds the commands to the program. */
export function addTrustCommands(program: Command, surroundings: Surroundings): void {
  const act: Act = async (options, asked) => {
    const acts = await import("./trust-acts.ts");
    await withDesk(options, surroundings, (desk) => asked(acts, desk));
  };
  const trust = program
    .command("trust")
    .description("show who may approve, verify each version of it, and publish the next one")
    .addHelpText(
      "after",
      `${MEANING}\n${endsWith("it was done", "it was refused, or a version does not hold")}`,
    );
  const shows = ["it is printed", "it was refused, or a version does not hold"] as const;
  asking(
    trust.command("show"),
    "show people, passkeys, what each level demands, and the words that root compares",
  )
    .addHelpText("after", asksWith("trust show", ...shows))
    .action((options: Options) => act(options, ({ showTrust }, desk) => showTrust(options, desk)));
  asking(trust.command("history"), "list all versions: their words, who signed each, what it changed")
    .addHelpText("after", asksWith("trust history", ...shows))
    .action((options: Options) => act(options, ({ listTrust }, desk) => listTrust(options, desk)));
  asking(trust.command("publish"), "hand over the next version, signed by people of the one before")
    .argument("<file>", "JSON: { trust: base64 of its bytes, signatures: [assertion…] }; - reads stdin")
    .addHelpText("after", asksWith("trust publish signed.json", "it is the newest version now"))
    .action((file: string, options: Options) =>
      act(options, ({ publishTrust }, desk) => publishTrust(file, options, desk)),
    );
  addNextCommand(trust, act);
}

function addNextCommand(trust: Command, act: Act): void {
  asking(trust.command("next"), "print the unsigned next version, and what it changes")
    .option("--add <person=file>", "a passkey for a person, new or not; may be said again", readPasskey, [])
    .option("--remove <person>", "a person with all their passkeys; may be said again", again, [])
    .option("--remove-passkey <id>", "one passkey, by the beginning of its id; may be said again", again, [])
    .option("--threshold <n>", "how many must sign the version after it", readThreshold)
    .option(
      "--level <level=rule>",
      "what a level demands, such as 4=2,not-asker; may be said again",
      again,
      [],
    )
    .addHelpText("after", `${NEXT}${asksWith("trust next --remove bob --level 4=2,not-asker > next.json")}`)
    .action(async (flags: NextFlags) => {
      const { parseLevel } = await import("../../src/core/words/next-trust.ts");
      const levels = flags.level.map((said) => {
        const level = parseLevel(said);
        if (level === null)
          trust.error(
            `error: --level ${said} is no level's rule: say such as 4=2,not-asker, 2=desk or 5=closed`,
          );
        return level;
      });
      const threshold = flags.threshold ?? null;
      await act(flags, ({ makeNextTrust }, desk) => makeNextTrust({ ...flags, threshold, levels }, desk));
    });
}

function readPasskey(text: string, before: NextFlags["add"]): NextFlags["add"] {
  const [, person, file] = /^([a-z0-9][a-z0-9-]*)=(.+)$/.exec(text) ?? [];
  if (person === undefined || file === undefined)
    throw new InvalidArgumentError("expected PERSON=FILE, with a passkey in the file");
  return [...before, { person, file }];
}

function again(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function readThreshold(text: string): number {
  if (/^[1-8]$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a number of people from 1 to 8");
}
