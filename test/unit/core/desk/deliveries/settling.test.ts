// Providers are told when nobody needs a page any more, whoever brought that about and however; once, and again until
// they were reached.
import { describe, expect, test } from "vitest";
import { aliceBy, calls, deskWith, RING, ringing, says, takes, withSureWay } from "./sure-way.ts";

withSureWay();

const BOTH = {
  responders: [
    { id: "alice", name: "Alice", channels: ["push"] },
    { id: "bob", name: "Bob", channels: ["text"] },
  ],
  escalation: { steps: [{ notify: ["alice", "bob"], after: "0s" }], repeat: "15m" },
  incident: { resolveAfter: "1m" },
};
const [ALICE, BOB] = [`${RING}@push`, "inc_1:ring:1:bob@text"];

function bothRing() {
  const desk = ringing(BOTH);
  takes(desk, RING, "push");
  takes(desk, "inc_1:ring:1:bob", "text");
  says(desk, ALICE, "delivered");
  says(desk, BOB, "delivered");
  return desk;
}

function told(desk: ReturnType<typeof bothRing>, deliveryKey: string, result: "told" | "failed" = "told") {
  const settle = desk.state.deliveries.get(deliveryKey)?.settle ?? null;
  desk.take({ kind: "delivery-settled", deliveryKey, settle, result });
}

const settled = (desk: ReturnType<typeof bothRing>) => calls(desk).filter((call) => !call.startsWith("ask"));

describe("everybody's phones fall silent", () => {
  test("when somebody takes it at the desk, and are told once more when it is over", () => {
    const desk = bothRing();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    expect(settled(desk)).toEqual([`acknowledged ${ALICE}`, `acknowledged ${BOB}`]);
    told(desk, ALICE);
    told(desk, BOB);
    desk.clear();
    desk.tickAfter(60_000);
    expect(settled(desk).slice(2)).toEqual([`resolved ${ALICE}`, `resolved ${BOB}`]);
    told(desk, ALICE);
    told(desk, BOB);
    desk.tickAfter(600_000);
    expect(settled(desk)).toHaveLength(4);
  });

  test("an answer to the word before says nothing of the word that follows", () => {
    const desk = bothRing();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.clear();
    desk.tickAfter(60_000);
    desk.take({ kind: "delivery-settled", deliveryKey: ALICE, settle: "acknowledged", result: "told" });
    expect(desk.state.deliveries.get(ALICE)?.settleAt).not.toBeNull();
    told(desk, ALICE);
    expect(desk.state.deliveries.get(ALICE)?.settleAt).toBeNull();
  });

  test("when one of them says so on the phone: its own provider knows it", () => {
    const desk = bothRing();
    says(desk, ALICE, "acknowledged");
    expect(settled(desk)).toEqual([`acknowledged ${BOB}`]);
    expect(desk.state.deliveries.get(BOB)?.askAt).toBeNull();
  });

  test("when it is over without anybody", () => {
    const desk = bothRing();
    desk.clear();
    desk.tickAfter(60_000);
    expect(settled(desk)).toEqual([`resolved ${ALICE}`, `resolved ${BOB}`]);
  });
});

test("a newer ring on the same channel stands in the place of the older one", () => {
  const desk = ringing(aliceBy(["push"]));
  takes(desk, RING, "push");
  says(desk, ALICE, "delivered");
  desk.tickAfter(15 * 60_000);
  takes(desk, "inc_1:ring:2:alice", "push", "push-2");
  expect(settled(desk)).toEqual([`superseded ${ALICE}`]);
  told(desk, ALICE);
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  expect(settled(desk).slice(1)).toEqual(["acknowledged inc_1:ring:2:alice@push"]);
});

test("… and is told nothing where one message carries both", () => {
  const desk = ringing(aliceBy(["push"]));
  takes(desk, RING, "push", "one");
  says(desk, ALICE, "delivered");
  desk.tickAfter(15 * 60_000);
  takes(desk, "inc_1:ring:2:alice", "push", "one");
  expect(settled(desk)).toEqual([]);
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  expect(settled(desk)).toEqual(["acknowledged inc_1:ring:2:alice@push"]);
});

test("… and each hears how it ends where none takes another's place", () => {
  const desk = ringing(aliceBy(["chat"]));
  takes(desk, RING, "chat", "chat-1");
  desk.tickAfter(15 * 60_000);
  takes(desk, "inc_1:ring:2:alice", "chat", "chat-2");
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  expect(settled(desk)).toEqual([`acknowledged ${RING}@chat`, "acknowledged inc_1:ring:2:alice@chat"]);
});

test("the next ring hangs beneath the first one's handle, on its own channel", () => {
  const desk = ringing(aliceBy(["push"]));
  takes(desk, RING, "push", "thread-1");
  says(desk, ALICE, "delivered");
  desk.tickAfter(15 * 60_000);
  const earlier = desk.effects.flatMap((effect) => (effect.kind === "send-page" ? [effect.earlier] : []));
  expect(earlier).toEqual([null, "thread-1"]);
});

test.each([
  ["while it goes on", 0, { handle: "alert-1", isOpen: true }],
  ["which would open it anew once it is over", 120_000, undefined],
])("an update that is tried again adds to what was told %s", (_when, overForMs, latest) => {
  const desk = ringing({ ...aliceBy(["push"]), incident: { resolveAfter: "1m" } });
  takes(desk, RING, "push", "alert-1");
  const ring = desk.state.pages.get(RING)!;
  const update = {
    ...ring,
    key: "inc_1:update:2:alice",
    kind: "update",
    state: "pending",
    attempts: 1,
  } as const;
  const due = { ...update, nextAttemptAt: desk.now + overForMs, round: { done: 0, tried: [] } };
  desk.state = { ...desk.state, pages: desk.state.pages.with(update.key, due) };
  if (overForMs > 0) desk.clear();
  desk.tickAfter(overForMs);
  expect(desk.state.incidents.get("inc_1")?.state).toBe(overForMs > 0 ? "resolved" : "open");
  const sent = desk.effects.filter((effect) => effect.kind === "send-page" && effect.page.kind === "update");
  expect(sent).toEqual([expect.objectContaining(latest === undefined ? { earlier: "alert-1" } : { latest })]);
  if (latest === undefined) expect(sent[0]).not.toHaveProperty("latest");
});

test.each(["at the desk", "on the phone"])(
  "a test that was confirmed %s is over at its provider",
  (where) => {
    const desk = deskWith(BOTH);
    desk.act("bob", { kind: "send-test-page", testId: "tst_1", responder: "alice", channel: null });
    takes(desk, "tst_1:test:0:alice", "push");
    if (where === "at the desk") desk.act("alice", { kind: "confirm-test-page", testId: "tst_1" });
    else says(desk, "tst_1:test:0:alice@push", "acknowledged");
    expect(settled(desk)).toEqual(["resolved tst_1:test:0:alice@push"]);
  },
);

test("what is told nothing is asked about no more all the same", () => {
  const desk = ringing(aliceBy(["phone"]));
  takes(desk, RING, "phone");
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  expect([settled(desk), desk.state.deliveries.get(`${RING}@phone`)?.settle]).toEqual([[], "acknowledged"]);
});

test("who is not reached is told again, later each time up to ten minutes, for three hours", () => {
  const desk = bothRing();
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  told(desk, ALICE);
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 24; attempt += 1) {
    told(desk, BOB, "failed");
    const settleAt = desk.state.deliveries.get(BOB)?.settleAt ?? 0;
    pauses.push(settleAt - desk.now);
    desk.now = settleAt;
    desk.take({ kind: "tick" });
  }
  for (const [index, pauseMs] of pauses.entries()) {
    expect(pauseMs).toBeGreaterThanOrEqual(0.8 * Math.min(600_000, 5_000 * 2 ** index));
    expect(pauseMs).toBeLessThanOrEqual(1.2 * Math.min(600_000, 5_000 * 2 ** index));
  }
  // An outage of a provider takes an hour and more, and an alert that nobody ended calls people to what is over.
  expect(pauses.reduce((sum, pauseMs) => sum + pauseMs, 0)).toBeGreaterThan(2.5 * 3_600_000);
  expect(settled(desk).filter((call) => call.endsWith(BOB))).toHaveLength(24);
  expect(desk.audited().filter((act) => act === "settling-given-up")).toHaveLength(1);
  expect(desk.state.deliveries.get(BOB)?.settleAt).toBeNull();
});

test("a decision that was not stored is made again", () => {
  const desk = bothRing();
  const { state } = desk;
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  desk.state = state;
  desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
  expect(settled(desk)).toHaveLength(4);
});
