// A channel in a policy's own text: comments and order stay, and what cannot be edited is refused and not half done.
import { describe, expect, it } from "vitest";
import { addChannelText } from "../../../control-plane/src/policy/channel-entry.ts";
import { readSaidChannel } from "../../../control-plane/src/policy/channel-said.ts";
import { parsePolicyText } from "../../../control-plane/src/policy/policy-file.ts";

const TEXT = `# the fleet's policy
version: 1
channels:
  # all of us
  chat: { kind: ntfy, topic: fleet } # since March
responders:
  - { id: alice, name: Alice, channels: [chat] }
  - id: bob
    name: Bob
    channels:
      - chat
escalation:
  steps: [{ notify: [alice], after: 0s }, { notify: [bob], after: 5m }] # a line that is longer than any terminal would show it
`;

function add(
  text: string,
  options: {
    readonly name?: string;
    readonly settings?: readonly string[];
    readonly people?: readonly string[];
    readonly place?: "first" | "last";
    readonly isReplacing?: boolean;
  } = {},
) {
  const { isReplacing = false, name = "phone", people = ["alice"], place = null, settings } = options;
  const read = readSaidChannel({ name, kind: "ntfy", settings: settings ?? ["topic=a1"] });
  if (!read.ok) throw new Error(read.error.sentence);
  return addChannelText(text, { name, ...read.value, people, place, isReplacing });
}

function textOf(added: ReturnType<typeof add>): string {
  if (!added.ok) throw new Error(added.error.sentence);
  return added.value.text;
}

describe("a channel that is added", () => {
  it("stands behind the others, in a text that is otherwise the same", () => {
    expect(textOf(add(TEXT))).toBe(
      TEXT.replace("# since March", "# since March\n  phone: { kind: ntfy, topic: a1 }").replace(
        "{ id: alice, name: Alice, channels: [chat] }",
        "{ id: alice, name: Alice, channels: [ chat, phone ] }",
      ),
    );
  });

  it.each([
    ["last", null, ["alice", "bob"], ["chat", "phone"], ["chat", "phone"]],
    ["first", "first", ["bob"], ["chat"], ["phone", "chat"]],
  ] as const)("is tried %s by who is named", (_, place, people, alices, bobs) => {
    const text = textOf(add(TEXT, { people, ...(place === null ? {} : { place }) }));
    const read = parsePolicyText(text);
    expect(read.ok && read.value.responders.map(({ channels }) => channels)).toEqual([alices, bobs]);
    expect(text).toContain("# all of us");
  });

  it.each(["version: 1\n", '{"version":1}'])("leaves what %j has without saying it", (text) => {
    const read = parsePolicyText(textOf(add(text, { people: ["operator"], place: "first" })));
    expect(read.ok && read.value.responders[0]?.channels).toEqual(["phone", "terminal"]);
    expect(read.ok && Object.keys(read.value.channels)).toEqual(["terminal", "phone"]);
  });

  it("that is there already changes nothing, also when it says what was left out", () => {
    const once = textOf(add(TEXT));
    expect(add(once)).toEqual({ ok: true, value: { text: once, isSame: true } });
    const said = add(once, { settings: ["topic=a1", "server=https://ntfy.sh"] });
    expect(said).toMatchObject({ ok: true, value: { isSame: true } });
  });

  it("goes to one person more without being another", () => {
    const once = textOf(add(TEXT));
    const twice = textOf(add(once, { people: ["alice", "bob"] }));
    expect(twice).toBe(once.replace("      - chat\n", "      - chat\n      - phone\n"));
  });

  it("is moved where it is said to stand, and stays where nothing is said", () => {
    const once = textOf(add(TEXT));
    expect(textOf(add(once, { place: "first" }))).toContain("channels: [ phone, chat ]");
    expect(add(textOf(add(once, { place: "first" })))).toMatchObject({ value: { isSame: true } });
  });

  it("is replaced only when that is said, and the refusal quotes no setting's value", () => {
    const once = textOf(add(TEXT));
    const other = add(once, { settings: ["topic=other"] });
    expect(other).toMatchObject({ ok: false, error: { reason: "taken" } });
    expect(!other.ok && /topic.*--replace/.test(other.error.sentence)).toBe(true);
    expect(JSON.stringify(other)).not.toMatch(/a1|"other"|other"/);
    expect(textOf(add(once, { settings: ["topic=other"], isReplacing: true }))).toContain(
      "phone: { kind: ntfy, topic: other }",
    );
  });
});

describe("a channel that cannot be added", () => {
  it.each([
    [TEXT, { people: ["alise"] }, "person-unknown", "did you mean alice?"],
    [TEXT, { people: ["zoe"] }, "person-unknown", "alice, bob"],
    [TEXT, { name: "Phone" }, "name-wrong", "lower-case"],
    [TEXT, { name: "__proto__" }, "name-wrong", "lower-case"],
    ["version: 2\n", {}, "unreadable", "cannot be read"],
    [
      TEXT.replace("[chat]", "[chat, chat, chat, chat, chat, chat, chat, chat]"),
      {},
      "policy-wrong",
      "at most 8",
    ],
  ] as const)("says why, and what there is: %#", (text, options, reason, words) => {
    const added = add(text, options);
    expect(added).toMatchObject({ ok: false, error: { reason } });
    expect(!added.ok && added.error.sentence).toContain(words);
  });

  it("is not put where another part of the text is meant too", () => {
    const shared = TEXT.replace("channels: [chat]", "channels: &all [chat]").replace(
      "    channels:\n      - chat\n",
      "    channels: *all\n",
    );
    expect(add(shared)).toMatchObject({ ok: false, error: { reason: "by-hand" } });
    expect(add(shared, { people: ["bob"] })).toMatchObject({ ok: false, error: { reason: "by-hand" } });
  });
});
