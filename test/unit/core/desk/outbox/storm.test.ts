// How much one person gets: both sides of each number and of each window, who is never held, and what counts.
import { describe, expect, test } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { forgetSent, isHeld, roomAt } from "../../../../../control-plane/src/core/desk/outbox/storm.ts";
import type { Approval } from "../../../../../control-plane/src/core/desk/records/approval.ts";
import type { Incident, Place } from "../../../../../control-plane/src/core/desk/records/incident.ts";
import type { DeskState } from "../../../../../control-plane/src/core/desk/state/desk-state.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import type { PageReason } from "../../../../../control-plane/src/core/words/signal.ts";
import { Desk, START_AT } from "../desk-fixtures.ts";

const NOW = START_AT + 3_600_000;
const MINUTE = 60_000;

/** Something is open, and was rung about; then so many messages went to Alice, so long ago. */
function stateWith(agesMs: readonly number[], incidents: readonly Partial<Incident>[] = []): DeskState {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  desk.deliverPages();
  const known = desk.incident();
  const more = incidents.map((one, index) => ({ ...known, ...one, incidentId: `inc_more_${index}` }));
  return {
    ...desk.state,
    incidents: recordsFrom([known, ...more].map((one) => [one.incidentId, one])),
    sentLately: recordsFrom([
      [
        "alice",
        {
          responder: "alice",
          sentAt: agesMs.map((age) => NOW - age).toSorted((one, other) => one - other),
          releasedAt: null,
        },
      ],
    ]),
  };
}

const again = {
  incidentId: "inc_1",
  approvalId: null,
  kind: "ring",
  responder: "alice",
  tells: [],
} as const;
const young = (place: Place["kind"], ageMs: number) =>
  [{ place: { kind: place } as Place, openedAt: NOW - ageMs }] as const;
const ages = (count: number, ageMs = MINUTE) => Array.from({ length: count }, () => ageMs);

describe("the number", () => {
  test.each([
    ["5 lately: the sixth goes", ages(5), false],
    ["6 lately: the seventh is held", ages(6), true],
    ["the oldest of 6 is a moment short of a quarter of an hour old", [15 * MINUTE - 1, ...ages(5)], true],
    ["it is a quarter of an hour old", [15 * MINUTE, ...ages(5)], false],
    ["none ever", [], false],
    ["what the clock says is still to come counts not", ages(6, -MINUTE), false],
  ])("%s", (_what, sent, held) => {
    expect(isHeld(stateWith(sent), NOW, again)).toBe(held);
  });

  test.each([
    ["4 lately: the fifth goes", ages(4), "wide", MINUTE, false],
    ["5 lately: the sixth is held", ages(5), "wide", MINUTE, true],
    ["… of a fleet", ages(5), "fleet", MINUTE, true],
    ["… of many", ages(5), "many", MINUTE, true],
    ["… not of one host", ages(5), "down", MINUTE, false],
    ["… of which one is ten minutes old", [10 * MINUTE, ...ages(4)], "wide", MINUTE, false],
    ["… and one a moment younger", [10 * MINUTE - 1, ...ages(4)], "wide", MINUTE, true],
    ["the incident is 9:59 old", ages(5), "wide", 10 * MINUTE - 1, true],
    ["it is 10:00 old", ages(5), "wide", 10 * MINUTE, false],
    ["… and then six are still too many", ages(6), "wide", 10 * MINUTE, true],
  ] as const)("in the first minutes of an incident of the fleet: %s", (_what, sent, place, ageMs, held) => {
    expect(isHeld(stateWith(sent, young(place, ageMs)), NOW, again)).toBe(held);
  });

  test("room comes when the oldest of six is a quarter of an hour old, and not before the fleet is calm or five are old", () => {
    expect(roomAt(stateWith(ages(6)), NOW, "alice")).toBe(NOW + 14 * MINUTE);
    expect(roomAt(stateWith(ages(5), young("wide", MINUTE)), NOW, "alice")).toBe(NOW + 9 * MINUTE);
    expect(roomAt(stateWith(ages(5, 4 * MINUTE), young("wide", MINUTE)), NOW, "alice")).toBe(
      NOW + 6 * MINUTE,
    );
    expect(roomAt(stateWith(ages(6)), NOW, "bob")).toBe(-Infinity);
  });
});

describe("what is never held", () => {
  const first = (reason: PageReason, kind: "ring" | "update" = "ring") => {
    const state = stateWith(ages(6), [{ reason }]);
    return isHeld(state, NOW, { ...again, incidentId: "inc_more_0", kind });
  };

  test.each<[PageReason, boolean]>([
    ["host-silent", false],
    ["fleet-silent", false],
    ["page-undelivered", false],
    ["route-missing", false],
    ["shard-unreachable", false],
    ["record-unreadable", false],
    ["credential-expiring", true],
    ["automation-frozen", true],
    ["control-plane-gap", true],
  ])("the first ring about %s: held %s", (reason, held) => {
    expect(first(reason)).toBe(held);
  });

  test("an update is held, and so is the second ring; a test page never is", () => {
    expect(first("host-silent", "update")).toBe(true);
    expect(isHeld(stateWith(ages(6)), NOW, again)).toBe(true);
    expect(isHeld(stateWith(ages(6)), NOW, { ...again, kind: "test" })).toBe(false);
  });

  test("trouble that a notice outranks in its incident is trouble still", () => {
    const state = stateWith(ages(6), [{ reason: "credential-expiring" }]);
    const told = { findingId: "f", subject: state.incidents.values()[0]!.subject, what: "began" } as const;
    const tells = [{ ...told, reason: "check-failing", isFirst: true, isTitle: false }] as const;
    expect(isHeld(state, NOW, { ...again, incidentId: "inc_more_0", tells })).toBe(false);
  });
});

describe("the result of an act", () => {
  /** What Alice said yes to failed, and is told; six messages went to each of the two lately. */
  function stateAfter(over: Partial<Approval> = {}): DeskState {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.settle();
    desk.deliverPages();
    desk.approve();
    desk.end({ status: "failed" });
    const approval = { ...desk.approval(), endedAt: NOW - MINUTE, ...over };
    const [rung] = desk.state.pages.values();
    const pages = desk.state.pages.with("inc_1:ring:1:bob", {
      ...rung!,
      key: "inc_1:ring:1:bob",
      responder: "bob",
    });
    const sentTo = (responder: string) => ({
      responder,
      sentAt: ages(6).map((age) => NOW - age),
      releasedAt: null,
    });
    return {
      ...desk.state,
      pages,
      approvals: desk.state.approvals.with(approval.approvalId, approval),
      sentLately: recordsFrom(["alice", "bob"].map((one) => [one, sentTo(one)])),
    };
  }

  const result = (state: DeskState, responder = "alice") => {
    const [finding] = state.findings.values();
    const { findingId, reason, subject } = finding!;
    const told = { findingId, reason, subject, what: "result", isFirst: false, isTitle: true } as const;
    return { ...again, responder, tells: [told] };
  };

  test("comes at once to who approved it, and to nobody else", () => {
    const state = stateAfter();
    expect(isHeld(state, NOW, result(state))).toBe(false);
    expect(isHeld(state, NOW, result(state, "bob"))).toBe(true);
    expect(isHeld(state, NOW, again)).toBe(true);
  });

  test.each<[string, Partial<Approval>]>([
    ["ran by a rule", { decidedBy: { kind: "rule", reason: "check-failing" } }],
    ["ran by a yes in advance", { standingId: "sta_1" }],
    ["is of another incident", { incidentId: "inc_other" }],
    ["did not fail", { state: "verified" }],
  ])("waits as others do where the act %s", (_what, over) => {
    const state = stateAfter({ signatures: [], ...over });
    expect(isHeld(state, NOW, result(state))).toBe(true);
  });

  test("comes to each who signed it", () => {
    const state = stateAfter();
    const [approval] = state.approvals.values();
    const [signature] = approval?.signatures ?? [];
    const signatures = [signature!, { ...signature!, by: byPerson("bob") }];
    const signed = stateAfter({ signatures });
    expect(isHeld(signed, NOW, result(signed, "bob"))).toBe(false);
  });

  test("comes at once only once, and again with the next act", () => {
    const state = stateAfter();
    const [page] = state.pages.values();
    const key = "inc_1:ring:2:alice";
    const told = { ...page!, ...result(state), key, createdAt: NOW - MINUTE / 2 };
    const after = { ...state, pages: state.pages.with(key, told) };
    expect(isHeld(after, NOW, result(after))).toBe(true);
    const [approval] = state.approvals.values();
    const next = { ...approval!, approvalId: "apr_2", endedAt: NOW };
    const twice = { ...after, approvals: after.approvals.with("apr_2", next) };
    expect(isHeld(twice, NOW, result(twice))).toBe(false);
  });
});

describe("the question of an incident", () => {
  const asking = { ...again, approvalId: "apr_1" };

  test.each(["ring", "update"] as const)("put by its first %s that does, after the first ring", (kind) => {
    expect(isHeld(stateWith(ages(6)), NOW, { ...asking, kind })).toBe(false);
  });

  test("is put so once to each person and incident", () => {
    const state = stateWith(ages(6));
    const [page] = state.pages.values();
    const put = { ...page!, key: "inc_1:ring:2:alice", approvalId: "apr_0" };
    const after = { ...state, pages: state.pages.with(put.key, put) };
    expect(isHeld(after, NOW, asking)).toBe(true);
    const toBob = { ...put, key: "inc_1:ring:2:bob", responder: "bob" };
    const others = { ...state, pages: state.pages.with(toBob.key, toBob) };
    expect(isHeld(others, NOW, asking)).toBe(false);
  });

  test("waits with what tells somebody first of what is only good to know", () => {
    const state = stateWith(ages(6), [{ reason: "credential-expiring" }]);
    expect(isHeld(state, NOW, { ...asking, incidentId: "inc_more_0" })).toBe(true);
  });
});

test("a page that no channel was tried with takes a place already, and a test page none", () => {
  const state = stateWith(ages(5));
  const [page] = state.pages.values();
  const waiting = { ...page!, key: "w", state: "pending", attempts: 0 } as const;
  const withPage = (one: typeof waiting) => ({ ...state, pages: state.pages.with(one.key, one) });
  expect(isHeld(withPage(waiting), NOW, again)).toBe(true);
  expect(isHeld(withPage({ ...waiting, kind: "test" }), NOW, again)).toBe(false);
});

test.each([
  [15 * MINUTE - 1, "alice", 1],
  [15 * MINUTE, "alice", 0],
  [MINUTE, "carol", 0],
])("the count is forgotten %i ms after the last, and with who left: %s", (age, responder, left) => {
  const desk = new Desk();
  const sentLately = recordsFrom([[responder, { responder, sentAt: [NOW - age], releasedAt: null }]]);
  const state = { ...desk.state, sentLately };
  const forgotten = forgetSent({ state, effects: null }, { now: NOW, policy: desk.policy, newId: () => "" });
  expect(forgotten.state.sentLately.size).toBe(left);
});
