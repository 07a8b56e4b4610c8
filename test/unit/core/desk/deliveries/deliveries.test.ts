// What a channel took is kept with its handle, and its provider is asked by the channel's own pauses; what it says goes
// forwards only.
import { describe, expect, test } from "vitest";
import { DRILL_PAGE_KEPT_MS } from "../../../../../control-plane/src/core/desk/records/pages/test-page.ts";
import {
  aliceBy,
  ASKS_UNTIL_MS,
  calls,
  deskWith,
  dropFinished,
  reachOf,
  RING,
  ringing,
  says,
  takes,
  whyOf,
  withSureWay,
} from "./sure-way.ts";

withSureWay();

const KEY = `${RING}@push`;

describe("kept", () => {
  test("with its handle, once; without one there is nothing to keep", () => {
    const desk = ringing();
    desk.receipt(RING, "push", "delivered");
    expect(desk.state.deliveries.size).toBe(0);
    takes(desk, RING, "push");
    const first = desk.state.deliveries.get(KEY);
    desk.now += 1_000;
    takes(desk, RING, "push");
    expect([desk.state.deliveries.size, desk.state.deliveries.get(KEY)]).toEqual([1, first]);
    expect(first).toMatchObject({
      incidentId: "inc_1",
      responder: "alice",
      handle: "push-1",
      stage: "accepted",
    });
  });

  test("twice, where a channel took the page twice: each may ring", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    takes(desk, RING, "push", "push-2");
    expect(desk.state.deliveries.ids()).toEqual([KEY, `${KEY}@2`]);
  });

  test("also when its page was withdrawn meanwhile: its provider is told at once", () => {
    const desk = ringing();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.tickAfter(20_000);
    expect(desk.state.pages.get(RING)).toBeUndefined();
    takes(desk, RING, "push");
    expect(calls(desk)).toEqual([`acknowledged ${KEY}`]);
  });

  test("a test whose provider is told its end is kept until it was told", () => {
    const desk = deskWith(aliceBy(["chat"]));
    desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null });
    takes(desk, "tst_1:test:0:alice", "chat");
    desk.state = dropFinished(desk.state, desk.now);
    desk.tickAfter(DRILL_PAGE_KEPT_MS);
    expect(calls(desk)).toEqual(["resolved tst_1:test:0:alice@chat"]);
  });

  test("a test that is heard of by itself is kept until its test is forgotten", () => {
    const desk = deskWith(aliceBy(["phone"]));
    desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null });
    takes(desk, "tst_1:test:0:alice", "phone");
    desk.state = dropFinished(desk.state, desk.now);
    expect(desk.state.deliveries.size).toBe(1);
    desk.tickAfter(DRILL_PAGE_KEPT_MS);
    desk.state = dropFinished(desk.state, desk.now);
    expect(desk.state.deliveries.size).toBe(0);
  });
});

describe("asked", () => {
  test("by the channel's pauses, the last again and again, and no more after its time", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    says(desk, KEY, "delivered");
    const askedAfter: number[] = [];
    const takenAt = desk.now;
    for (let at = 1_000; at <= ASKS_UNTIL_MS + 30_000; at += 1_000) {
      const before = calls(desk).length;
      desk.tickAfter(1_000);
      if (calls(desk).length > before) askedAfter.push(desk.now - takenAt);
    }
    expect(askedAfter).toEqual([5_000, 15_000, 25_000, 35_000, 45_000, 55_000]);
  });

  test("the desk wakes for it", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    expect(desk.last?.alarmAt).toBe(desk.now + 5_000);
  });

  test.each(["acknowledged", "lost"] as const)("no more once it is %s", (stage) => {
    const desk = ringing(aliceBy(["push"]));
    takes(desk, RING, "push");
    says(desk, KEY, stage);
    expect(desk.state.deliveries.get(KEY)?.askAt).toBeNull();
  });

  test("an update is not: it wants nobody", () => {
    const desk = ringing();
    takes(desk, "inc_1:update:2:alice", "push");
    expect(desk.state.deliveries.size).toBe(0);
  });
});

describe("told", () => {
  test("seen marks the page and what its channel carried, once, and the incident stays open", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    desk.now += 4_000;
    says(desk, KEY, "seen", desk.now - 1_000);
    const seenAt = desk.now - 1_000;
    says(desk, KEY, "seen");
    says(desk, KEY, "delivered");
    expect(desk.state.pages.get(RING)?.seenAt).toBe(seenAt);
    const { channels } = reachOf(desk.state, { now: desk.now, policy: desk.policy });
    expect(
      channels.find(({ channel, responder }) => channel === "push" && responder === "alice"),
    ).toMatchObject({
      stage: "seen",
      last: { seenAt },
    });
    expect(desk.audited().filter((act) => act === "page-seen")).toHaveLength(1);
    expect(desk.incident().state).toBe("open");
    expect(desk.state.deliveries.get(KEY)?.stage).toBe("seen");
  });

  test("what happened before it was taken, or is still to come, did not", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    const takenAt = desk.now;
    says(desk, KEY, "delivered", 0);
    expect(desk.state.deliveries.get(KEY)?.stageAt).toBe(takenAt);
    says(desk, KEY, "seen", takenAt + 3_600_000);
    expect(desk.state.deliveries.get(KEY)?.stageAt).toBe(takenAt);
  });

  test("acknowledged takes the incident as its person, by that channel, once", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    says(desk, KEY, "acknowledged");
    says(desk, KEY, "acknowledged");
    expect(desk.incident()).toMatchObject({ state: "acknowledged", acknowledgedBy: { responder: "alice" } });
    expect(whyOf(desk, "incident-acknowledged")).toContain(", by push;");
    expect(desk.audited().filter((act) => act === "incident-acknowledged")).toHaveLength(1);
  });

  test("who may not answer is refused, on record, and nothing else happens", () => {
    const desk = ringing({ escalation: { steps: [{ notify: ["bob"], after: "0s" }], repeat: "15m" } });
    takes(desk, "inc_1:ring:1:bob", "push");
    says(desk, "inc_1:ring:1:bob@push", "acknowledged");
    expect(desk.incident().state).toBe("open");
    expect(whyOf(desk, "acknowledgement-refused")).toBe("role-missing: answer");
  });

  test("a second person who says so on their phone takes it from nobody", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    const rows = desk.audited().length;
    says(desk, KEY, "acknowledged");
    expect(desk.audited()).toHaveLength(rows);
  });

  test("acknowledged on a test is its receipt", () => {
    const desk = deskWith();
    desk.act("alice", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null });
    takes(desk, "tst_1:test:0:alice", "push");
    says(desk, "tst_1:test:0:alice@push", "acknowledged");
    expect(desk.state.testPages.get("tst_1")?.receipt).toEqual({ at: desk.now, way: "reply" });
    expect(desk.audited().at(-1)).toBe("test-page-seen");
  });

  test("of a delivery that is not there, or without a word, nothing", () => {
    const desk = ringing();
    takes(desk, RING, "push");
    const { state } = desk;
    desk.take({ kind: "receipt-told", deliveryKey: KEY, receipt: null });
    says(desk, "inc_7:ring:1:alice@push", "acknowledged");
    expect(desk.state).toEqual(state);
  });
});
