// docs/channels.md, "Without an account": each fake that can be started by hand has its row, and takes a test page by
// the channel that the row adds, with what the row binds.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { channelRequestOf, readAnswer } from "../../../control-plane/src/channels/any-channel.ts";
import { readSaidChannel, secretsOf } from "../../../control-plane/src/policy/channel-said.ts";
import { PROVIDERS } from "../../providers/list.ts";
import { MESSAGE } from "../channels/samples.ts";

const docs = readFileSync(new URL("../../../docs/channels.md", import.meta.url), "utf8");
const [, section = ""] = docs.split("\n### Without an account\n");
const ROWS = [
  ...(section.split("\n## ", 1)[0] ?? "").matchAll(/^\| `add (\S+) --kind (\S+)([^`]*)` \|(.*)\|$/gm),
].map(([, name = "", kind = "", rest = "", binds = ""]) => ({
  name,
  kind,
  settings: [...rest.matchAll(/--set (\S+)/g)].map(([, setting = ""]) => setting.replace("PORT", "9101")),
  bound: new Map(
    [...binds.matchAll(/`(CHANNEL_\w+)`: `([^`]+)`/g)].map(([, binding = "", text = ""]) => [
      binding,
      text.replace("PORT", "9101"),
    ]),
  ),
}));

it("has a row for each fake that can be started by hand", () => {
  expect(ROWS.map(({ kind }) => kind).toSorted()).toEqual(
    [...PROVIDERS.keys()].filter((kind) => kind !== "post-box").toSorted(),
  );
});

describe.each(ROWS)("the row of $kind", ({ bound, kind, name, settings }) => {
  it("binds what its channel names, and the fake takes a page by it", async () => {
    const read = readSaidChannel({ name, kind, settings });
    if (!read.ok) throw new Error(read.error.sentence);
    const { channel } = read.value;
    expect([...bound.keys()]).toEqual(secretsOf(channel).map(({ binding }) => binding));
    const made = await channelRequestOf(channel, { ...MESSAGE, kind: "test" }, Object.fromEntries(bound));
    if (!made.ok || made.value.by === "mail") throw new Error("expected a request");
    expect(made.value.request.url).toContain("http://127.0.0.1:9101/");
    const provider = PROVIDERS.get(kind)?.({ now: MESSAGE.sentAt });
    const answer = await provider?.answer(made.value.request);
    const { headers, status } = answer ?? new Response(null, { status: 500 });
    const taken = readAnswer(channel, { status, headers, body: (await answer?.text()) ?? "" });
    expect(taken).toMatchObject({ result: "accepted" });
    expect(provider?.arrived).toHaveLength(1);
  });
});
