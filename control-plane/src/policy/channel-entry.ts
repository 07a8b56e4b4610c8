// Puts a channel into a policy's own text and gives it to people, with comments and order kept. Pure.
// What a reader would get wrong: a text says less than it means (channels that are left out are a terminal).
import { type Document, isMap, isSeq, parseDocument, type YAMLSeq } from "yaml";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { ItemName } from "@countersign/shared/values/ids";
import { namedAt, withNamed } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Channel } from "../channels/any-channel.ts";
import type { ReadChannel } from "./channel-said.ts";
import { editedText } from "./channel-text.ts";
import { parsePolicyText } from "./policy-file.ts";
import type { Policy } from "./policy.ts";

/** What is wanted of a text. */
export interface WantedChannel extends ReadChannel {
  readonly name: string;
  /** ids of responders */
  readonly people: readonly string[];
  /** where it stands among theirs; null: last, or where it stands already */
  readonly place: "first" | "last" | null;
  /** also where there is another channel of that name */
  readonly isReplacing: boolean;
}

/** `isSame`: all of it was there already, and the text is as it was. */
export interface AddedChannel {
  readonly text: string;
  readonly isSame: boolean;
}

export interface EntryRefusal {
  readonly reason: "unreadable" | "name-wrong" | "person-unknown" | "taken" | "policy-wrong" | "by-hand";
  readonly sentence: string;
}

/** The text with a channel that is given to people. */
export function addChannelText(text: string, wanted: WantedChannel): Result<AddedChannel, EntryRefusal> {
  const read = parsePolicyText(text);
  if (!read.ok) return no("unreadable", "The policy in force cannot be read.");
  const before = read.value;
  const refused = refusalOf(before, wanted);
  if (refused !== null) return refused;
  const after = policyWith(before, wanted);
  if (JSON.stringify(after) === JSON.stringify(before)) return ok({ text, isSame: true });
  const document = parseDocument(text, { version: "1.2" });
  if (!edit(document, { before, after, wanted })) return byHand(wanted);
  const edited = editedText(text, document, after);
  if (edited.ok) return ok({ text: edited.value, isSame: false });
  if (edited.error.reason === "by-hand") return byHand(wanted);
  return no("policy-wrong", `With it the policy would be wrong: ${edited.error.problem}.`);
}

function refusalOf(before: Policy, wanted: WantedChannel): Result<never, EntryRefusal> | null {
  const { channel, isReplacing, name, people } = wanted;
  if (!ItemName.safeParse(name).success)
    return no(
      "name-wrong",
      "A channel has a name of lower-case letters, digits and dashes, such as phone-1.",
    );
  const ids = before.responders.map(({ id }) => id);
  const stranger = people.find((person) => !ids.includes(person));
  if (stranger !== undefined) {
    const near = nearestOf(stranger, ids);
    return no(
      "person-unknown",
      `The policy has no responder "${stranger}"${near === null ? "." : `: did you mean ${near}?`} It has ${ids.join(", ")}; who else is to be paged is named there first (docs/people.md).`,
    );
  }
  const there = namedAt(before.channels, name);
  const others = there === undefined ? [] : keysThatDiffer(there, channel);
  if (others.length === 0 || isReplacing) return null;
  return no(
    "taken",
    `There is a channel ${name} already, of the kind ${there?.kind ?? ""}, with another ${others.join(", ")}: take another name, or say --replace.`,
  );
}

function keysThatDiffer(there: Channel, wanted: Channel): readonly string[] {
  const [left, right] = [there, wanted].map((one) => new Map<string, unknown>(Object.entries(one)));
  return [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])].filter(
    (key) => left?.get(key) !== right?.get(key),
  );
}

/** What the policy is to mean. */
function policyWith(before: Policy, { channel, name, people, place }: WantedChannel): Policy {
  return {
    ...before,
    channels: withNamed(before.channels, name, channel),
    responders: before.responders.map((responder) =>
      people.includes(responder.id)
        ? { ...responder, channels: placed(responder.channels, name, place) }
        : responder,
    ),
  };
}

function placed(channels: string[], name: string, place: WantedChannel["place"]): string[] {
  if (place === null && channels.includes(name)) return channels;
  const others = channels.filter((each) => each !== name);
  return place === "first" ? [name, ...others] : [...others, name];
}

/** Says whether it could be edited. */
function edit(
  document: Document,
  {
    after,
    before,
    wanted,
  }: { readonly after: Policy; readonly before: Policy; readonly wanted: WantedChannel },
): boolean {
  const { name, people, written } = wanted;
  // What is left out says the defaults, and no longer once a part of it is said.
  if (!document.has("channels")) document.set("channels", document.createNode(before.channels));
  if (!document.has("responders"))
    document.set(
      "responders",
      document.createNode(before.responders.map(({ channels, id, name }) => ({ id, name, channels }))),
    );
  const channels = document.get("channels");
  if (!isMap(channels)) return false;
  const there = namedAt(before.channels, name);
  if (there === undefined || keysThatDiffer(there, wanted.channel).length > 0)
    channels.set(name, document.createNode(Object.fromEntries(written), { flow: true }));
  return after.responders.every(({ channels: names, id }, index) => {
    if (!people.includes(id) || names === before.responders[index]?.channels) return true;
    const list = document.getIn(["responders", index, "channels"]);
    if (isSeq(list)) setNames(document, list, names);
    return isSeq(list);
  });
}

/** In their new order, each with what stands beside it. */
function setNames(document: Document, list: YAMLSeq, names: readonly string[]): void {
  const nodes = new Map(list.items.map((node, index) => [String(list.get(index)), node]));
  list.items = names.map((name) => nodes.get(name) ?? document.createNode(name));
}

function byHand({ name }: WantedChannel): Result<never, EntryRefusal> {
  return no(
    "by-hand",
    `The text of the policy says channels or people in a way that only a person can edit (anchors): write ${name} into it (countersign policy show > policy.yaml) and apply it.`,
  );
}

function no(reason: EntryRefusal["reason"], sentence: string): Result<never, EntryRefusal> {
  return refuse({ reason, sentence });
}
