// When things about a drill are due: both sides of every bound, in every stage.
import { describe, expect, test } from "vitest";
import {
  declaredDrills,
  DRILL_ANSWER_WITHIN_MS,
  DRILL_FIRST_AFTER_MS,
  drillDueAt,
  UNTESTED_GRACE_MS,
  UNTESTED_LATEST_MS,
  untestedAt,
} from "../../../../../control-plane/src/core/desk/drills/declared-drills.ts";
import type { Drill } from "../../../../../control-plane/src/core/desk/records/pages/drill.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { POLICY, START_AT } from "../desk-fixtures.ts";

const DAY_MS = 24 * 3_600_000;
const EVERY_MS = 30 * DAY_MS;

const DRILL: Drill = {
  drillKey: "paging/alice",
  path: "paging",
  responder: "alice",
  sinceAt: START_AT,
  stage: "waits",
  heldUntilAt: null,
  sentAt: null,
  testId: null,
  deliveredBy: null,
  error: null,
  failedAt: null,
  provenAt: null,
  provenBy: null,
};

test("everybody whom a step names is drilled once, and nobody else", () => {
  const steps = [
    { notify: ["bob"], afterMs: 0 },
    { notify: ["alice", "bob"], afterMs: 300_000 },
  ];
  const carol = { ...POLICY.responders[0]!, id: "carol" };
  const policy: Policy = {
    ...POLICY,
    responders: [...POLICY.responders, carol],
    escalation: { ...POLICY.escalation, steps },
    drills: [{ path: "paging", everyMs: EVERY_MS }],
  };
  expect(declaredDrills(policy).map(({ drillKey }) => drillKey)).toEqual(["paging/bob", "paging/alice"]);
  expect(declaredDrills({ ...policy, drills: [] })).toEqual([]);
});

describe("due", () => {
  test.each<[string, Partial<Drill>, number]>([
    ["the first, an hour after it was declared", {}, START_AT + DRILL_FIRST_AFTER_MS],
    ["held", { heldUntilAt: START_AT + DAY_MS }, START_AT + DAY_MS],
    ["held until before it is due", { heldUntilAt: START_AT }, START_AT + DRILL_FIRST_AFTER_MS],
    ["the next, after a proof", { provenAt: START_AT + 5 }, START_AT + 5 + EVERY_MS],
    ["… that was its receipt", { sentAt: START_AT + 1, provenAt: START_AT + 5 }, START_AT + 5 + EVERY_MS],
    [
      "… after one that nobody answered",
      { sentAt: START_AT + 9, provenAt: START_AT },
      START_AT + 9 + EVERY_MS,
    ],
    ["the end of the wait", { stage: "sent", sentAt: START_AT }, START_AT + DRILL_ANSWER_WITHIN_MS],
    ["the repeat, at once", { stage: "to-repeat", sentAt: START_AT }, START_AT + DAY_MS],
    ["the end of its wait", { stage: "repeated", sentAt: START_AT }, START_AT + DAY_MS],
  ])("%s", (_what, change, at) => {
    expect(drillDueAt({ ...DRILL, ...change }, EVERY_MS)).toBe(at);
  });
});

describe("not exercised", () => {
  const overdueAt = START_AT + EVERY_MS;
  test.each<[string, Partial<Drill>, number]>([
    ["never drilled", {}, overdueAt + UNTESTED_LATEST_MS],
    ["nobody answered, long before", { failedAt: START_AT + DAY_MS }, overdueAt + UNTESTED_GRACE_MS],
    ["nobody answered, a weekend later", { failedAt: overdueAt + 4 * DAY_MS }, overdueAt + 4 * DAY_MS],
    [
      "nobody answered, after the latest",
      { failedAt: overdueAt + 9 * DAY_MS },
      overdueAt + UNTESTED_LATEST_MS,
    ],
    ["proven since", { provenAt: START_AT + 7 }, overdueAt + 7 + UNTESTED_LATEST_MS],
  ])("%s", (_what, change, at) => {
    expect(untestedAt({ ...DRILL, ...change }, EVERY_MS)).toBe(at);
  });
});
