// `countersign channel`: what it writes into the policy and what it says then, and that nothing that was typed in the wrong place is said back or sent.
// The API is a fake one here; the real one is in test/actors/desk/channel-command.test.ts.
import { beforeEach, describe, expect, it } from "vitest";
import { ok } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import {
  addChannel,
  listChannels,
  listKinds,
  testChannel,
} from "../../../control-plane/cli/channels/channel-acts.ts";
import { SET_UP_WORDS, setUpLines } from "../../../control-plane/cli/channels/set-up-words.ts";
import { Channel } from "../../../control-plane/src/channels/any-channel.ts";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import { secretsOf } from "../../../control-plane/src/policy/channel-said.ts";
import { SAMPLES } from "../channels/samples.ts";

const TEXT = `version: 1
channels:
  chat: { kind: ntfy, topic: fleet }
  push: { kind: pushover, user: uQiRzpo4DXghDmr9QzzfQu27cmVRsG, secret: CHANNEL_PUSH }
responders:
  - { id: alice, name: Alice, channels: [chat, push] }
  - { id: bob, name: Bob, channels: [chat] }
escalation: { steps: [{ notify: [alice, bob], after: 0s }] }
`;
const NOW = Date.UTC(2026, 10, 30);
const SECRET = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";

let printed: string[];
let complained: string[];
let asked: { readonly call: string; readonly body: unknown }[];
const output = {
  print: (text: string) => void printed.push(text),
  complain: (text: string) => void complained.push(text),
};

beforeEach(() => {
  [printed, complained, asked] = [[], [], []];
});

const LAST = {
  at: NOW - 7_200_000,
  responder: "alice",
  channel: "push",
  title: "t",
  path: "/",
  deliveredAt: NOW - 7_199_000,
  seenAt: null,
  error: null,
};
const REACH = {
  onCall: [],
  lastPage: null,
  lastTest: null,
  channels: [
    { responder: "bob", channel: "chat", kind: "ntfy", state: "broken", last: null, problem: "HTTP 403" },
    { responder: "alice", channel: "chat", kind: "ntfy", state: "never-tried", last: null },
    {
      responder: "alice",
      channel: "push",
      kind: "pushover",
      state: "works",
      last: LAST,
      stage: "acknowledged",
    },
  ],
};

/** A desk with this policy in force; `here`: what it says of itself, nothing where it is an older one. */
function desk(text = TEXT, here?: object) {
  const ask = async (call: string, { body }: { readonly body?: unknown }) => {
    asked.push({ call, body });
    if (call === "GET /v1/admin/policy") return ok({ version: 3, text, problem: null, history: [] });
    if (call === "GET /v1/admin/reach") return ok({ ...REACH, here });
    if (call === "POST /v1/admin/test-pages") return ok({ testId: "tst_1" });
    return ok({ version: 4, hash: "cd", warnings: [{ reason: "nobody-is-woken" }] });
  };
  return { api: { ask } as unknown as OperatorApi, output };
}

const SAID = { kind: "pushover", set: ["user=azGDORePK8gMaC0QOYAMyEEuzJnyUi"], for: ["bob"], by: "ada" };

describe("channel add", () => {
  it("applies the policy with it, and says how its secret is bound and how it is taken back", async () => {
    expect(await addChannel("phone", { ...SAID, first: true }, desk())).toBe(0);
    const { body } = asked.at(-1) as { readonly body: { readonly text: string } };
    expect(body).toMatchObject({ expectedVersion: 3, by: "ada", why: "channel phone (pushover) for bob" });
    expect(body.text).toContain(
      "phone: { kind: pushover, user: azGDORePK8gMaC0QOYAMyEEuzJnyUi, secret: CHANNEL_PHONE }",
    );
    expect(body.text).toContain("name: Bob, channels: [ phone, chat ]");
    const said = printed.join("\n");
    for (const words of [
      "Applied: version 4 is in force.",
      "install -m 600 /dev/stdin .countersign/secrets/CHANNEL_PHONE",
      "npm run wrangler -- secret put CHANNEL_PHONE",
      "countersign channel test phone",
      "countersign channel remove phone",
    ])
      expect(said).toContain(words);
    expect(complained.join()).toContain("silent");
  });

  it("prints one document with --json", async () => {
    expect(await addChannel("phone", { ...SAID, json: true }, desk())).toBe(0);
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0] ?? "")).toMatchObject({
      version: 4,
      channel: "phone",
      people: ["bob"],
      bindings: [{ key: "secret", binding: "CHANNEL_PHONE" }],
      setUp: expect.any(Array),
    });
  });

  it("names whom to test it with where others have it too", async () => {
    const there = { kind: "pushover", set: ["user=uQiRzpo4DXghDmr9QzzfQu27cmVRsG"], for: ["bob"] };
    expect(await addChannel("push", there, desk())).toBe(0);
    expect(printed).toContain("Then prove it: countersign channel test push bob");
    // It was there before: taking it out would take it from alice, too.
    expect(printed).toContain("To take it back: countersign policy undo");
  });

  it("does nothing and ends with 0 where all of it is there", async () => {
    const there = { kind: "ntfy", set: ["topic=fleet"], for: ["alice", "bob"] };
    expect(await addChannel("chat", there, desk())).toBe(0);
    expect([asked.map(({ call }) => call), printed.join()]).toEqual([
      ["GET /v1/admin/policy", "GET /v1/admin/reach"],
      expect.stringContaining("Nothing to do"),
    ]);
    // What it needs may not be done yet.
    expect(printed.join()).toContain("subscribe to the topic");
  });

  it.each([
    ["phone", { ...SAID, kind: "pushovr" }, 2, "did you mean pushover?"],
    ["phone", { ...SAID, set: ["usr=x"] }, 2, "did you mean user?"],
    ["phone", { ...SAID, set: [] }, 2, "needs user"],
    ["phone", { ...SAID, set: [...SAID.set, `secret=${SECRET}`] }, 2, "not the secret itself"],
    ["phone", { ...SAID, for: ["bobb"] }, 2, "did you mean bob?"],
    ["phone", { ...SAID, for: ["zoe-ann"] }, 2, 'no responder "zoe-ann". It has alice, bob'],
    ["Phone", SAID, 2, "lower-case"],
    ["phone", { ...SAID, first: true, last: true }, 2, "--first or --last"],
    ["chat", { kind: "ntfy", set: ["topic=other"], for: ["bob"] }, 1, "--replace"],
  ] as const)("refuses %s as %j, sends nothing and says no value back", async (name, said, code, words) => {
    expect(await addChannel(name, said, desk())).toBe(code);
    expect(asked.filter(({ call }) => !call.startsWith("GET"))).toEqual([]);
    expect(complained.join()).toContain(words);
    expect([...complained, ...printed].join()).not.toContain(SECRET);
  });
});

describe("channel add, at a desk that says where it is", () => {
  const FILES = { secretFolder: "/srv/desk/secrets", publicUrl: "http://localhost:8787" };
  const CLOUD = { secretFolder: null, publicUrl: "https://desk.countersign.test" };
  const CHAT = { kind: "telegram", set: ["chat=123456789", "hook=CHANNEL_CHAT_HOOK"], for: ["bob"] };

  it.each([
    [FILES, "install -m 600 /dev/stdin /srv/desk/secrets/CHANNEL_PHONE", /wrangler|\.countersign/],
    [CLOUD, "npm run wrangler -- secret put CHANNEL_PHONE", /install|secrets\//],
  ])("says the one place of a secret: %j", async (here, words, not) => {
    expect(await addChannel("phone", SAID, desk(TEXT, here))).toBe(0);
    expect(printed.join("\n")).toContain(words);
    expect(printed.join("\n")).not.toMatch(not);
  });

  it("says that nobody can answer where the provider cannot reach it, and else where a press goes", async () => {
    expect(await addChannel("chatbot", CHAT, desk(TEXT, FILES))).toBe(0);
    expect(printed.join("\n")).toContain(
      "nobody can answer there: its provider cannot reach http://localhost:8787",
    );
    printed.length = 0;
    expect(await addChannel("chatbot", CHAT, desk(TEXT, CLOUD))).toBe(0);
    expect(printed.join("\n")).toContain("url=https://desk.countersign.test/v1/channels/chatbot ");
    expect(printed.join("\n")).not.toContain("nobody can answer");
  });
});

describe("set-up words", () => {
  it("has them for every kind, and names each binding with both ways to bind it", () => {
    expect(Object.keys(SET_UP_WORDS).toSorted()).toEqual(CHANNELS.map(({ kind }) => kind).toSorted());
    for (const sample of Object.values(SAMPLES)) {
      const channel = Channel.parse(sample);
      const text = setUpLines("way", channel).join("\n");
      for (const { binding } of secretsOf(channel)) {
        expect(text).toContain(`secrets/${binding}`);
        expect(text).toContain(`secret put ${binding}`);
      }
    }
  });
});

it.each([
  ["CHANNEL_DUTY_HOOK", ["https://YOUR-DESK/v1/channels/duty", "incident.acknowledged", "shows once"]],
  [undefined, ["not heard: --set webhookSecret="]],
])("set-up words of pagerduty say whether its answers are heard, and how: %s", (webhookSecret, words) => {
  const text = setUpLines("duty", Channel.parse({ ...SAMPLES.pagerduty, webhookSecret })).join("\n");
  for (const word of words) expect(text).toContain(word);
});

describe("channel list", () => {
  it("says of each what it can, whether it works, and when it last carried something", async () => {
    expect(await listChannels({}, desk(), NOW)).toBe(0);
    const rows = printed
      .join("\n")
      .split("\n")
      .map((row) => row.replaceAll(/ {2,}/g, " | "));
    expect(rows).toEqual([
      "CHANNEL | KIND | FOR | WAKES | ANSWERS | RECEIPT | LAST | STATE",
      "chat | ntfy | alice | no | no | accepted | – | never tried",
      "chat | ntfy | bob | no | no | accepted | – | broken: HTTP 403",
      "push | pushover | alice | yes | yes | acknowledged | 2h | works: answered",
    ]);
  });

  it("prints one document with --json", async () => {
    expect(await listChannels({ json: true }, desk(), NOW)).toBe(0);
    expect(JSON.parse(printed.join())).toMatchObject({
      channels: [{ channel: "chat", person: "alice" }, {}, { wakes: "silent-phone", last: { at: LAST.at } }],
    });
  });

  it("says that nobody can answer on one whose provider cannot reach the desk", async () => {
    const call =
      "call: { kind: voice, account: AC00000000000000000000000000000001, from: '+15550001111', to: '+15550002222', secret: CHANNEL_CALL }";
    const text = TEXT.replace("responders:", `  ${call}\nresponders:`);
    const here = { secretFolder: null, publicUrl: "http://localhost:8787" };
    expect(await listChannels({}, desk(text, here), NOW)).toBe(0);
    const said = printed.join("\n");
    expect(said).toMatch(/call +voice +nobody +yes +no /);
    expect(said).toMatch(/push +pushover +alice +yes +yes /);
    expect(said).toContain("Nobody can answer on call: its provider cannot reach http://localhost:8787");
    printed.length = 0;
    await listChannels({ json: true }, desk(text, here), NOW);
    expect(JSON.parse(printed.join())).toMatchObject({
      channels: [{ unanswered: null }, {}, {}, { acknowledges: false, unanswered: expect.any(String) }],
    });
  });

  it("says that nobody is heard on one whose answers the desk refuses", async () => {
    const duty = "duty: { kind: pagerduty, secret: CHANNEL_DUTY, webhookSecret: CHANNEL_DUTY_HOOK }";
    const text = TEXT.replace("responders:", `  ${duty}\nresponders:`).replace("[chat, push]", "[duty]");
    const way = { responder: "alice", channel: "duty", kind: "pagerduty", state: "never-tried", last: null };
    const unheard = "the binding CHANNEL_DUTY_HOOK is not set";
    const here = { secretFolder: null, publicUrl: "https://desk.countersign.test" };
    const asking = desk(text, here);
    const ask = async (call: string) =>
      call === "GET /v1/admin/reach"
        ? ok({ ...REACH, here, channels: [{ ...way, unheard }] })
        : asking.api.ask(call as "GET /v1/admin/policy", {});
    expect(await listChannels({}, { ...asking, api: { ask } as unknown as OperatorApi }, NOW)).toBe(0);
    expect(printed.join("\n")).toMatch(/duty +pagerduty +alice +yes +no /);
    expect(printed.join("\n")).toContain(`Nobody can answer on duty: ${unheard}`);
  });

  it("says of a secret that seems not to be bound when it is read, where it is a file", async () => {
    const words = "Secrets in /state/secrets are read when the control plane starts";
    const here = { secretFolder: "/state/secrets", publicUrl: "https://desk.countersign.test" };
    expect(await listChannels({}, desk(TEXT, here), NOW)).toBe(0);
    expect(printed.join("\n")).toContain(words);
    printed.length = 0;
    await listChannels({}, desk(TEXT, { ...here, secretFolder: null }), NOW);
    expect(printed.join("\n")).not.toContain("Secrets in");
  });

  it("says of one that failed that it was the last one: its secret may be mended since", async () => {
    const failed = { ...LAST, deliveredAt: null, error: "HTTP 404: no_service" };
    const way = { responder: "alice", channel: "push", kind: "pushover", state: "broken", last: failed };
    const asking = desk();
    const ask = async (call: string) =>
      call === "GET /v1/admin/reach"
        ? ok({ ...REACH, channels: [way] })
        : asking.api.ask(call as "GET /v1/admin/policy", {});
    expect(await listChannels({}, { ...asking, api: { ask } as unknown as OperatorApi }, NOW)).toBe(0);
    expect(printed.join("\n")).toContain("broken: the last one was not taken: HTTP 404: no_service");
  });

  it("lists a channel that nobody has", async () => {
    await listChannels({}, desk(TEXT.replace("channels: [chat, push]", "channels: [chat]")), NOW);
    expect(printed.join("\n")).toMatch(/push +pushover +nobody/);
  });

  it("says all kinds without asking anybody", () => {
    expect(listKinds({}, output)).toBe(0);
    for (const { kind, traits } of CHANNELS)
      expect(printed.join("\n")).toContain(`${kind}: costs ${traits.costs}`);
    expect(asked).toEqual([]);
    printed.length = 0;
    listKinds({ json: true }, output);
    expect(JSON.parse(printed.join())).toHaveProperty("kinds.0", {
      kind: "terminal",
      ...CHANNELS[0].traits,
      settings: [],
    });
  });
});

describe("channel test", () => {
  const options = { timeout: 1_000, wait: false };

  it.each([
    ["push", undefined, { responder: "alice", channel: "push" }],
    ["chat", "bob", { responder: "bob", channel: "chat" }],
  ])("sends a test page by %s to its person alone", async (name, person, body) => {
    expect(await testChannel(name, person, { options, desk: desk() })).toBe(0);
    expect(asked.at(-1)).toEqual({ call: "POST /v1/admin/test-pages", body });
  });

  it.each([
    ["push", "to answer it there, or to open it"],
    ["chat", "to open it"],
  ])("waits on %s for its person %s", async (name, words) => {
    const asking = desk();
    const test = {
      testId: "tst_1",
      responder: "alice",
      channel: name,
      askedAt: 0,
      deliveredAt: 1,
      deliveredBy: name,
    };
    const shown = { ...test, error: null, isGivenUp: false, receipt: null };
    const ask = async (call: string) =>
      call === "GET /v1/admin/test-pages/:id" ? ok(shown) : asking.api.ask(call as "GET /v1/admin/reach", {});
    const waiting = {
      options: { timeout: 1, wait: true },
      desk: { ...asking, api: { ask } as unknown as OperatorApi },
    };
    expect(await testChannel(name, "alice", waiting)).toBe(1);
    expect(complained.join("\n")).toContain(`Waits for alice ${words}`);
  });

  it.each([
    ["chat", undefined, "alice or bob"],
    ["pusj", undefined, "did you mean push?"],
    ["push", "bob", "alice"],
  ])("says who could be meant for %s and %s", async (name, person, words) => {
    expect(await testChannel(name, person, { options, desk: desk() })).toBe(2);
    expect(complained.join()).toContain(words);
    expect(asked.filter(({ call }) => call.startsWith("POST"))).toEqual([]);
  });
});
