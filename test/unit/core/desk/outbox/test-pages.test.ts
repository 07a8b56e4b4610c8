// Test pages: a real page through the outbox that is no trouble, whose receipt its own person gives, and which is not sent
// without end.
import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
import {
  PAGE_WAITS_MAX_MS,
  TEST_ROUNDS_MAX,
} from "../../../../../control-plane/src/core/desk/outbox/page-outbox.ts";
import {
  TEST_PAGES_MAX,
  TEST_PAGES_WITHIN_MS,
} from "../../../../../control-plane/src/core/desk/outbox/test-pages.ts";
import { reachOf } from "../../../../../control-plane/src/core/desk/paging/reach.ts";
import { TEST_PAGE_KEPT_MS } from "../../../../../control-plane/src/core/desk/records/pages/test-page.ts";
import { byAdmin } from "../../../../../control-plane/src/core/words/actor.ts";
import { dropFinished } from "../../../../../control-plane/src/shell/desk/desk-retention.ts";
import { Desk, POLICY } from "../desk-fixtures.ts";

const KEY = "tst_1:test:0:alice";

function send(desk: Desk, options: { testId?: string; responder?: string; channel?: string | null } = {}) {
  const { channel = null, responder = "alice", testId = "tst_1" } = options;
  return desk.act("bob", { kind: "send-test-page", testId, responder, channel }).answer;
}

function confirm(desk: Desk, by = "alice") {
  return desk.act(by, { kind: "confirm-test-page", testId: "tst_1" }).answer;
}

function testPage(desk: Desk) {
  return desk.state.testPages.get("tst_1");
}

describe("sending", () => {
  test("it goes at once, by the person's channels in order, and says that nothing is wrong", () => {
    const desk = new Desk();
    expect(send(desk).ok).toBe(true);
    expect(desk.attempts()).toEqual([`${KEY} push`]);
    expect(desk.state.pages.get(KEY)).toMatchObject({ kind: "test", path: "/people/tests/tst_1", tells: [] });
    expect(desk.audited()).toEqual(["test-page-sent"]);
    desk.receipt(KEY, "push", "failed");
    expect(desk.attempts()).toEqual([`${KEY} push`, `${KEY} text`]);
  });

  test("one that was under way when the desk stopped wakes nobody hours later", () => {
    const desk = new Desk();
    send(desk);
    desk.receipt(KEY, "push", "failed");
    const tried = desk.attempts().length;
    desk.tickAfter(PAGE_WAITS_MAX_MS);
    expect([desk.attempts().length, desk.state.pages.get(KEY)?.state]).toEqual([tried, "undeliverable"]);
  });

  test("by one channel alone, where one is named", () => {
    const desk = new Desk();
    send(desk, { channel: "text" });
    desk.receipt(KEY, "text", "failed");
    desk.tickAfter(5_000);
    expect(desk.attempts()).toEqual([`${KEY} text`, `${KEY} text`]);
  });

  test("the same form sent twice is one page", () => {
    const desk = new Desk();
    send(desk);
    expect([send(desk).ok, desk.attempts().length, desk.audited().length]).toEqual([true, 1, 1]);
  });

  test.each([
    [{ responder: "mallory" }, "responder-unknown"],
    [{ channel: "carrier-pigeon" }, "channel-unknown"],
    [{ responder: "bob", channel: "text" }, "channel-unknown"],
  ])("%j is refused: %s", (options, reason) => {
    const desk = new Desk();
    expect(send(desk, options)).toEqual({ ok: false, error: { reason } });
    expect(desk.attempts()).toEqual([]);
  });

  test("an id that is an incident's, or anything but a test page's, is refused", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    for (const testId of ["inc_1", "apr_1", ""])
      expect(send(desk, { testId })).toEqual({ ok: false, error: { reason: "test-page-unknown" } });
    expect(desk.state.testPages.size).toBe(0);
  });

  test("five to one person in ten minutes, and a sixth when the first is older", () => {
    const desk = new Desk();
    for (let count = 1; count <= TEST_PAGES_MAX; count += 1) send(desk, { testId: `tst_${count}` });
    expect(send(desk, { testId: "tst_6" })).toMatchObject({ error: { reason: "test-page-too-often" } });
    expect(send(desk, { testId: "tst_7", responder: "bob" }).ok).toBe(true);
    desk.now += TEST_PAGES_WITHIN_MS - 1;
    expect(send(desk, { testId: "tst_8" }).ok).toBe(false);
    desk.now += 1;
    expect(send(desk, { testId: "tst_9" }).ok).toBe(true);
  });

  test("the admin token may send one, and gives no receipt", () => {
    const desk = new Desk();
    const act = { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null } as const;
    expect(desk.take({ kind: "act", by: byAdmin("ops"), act }).answer.ok).toBe(true);
    const receipt = { kind: "confirm-test-page", testId: "tst_1" } as const;
    expect(desk.take({ kind: "act", by: byAdmin("ops"), act: receipt }).answer.ok).toBe(false);
  });
});

describe("what becomes of it", () => {
  test("it arrived, and its own person says so; nobody else can", () => {
    const desk = new Desk();
    send(desk);
    desk.receipt(KEY, "push", "delivered");
    expect(testPage(desk)).toMatchObject({ deliveredBy: "push", receipt: null });
    expect(confirm(desk, "bob")).toMatchObject({ error: { reason: "test-page-not-yours" } });
    desk.now += 12_000;
    expect(confirm(desk).ok).toBe(true);
    expect(testPage(desk)?.receipt).toEqual({ at: desk.now, way: "tap" });
    const { lastPage, lastTest } = reachOf(desk.state, { now: desk.now, policy: POLICY });
    expect([lastPage, lastTest?.seenAt]).toEqual([null, desk.now]);
    desk.now += 1_000;
    confirm(desk);
    expect(desk.audited().filter((act) => act === "test-page-seen")).toHaveLength(1);
  });

  test("a receipt that no channel reported ends the tries, and proves nothing until one does", () => {
    const desk = new Desk();
    send(desk);
    desk.receipt(KEY, "push", "failed");
    expect(confirm(desk).ok).toBe(true);
    const saidAt = desk.now;
    expect(desk.state.pages.get(KEY)).toBeUndefined();
    expect(desk.audited().slice(-2)).toEqual(["page-withdrawn", "test-page-seen"]);
    desk.tickAfter(60_000);
    expect(desk.attempts()).toEqual([`${KEY} push`, `${KEY} text`]);
    const seenAt = () => reachOf(desk.state, { now: desk.now, policy: POLICY }).lastTest?.seenAt;
    expect([testPage(desk)?.deliveredAt, seenAt()]).toEqual([null, null]);
    desk.receipt(KEY, "text", "delivered");
    expect(testPage(desk)).toMatchObject({ deliveredAt: desk.now, deliveredBy: "text", error: null });
    expect(seenAt()).toBe(saidAt);
  });

  test("given up and its page dropped, it is found by a channel that reports late", () => {
    const desk = new Desk();
    send(desk);
    for (let round = 0; round < TEST_ROUNDS_MAX * 3; round += 1) desk.tickAfter(20_000);
    expect(testPage(desk)?.isGivenUp).toBe(true);
    desk.tickAfter(TEST_PAGE_KEPT_MS / 2);
    desk.state = { ...desk.state, pages: desk.state.pages.without(KEY) };
    desk.receipt(KEY, "push", "delivered");
    expect(testPage(desk)).toMatchObject({ deliveredAt: desk.now, deliveredBy: "push" });
    desk.now += 1_000;
    desk.receipt(KEY, "text", "delivered");
    expect(testPage(desk)?.deliveredBy).toBe("push");
  });

  test("its receipt marks its own page alone, whatever stands under the same id", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    const ring = desk.state.pages.get("inc_1:ring:1:alice");
    assert(ring !== undefined);
    send(desk);
    const other = { ...ring, key: "tst_1:ring:1:bob", incidentId: "tst_1", responder: "bob" };
    desk.state = { ...desk.state, pages: desk.state.pages.with(other.key, other) };
    desk.receipt(KEY, "push", "delivered");
    confirm(desk);
    expect(desk.state.pages.get(KEY)?.seenAt).toBe(desk.now);
    expect(desk.state.pages.get(other.key)?.seenAt).toBeUndefined();
  });

  test("it is given up after two rounds, and is no trouble", () => {
    const desk = new Desk();
    send(desk);
    for (let round = 0; round < TEST_ROUNDS_MAX; round += 1) {
      expect(testPage(desk)?.isGivenUp).toBe(false);
      desk.receipt(KEY, "push", "failed");
      desk.receipt(KEY, "text", "failed");
      desk.tickAfter(20_000);
    }
    expect(testPage(desk)).toMatchObject({ isGivenUp: true, error: "text: " });
    expect(desk.attempts()).toHaveLength(4);
    desk.tickAfter(600_000);
    expect([desk.state.incidents.size, desk.state.findings.size]).toEqual([0, 0]);
  });

  test("it is forgotten after an hour, and what it proved is not", () => {
    const desk = new Desk();
    send(desk);
    desk.receipt(KEY, "push", "delivered");
    desk.tickAfter(TEST_PAGE_KEPT_MS - 1);
    desk.state = dropFinished(desk.state, desk.now);
    expect([testPage(desk)?.testId, desk.state.pages.size]).toEqual(["tst_1", 0]);
    expect(confirm(desk).ok).toBe(true);
    desk.tickAfter(1);
    expect(confirm(desk)).toMatchObject({ error: { reason: "test-page-unknown" } });
    const { lastTest } = reachOf(desk.state, { now: desk.now, policy: POLICY });
    expect(lastTest?.seenAt).toBe(desk.now - 1);
  });
});

test("one that arrives ends a page-undelivered as a page does, also when it is gone", () => {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  const ring = "inc_1:ring:1:alice";
  desk.receipt(ring, "push", "failed");
  desk.receipt(ring, "text", "failed");
  desk.tickAfter(120_000);
  const undelivered = () => desk.findingOf("page-undelivered");
  expect(undelivered().clearedAt).toBeNull();
  desk.now += 1_000;
  send(desk, { channel: "text" });
  desk.receipt(KEY, "text", "delivered");
  expect(undelivered().endedAt).toBe(desk.now);
  desk.state = dropFinished(desk.state, desk.now);
  desk.tickAfter(1_000);
  expect(desk.state.findings.values().filter(({ reason }) => reason === "page-undelivered")).toHaveLength(1);
});
