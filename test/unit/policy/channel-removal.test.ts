// A channel taken out of a policy's own text: nobody is left without one, comments and order stay, and what cannot be
// edited is refused and not half done.
import { describe, expect, it } from "vitest";
import { addChannelText } from "../../../control-plane/src/policy/channel-entry.ts";
import { removeChannelText } from "../../../control-plane/src/policy/channel-removal.ts";
import { readSaidChannel } from "../../../control-plane/src/policy/channel-said.ts";
import { parsePolicyText } from "../../../control-plane/src/policy/policy-file.ts";

const TEXT = `# the fleet's policy
version: 1
channels:
  # all of us
  chat: { kind: ntfy, topic: fleet } # since March
  # wakes
  push: { kind: pushover, user: uQiRzpo4DXghDmr9QzzfQu27cmVRsG, secret: CHANNEL_PUSH }
  spare: { kind: ntfy, topic: spare }
responders:
  - { id: alice, name: Alice, channels: [push, chat] } # the first
  - id: bob
    name: Bob
    channels:
      - chat # by day
      - push
escalation:
  steps: [{ notify: [alice, bob], after: 0s }] # a line that is longer than any terminal would show it, far beyond
`;
/** Both lists are one, by an anchor. */
const LISTED_ONCE = TEXT.replace("[push, chat]", "&all [push, chat]").replace(
  /channels:\n {6}- chat # by day\n {6}- push\n/,
  "channels: *all\n",
);

function textOf(removed: ReturnType<typeof removeChannelText>): string {
  if (!removed.ok) throw new Error(removed.error.sentence);
  return removed.value.text;
}

describe("a channel that is taken out", () => {
  it("leaves the policy and every list, in a text that is otherwise the same", () => {
    expect(textOf(removeChannelText(TEXT, "push"))).toBe(
      TEXT.replace(/ {2}# wakes\n {2}push: .*\n/, "")
        .replace("channels: [push, chat]", "channels: [ chat ]")
        .replace("      - push\n", ""),
    );
  });

  it("may be one that nobody has", () => {
    const removed = removeChannelText(TEXT, "spare");
    expect(textOf(removed)).toBe(TEXT.replace(/ {2}spare: .*\n/, ""));
    expect(removed).toMatchObject({ value: { kind: "ntfy", people: [], unusedBindings: [] } });
  });

  it("is the undo of one that was added", () => {
    const read = readSaidChannel({ name: "phone", kind: "ntfy", settings: ["topic=a1"] });
    if (!read.ok) throw new Error(read.error.sentence);
    const wanted = { name: "phone", ...read.value, people: ["bob"], place: null, isReplacing: false };
    const added = addChannelText(TEXT, wanted);
    if (!added.ok) throw new Error(added.error.sentence);
    expect(textOf(removeChannelText(added.value.text, "phone"))).toBe(TEXT);
  });

  it("says who had it, and which bindings no channel names any more", () => {
    expect(removeChannelText(TEXT, "push")).toMatchObject({
      value: {
        kind: "pushover",
        people: ["alice", "bob"],
        unusedBindings: ["CHANNEL_PUSH"],
        sharedBindings: [],
      },
    });
    const shared = TEXT.replace("topic: spare", "topic: spare, secret: CHANNEL_PUSH");
    expect(removeChannelText(shared, "push")).toMatchObject({
      value: { unusedBindings: [], sharedBindings: [{ binding: "CHANNEL_PUSH", channels: ["spare"] }] },
    });
  });
});

describe("a channel that cannot be taken out", () => {
  it.each([
    [TEXT, "chta", "unknown", "did you mean chat?"],
    [TEXT, "zebra", "unknown", "chat, push, spare"],
    [TEXT, "__proto__", "unknown", "no channel of that name"],
    [TEXT.replace("[push, chat]", "[push]"), "push", "last-one", "alice"],
    ["version: 1\n", "terminal", "last-one", "operator"],
    ["version: 2\n", "chat", "unreadable", "cannot be read"],
  ] as const)("says why, and what there is: %#", (text, name, reason, words) => {
    const removed = removeChannelText(text, name);
    expect(removed).toMatchObject({ ok: false, error: { reason } });
    expect(!removed.ok && removed.error.sentence).toContain(words);
  });

  it.each([
    [
      "another channel is written as it",
      TEXT.replace("chat: {", "chat: &c {").replace(/spare: .*/, "spare: *c"),
      "chat",
    ],
    ["two people have one list", LISTED_ONCE, "push"],
  ])("is left to a person where %s", (_, text, name) => {
    expect(parsePolicyText(text).ok).toBe(true);
    expect(removeChannelText(text, name)).toMatchObject({ ok: false, error: { reason: "by-hand" } });
  });
});
