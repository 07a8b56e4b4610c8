// Drills on a desk: sent by day and never into an incident, answered, repeated once, proven by whatever really reached
// its person, and forgotten with what declared them.
import { describe, expect, test } from "vitest";
import {
  DRILL_HELD_MS,
  RUNG_LATELY_MS,
} from "../../../../../control-plane/src/core/desk/drills/declared-drills.ts";
import { personSubject } from "../../../../../control-plane/src/core/words/subject.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, POLICY, SERVICE } from "../desk-fixtures.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DRILLED: Policy = { ...POLICY, drills: [{ path: "paging", everyMs: 30 * DAY_MS }] };
const MONDAY_9 = Date.UTC(2026, 10, 23, 9);
const ALICE = personSubject({ id: "alice", name: "Alice" });

/** It is declared on a Sunday at night, and comes to the instant given. */
function deskAt(at: number, policy: Policy = DRILLED): Desk {
  const desk = new Desk(policy);
  desk.take({ kind: "tick" });
  wait(desk, at);
  return desk;
}

/** Goes by the desk's own alarms, and nobody answers a page. */
function wait(desk: Desk, until: number): void {
  for (;;) {
    const { alarmAt } = desk.tickAfter(0);
    if (alarmAt === null || alarmAt > until) break;
    desk.tickAfter(alarmAt - desk.now);
  }
  desk.tickAfter(until - desk.now);
}

function drillOf(desk: Desk, responder = "alice") {
  return desk.state.drills.get(`paging/${responder}`);
}

function drillsSent(desk: Desk): number {
  return desk.audited().filter((act) => act === "drill-sent").length;
}

function answer(desk: Desk, testId = drillOf(desk)?.testId ?? ""): boolean {
  desk.receipt(`${testId}:test:0:alice`, "push", "delivered");
  return desk.act("alice", { kind: "confirm-test-page", testId }).answer.ok;
}

describe("sending", () => {
  test("nothing goes out at once, nor at night, nor on a Sunday: the alarm is Monday's morning", () => {
    const desk = deskAt(MONDAY_9 - 1);
    expect([desk.attempts(), desk.last?.alarmAt]).toEqual([[], MONDAY_9]);
    desk.tickAfter(1);
    expect(desk.attempts()).toEqual(["tst_1:test:0:alice push", "tst_2:test:0:bob push"]);
    expect(desk.state.pages.get("tst_1:test:0:alice")).toMatchObject({
      title: "DRILL: nothing is wrong",
      path: "/people/tests/tst_1",
      severity: "error",
    });
    expect(desk.state.testPages.get("tst_1")).toMatchObject({ isDrill: true, by: { kind: "desk" } });
    expect(desk.audited()).toEqual(["drill-sent", "drill-sent"]);
  });

  test("each by their own clock", () => {
    const responders = DRILLED.responders.map((one) =>
      one.id === "bob" ? { ...one, timeZone: "America/New_York" } : one,
    );
    const desk = deskAt(MONDAY_9, { ...DRILLED, responders });
    expect(desk.attempts()).toEqual(["tst_1:test:0:alice push"]);
    wait(desk, MONDAY_9 + 5 * HOUR_MS - 1);
    expect(drillsSent(desk)).toBe(1);
    desk.tickAfter(1);
    expect(drillsSent(desk)).toBe(2);
  });

  test("declared by day, it comes an hour later", () => {
    const desk = deskAt(MONDAY_9, POLICY);
    desk.policy = DRILLED;
    desk.tickAfter(0);
    wait(desk, MONDAY_9 + HOUR_MS - 1);
    expect(drillsSent(desk)).toBe(0);
    desk.tickAfter(1);
    expect(drillsSent(desk)).toBe(2);
  });

  test("what rings them postpones it by hours, and when they have it as well; a notice does not", () => {
    const desk = deskAt(MONDAY_9 - 60_000);
    desk.fire();
    desk.settle();
    desk.deliverPages();
    wait(desk, MONDAY_9 + 1);
    expect([drillOf(desk)?.stage, drillOf(desk)?.heldUntilAt]).toEqual(["waits", MONDAY_9 + DRILL_HELD_MS]);
    desk.clear();
    wait(desk, MONDAY_9 + DRILL_HELD_MS - 1);
    expect(drillOf(desk)?.stage).toBe("waits");
    desk.deliverPages();
    desk.tickAfter(1);
    expect(drillOf(desk)?.stage).toBe("sent");

    const calm = deskAt(MONDAY_9 - 60_000);
    calm.fire({ reason: "credential-expiring", subject: SERVICE, severity: "warning" });
    calm.settle();
    calm.deliverPages();
    wait(calm, MONDAY_9);
    expect(drillOf(calm)?.stage).toBe("sent");
  });

  test.each([
    [RUNG_LATELY_MS - 1, "waits"],
    [RUNG_LATELY_MS, "sent"],
  ])("what rang them %i ms ago and goes on, be it for weeks: it %s", (agoMs, stage) => {
    const desk = deskAt(MONDAY_9 - 60_000);
    desk.fire();
    desk.settle();
    desk.deliverPages();
    const { state } = desk;
    const [page] = state.pages.values();
    const rung = { ...page!, createdAt: MONDAY_9 - agoMs };
    const incident = { ...desk.incident(), nextStep: null };
    desk.state = {
      ...state,
      pages: state.pages.with(rung.key, rung),
      incidents: state.incidents.with(incident.incidentId, incident),
    };
    wait(desk, MONDAY_9);
    expect([desk.incident().state, drillOf(desk)?.stage]).toEqual(["open", stage]);
  });

  test("in shadow nobody is drilled", () => {
    const desk = deskAt(MONDAY_9 + 5 * HOUR_MS, { ...DRILLED, shadow: true });
    expect(desk.attempts()).toEqual([]);
  });
});

describe("its receipt", () => {
  test("a drill that was answered is proven, and the next one comes after the period", () => {
    const desk = deskAt(MONDAY_9);
    wait(desk, MONDAY_9 + DAY_MS - 1);
    expect(answer(desk)).toBe(true);
    expect(drillOf(desk)).toMatchObject({ provenAt: desk.now, provenBy: "push", stage: "waits" });
    expect(desk.audited().slice(-2)).toEqual(["test-page-seen", "drill-proven"]);
    desk.tickAfter(1);
    expect([desk.audited().includes("drill-unanswered"), drillsSent(desk)]).toEqual([true, 3]);
    expect(drillOf(desk, "bob")?.stage).toBe("repeated");
  });

  test("its link opens for a day and no longer; then it is repeated, once", () => {
    const desk = deskAt(MONDAY_9);
    wait(desk, MONDAY_9 + DAY_MS);
    expect(desk.act("alice", { kind: "confirm-test-page", testId: "tst_1" }).answer.ok).toBe(false);
    expect([drillOf(desk)?.stage, drillsSent(desk)]).toEqual(["repeated", 4]);
    wait(desk, MONDAY_9 + 2 * DAY_MS);
    expect(drillOf(desk)).toMatchObject({ stage: "waits", failedAt: MONDAY_9 + 2 * DAY_MS });
    expect(desk.audited().filter((act) => act === "drill-unanswered")).toHaveLength(4);
    wait(desk, MONDAY_9 + 20 * DAY_MS);
    expect(drillsSent(desk)).toBe(4);
  });

  test("that they say so proves nothing until a channel reports the page", () => {
    const desk = deskAt(MONDAY_9);
    desk.act("alice", { kind: "confirm-test-page", testId: "tst_1" });
    expect(drillOf(desk)?.provenAt).toBeNull();
    desk.tickAfter(5_000);
    desk.receipt("tst_1:test:0:alice", "push", "delivered");
    expect(drillOf(desk)?.provenAt).toBe(desk.now);
  });

  test("a test page that somebody sent proves it as well", () => {
    const desk = deskAt(MONDAY_9 - HOUR_MS);
    desk.act("bob", { kind: "send-test-page", testId: "tst_x", responder: "alice", channel: "push" });
    expect(answer(desk, "tst_x")).toBe(true);
    wait(desk, MONDAY_9);
    expect([drillOf(desk)?.stage, drillOf(desk, "bob")?.stage]).toEqual(["waits", "sent"]);
  });

  test("who takes an incident after its ring came has shown it, once for each ring", () => {
    const desk = deskAt(MONDAY_9 - HOUR_MS);
    desk.fire();
    desk.settle();
    const { incidentId } = desk.incident();
    desk.act("alice", { kind: "acknowledge", incidentId });
    expect(drillOf(desk)?.provenAt).toBeNull();
    desk.receipt(`${incidentId}:ring:1:alice`, "push", "delivered");
    desk.act("bob", { kind: "acknowledge", incidentId });
    desk.tickAfter(1_000);
    desk.act("alice", { kind: "acknowledge", incidentId });
    const provenAt = desk.now;
    expect(drillOf(desk)).toMatchObject({ provenAt, provenBy: "push" });
    desk.tickAfter(1_000);
    desk.act("alice", { kind: "acknowledge", incidentId });
    expect([drillOf(desk)?.provenAt, drillOf(desk, "bob")?.provenAt]).toEqual([provenAt, null]);
  });
});

describe("fallback-untested", () => {
  const untested = (desk: Desk) =>
    desk.state.findings.values().filter(({ reason }) => reason === "fallback-untested");

  /** Nobody answers; declared on a Sunday, the period is over thirty days later. */
  const failing = (until: number) => deskAt(until);
  // Thirty-two days after that Sunday at two it is a Thursday at two, and told by day.
  const FOUND_AT = Date.UTC(2026, 11, 24, 9);

  test("nobody answered in the period and two days: a warning, with what became of the last drill", () => {
    const desk = failing(FOUND_AT - 1);
    expect(untested(desk)).toEqual([]);
    desk.tickAfter(1);
    expect(untested(desk).map(({ severity, title }) => `${severity}: ${title}`)).toEqual([
      "warning: Paging Alice was not exercised for 30d: nobody said that the drill came",
      "warning: Paging Bob was not exercised for 30d: nobody said that the drill came",
    ]);
    expect(untested(desk)[0]?.evidence.map(({ text }) => text)).toEqual([
      "the way to them was declared, and never proven",
      "the last drill: no channel has taken it; nobody said that it came",
    ]);
  });

  test("it ends when that person is proven, and the other's goes on", () => {
    const desk = failing(FOUND_AT);
    desk.act("bob", { kind: "send-test-page", testId: "tst_x", responder: "alice", channel: "push" });
    answer(desk, "tst_x");
    expect(untested(desk).map(({ endedAt }) => endedAt !== null)).toEqual([true, false]);
  });

  test("it ends when it is not drilled any more, or its rule is off", () => {
    const without = failing(FOUND_AT);
    without.policy = POLICY;
    without.tickAfter(1);
    expect(untested(without).every(({ endedAt }) => endedAt !== null)).toBe(true);
    expect(without.state.drills.size).toBe(0);

    const off = failing(FOUND_AT);
    const rules = {
      ...DRILLED.rules,
      "fallback-untested": { ...DRILLED.rules["fallback-untested"], enabled: false },
    };
    off.policy = { ...DRILLED, rules };
    off.tickAfter(1);
    expect(untested(off).every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  test("a fallback of a service is not ended by the desk, nor does its end touch a person's", () => {
    const desk = failing(FOUND_AT);
    desk.fire({ reason: "fallback-untested", subject: SERVICE, severity: "warning" });
    desk.tickAfter(60_000);
    expect(desk.findingOf("fallback-untested", SERVICE).clearedAt).toBeNull();
    desk.clear("fallback-untested", SERVICE);
    desk.tickAfter(DAY_MS);
    expect(desk.findingOf("fallback-untested", SERVICE).endedAt).not.toBeNull();
    expect(desk.findingOf("fallback-untested", ALICE).endedAt).toBeNull();
  });

  test("in shadow, a service's is not ended by the desk either", () => {
    const desk = new Desk({ ...POLICY, shadow: true });
    desk.fire({ reason: "fallback-untested", subject: SERVICE, shadow: { tags: [] } });
    desk.tickAfter(60_000);
    expect(desk.state.shadow.values().map(({ endedAt }) => endedAt)).toEqual([null]);
  });
});

test("who leaves the steps is forgotten, and begins anew when they come back", () => {
  const desk = deskAt(MONDAY_9);
  answer(desk);
  const steps = [{ notify: ["bob"], afterMs: 0 }];
  desk.policy = { ...DRILLED, escalation: { ...DRILLED.escalation, steps } };
  desk.tickAfter(1);
  expect(desk.state.drills.ids()).toEqual(["paging/bob"]);
  desk.policy = DRILLED;
  desk.tickAfter(HOUR_MS);
  expect(drillOf(desk)).toMatchObject({ provenAt: null, sinceAt: desk.now });
});
