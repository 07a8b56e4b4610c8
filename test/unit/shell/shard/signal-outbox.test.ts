// In which order a shard tells the desk: what pages waits for no note.
import { describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import { MemoryRows } from "../../../../control-plane/replay/ports/memory-rows.ts";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import type { Answered } from "../../../../control-plane/src/shell/ports.ts";
import { PutAside } from "../../../../control-plane/src/shell/put-aside.ts";
import type { ShardRecords } from "../../../../control-plane/src/shell/shard/shard-ports.ts";
import { SignalOutbox } from "../../../../control-plane/src/shell/shard/signal-outbox.ts";

function newOutbox(): SignalOutbox {
  const rows = new MemoryRows<ShardRecords>();
  return new SignalOutbox(rows, new PutAside(rows));
}

const subject = { kind: "service", hostId: "host_a", hostName: "web-1", service: "web" } as const;
const base = (key: string) => ({ key, happenedAt: 1, noticedAt: 1, subject });
const note = (key: string): Signal => ({ ...base(key), kind: "note", text: "late" });
const cleared = (key: string): Signal => ({
  ...base(key),
  kind: "cleared",
  reason: "check-failing",
  evidence: [],
});
const superseded = (key: string): Signal => ({
  ...base(key),
  kind: "superseded",
  end: { reason: "recovered" },
});

function deliveries(outbox: SignalOutbox): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  const deliver = (signals: readonly Signal[], answered: Answered<void>) => {
    batches.push(signals.map(({ key }) => key));
    answered(ok(undefined));
  };
  let isDone = false;
  while (!isDone)
    outbox.deliverBatch(deliver, (answer) => {
      isDone = !answer.ok || answer.value === "empty";
    });
  return batches;
}

describe("signals on their way to the desk", () => {
  it("overtake all notes, and keep their order among each other", () => {
    const outbox = newOutbox();
    outbox.put(Array.from({ length: 250 }, (_, index) => note(`n${index}`)));
    outbox.put([cleared("a"), note("n250"), superseded("b")]);
    const [first = [], ...rest] = deliveries(outbox);
    expect(first.slice(0, 3)).toEqual(["a", "b", "n0"]);
    expect([first.length, ...rest.map(({ length }) => length)]).toEqual([100, 100, 53]);
    expect(rest.flat().at(-1)).toBe("n250");
  });

  it("fill a whole batch before any note", () => {
    const outbox = newOutbox();
    outbox.put([note("n"), ...Array.from({ length: 100 }, (_, index) => cleared(`c${index}`))]);
    const [first, second] = deliveries(outbox);
    expect([first?.includes("n"), second]).toEqual([false, ["n"]]);
  });

  it("stay, notes too, when the desk did not confirm", () => {
    const outbox = newOutbox();
    outbox.put([note("n"), cleared("a")]);
    const answers: boolean[] = [];
    outbox.deliverBatch(
      (_signals, answered) => answered(refuse({ reason: "call-failed", cause: "down" })),
      ({ ok: isDone }) => answers.push(isDone),
    );
    expect(answers).toEqual([false]);
    expect(deliveries(outbox)).toEqual([["a", "n"]]);
  });
});
