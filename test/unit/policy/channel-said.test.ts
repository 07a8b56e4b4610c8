// What somebody types of a channel: each mistake has one sentence that says what to type, and no value that was typed
// is in it.
import { describe, expect, it } from "vitest";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import {
  readSaidChannel,
  secretsOf,
  settingsOfKind,
} from "../../../control-plane/src/policy/channel-said.ts";
import { SAMPLES } from "../channels/samples.ts";

const SECRET = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";

function said(kind: string, ...settings: readonly string[]) {
  return readSaidChannel({ name: "phone", kind, settings });
}

function writtenOf(kind: string, ...settings: readonly string[]) {
  const read = said(kind, ...settings);
  return read.ok ? [...read.value.written] : read.error.sentence;
}

function sentenceOf(kind: string, ...settings: readonly string[]): string {
  const read = said(kind, ...settings);
  return read.ok ? "" : read.error.sentence;
}

describe("what is said of a channel", () => {
  it("is a channel, with what was said in its order", () => {
    const settings = ["topic=fleet", "insecure=true", "server=http://10.0.0.5"];
    expect(writtenOf("ntfy", ...settings)).toEqual([
      ["kind", "ntfy"],
      ["topic", "fleet"],
      ["insecure", true],
      ["server", "http://10.0.0.5"],
    ]);
  });

  it("keeps digits as text, where the kind takes text", () => {
    expect(writtenOf("telegram", "chat=123456789")).toContainEqual(["chat", "123456789"]);
  });

  it("names a binding after the channel where the kind cannot do without one, and only there", () => {
    expect(writtenOf("slack")).toEqual([
      ["kind", "slack"],
      ["secret", "CHANNEL_PHONE"],
    ]);
    expect(writtenOf("ntfy", "topic=t")).toEqual([
      ["kind", "ntfy"],
      ["topic", "t"],
    ]);
    const long = readSaidChannel({ name: `on-call-${"x".repeat(55)}`, kind: "slack", settings: [] });
    expect(long.ok).toBe(true);
  });

  it.each([
    ["ntfi", [], 'no kind of channel "ntfi": did you mean ntfy?'],
    ["__proto__", [], "There are terminal, ntfy"],
    ["ntfy", ["topics=fleet"], 'no setting "topics": did you mean topic?'],
    ["ntfy", ["constructor=fleet"], "It takes server, topic, secret and insecure"],
    ["ntfy", [], "needs topic"],
    ["voice", [], "needs account, from and to"],
    ["ntfy", ["topic=a", "topic=b"], "topic is said twice"],
    ["ntfy", ["kind=webhook"], "--kind"],
    ["ntfy", ["topic"], "key=value"],
    ["ntfy", ["topic=no good"], "topic: expected a topic"],
    ["ntfy", ["topic=a", "insecure=perhaps"], "insecure: expected true or false"],
    ["webhook", ["url=http://hook.test"], "url: expected https://"],
    // Quotes are YAML's, and none are typed here.
    ["telegram", ["chat=me"], "chat: expected a chat's id such as 123456789"],
    ["slack", ["secret=ADMIN_TOKEN"], "the desk's own"],
    ["terminal", ["topic=a"], "takes no settings"],
  ])("%s with %j says what to type", (kind, settings, words) => {
    expect(sentenceOf(kind, ...settings)).toContain(words);
  });

  it.each([
    ["slack", [`secret=${SECRET}`]],
    ["slack", [SECRET]],
    ["slack", [`${SECRET}=`]],
    ["slack", ["secret=LOOKS_LIKE_A_NAME"]],
    ["pushover", [`user=${SECRET}`]],
    ["ntfy", [`topic=${SECRET} ${SECRET}`]],
    ["webhook", [`url=https://ada:${SECRET}@hook.test`]],
  ])("%s with a secret in the wrong place does not say it back", (kind, settings) => {
    const sentence = sentenceOf(kind, ...settings);
    expect([sentence !== "", sentence.includes(SECRET), sentence.includes("LOOKS_LIKE")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it.each(CHANNELS)("knows what $kind takes, and which of it names a binding", ({ kind, settings }) => {
  const keys = settingsOfKind(kind).map(({ key }) => key);
  expect(keys.toSorted()).toEqual(
    Object.keys(settings.shape)
      .filter((key) => key !== "kind")
      .toSorted(),
  );
  const sample = SAMPLES[kind];
  const named = Object.values(sample).filter((value: unknown) => String(value).startsWith("CHANNEL_"));
  expect(secretsOf(sample as never).map(({ binding }) => binding)).toEqual(named);
});

it.each([
  ["ntfy", "topic=my topic", "expected a topic"],
  ["pushover", "device=my phone", "expected a device's name"],
  ["pushover", "sound=la la", "expected a sound's name"],
  ["voice", "language=English please", "expected a language such as en-US"],
])("a channel of the kind %s says what it takes in place of %s", (kind, setting, words) => {
  const needed: Readonly<Record<string, readonly string[]>> = {
    pushover: ["user=uQiRzpo4DXghDmr9QzzfQu27cmVRsG"],
    voice: ["account=AC00000000000000000000000000000001", "from=+15551230000", "to=+15551231111"],
  };
  const read = readSaidChannel({ name: "way", kind, settings: [...(needed[kind] ?? []), setting] });
  expect(read).toMatchObject({ ok: false, error: { sentence: expect.stringContaining(words) } });
});
