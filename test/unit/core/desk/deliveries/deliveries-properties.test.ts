// Whatever channels and providers say, and in whatever order: a desk decides as one that has just woken, nothing due is
// left undone, no stage goes back, and what nobody needs any more is asked about and waited for no more.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Delivery } from "../../../../../control-plane/src/core/desk/records/pages/delivery.ts";
import {
  decideDesk,
  type Desk,
  deskWith,
  fails,
  restoredDesk,
  says,
  takes,
  withSureWay,
} from "./sure-way.ts";

withSureWay();

const LATER_MS = [0, 5_000, 30_000, 130_000, 900_000] as const;
const RANKS = ["accepted", "delivered", "lost", "seen", "acknowledged"];

const command = fc.oneof(
  fc.record({
    kind: fc.constantFrom("fire" as const, "clear" as const, "acknowledge" as const, "test" as const),
  }),
  fc.record({ kind: fc.constant("take" as const), which: fc.nat(9), handle: fc.nat(2) }),
  fc.record({
    kind: fc.constant("fail" as const),
    which: fc.nat(9),
    how: fc.constantFrom<Parameters<typeof fails>[2]>(
      {},
      { isForGood: true },
      { isTimeout: true },
      { retryAfterMs: 40_000 },
    ),
  }),
  fc.record({
    kind: fc.constant("say" as const),
    which: fc.nat(9),
    stage: fc.constantFrom("delivered" as const, "seen" as const, "acknowledged" as const, "lost" as const),
  }),
  fc.record({
    kind: fc.constant("settled" as const),
    which: fc.nat(9),
    result: fc.constantFrom("told" as const, "failed" as const),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(...LATER_MS) }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

test.each([
  ["in order", {}],
  [
    "at once",
    { responders: [{ id: "alice", name: "Alice", channels: ["push", "text", "feed"], send: "at-once" }] },
  ],
])("a desk that sends %s", { timeout: 60_000 }, (_how, said) => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30, size: "max" }), (history) => {
      const desk = deskWith(said);
      for (const next of history) {
        const before = desk.state.deliveries;
        perform(desk, next);
        for (const delivery of desk.state.deliveries.values())
          expectKept(desk, delivery, before.get(delivery.deliveryKey));
        expectWoken(desk);
      }
    }),
    { numRuns: 20 },
  );
});

function expectKept({ state }: Desk, delivery: Delivery, before: Delivery | undefined): void {
  if (before !== undefined)
    expect(RANKS.indexOf(delivery.stage)).toBeGreaterThanOrEqual(RANKS.indexOf(before.stage));
  const isOpen = state.incidents.get(delivery.incidentId)?.state === "open" || delivery.kind === "test";
  if (!isOpen) expect([delivery.askAt, delivery.arrivesByAt]).toEqual([null, null]);
}

function expectWoken(desk: Desk): void {
  const woken = restoredDesk(JSON.stringify(desk.state));
  for (const laterMs of LATER_MS) {
    const [known, anew] = [desk.state, woken].map((from) => {
      let ids = 0;
      const newId = (prefix: string) => `${prefix}_later${++ids}`;
      return decideDesk(from, { kind: "tick" }, { now: desk.now + laterMs, policy: desk.policy, newId });
    });
    expect(known).toEqual(anew);
  }
}

function perform(desk: Desk, next: Command): void {
  switch (next.kind) {
    case "fire":
      return void desk.fire();
    case "clear":
      return void desk.clear();
    case "acknowledge":
      return void desk.act("alice", {
        kind: "acknowledge",
        incidentId: desk.state.incidents.ids().at(-1) ?? "",
      });
    case "test": {
      const testId = `tst_${desk.state.testPages.size}`;
      return void desk.act("alice", { kind: "send-test-page", testId, responder: "alice", channel: null });
    }
    case "take": {
      const [key = "", channel = ""] = attemptAt(desk, next.which);
      return takes(desk, key, channel, `h${next.handle}`);
    }
    case "fail": {
      const [key = "", channel = ""] = attemptAt(desk, next.which);
      return fails(desk, channel, { ...next.how, key });
    }
    case "say":
      return says(desk, deliveryAt(desk, next.which), next.stage);
    case "settled":
      return void desk.take({
        kind: "delivery-settled",
        deliveryKey: deliveryAt(desk, next.which),
        settle: desk.state.deliveries.get(deliveryAt(desk, next.which))?.settle ?? null,
        result: next.result,
      });
    case "wait":
      return void desk.tickAfter(next.ms);
  }
}

function attemptAt(desk: Desk, which: number): readonly string[] {
  const attempts = desk.attempts();
  return attempts[attempts.length - 1 - which]?.split(" ") ?? [];
}

function deliveryAt(desk: Desk, which: number): string {
  return desk.state.deliveries.ids()[which] ?? "";
}
