// What `countersign channel …` does: a channel into the policy with what is then to be done, all channels with how they
// did, and a test page by one of them. What a reader would get wrong: the policy's text is edited here and applied like
// any other, so that what comes between is refused, and `policy undo` takes it back. No secret goes this way: a policy
// names bindings.
import { listText } from "@countersign/shared/values/list-text";
import { hasNamed, namedAt, namesOf } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type Channel, unansweredOf, wayOfChannel } from "../../src/channels/any-channel.ts";
import { addChannelText, type WantedChannel } from "../../src/policy/channel-entry.ts";
import { unknownChannelText } from "../../src/policy/channel-removal.ts";
import { readSaidChannel, secretsOf } from "../../src/policy/channel-said.ts";
import { parsePolicyText } from "../../src/policy/policy-file.ts";
import type { Policy } from "../../src/policy/policy.ts";
import type { ApiRefusal } from "../api-calls.ts";
import { complain, type Desk, EXIT, type Output, printJson } from "../desk.ts";
import { sendTestPage } from "../people/test-page-acts.ts";
import { type ActOptions, applyText } from "../policy/policy-acts.ts";
import { channelLines, channelsShownOf, kindLines, kindsShown } from "./channel-lines.ts";
import { hereOf } from "./channel-removal.ts";
import { setUpLines } from "./set-up-words.ts";

/** How a channel is asked for. */
export interface AddOptions extends ActOptions {
  readonly kind: string;
  readonly set?: readonly string[];
  readonly for: readonly string[];
  readonly first?: boolean;
  readonly last?: boolean;
  readonly replace?: boolean;
}

interface TestOptions {
  readonly timeout: number;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** Puts a channel into the policy and gives it to people. */
export async function addChannel(name: string, options: AddOptions, desk: Desk): Promise<number> {
  const wanted = wantedOf(name, options);
  if (!wanted.ok) return badInput(desk.output, wanted.error.sentence);
  const { channel, people } = wanted.value;
  const shown = await desk.api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return complain(desk.output, shown.error);
  const added = addChannelText(shown.value.text, wanted.value);
  if (!added.ok) {
    desk.output.complain(added.error.sentence);
    const isTyped = added.error.reason === "name-wrong" || added.error.reason === "person-unknown";
    return isTyped || added.error.reason === "policy-wrong" ? EXIT.badInput : EXIT.refused;
  }
  const lines = setUpLines(name, channel, await hereOf(desk));
  const members = { channel: name, kind: channel.kind, people, bindings: secretsOf(channel), setUp: lines };
  if (added.value.isSame) {
    const { version } = shown.value;
    if (options.json === true) printJson(desk.output, { version, same: "meaning", ...members });
    else for (const line of sameLines(name, people, lines)) desk.output.print(line);
    return EXIT.done;
  }
  const why = `channel ${name} (${channel.kind}) for ${people.join(", ")}`;
  return applyText(added.value.text, {
    options,
    desk,
    shown: shown.value,
    why: options.why === undefined ? why : `${why}: ${options.why}`,
    beside: {
      members,
      lines: thenLines(name, { before: shown.value.text, after: added.value.text, people }, lines),
    },
  });
}

function wantedOf(
  name: string,
  options: AddOptions,
): Result<WantedChannel, { readonly reason: string; readonly sentence: string }> {
  const { first = false, for: people, kind, last = false, replace = false, set = [] } = options;
  if (first && last) return refuse({ reason: "place", sentence: "Say --first or --last, not both." });
  const read = readSaidChannel({ name, kind, settings: set });
  if (!read.ok) return read;
  const place = first ? "first" : last ? "last" : null;
  return ok({ name, ...read.value, people: [...new Set(people)], place, isReplacing: replace });
}

/** What it needs is said again: it may not be done yet. */
function sameLines(name: string, people: readonly string[], lines: readonly string[]): readonly string[] {
  const has = people.length === 1 ? "has" : "have";
  return [
    `Nothing to do: ${people.join(", ")} ${has} the channel ${name} already, just so.`,
    ...(lines.length === 0 ? [] : ["", "What it needs beside the policy:", ...lines]),
  ];
}

function thenLines(
  name: string,
  of: { readonly before: string; readonly after: string; readonly people: readonly string[] },
  lines: readonly string[],
): readonly string[] {
  const [before, after] = [of.before, of.after].map(parsePolicyText);
  // Everybody who has it then, those for whom it was asked first: a channel of several is tested by naming one.
  const holders = after?.ok === true ? holdersOf(after.value, name) : [];
  const people = [...new Set([...of.people, ...holders])];
  const whom = people.length === 1 ? "" : ` ${people[0] ?? ""}`;
  const wasThere = before?.ok === true && hasNamed(before.value.channels, name);
  return [
    ...(lines.length === 0 ? [] : ["", ...lines]),
    "",
    `Then prove it: countersign channel test ${name}${whom}`,
    wasThere
      ? "To take it back: countersign policy undo"
      : `To take it out again: countersign channel remove ${name}`,
  ];
}

function holdersOf({ responders }: Policy, name: string): readonly string[] {
  return responders.filter(({ channels }) => channels.includes(name)).map(({ id }) => id);
}

/** Prints each channel with what it can and how it did. */
export async function listChannels(
  { json }: { readonly json?: boolean },
  { api, output }: Desk,
  now: number,
): Promise<number> {
  const policy = await policyOf({ api, output });
  if (!policy.ok) return complain(output, policy.error);
  const reach = await api.ask("GET /v1/admin/reach", {});
  if (!reach.ok) return complain(output, reach.error);
  const channels = channelsShownOf(policy.value, reach.value);
  if (json === true) printJson(output, { channels });
  else output.print(channelLines(channels, now, reach.value.here).join("\n"));
  return EXIT.done;
}

/** Prints all kinds that can be added; nobody is asked. */
export function listKinds({ json }: { readonly json?: boolean }, output: Output): number {
  const kinds = kindsShown();
  if (json === true) printJson(output, { kinds });
  else output.print(kindLines(kinds).join("\n"));
  return EXIT.done;
}

/** Sends a test page by one channel alone, and waits for its receipt. */
export async function testChannel(
  name: string,
  person: string | undefined,
  { desk, options }: { readonly desk: Desk; readonly options: TestOptions },
): Promise<number> {
  const policy = await policyOf(desk);
  if (!policy.ok) return complain(desk.output, policy.error);
  const { channels } = policy.value;
  if (!hasNamed(channels, name)) return badInput(desk.output, unknownChannelText(name, namesOf(channels)));
  const theirs = holdersOf(policy.value, name);
  const [only] = theirs;
  if (only === undefined)
    return badInput(desk.output, `Nobody has the channel ${name}: give it to somebody in the policy.`);
  if (person !== undefined && !theirs.includes(person))
    return badInput(
      desk.output,
      `${person} does not have the channel ${name}; it is for ${listText(theirs, "or")}.`,
    );
  if (person === undefined && theirs.length > 1)
    return badInput(desk.output, `Several people have the channel ${name}: name ${listText(theirs, "or")}.`);
  const isAnsweredThere = await canAnswerOn(namedAt(channels, name), desk);
  return sendTestPage({ ...options, responder: person ?? only, channel: name, isAnsweredThere }, desk);
}

/** Says whether a person can say that a page came right where it arrives, as the channel and this desk are set. */
async function canAnswerOn(channel: Channel | undefined, desk: Desk): Promise<boolean> {
  if (channel === undefined || !wayOfChannel(channel).acknowledges) return false;
  const here = await hereOf(desk);
  return here === undefined || unansweredOf(channel, here.publicUrl) === null;
}

async function policyOf({ api }: Desk): Promise<Result<Policy, ApiRefusal>> {
  const shown = await api.ask("GET /v1/admin/policy", {});
  if (!shown.ok) return shown;
  const read = parsePolicyText(shown.value.text);
  const sentence = `The policy of version ${shown.value.version} cannot be read by this version of the command.`;
  return read.ok ? read : refuse({ reason: "refused", sentence, problem: null });
}

function badInput(output: Output, sentence: string): number {
  output.complain(sentence);
  return EXIT.badInput;
}
