// The page outbox and the escalation's steps: order of channels, pauses, giving up, keys; both sides of each bound.
import { describe, expect, test } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, POLICY, START_AT, isTold } from "../desk-fixtures.ts";

const KEY = "inc_1:ring:1:alice";
const RESOLVE_AFTER_MS = POLICY.incident.resolveAfterMs;

/** Alice alone is paged, so that nobody else's pages are in the way. */
const ALICE_ONLY: Policy = {
  ...POLICY,
  escalation: { steps: [{ notify: ["alice"], afterMs: 0 }], repeatMs: 24 * 3_600_000 },
};

describe("channels", () => {
  test("the next channel is tried at once when one fails, with the same key", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.receipt(KEY, "push", "failed");
    expect(desk.attempts()).toEqual([`${KEY} push`, `${KEY} text`]);
    desk.receipt(KEY, "text", "delivered");
    expect(desk.state.pages.get(KEY)).toMatchObject({
      state: "delivered",
      deliveredBy: "text",
      attempts: 2,
    });
    expect(isTold(desk, "inc_1")).toBe(true);
  });

  test.each([
    [19_999, 1],
    [20_000, 2],
  ])("unconfirmed for %i ms: %i attempts", (afterMs, count) => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.tickAfter(afterMs);
    expect(desk.attempts()).toHaveLength(count);
  });

  test("pauses between rounds grow: about 5, 10, 20 s, a fifth shorter or longer", () => {
    const desk = new Desk(ALICE_ONLY);
    desk.fire();
    desk.settle();
    const pauses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      desk.receipt(KEY, "push", "failed");
      desk.receipt(KEY, "text", "failed");
      const nextAt = desk.state.pages.get(KEY)?.nextAttemptAt ?? 0;
      pauses.push(nextAt - desk.now);
      desk.tickAfter(nextAt - desk.now - 1);
      expect(desk.attempts()).toHaveLength(2 * (round + 1));
      desk.tickAfter(1);
    }
    for (const [round, pauseMs] of pauses.entries()) {
      expect(pauseMs).toBeGreaterThanOrEqual(4_000 * 2 ** round);
      expect(pauseMs).toBeLessThanOrEqual(6_000 * 2 ** round);
    }
    expect(new Set(pauses.map((pauseMs, round) => pauseMs / 2 ** round)).size).toBe(3);
  });

  test("after eight rounds it is undeliverable, audited and on the timeline, never silent", () => {
    // Pages about channels that fail would try them in its place.
    const rules = {
      ...POLICY.rules,
      "page-undelivered": { ...POLICY.rules["page-undelivered"], enabled: false },
    };
    const desk = new Desk({ ...ALICE_ONLY, rules });
    desk.fire();
    desk.settle();
    for (let round = 0; round < 8; round += 1) {
      expect(desk.state.pages.get(KEY)?.state).toBe("pending");
      desk.receipt(KEY, "push", "failed");
      desk.receipt(KEY, "text", "failed");
      desk.tickAfter(300_000);
    }
    expect(desk.attempts().filter((attempt) => attempt.startsWith(KEY))).toHaveLength(16);
    expect(desk.state.pages.get(KEY)).toMatchObject({ state: "undeliverable", lastError: "text: " });
    expect(desk.audited()).toContain("page-undeliverable");
    expect(desk.state.incidents.values()[0]?.timeline.at(-1)?.text).toContain("could not be delivered");
  });

  test("a failure of an earlier attempt that comes late starts no second chain", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.tickAfter(20_000);
    desk.receipt(KEY, "push", "failed");
    expect(desk.attempts()).toHaveLength(2);
    expect(desk.state.pages.get(KEY)).toMatchObject({ lastError: "push: " });
  });

  test("a receipt after delivery, or for an unknown page, decides nothing and is audited", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.receipt(KEY, "push", "delivered");
    desk.receipt(KEY, "push", "failed");
    desk.receipt("inc_9:ring:1:bob", "push", "delivered");
    expect(desk.state.pages.get(KEY)?.state).toBe("delivered");
    expect(desk.audited()).toEqual(["incident-opened", "page-delivered", "page-failed", "page-delivered"]);
  });

  test("a person without a channel is given up loudly", () => {
    const desk = new Desk({
      ...ALICE_ONLY,
      responders: [{ id: "alice", name: "Alice", channels: [], roles: ["approve"] }],
    });
    desk.fire();
    desk.settle();
    expect(desk.audited()).toContain("page-undeliverable");
  });

  test("nobody is paged who is not in the policy", () => {
    const desk = new Desk({
      ...ALICE_ONLY,
      escalation: { steps: [{ notify: ["nobody"], afterMs: 0 }], repeatMs: 60_000 },
    });
    desk.fire();
    desk.settle();
    expect(desk.state.pages.ids()).toEqual([]);
    expect(desk.incident().sentCount).toBe(1);
  });

  test("a page never attempted for an incident that resolved is withdrawn; an attempted one goes on", () => {
    for (const attempts of [0, 1]) {
      const desk = new Desk(ALICE_ONLY);
      desk.fire();
      desk.settle();
      desk.clear();
      const page = desk.state.pages.get(KEY);
      if (page !== undefined)
        desk.state = {
          ...desk.state,
          pages: recordsFrom([
            [
              KEY,
              {
                ...page,
                attempts,
                unconfirmed: attempts === 0 ? [] : ["push"],
                nextAttemptAt: desk.now + RESOLVE_AFTER_MS,
              },
            ],
          ]),
        };
      desk.tickAfter(RESOLVE_AFTER_MS);
      expect(desk.audited().includes("page-withdrawn")).toBe(attempts === 0);
      expect(desk.attempts()).toHaveLength(attempts === 0 ? 1 : 2);
    }
  });
});

test.each([true, false])(
  "an attempted page of an incident that ended goes on, unless somebody had it in hand: %s",
  (isTaken) => {
    const desk = new Desk(ALICE_ONLY);
    desk.fire();
    desk.settle();
    const page = desk.state.pages.get(KEY);
    if (page !== undefined) {
      const waiting = { ...page, nextAttemptAt: desk.now + RESOLVE_AFTER_MS + 60_000 };
      desk.state = { ...desk.state, pages: recordsFrom([[KEY, waiting]]) };
    }
    if (isTaken) desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    expect(desk.incident().state).toBe("resolved");
    desk.tickAfter(60_000);
    // It may have come: whoever is not rung again is told the end.
    const kinds = desk.attempts().map((attempt) => attempt.split(":")[1]);
    expect(kinds).toEqual(isTaken ? ["ring", "recovered"] : ["ring", "ring"]);
    expect(desk.audited().includes("page-withdrawn")).toBe(isTaken);
  },
);

describe("steps", () => {
  test("go in order and repeat from the first until somebody acknowledges", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    for (const waitMs of [300_000, 900_000, 300_000]) {
      desk.deliverPages();
      desk.tickAfter(waitMs - 1);
      const countBefore = desk.attempts().length;
      desk.tickAfter(1);
      expect(desk.attempts().length).toBe(countBefore + 1);
    }
    expect(desk.attempts()).toEqual([
      "inc_1:ring:1:alice push",
      "inc_1:ring:2:bob push",
      // a round that nobody answered begins the next one at the next channel
      "inc_1:ring:3:alice text",
      "inc_1:ring:4:bob push",
    ]);
  });

  test("a desk that woke hours late pages one step, not all of them at once", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(6 * 3_600_000);
    expect(desk.attempts()).toHaveLength(2);
  });

  test("a policy with fewer steps, or with no pause, still pages and ends", () => {
    const desk = new Desk({
      ...ALICE_ONLY,
      escalation: { steps: [{ notify: ["alice"], afterMs: 0 }], repeatMs: 0 },
    });
    desk.fire();
    desk.settle();
    expect(desk.last?.alarmAt).toBe(START_AT + LIKE_WAIT_MS + 1_000);
    const incident = { ...desk.incident(), nextStep: { round: 0, step: 7, dueAt: desk.now, repeats: 0 } };
    desk.state = { ...desk.state, incidents: recordsFrom([["inc_1", incident]]) };
    desk.tickAfter(1_000);
    expect(desk.incident().nextStep).toMatchObject({ round: 1, step: 0 });
  });
});
