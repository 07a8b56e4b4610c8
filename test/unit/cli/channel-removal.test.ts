// `countersign channel remove`: what it applies, how each is reached then, what is unbound where, and that nothing is
// sent where it refuses. The real API is in test/actors/desk/channel-command.test.ts.
import { beforeEach, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { removeChannel } from "../../../control-plane/cli/channels/channel-removal.ts";

const TEXT = `version: 1
channels:
  chat: { kind: ntfy, topic: fleet }
  push: { kind: pushover, user: uQiRzpo4DXghDmr9QzzfQu27cmVRsG, secret: CHANNEL_PUSH }
  mail: { kind: resend, from: desk@example.org, to: a@example.org, secret: CHANNEL_MAIL }
  post: { kind: resend, from: desk@example.org, to: b@example.org, secret: CHANNEL_MAIL }
responders:
  - { id: alice, name: Alice, channels: [push, chat, mail] }
  - { id: bob, name: Bob, channels: [chat, post], send: at-once }
escalation: { steps: [{ notify: [alice, bob], after: 0s }] }
`;
const HERE = { secretFolder: "/srv/my desk/secrets", publicUrl: "http://localhost:8787" };

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

/** A desk with this policy in force; `here` null: it does not say where it keeps secrets. */
function desk(here: object | null = HERE, text = TEXT) {
  const ask = async (call: string, { body }: { readonly body?: unknown }) => {
    asked.push({ call, body });
    if (call === "GET /v1/admin/policy") return ok({ version: 3, text, problem: null, history: [] });
    if (call === "GET /v1/admin/reach")
      return here === null
        ? refuse({ reason: "refused", sentence: "no", problem: null })
        : ok({ channels: [], here });
    if (call.endsWith("dry-run"))
      return ok({ version: 3, same: null, leavesNobody: false, losesAccess: [], unbound: [], warnings: [] });
    return ok({ version: 4, hash: "cd", warnings: [{ reason: "nobody-is-woken" }] });
  };
  return { api: { ask } as unknown as OperatorApi, output };
}

it("applies the policy without it, and says how each is reached then and how its secret is unbound", async () => {
  expect(await removeChannel("push", { by: "ada", why: "a new phone" }, desk())).toBe(0);
  const { body } = asked.at(-1) as { readonly body: { readonly text: string } };
  expect(body).toMatchObject({ expectedVersion: 3, by: "ada", why: "without channel push: a new phone" });
  expect(body.text).not.toContain("push");
  const said = printed.join("\n");
  for (const words of [
    "Applied: version 4 is in force.",
    "alice is reached by chat then mail.",
    "rm -f '/srv/my desk/secrets/CHANNEL_PUSH'",
    "countersign policy undo",
  ])
    expect(said).toContain(words);
  expect(said).not.toMatch(/bob is reached|wrangler/);
  expect(complained.join()).toContain("on silent");
});

it.each([
  [{ secretFolder: null, publicUrl: null }, ["npm run wrangler -- secret delete CHANNEL_PUSH"], "rm "],
  [null, ["secret delete CHANNEL_PUSH", "rm -f .countersign/secrets/CHANNEL_PUSH"], "my desk"],
] as const)("unbinds where the desk runs: %j", async (here, lines, not) => {
  expect(await removeChannel("push", {}, desk(here))).toBe(0);
  for (const line of lines) expect(printed.join("\n")).toContain(line);
  expect(printed.join("\n")).not.toContain(not);
});

it("leaves bound what another channel names", async () => {
  expect(await removeChannel("post", {}, desk())).toBe(0);
  expect(printed.join("\n")).toContain("CHANNEL_MAIL stays bound: mail names it, too.");
  expect(printed.join("\n")).toContain("bob is reached by chat.");
  expect(printed.join("\n")).not.toContain("rm ");
});

it("prints one document with --json, and only looks with --dry-run", async () => {
  expect(await removeChannel("push", { json: true }, desk())).toBe(0);
  expect(printed).toHaveLength(1);
  expect(JSON.parse(printed[0] ?? "")).toMatchObject({
    version: 4,
    channel: "push",
    kind: "pushover",
    people: [{ person: "alice", channels: ["chat", "mail"] }],
    unbind: { unused: ["CHANNEL_PUSH"], shared: [] },
  });
  printed.length = 0;
  expect(await removeChannel("push", { dryRun: true }, desk())).toBe(1);
  expect(printed.join("\n")).toContain("Nothing was done.");
  expect(printed.join("\n")).toContain("alice is reached by chat then mail.");
  expect(asked.filter(({ call }) => call.startsWith("PUT"))).toHaveLength(1);
});

it.each([
  ["pusj", TEXT, 2, "did you mean push?"],
  ["push", TEXT.replace("[push, chat, mail]", "[push]"), 1, "alice would be left with no channel"],
  ["chat", "version: 2\n", 1, "cannot be read"],
] as const)("refuses %s, and sends nothing", async (name, text, code, words) => {
  expect(await removeChannel(name, {}, desk(HERE, text))).toBe(code);
  expect(complained).toHaveLength(1);
  expect(complained[0]).toContain(words);
  expect(asked.map(({ call }) => call)).toEqual(["GET /v1/admin/policy"]);
});
