// docs/channels.md against the list: each kind has its row with what its traits say, its section with its settings, and
// the commands of its set-up are commands that the program takes. And what is pasted from it puts no secret into an
// argument.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { setUpLines } from "../../../control-plane/cli/channels/set-up-words.ts";
import { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import { readSaidChannel, settingsOfKind } from "../../../control-plane/src/policy/channel-said.ts";
import { SAMPLES } from "../channels/samples.ts";

const docs = readFileSync(new URL("../../../docs/channels.md", import.meta.url), "utf8");

function sectionOf(kind: string): string {
  const [, after = ""] = docs.split(`\n## ${kind}\n`);
  return after.split("\n## ", 1)[0] ?? "";
}

/** What an example says in place of what only its reader has. */
const MEANT: readonly (readonly [string, string])[] = [
  ["AC…", "AC00000000000000000000000000000001"],
  ["YOUR-USER-KEY", "uQiRzpo4DXghDmr9QzzfQu27cmVRsG"],
];

describe.each(CHANNELS)("docs/channels.md, $kind", ({ kind, traits }) => {
  const { acknowledges, carries, costs, name, receipts, wakes } = traits;
  const section = sectionOf(kind);

  it("has a row with what it can and costs", () => {
    const row = `| [\`${kind}\`](#${kind}) | ${name} | ${wakes === "silent-phone" ? "yes" : "no"} | ${acknowledges ? "yes" : "no"} | ${receipts} | ${carries} | ${costs} | `;
    expect(docs.split("\n").filter((line) => line.startsWith(row))).toHaveLength(1);
  });

  it("has a section with its settings, set-up, costs and limits", () => {
    for (const part of ["**Can.**", "**Set-up.**", "**Costs.**", "**Limits.**"])
      expect(section).toContain(part);
    const line = section.split("\n").find((each) => each.startsWith("**Settings.**")) ?? "";
    const keys = [...line.matchAll(/`(\w+)`/g)].map(([, key]) => key);
    expect(keys).toEqual(settingsOfKind(kind).map(({ key }) => key));
  });

  it("has a command that adds it, as the program takes it", () => {
    const commands = [...section.matchAll(/channel add (\S+) --kind (\S+)(.*)/g)];
    expect(commands.length).toBeGreaterThan(0);
    for (const [, channel = "", said = "", rest = ""] of commands) {
      const settings = [...rest.matchAll(/--set (\S+)/g)].map(([, setting = ""]) =>
        MEANT.reduce((text, [word, meant]) => text.replace(word, meant), setting),
      );
      expect([said, readSaidChannel({ name: channel, kind: said, settings })]).toMatchObject([
        kind,
        { ok: true },
      ]);
      const read = readSaidChannel({ name: channel, kind: said, settings });
      if (!read.ok) continue;
      // The last lines that the command prints are those that the page has.
      for (const [line] of setUpLines(channel, read.value.channel)
        .join("\n")
        .matchAll(/(install|npm run wrangler).*/g))
        expect(section).toContain(line.trim());
    }
  });
});

it("has a row and a section for no other kind", () => {
  const rows = [...docs.matchAll(/^\| \[`(\w+)`\]\(#/gm)].map(([, kind]) => kind);
  expect(rows).toEqual(CHANNELS.map(({ kind }) => kind));
});

it("names where nothing wakes: what rings a phone on silent is named in its first lines", () => {
  const [, first = ""] = /\*\*What rings([^*]*)\*\*/.exec(docs) ?? [];
  for (const { kind, traits } of CHANNELS)
    if (traits.wakes === "silent-phone")
      expect(first).toContain(kind === "voice" ? "phone call" : traits.name);
});

it("has no secret among the arguments of a program", () => {
  const shell = [...docs.matchAll(/```sh\n([^]*?)```/g)].map(([, text = ""]) => text).join("\n");
  const words = Object.values(SAMPLES).map((sample) => setUpLines("way", Channel.parse(sample)).join("\n"));
  for (const text of [shell, ...words]) {
    expect(text).not.toMatch(/curl[^\n]*(\$TOKEN|\$HOOK|bot[0-9])/);
    expect(text).not.toMatch(/secret put \S+ \S*[^\s#]/);
  }
});
