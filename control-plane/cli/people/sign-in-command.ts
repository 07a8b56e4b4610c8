// `countersign sign-ins …`: who is signed in, and ending it; `countersign tokens …`: the one-time ways in. What they do is sign-in-acts.ts.
import type { Command } from "commander";
import { asking, type Surroundings, withDesk } from "../asking-command.ts";
import type { Desk } from "../desk.ts";
import { asksWith, endsWith } from "../exit-words.ts";
import type { ApiOptions } from "../operator-api.ts";
import type * as SignInActs from "./sign-in-acts.ts";

interface Options extends ApiOptions {
  readonly json?: boolean;
}

type Act = (
  options: Options,
  asked: (acts: typeof SignInActs, desk: Desk) => Promise<number>,
) => Promise<void>;

/** Adds the commands to the program. */
export function addSignInCommands(program: Command, surroundings: Surroundings): void {
  const act: Act = async (options, asked) => {
    const acts = await import("./sign-in-acts.ts");
    await withDesk(options, surroundings, (desk) => asked(acts, desk));
  };
  const signIns = program.command("sign-ins").description("list who is signed in, and sign them out");
  addSignIns(signIns, act);
  const tokens = program.command("tokens").description("make one-time tokens and links: the ways in");
  addTokens(tokens, act);
  for (const group of [signIns, tokens])
    group.addHelpText("after", endsWith("it was done", "it was refused"));
}

function addSignIns(signIns: Command, act: Act): void {
  asking(signIns.command("list"), "list the sign-ins: id, since when, person, device")
    .addHelpText("after", asksWith("sign-ins list"))
    .action((options: Options) =>
      act(options, ({ listSignIns }, desk) => listSignIns(options, desk, Date.now())),
    );
  asking(signIns.command("end"), "end one sign-in")
    .argument("<sign-in>", "its id")
    .addHelpText("after", asksWith("sign-ins end sgn_x8Jq2mVwTn4cLr0aZbK9eQ"))
    .action((signInId: string, options: Options) =>
      act(options, ({ endSignIns }, desk) => endSignIns({ signInId }, options, desk)),
    );
  asking(signIns.command("end-all"), "end all sign-ins of a person, and the links that wait for them")
    .argument("<person>", "a responder's id")
    .addHelpText("after", asksWith("sign-ins end-all alice"))
    .action((responder: string, options: Options) =>
      act(options, ({ endSignIns }, desk) => endSignIns({ responder }, options, desk)),
    );
}

function addTokens(tokens: Command, act: Act): void {
  asking(tokens.command("enrol"), "make a token by which one host enrols, within 15 minutes")
    .addHelpText("after", asksWith("tokens enrol > token"))
    .action((options: Options) =>
      act(options, ({ makeEnrolmentToken }, desk) => makeEnrolmentToken(options, desk)),
    );
  asking(tokens.command("sign-in"), "make a link by which a person signs in, within 15 minutes")
    .argument("<person>", "a responder's id")
    .addHelpText("after", asksWith("tokens sign-in alice"))
    .action((responder: string, options: Options) =>
      act(options, ({ makeSignInLink }, desk) => makeSignInLink(responder, options, desk)),
    );
}
