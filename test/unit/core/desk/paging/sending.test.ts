// To whom rings and updates go, on which channels, and what the escalation does after each; both sides of each bound.
import { describe, expect, it } from "vitest";
import { repeatPauseMs } from "../../../../../control-plane/src/core/desk/paging/escalation-pace.ts";
import { LIKE_WAIT_MS, UPDATE_AFTER_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, HOST, POLICY, SERVICE, START_AT } from "../desk-fixtures.ts";

const MINUTE = 60_000;
const PAUSE_MS = 15 * MINUTE;
const ALICE_ONLY: Policy = {
  ...POLICY,
  escalation: { steps: [{ notify: ["alice"], afterMs: 0 }], repeatMs: PAUSE_MS },
};

function rung(policy: Policy = POLICY): Desk {
  const desk = new Desk(policy);
  desk.fire();
  desk.settle();
  desk.deliverPages();
  return desk;
}

describe("rounds", () => {
  it("go through the steps, pause, and begin again, until somebody acknowledges", () => {
    const desk = new Desk();
    desk.fire();
    desk.liveFor(LIKE_WAIT_MS + 2 * (5 + 15) * MINUTE);
    expect(desk.state.pages.values().map(({ createdAt, key }) => [key, createdAt - START_AT])).toEqual([
      ["inc_1:ring:1:alice", LIKE_WAIT_MS],
      ["inc_1:ring:2:bob", LIKE_WAIT_MS + 5 * MINUTE],
      ["inc_1:ring:3:alice", LIKE_WAIT_MS + 20 * MINUTE],
      ["inc_1:ring:4:bob", LIKE_WAIT_MS + 25 * MINUTE],
      ["inc_1:ring:5:alice", LIKE_WAIT_MS + 40 * MINUTE],
    ]);
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.liveFor(POLICY.incident.acknowledgementMs - 1);
    expect(desk.sent()).toHaveLength(5);
  });

  it("go to one channel at a time, the next one for the first repeat, and to all from the second on, with one key", () => {
    const desk = rung(ALICE_ONLY);
    const channels = () => {
      const done = desk.effects.length;
      desk.tickAfter(PAUSE_MS);
      const made = desk.effects
        .slice(done)
        .flatMap((effect) =>
          effect.kind === "send-page"
            ? [[effect.page.key, effect.page.channels[effect.page.channelIndex]]]
            : [],
        );
      desk.deliverPages();
      return made;
    };
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push"]);
    expect(channels()).toEqual([["inc_1:ring:2:alice", "text"]]);
    expect(channels()).toEqual([
      ["inc_1:ring:3:alice", "push"],
      ["inc_1:ring:3:alice", "text"],
    ]);
    expect(channels()).toEqual([
      ["inc_1:ring:4:alice", "text"],
      ["inc_1:ring:4:alice", "push"],
    ]);
  });

  it("count a page on all channels as delivered when one of them took it", () => {
    const desk = rung(ALICE_ONLY);
    for (const _repeat of [1, 2]) {
      desk.deliverPages();
      desk.tickAfter(PAUSE_MS);
    }
    const key = "inc_1:ring:3:alice";
    desk.receipt(key, "push", "failed");
    expect(desk.state.pages.get(key)).toMatchObject({ state: "pending", lastError: "push: " });
    desk.receipt(key, "text", "delivered");
    expect(desk.state.pages.get(key)).toMatchObject({ state: "delivered", deliveredBy: "text" });
    desk.tickAfter(PAUSE_MS - 1);
    expect(desk.attempts().filter((attempt) => attempt.startsWith(key))).toHaveLength(2);
  });

  it("keep an update to one channel, however often it was rung", () => {
    const desk = rung(ALICE_ONLY);
    for (const _repeat of [1, 2, 3]) {
      desk.tickAfter(PAUSE_MS);
      desk.deliverPages();
    }
    desk.fire({ reason: "latency-high", subject: SERVICE });
    desk.tickAfter(UPDATE_AFTER_MS);
    const { key, isEverywhere } = desk.state.pages.values().at(-1)!;
    expect([key, isEverywhere]).toEqual(["inc_1:update:5:alice", false]);
    expect(desk.attempts().filter((attempt) => attempt.startsWith(key))).toEqual([`${key} push`]);
  });
});

describe("a ring between the steps", () => {
  it("begins the pause anew that had been reached, and moves no repeat", () => {
    const desk = rung(ALICE_ONLY);
    desk.liveFor(8 * 60 * MINUTE);
    const { repeats } = desk.incident().nextStep!;
    expect(repeats).toBeGreaterThan(5);
    desk.fire({ reason: "startup-death", subject: SERVICE });
    desk.settle();
    const reachedMs = repeatPauseMs(repeats - 1, ALICE_ONLY.escalation);
    expect(desk.incident().nextStep).toEqual({
      round: repeats,
      step: 0,
      repeats,
      dueAt: desk.now + reachedMs,
    });
    const count = desk.sent().length;
    desk.deliverPages();
    desk.tickAfter(reachedMs - 1);
    expect(desk.sent()).toHaveLength(count);
    desk.tickAfter(1);
    expect(desk.sent()).toHaveLength(count + 1);
  });

  it("goes to everybody who was rung, to who had it, and to the first step where nobody was rung", () => {
    const desk = rung();
    desk.tickAfter(5 * MINUTE);
    desk.deliverPages();
    desk.fire({ severity: "critical" });
    desk.settle();
    expect(desk.sent().slice(2)).toEqual(["inc_1:ring:3:alice", "inc_1:ring:3:bob"]);
    const taken = new Desk();
    taken.fire();
    taken.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    taken.fire({ severity: "critical" });
    taken.settle();
    expect(taken.sent().toSorted()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:1:bob"]);
  });
});

describe("who left the policy", () => {
  const WITHOUT_ALICE: Policy = {
    ...POLICY,
    responders: POLICY.responders.filter(({ id }) => id !== "alice"),
    escalation: { steps: [{ notify: ["bob"], afterMs: 0 }], repeatMs: PAUSE_MS },
  };

  it("is addressed no more, neither by a ring nor by an update nor with the end", () => {
    const desk = rung();
    desk.tickAfter(5 * MINUTE);
    desk.deliverPages();
    desk.policy = WITHOUT_ALICE;
    desk.take({ kind: "responder-left", responder: "alice" });
    desk.fire({ severity: "critical" });
    desk.settle();
    desk.deliverPages();
    desk.fire({ reason: "latency-high", subject: SERVICE });
    desk.tickAfter(UPDATE_AFTER_MS);
    desk.deliverPages();
    desk.clear("latency-high", SERVICE);
    desk.clear();
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    expect(desk.sent().slice(2)).toEqual(["inc_1:ring:3:bob", "inc_1:update:4:bob", "inc_1:recovered:0:bob"]);
  });

  it("has nothing in hand any more: what they had acknowledged rings at once", () => {
    const desk = rung();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.policy = WITHOUT_ALICE;
    desk.take({ kind: "responder-left", responder: "alice" });
    expect(desk.incident()).toMatchObject({ state: "open", acknowledgedBy: null });
    expect(desk.sent().slice(1)).toEqual(["inc_1:ring:2:bob"]);
    expect(desk.audited()).toContain("acknowledgement-lapsed");
  });

  it("and what others have acknowledged stays with them", () => {
    const desk = rung();
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.take({ kind: "responder-left", responder: "alice" });
    expect(desk.incident().state).toBe("acknowledged");
  });
});

describe("a brake", () => {
  it("of a person is one quiet update to the others, and no end of it is told", () => {
    const desk = new Desk();
    desk.act("alice", { kind: "freeze", scope: HOST, why: "looking" });
    desk.liveFor(24 * 60 * MINUTE);
    expect(desk.state.pages.values()).toMatchObject([
      { key: "inc_1:update:1:bob", severity: "warning", title: "web-1: automation frozen since 02:00 UTC" },
    ]);
    desk.act("bob", { kind: "lift-freeze", scope: HOST, why: "done" });
    desk.liveFor(60 * MINUTE);
    expect(desk.incident().state).toBe("resolved");
    expect(desk.sent()).toHaveLength(1);
  });

  it("of a rule is told by the finding of its rule", () => {
    const desk = new Desk();
    desk.fire({ reason: "self-inflicted", subject: SERVICE, severity: "critical", freezes: true });
    desk.liveFor(PAUSE_MS);
    expect(desk.incidentOf("automation-frozen").sentCount).toBe(1);
    expect(desk.state.pages.values().flatMap(({ tells }) => tells.map(({ reason }) => reason))).toEqual([
      "self-inflicted",
      "self-inflicted",
    ]);
    expect(desk.state.pages.values()[0]?.body).toContain("is frozen by");
  });
});

it("a desk that woke hours late sends one ring, not one for each step that it missed", () => {
  const desk = rung();
  desk.tickAfter(6 * 60 * MINUTE);
  expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:2:bob"]);
});

it("the end is told once, to whom a ring has reached", () => {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  desk.deliverPages();
  desk.tickAfter(5 * MINUTE);
  expect(desk.incident()).toMatchObject({ rung: ["alice", "bob"], reached: ["alice"] });
  desk.clear();
  desk.tickAfter(POLICY.incident.resolveAfterMs);
  expect(desk.sent().filter((key) => key.includes("recovered"))).toEqual(["inc_1:recovered:0:alice"]);
});
