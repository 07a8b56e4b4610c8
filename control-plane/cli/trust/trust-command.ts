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
  readonly addDeskKey: readonly { readonly keyId: string; readonly publicKey: string }[];
  readonly removeDeskKey: readonly string[];
}
interface AnewFlags extends Options {
  readonly confirm?: boolean;
  readonly why?: string;
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

const DOMAIN = `
A passkey works at the domain that it was made for, and below it. Once there is a passkey, another domain means to begin anew.
`;

/** Adds the commands to the program. */
export function addTrustCommands(program: Command, surroundings: Surroundings): void {
  const act: Act = async (options, asked) => {
    const acts = await import("./trust-acts.ts");
    await withDesk(options, surroundings, (desk) => asked(acts, desk));
  };
  const trust = program
    .command("trust")
    .description("show who may approve, verify each version of it, and bring about the next one")
    .addHelpText(
      "after",
      `${MEANING}\n${endsWith("it was done", "it was refused, or a version does not hold")}`,
    );
  const shows = ["it is printed", "it was refused, or a version does not hold"] as const;
  asking(
    trust.command("show"),
    "show people, passkeys, what each level demands, the words that root compares, and what waits",
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
  addNextCommands(trust, act);
  addWaitingCommands(trust, act);
}

function addNextCommands(trust: Command, act: Act): void {
  changing(asking(trust.command("next"), "print the unsigned next version, and what it changes"))
    .addHelpText("after", `${NEXT}${asksWith("trust next --remove bob --level 4=2,not-asker > next.json")}`)
    .action(async (flags: NextFlags) => {
      const options = await changesOf(trust, flags);
      await act(flags, ({ makeNextTrust }, desk) => makeNextTrust(options, desk));
    });
  changing(asking(trust.command("draft"), "hand a next version to the desk, where approvers sign it"))
    .argument("[file]", "as `trust next` printed it; - reads stdin. Without it: what is to change")
    .addHelpText("after", `${NEXT}${asksWith("trust draft --remove bob", "it waits for signatures")}`)
    .action(async (file: string | undefined, flags: NextFlags) => {
      const changed = isChanging(flags);
      if (changed === (file !== undefined))
        trust.error("error: name a file, or say what is to change: one of both");
      const options = await changesOf(trust, flags);
      const { draftChanges, draftFile } = await import("./waiting-acts.ts");
      await act(flags, (_acts, desk) =>
        file === undefined ? draftChanges(options, desk) : draftFile(file, flags, desk),
      );
    });
}

function addWaitingCommands(trust: Command, act: Act): void {
  asking(trust.command("drop"), "drop a next version that waits for signatures")
    .argument("<hash>", "its hash, or as much of its beginning as names one")
    .addHelpText("after", asksWith("trust drop 3f9a2c", "it waits no more"))
    .action(async (hash: string, options: Options) => {
      const { dropDraft } = await import("./waiting-acts.ts");
      await act(options, (_acts, desk) => dropDraft(hash, options, desk));
    });
  asking(trust.command("domain"), "choose the domain that passkeys belong to, before the first of them")
    .argument("[name]", "the desk's own, or one above it; without it: which can be chosen")
    .addHelpText("after", `${DOMAIN}${asksWith("trust domain example.org", "it is chosen, or printed")}`)
    .action(async (name: string | undefined, options: Options) => {
      const { chooseDomain } = await import("./waiting-acts.ts");
      await act(options, (_acts, desk) => chooseDomain(name, options, desk));
    });
  asking(trust.command("begin-anew"), "forget all passkeys and their domain; without --confirm: what is lost")
    .option("--confirm", "do it")
    .option("--why <text>", "why, for the audit")
    .addHelpText(
      "after",
      asksWith(
        'trust begin-anew --confirm --why "the desk moves to another domain"',
        "all is forgotten",
        "it was refused, or only told",
      ),
    )
    .action(async (options: AnewFlags) => {
      if (options.confirm === true && (options.why ?? "").trim() === "")
        trust.error("error: say --why too: it is kept in the audit");
      const { beginAnew } = await import("./waiting-acts.ts");
      await act(options, (_acts, desk) => beginAnew(options, desk));
    });
}

/** The options that say what is to change. */
function changing(command: Command): Command {
  return command
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
    .option("--add-desk-key <id=key>", "a key of the desk, in base64; may be said again", readDeskKey, [])
    .option("--remove-desk-key <id>", "one of its keys; may be said again", again, []);
}

function isChanging(flags: NextFlags): boolean {
  const { add, addDeskKey, level, remove, removeDeskKey, removePasskey, threshold } = flags;
  return (
    threshold !== undefined ||
    [add, addDeskKey, level, remove, removeDeskKey, removePasskey].some((said) => said.length > 0)
  );
}

async function changesOf(trust: Command, flags: NextFlags): Promise<TrustActs.NextOptions> {
  const { parseLevel } = await import("../../src/core/words/next-trust.ts");
  const levels = flags.level.map((said) => {
    const level = parseLevel(said);
    if (level === null)
      trust.error(`error: --level ${said} is no level's rule: say such as 4=2,not-asker, 2=desk or 5=closed`);
    return level;
  });
  return {
    ...flags,
    levels,
    threshold: flags.threshold ?? null,
    addDeskKeys: flags.addDeskKey,
    removeDeskKeys: flags.removeDeskKey,
  };
}

function readDeskKey(text: string, before: NextFlags["addDeskKey"]): NextFlags["addDeskKey"] {
  const [, keyId, publicKey] = /^([^=]{1,80})=([A-Za-z0-9+/]{43}=)$/.exec(text) ?? [];
  if (keyId === undefined || publicKey === undefined)
    throw new InvalidArgumentError("expected ID=KEY, the key as 32 bytes in base64");
  return [...before, { keyId, publicKey }];
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
