// Takes a channel out of a policy's own text, and out of the list of everybody who has it, with comments and order kept.
// Pure. What a reader would get wrong: nobody may be left without any channel, for the policy itself refuses that; so
// there is nothing to be forced.
import { type Document, isMap, isSeq, parseDocument } from "yaml";
import { nearestOf } from "@countersign/shared/values/expected-keys";
import { entriesOf, namedAt, namesOf, withoutNamed } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Channel } from "../channels/any-channel.ts";
import { secretsOf } from "./channel-said.ts";
import { editedText } from "./channel-text.ts";
import { parsePolicyText } from "./policy-file.ts";
import type { Policy } from "./policy.ts";

/** A text without the channel, and what goes with it. */
export interface RemovedChannel {
  readonly text: string;
  /** what the text means */
  readonly policy: Policy;
  readonly kind: Channel["kind"];
  /** who had it, in the policy's order */
  readonly people: readonly string[];
  /** bindings that no channel names any more */
  readonly unusedBindings: readonly string[];
  /** bindings that others name, too */
  readonly sharedBindings: readonly { readonly binding: string; readonly channels: readonly string[] }[];
}

/** Why it stays, in one sentence. */
export interface RemovalRefusal {
  readonly reason: "unreadable" | "unknown" | "last-one" | "by-hand" | "policy-wrong";
  readonly sentence: string;
}

/** The text without a channel. */
export function removeChannelText(text: string, name: string): Result<RemovedChannel, RemovalRefusal> {
  const read = parsePolicyText(text);
  if (!read.ok) return no("unreadable", "The policy in force cannot be read.");
  const before = read.value;
  const channel = namedAt(before.channels, name);
  if (channel === undefined) return no("unknown", unknownChannelText(name, namesOf(before.channels)));
  const holders = before.responders.filter(({ channels }) => channels.includes(name));
  const left = holders.filter(({ channels }) => channels.every((each) => each === name)).map(({ id }) => id);
  if (left.length > 0) return no("last-one", lastOneText(name, left));
  const policy = policyWithout(before, name);
  const document = parseDocument(text, { version: "1.2" });
  const edited = edit(document, before, name) ? editedText(text, document, policy) : null;
  if (edited === null || !edited.ok)
    return edited?.error.reason === "policy-wrong"
      ? no("policy-wrong", `Without it the policy would be wrong: ${edited.error.problem}.`)
      : byHand(name);
  const people = holders.map(({ id }) => id);
  return ok({ text: edited.value, policy, kind: channel.kind, people, ...bindingsOf(channel, policy) });
}

/** That a policy has no such channel, and which it has. */
export function unknownChannelText(name: string, known: readonly string[]): string {
  const near = nearestOf(name, known);
  const meant = near === null ? "." : `: did you mean ${near}?`;
  return `The policy has no channel of that name${meant} It has ${known.join(", ") || "none"}.`;
}

function policyWithout(before: Policy, name: string): Policy {
  return {
    ...before,
    channels: withoutNamed(before.channels, name),
    responders: before.responders.map((responder) => ({
      ...responder,
      channels: responder.channels.filter((each) => each !== name),
    })),
  };
}

/** Says whether it could be edited. What is left out of a text has nothing that could be taken out: that was refused. */
function edit(document: Document, before: Policy, name: string): boolean {
  const channels = document.get("channels");
  if (!isMap(channels)) return false;
  channels.delete(name);
  return before.responders.every(({ channels: names }, index) => {
    if (!names.includes(name)) return true;
    const list = document.getIn(["responders", index, "channels"]);
    if (!isSeq(list)) return false;
    list.items = list.items.filter((_, at) => String(list.get(at)) !== name);
    return true;
  });
}

function bindingsOf(
  channel: Channel,
  policy: Policy,
): Pick<RemovedChannel, "sharedBindings" | "unusedBindings"> {
  const named = [...new Set(secretsOf(channel).map(({ binding }) => binding))].map((binding) => ({
    binding,
    channels: entriesOf(policy.channels)
      .filter(([, other]) => secretsOf(other).some((each) => each.binding === binding))
      .map(([other]) => other),
  }));
  return {
    unusedBindings: named.filter(({ channels }) => channels.length === 0).map(({ binding }) => binding),
    sharedBindings: named.filter(({ channels }) => channels.length > 0),
  };
}

function lastOneText(name: string, people: readonly string[]): string {
  const who = people.join(", ");
  return `${who} would be left with no channel: give ${people.length === 1 ? who : "each of them"} another one first (countersign channel add NAME --kind KIND --for ${people.join(",")}), then ${name} can go.`;
}

function byHand(name: string): Result<never, RemovalRefusal> {
  return no(
    "by-hand",
    `The text of the policy says channels or people in a way that only a person can edit (anchors): take ${name} out of it (countersign policy show > policy.yaml) and apply it.`,
  );
}

function no(reason: RemovalRefusal["reason"], sentence: string): Result<never, RemovalRefusal> {
  return refuse({ reason, sentence });
}
