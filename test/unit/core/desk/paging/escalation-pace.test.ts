// How often one incident pages (core/desk/paging/escalation-pace.ts): at the policy's pace at first, then less and less, and never less than once a
// day; for how many days soever it stays open.
import { describe, expect, it } from "vitest";
import {
  REPEAT_PAUSE_MAX_MS,
  REPEATS_AT_FULL_PACE,
  repeatPauseMs,
} from "../../../../../control-plane/src/core/desk/paging/escalation-pace.ts";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk } from "../desk-fixtures.ts";
import { pagedAt } from "./paged-at.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

describe("the pause before the steps begin again", () => {
  const escalation = { repeatMs: 15 * MINUTE, steps: [{ afterMs: 0 }] };

  it.each([
    [0, 15 * MINUTE],
    [REPEATS_AT_FULL_PACE - 1, 15 * MINUTE],
    [REPEATS_AT_FULL_PACE, 30 * MINUTE],
    [REPEATS_AT_FULL_PACE + 1, 60 * MINUTE],
    [REPEATS_AT_FULL_PACE + 5, 16 * 60 * MINUTE],
    [REPEATS_AT_FULL_PACE + 6, DAY],
    [100_000, DAY],
  ])("after %i repeats is %i ms", (repeats, pauseMs) => {
    expect(repeatPauseMs(repeats, escalation)).toBe(pauseMs);
  });

  it.each([
    [0, 0, 1_000],
    [100_000, 0, REPEAT_PAUSE_MAX_MS],
    [0, REPEAT_PAUSE_MAX_MS - 1, REPEAT_PAUSE_MAX_MS - 1],
    [0, REPEAT_PAUSE_MAX_MS, REPEAT_PAUSE_MAX_MS],
  ])("after %i repeats at a pace of %i ms is %i ms", (repeats, repeatMs, pauseMs) => {
    expect(repeatPauseMs(repeats, { repeatMs, steps: [{ afterMs: 0 }] })).toBe(pauseMs);
  });

  it("holds the first step's own wait, and no more than a day with it", () => {
    expect(repeatPauseMs(0, { repeatMs: MINUTE, steps: [{ afterMs: MINUTE }] })).toBe(2 * MINUTE);
    expect(repeatPauseMs(0, { repeatMs: DAY, steps: [{ afterMs: MINUTE }] })).toBe(DAY);
  });
});

it("three days without an answer are a dozen pages to Alice, not 288", () => {
  // Bob's step, five minutes after hers, ends each round; and the first ring has waited for its like.
  const minutes = [0, 20, 40, 60, 80, 115, 180, 305, 550, 1_035, 2_000, 3_445];
  expect(pagedAt(new Desk(), 3)).toEqual(minutes.map((at) => at * MINUTE + LIKE_WAIT_MS));
});

it("an acknowledgement that lapses begins at the full pace again", () => {
  const desk = new Desk();
  pagedAt(desk, 3);
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  expect(desk.incident().nextStep).toMatchObject({ repeats: 12 });
  desk.tickAfter(60 * MINUTE);
  expect(desk.incident().nextStep).toMatchObject({ step: 1, repeats: 0 });
});

describe("the policy's waits", () => {
  const withWaits = (after: string, repeat: string) =>
    Policy.safeParse({ version: 1, escalation: { steps: [{ notify: ["operator"], after }], repeat } });

  it.each([
    ["24h", "1d", true],
    ["86400001ms", "15m", false],
    ["0s", "86400001ms", false],
    ["0s", "0s", true],
  ])("a step after %s, repeated after %s: accepted %s", (after, repeat, isAccepted) => {
    const parsed = withWaits(after, repeat);
    expect(parsed.success).toBe(isAccepted);
    if (!parsed.success) expect(parsed.error.issues[0]?.message).toContain("at least once a day");
  });
});
