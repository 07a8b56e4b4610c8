// A policy changes while pages are on their way: who left it is paged no more, and what is tried next goes to the
// channels that its person has then. Once a page kept the channels that it was made with: who had left was paged on,
// and a phone that had become somebody else's rang for it.
import { describe, expect, test } from "vitest";
import { RETRY_AFTER_MAX_MS } from "../../../../../control-plane/src/core/desk/deliveries/channel-states.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk } from "../desk-fixtures.ts";
import { serviceAt } from "../fleet.ts";

const ALICE = { id: "alice", name: "Alice", channels: ["push", "text"] };
const BOB = { id: "bob", name: "Bob", channels: ["chat"] };

function policyOf(responders: readonly (typeof ALICE)[], more: object = {}): Policy {
  const [first] = responders;
  return Policy.parse({
    version: 1,
    channels: Object.fromEntries(
      ["push", "text", "chat", "new"].map((topic) => [topic, { kind: "ntfy", topic }]),
    ),
    responders,
    escalation: { steps: [{ notify: [first?.id], after: "0s" }], repeat: "15m" },
    ...more,
  });
}

/** Alice's first ring was refused by her first channel, and is on its way by the second. */
function ringing(): Desk {
  const desk = new Desk(policyOf([ALICE, BOB]));
  desk.fire();
  desk.settle();
  desk.receipt("inc_1:ring:1:alice", "push", "failed");
  expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push", "inc_1:ring:1:alice text"]);
  return desk;
}

function apply(desk: Desk, policy: Policy): void {
  desk.policy = policy;
  desk.take({ kind: "tick" });
}

function attemptsAfter(desk: Desk, act: () => void): readonly string[] {
  const { length } = desk.attempts();
  act();
  return desk.attempts().slice(length);
}

describe("who left the policy", () => {
  test("is paged no more, and who is on the step instead is rung at once", () => {
    const desk = ringing();
    expect(attemptsAfter(desk, () => apply(desk, policyOf([BOB])))).toEqual(["inc_1:ring:2:bob chat"]);
    expect(desk.audited()).toContain("page-withdrawn");
    desk.receipt("inc_1:ring:1:alice", "text", "failed");
    desk.deliverPages();
    expect(attemptsAfter(desk, () => desk.tickAfter(10 * 60_000))).toEqual([]);
  });

  test("does not bring the next ring forward where somebody was reached", () => {
    const desk = new Desk(
      policyOf([ALICE, BOB], {
        escalation: { steps: [{ notify: ["alice", "bob"], after: "0s" }], repeat: "15m" },
      }),
    );
    desk.fire();
    desk.settle();
    desk.receipt("inc_1:ring:1:bob", "chat", "delivered");
    expect(attemptsAfter(desk, () => apply(desk, policyOf([BOB])))).toEqual([]);
    expect(desk.state.pages.ids()).toEqual(["inc_1:ring:1:bob"]);
  });

  test("gets no digest that is on its way, and nothing of it is held for ever", () => {
    const desk = new Desk(policyOf([ALICE, BOB]));
    for (let number = 1; number <= 8; number += 1) desk.fire({ subject: serviceAt(number, `s${number}`) });
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(15 * 60_000);
    desk.tickAfter(15 * 60_000);
    const digest = desk.sent().find((key) => key.startsWith("dig_"));
    expect(digest).toBeDefined();
    desk.receipt(digest ?? "", "push", "failed");
    apply(desk, policyOf([BOB]));
    const theirs = desk.state.pages
      .values()
      .filter(({ responder, state }) => responder === "alice" && state !== "delivered");
    expect(theirs).toEqual([]);
  });
});

describe("whose channels are others now", () => {
  test("is not paged by one that they have no more", () => {
    const desk = ringing();
    apply(
      desk,
      policyOf([
        { ...ALICE, channels: ["text", "new"] },
        { ...BOB, channels: ["push"] },
      ]),
    );
    const tried = attemptsAfter(desk, () => desk.receipt("inc_1:ring:1:alice", "text", "failed"));
    expect([...tried, ...attemptsAfter(desk, () => desk.tickAfter(60_000))]).not.toContain(
      "inc_1:ring:1:alice push",
    );
  });

  test("is paged by the new one, though each of the old ones failed", () => {
    const desk = ringing();
    desk.receipt("inc_1:ring:1:alice", "text", "failed");
    apply(desk, policyOf([{ ...ALICE, channels: ["new"] }, BOB]));
    expect(attemptsAfter(desk, () => desk.tickAfter(10_000))).toEqual(["inc_1:ring:1:alice new"]);
  });

  test("need not wait for an old one that rests", () => {
    const desk = new Desk(policyOf([{ ...ALICE, channels: ["push"] }, BOB]));
    desk.fire();
    desk.settle();
    desk.take({
      kind: "page-attempted",
      key: "inc_1:ring:1:alice",
      channel: "push",
      result: "failed",
      detail: "HTTP 429",
      retryAfterMs: RETRY_AFTER_MAX_MS,
    });
    desk.tickAfter(20_000);
    const changed = () => apply(desk, policyOf([{ ...ALICE, channels: ["push", "new"] }, BOB]));
    expect(attemptsAfter(desk, changed)).toEqual(["inc_1:ring:1:alice new"]);
  });

  test("gets no test page by a channel of which they asked, and which is theirs no more", () => {
    const desk = new Desk(policyOf([ALICE, BOB]));
    desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: "text" });
    desk.receipt("tst_1:test:0:alice", "text", "failed");
    apply(desk, policyOf([{ ...ALICE, channels: ["push"] }, BOB]));
    expect(attemptsAfter(desk, () => desk.tickAfter(60_000))).toEqual([]);
    expect(desk.state.testPages.get("tst_1")?.isGivenUp).toBe(true);
  });
});
