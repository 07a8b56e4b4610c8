// Whether people can be woken: how each channel did last, what its person saw, and what survives the pages.
import { describe, expect, test } from "vitest";
import { type ChannelReach, reachOf } from "../../../../../control-plane/src/core/desk/paging/reach.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { dropFinished } from "../../../../../control-plane/src/shell/desk/desk-retention.ts";
import { Desk, POLICY, START_AT } from "../desk-fixtures.ts";

const POLICY_TEXT = {
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" }, text: { kind: "ntfy", topic: "text" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["push", "text"] },
    { id: "bob", name: "Bob", channels: ["push"], roles: ["approve"] },
  ],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
};

const KEY = "inc_1:ring:1:alice";

function reach(desk: Desk) {
  return reachOf(desk.state, { now: desk.now, policy: desk.policy });
}

function channel(desk: Desk, responder: string, name: string): ChannelReach | undefined {
  return reach(desk).channels.find((one) => one.responder === responder && one.channel === name);
}

function pagedDesk(): Desk {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  return desk;
}

describe("channels", () => {
  test("nothing was ever tried, and who is on call stands in the order of the steps", () => {
    const { channels, ...rest } = reach(new Desk());
    expect(channels.map(({ channel: name, responder, state }) => [responder, name, state])).toEqual([
      ["alice", "push", "never-tried"],
      ["alice", "text", "never-tried"],
      ["bob", "push", "never-tried"],
    ]);
    expect(rest).toEqual({
      onCall: [
        { responder: "alice", name: "Alice", afterMs: 0 },
        { responder: "bob", name: "Bob", afterMs: 300_000 },
      ],
      lastPage: null,
      lastTest: null,
      drills: [],
    });
  });

  test.each([
    [19_999, "pending", null],
    [20_000, "broken", "no answer came"],
  ])("an attempt without an answer for %i ms is %s", (afterMs, state, error) => {
    const desk = pagedDesk();
    desk.now += afterMs;
    expect(channel(desk, "alice", "push")).toMatchObject({ kind: "ntfy", state, last: { error } });
  });

  test("one that failed is broken and stands first, the one that took the page works", () => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "failed");
    desk.receipt(KEY, "text", "delivered");
    expect(reach(desk).channels.map(({ channel: name, state }) => `${name} ${state}`)).toEqual([
      "push broken",
      "push never-tried",
      "text works",
    ]);
    expect(reach(desk).lastPage).toEqual({
      at: START_AT + 3_000,
      responder: "alice",
      channel: "text",
      title: "web-1/demo: failing since 02:00 UTC",
      path: "/incidents/inc_1",
      deliveredAt: desk.now,
      seenAt: null,
      error: null,
    });
  });

  test("a channel that answers late says how it is, whatever became of the page", () => {
    const desk = pagedDesk();
    desk.tickAfter(20_000);
    desk.receipt(KEY, "text", "delivered");
    expect(channel(desk, "alice", "push")?.state).toBe("broken");
    desk.receipt(KEY, "push", "delivered");
    expect(channel(desk, "alice", "push")?.state).toBe("works");
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.receipt(KEY, "push", "failed");
    expect(channel(desk, "alice", "push")?.state).toBe("works");
  });

  test("one that cannot work at all is broken, and says why", () => {
    const desk = new Desk();
    desk.take({ kind: "route-checked", channel: "text", problem: "the binding CHANNEL_T is not set" });
    expect(channel(desk, "alice", "text")).toMatchObject({
      state: "broken",
      last: null,
      problem: "the binding CHANNEL_T is not set",
    });
  });

  test("one that took a page after it was found broken works, before it is looked at again", () => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "delivered");
    desk.now += 1;
    desk.take({ kind: "route-checked", channel: "push", problem: "the binding CHANNEL_T is not set" });
    expect(channel(desk, "alice", "push")).toMatchObject({ state: "broken" });
    desk.now += 1;
    desk.act("bob", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: "push" });
    expect(channel(desk, "alice", "push")).toMatchObject({ state: "broken" });
    desk.receipt("tst_1:test:0:alice", "push", "delivered");
    expect(channel(desk, "alice", "push")).toMatchObject({ state: "works" });
    expect(channel(desk, "alice", "push")?.problem).toBeUndefined();
  });

  test("what is known survives the pages, and who left the policy", () => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "delivered");
    desk.clear();
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    desk.deliverPages();
    desk.now += 3_600_001;
    desk.state = dropFinished(desk.state, desk.now);
    expect([desk.state.pages.size, channel(desk, "alice", "push")?.state]).toEqual([0, "works"]);
    desk.take({ kind: "responder-left", responder: "alice" });
    expect(channel(desk, "alice", "push")?.state).toBe("never-tried");
  });

  test.each<[string, object]>([
    ["address", { kind: "ntfy", topic: "another" }],
    ["kind", { kind: "terminal" }],
    ["secret", { kind: "ntfy", topic: "push", secret: "CHANNEL_OTHER" }],
  ])("one of another %s was never tried, and as it was before it works again", (_what, push) => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "delivered");
    desk.act("bob", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: "push" });
    desk.receipt("tst_1:test:0:alice", "push", "delivered");
    const { lastPage } = reach(desk);
    desk.policy = Policy.parse({ ...POLICY_TEXT, channels: { ...POLICY_TEXT.channels, push } });
    expect(channel(desk, "alice", "push")).toMatchObject({ state: "never-tried", last: null });
    expect(reach(desk)).toMatchObject({ lastPage, lastTest: null });
    desk.policy = Policy.parse({
      ...POLICY_TEXT,
      channels: { ...POLICY_TEXT.channels, push: { topic: "push", kind: "ntfy" } },
    });
    expect(channel(desk, "alice", "push")?.state).toBe("works");
    expect(reach(desk).lastTest?.channel).toBe("push");
  });

  test("never more are kept than the policy has channels", () => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "failed");
    expect(desk.state.contacts.size).toBe(2);
    desk.policy = {
      ...POLICY,
      responders: [{ id: "bob", name: "Bob", channels: ["push"], roles: ["approve"] }],
    };
    desk.tickAfter(300_000);
    expect(desk.state.contacts.ids()).toEqual(["bob/push"]);
  });
});

describe("receipts", () => {
  test("a page is seen when its own person opens the incident, once", () => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "delivered");
    desk.act("bob", { kind: "see-incident", incidentId: "inc_1" });
    expect(desk.state.pages.get(KEY)?.seenAt).toBeUndefined();
    desk.now += 17_000;
    desk.act("alice", { kind: "see-incident", incidentId: "inc_1" });
    desk.now += 1_000;
    desk.act("alice", { kind: "see-incident", incidentId: "inc_1" });
    const seenAt = START_AT + 20_000;
    expect(desk.state.pages.get(KEY)?.seenAt).toBe(seenAt);
    expect(channel(desk, "alice", "push")?.last).toMatchObject({ seenAt });
    expect(desk.audited().filter((act) => act === "page-seen")).toHaveLength(1);
  });

  test("opening the question counts as well; the incident stays open and rings on", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.settle();
    desk.receipt(KEY, "push", "delivered");
    desk.act("alice", { kind: "see-approval", approvalId: desk.approvalId() });
    expect(reach(desk).lastPage?.seenAt).toBe(desk.now);
    expect(desk.incident().state).toBe("open");
  });

  test("what never arrived was not seen by it", () => {
    const desk = pagedDesk();
    desk.receipt(KEY, "push", "failed");
    desk.act("alice", { kind: "see-incident", incidentId: "inc_1" });
    expect(channel(desk, "alice", "push")?.last).toMatchObject({ seenAt: null });
  });
});
