// What a provider that is asked or told refuses: it is left alone for as long as it says, no longer than that makes
// sense, and what it refuses for good it is not asked again.
import { describe, expect, test } from "vitest";
import { aliceBy, ASKS_UNTIL_MS, calls, fails, RING, ringing, takes, withSureWay } from "./sure-way.ts";

withSureWay();

const KEY = `${RING}@push`;
const HOUR_MS = 3_600_000;

/** Alice's channel took her ring. */
function taken(channels: readonly string[] = ["push"]) {
  const desk = ringing(aliceBy(channels));
  takes(desk, RING, "push");
  return desk;
}

type Desk = ReturnType<typeof taken>;

function isAsked(desk: Desk, refusal: { retryAfterMs?: number; isForGood?: true } = {}): void {
  desk.take({ kind: "receipt-told", deliveryKey: KEY, receipt: null, ...refusal });
}

function isTold(desk: Desk, refusal: { retryAfterMs?: number } = {}): void {
  const settle = desk.state.deliveries.get(KEY)?.settle ?? null;
  desk.take({ kind: "delivery-settled", deliveryKey: KEY, settle, result: "failed", ...refusal });
}

/** When the first of what follows is asked or told, after so many milliseconds at most. */
function firstAfter(desk: Desk, withinMs: number): number | null {
  const [before, sinceAt] = [calls(desk).length, desk.now];
  while (desk.now < sinceAt + withinMs) {
    desk.tickAfter(1_000);
    if (calls(desk).length > before) return desk.now - sinceAt;
  }
  return null;
}

describe("asking", () => {
  test("waits for as long as its provider says, and no less than by its own pauses", () => {
    const desk = taken();
    desk.tickAfter(5_000);
    isAsked(desk, { retryAfterMs: 22_000 });
    expect(firstAfter(desk, 60_000)).toBe(22_000);
    isAsked(desk, { retryAfterMs: 1_000 });
    expect(firstAfter(desk, 60_000)).toBe(10_000);
  });

  test("is done once more while an answer still matters, however long it is to wait", () => {
    const desk = taken();
    desk.tickAfter(5_000);
    isAsked(desk, { retryAfterMs: HOUR_MS });
    expect(firstAfter(desk, HOUR_MS)).toBe(ASKS_UNTIL_MS - 5_000);
    expect(firstAfter(desk, HOUR_MS)).toBeNull();
  });

  test("waits with all that goes to that provider by the same channel, and nobody else's", () => {
    const desk = ringing({
      escalation: { steps: [{ notify: ["alice", "bob"], after: "0s" }], repeat: "15m" },
      responders: [
        { id: "alice", name: "Alice", channels: ["push", "text"], send: "at-once" },
        { id: "bob", name: "Bob", channels: ["push"] },
      ],
    });
    takes(desk, RING, "push");
    takes(desk, RING, "text");
    takes(desk, "inc_1:ring:1:bob", "push", "push-2");
    desk.tickAfter(5_000);
    isAsked(desk, { retryAfterMs: 20_000 });
    const askAt = (key: string) => (desk.state.deliveries.get(key)?.askAt ?? 0) - desk.now;
    expect([KEY, "inc_1:ring:1:bob@push", `${RING}@text`].map(askAt)).toEqual([20_000, 20_000, 10_000]);
  });

  test("ends with a refusal for good", () => {
    const desk = taken();
    desk.tickAfter(5_000);
    isAsked(desk, { isForGood: true });
    expect(desk.state.deliveries.get(KEY)?.askAt).toBeNull();
  });

  test("waits as well where its provider said so of a page", () => {
    const desk = taken(["push"]);
    fails(desk, "push", { key: "inc_1:ring:2:alice", retryAfterMs: 20_000 });
    expect(firstAfter(desk, 60_000)).toBe(20_000);
  });

  test("says nothing of pages: they are tried at once", () => {
    const desk = taken();
    desk.tickAfter(5_000);
    isAsked(desk, { retryAfterMs: HOUR_MS });
    expect(desk.state.channelStates.size).toBe(0);
  });
});

describe("telling that nobody needs it any more", () => {
  function ended() {
    const desk = taken();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    expect(calls(desk)).toEqual([`acknowledged ${KEY}`]);
    return desk;
  }

  test.each([
    [90_000, 90_000],
    [10 * HOUR_MS, HOUR_MS],
  ])("after Retry-After of %i ms waits for %i ms", (retryAfterMs, pauseMs) => {
    const desk = ended();
    isTold(desk, { retryAfterMs });
    expect(firstAfter(desk, 2 * HOUR_MS)).toBe(pauseMs);
  });

  test("takes the times that it waits for as tried: it is given up in about the same time", () => {
    const desk = ended();
    const sinceAt = desk.now;
    for (let told = 0; told < 24; told += 1) {
      isTold(desk, { retryAfterMs: HOUR_MS });
      if (firstAfter(desk, HOUR_MS) === null) break;
    }
    expect(desk.now - sinceAt).toBeLessThanOrEqual(6 * HOUR_MS);
    expect(desk.audited()).toContain("settling-given-up");
  });

  test("another word meanwhile is told once, and waits with the rest", () => {
    const desk = ended();
    isTold(desk, { retryAfterMs: 600_000 });
    desk.clear();
    desk.tickAfter(desk.policy.incident.resolveAfterMs);
    expect(calls(desk).slice(1)).toEqual([`resolved ${KEY}`]);
    isTold(desk, { retryAfterMs: 90_000 });
    expect(firstAfter(desk, HOUR_MS)).toBe(90_000);
  });
});
