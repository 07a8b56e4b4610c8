// `countersign test-page`: what it waits for, what it says on the way, and with which code it ends. The real API is in
// test/actors/people/test-pages.test.ts.
import { describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { sendTestPage } from "../../../control-plane/cli/people/test-page-acts.ts";

const SENT = {
  testId: "tst_1",
  responder: "alice",
  channel: null,
  by: { kind: "admin", name: null },
  askedAt: 0,
  deliveredAt: null,
  deliveredBy: null,
  error: null,
  isGivenUp: false,
  receipt: null,
};
const DELIVERED = { ...SENT, deliveredAt: 2_000, deliveredBy: "push" };
const WANTED = { responder: "alice", timeout: 5_000, wait: true };
const SILENT = { reason: "not-reachable", sentence: "It does not answer.", problem: null } as const;

/** A desk that says one thing after the other, a second apart; the last one for ever. */
function deskThat(...looks: readonly (object | null)[]) {
  const [printed, complained, bodies]: [string[], string[], unknown[]] = [[], [], []];
  let [now, look] = [0, 0];
  const ask = async (call: string, { body }: { readonly body?: unknown }) => {
    if (call.startsWith("POST")) return (bodies.push(body), ok({ testId: "tst_1" }));
    const shown = looks[Math.min(look++, looks.length - 1)];
    return shown === null || shown === undefined ? refuse(SILENT) : ok(shown);
  };
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  const waiting = {
    now: () => now,
    pause: async (durationMs: number) => void (now += durationMs),
  };
  const run = (options: object = {}) =>
    sendTestPage({ ...WANTED, ...options }, { api: { ask } as unknown as OperatorApi, output }, waiting);
  return { run, printed, complained, bodies };
}

describe("countersign test-page", () => {
  it.each([
    ["responder-unknown", { responder: "bobb" }, "did you mean bob?"],
    ["responder-unknown", { responder: "zoe-ann" }, "there is alice, bob"],
    ["channel-unknown", { responder: "bob", channel: "pusj" }, "bob has no channel pusj: did you mean push?"],
  ])("says who or what could be meant where the desk says %s", async (problem, wanted, words) => {
    const text = `version: 1
channels: { push: { kind: ntfy, topic: a }, chat: { kind: ntfy, topic: b } }
responders:
  - { id: alice, name: Alice, channels: [chat] }
  - { id: bob, name: Bob, channels: [push] }
escalation: { steps: [{ notify: [alice], after: 0s }] }`;
    const complained: string[] = [];
    const refused = {
      reason: "refused",
      sentence: "Unknown.",
      problem: { type: `urn:countersign:${problem}` },
    };
    const ask = async (call: string) =>
      call.startsWith("POST") ? refuse(refused) : ok({ version: 1, text, problem: null, history: [] });
    const output = { print: () => {}, complain: (said: string) => void complained.push(said) };
    const desk = { api: { ask } as unknown as OperatorApi, output };
    expect(await sendTestPage({ ...WANTED, ...wanted }, desk)).toBe(2);
    expect(complained).toHaveLength(1);
    expect(complained[0]).toContain(words);
  });

  it("takes no word for proof that no channel reports, and waits for one", async () => {
    const claimed = { ...SENT, receipt: { at: 1_000, way: "tap" } };
    const alone = deskThat(SENT, claimed);
    expect([await alone.run(), alone.printed]).toEqual([1, []]);
    const json = deskThat(claimed);
    expect([await json.run({ json: true }), json.printed.join().includes('"claimed"')]).toEqual([1, true]);
    const reported = { ...claimed, deliveredAt: 3_000, deliveredBy: "push" };
    expect(await deskThat(SENT, claimed, reported).run()).toBe(0);
  });

  it("ends with 0 once the person has said that it came", async () => {
    const { bodies, complained, printed, run } = deskThat(SENT, DELIVERED, DELIVERED, {
      ...DELIVERED,
      receipt: { at: 4_000, way: "tap" },
    });
    expect(await run({ channel: "push" })).toBe(0);
    expect(bodies).toEqual([{ responder: "alice", channel: "push" }]);
    expect([complained.length, printed.length]).toEqual([2, 1]);
  });

  it.each([
    [
      "no channel took it, and it is given up",
      [{ ...SENT, error: "push: HTTP 500", isGivenUp: true }],
      "not-delivered",
    ],
    ["no channel took it in time", [SENT], "not-delivered"],
    ["it was delivered and nobody answered", [DELIVERED], "unanswered"],
  ])("ends with 1 when %s", async (_, looks, result) => {
    const { complained, printed, run } = deskThat(...looks);
    expect(await run()).toBe(1);
    expect([printed.length, complained.length >= 2]).toEqual([0, true]);
    const inJson = deskThat(...looks);
    expect(await inJson.run({ json: true })).toBe(1);
    expect(JSON.parse(inJson.printed.join(""))).toMatchObject({ testId: "tst_1", result });
  });

  it("waits over a desk that does not answer for a moment, and not for ever", async () => {
    const back = deskThat(null, null, { ...DELIVERED, receipt: { at: 3_000, way: "tap" } });
    expect(await back.run()).toBe(0);
    const gone = deskThat(null);
    expect([await gone.run(), gone.complained.at(-1)]).toEqual([1, SILENT.sentence]);
  });

  it("sends and waits for nothing with --no-wait", async () => {
    const { complained, printed, run } = deskThat(SENT);
    expect([await run({ wait: false }), printed, complained]).toEqual([0, ["tst_1"], []]);
  });
});
