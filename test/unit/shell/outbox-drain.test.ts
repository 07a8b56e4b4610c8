// The rhythm of an outbox: a delivery whose own rows cannot be read or written is one that failed, and is tried again after its pause.
import { expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import { OutboxDrain } from "../../../control-plane/src/shell/outbox-drain.ts";
import type { Answered } from "../../../control-plane/src/shell/ports.ts";

type Batch = (answered: Answered<"empty" | "delivered">) => void;

function drainOf(...batches: readonly Batch[]) {
  const clock = { now: 0 };
  const rests: (number | null)[] = [];
  let count = 0;
  const drain = new OutboxDrain({
    clock,
    retryMaxMs: 30_000,
    deliverBatch: (answered) => (batches[count++] ?? empty)(answered),
    onRest: (retryAt) => rests.push(retryAt),
  });
  return { clock, drain, rests, batchCount: () => count };
}

const empty: Batch = (answered) => answered(ok("empty"));
const delivered: Batch = (answered) => answered(ok("delivered"));
const failed: Batch = (answered) => answered(refuse({ reason: "call-failed", cause: "down" }));
const throws: Batch = () => {
  throw new Error("the disk says no");
};

it.each([
  { how: "fails", batch: failed },
  { how: "cannot be read from its rows", batch: throws },
])("a batch that $how is tried again after a pause that grows, and not before", ({ batch }) => {
  const { batchCount, clock, drain, rests } = drainOf(batch, batch, delivered);
  drain.drain();
  drain.drain();
  expect([rests, batchCount()]).toEqual([[1_000], 1]);
  clock.now = 1_000;
  drain.drain();
  expect(rests).toEqual([1_000, 3_000]);
  clock.now = 3_000;
  drain.drain();
  expect([rests, batchCount()]).toEqual([[1_000, 3_000, null], 4]);
});

it("what was queued while a batch was on its way is looked for when it has come", () => {
  const answers: Answered<"empty" | "delivered">[] = [];
  const { batchCount, drain } = drainOf((answered) => void answers.push(answered), empty, empty);
  drain.drain();
  drain.drain();
  expect(batchCount()).toBe(1);
  answers[0]?.(ok("empty"));
  expect(batchCount()).toBe(2);
});
