// In which order a shard tells the desk, on a real SQLite: what pages waits for no note.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { describe, expect, it } from "vitest";
import type { Signal } from "../../../../control-plane/src/core/words/signal.ts";
import { CountedSql } from "../../../../control-plane/src/platform/counted-sql.ts";
import { PutAside } from "../../../../control-plane/src/platform/put-aside.ts";
import { SignalOutbox } from "../../../../control-plane/src/platform/shard/signal-outbox.ts";

function newOutbox(): SignalOutbox {
  const database = new DatabaseSync(":memory:");
  const exec = (statement: string, ...bindings: readonly SQLInputValue[]) => {
    const rows = database.prepare(statement).all(...bindings);
    return { toArray: () => rows, rowsWritten: 0 };
  };
  const sql = new CountedSql({ sql: { exec }, transactionSync: (write) => write() });
  const outbox = new SignalOutbox(sql, new PutAside(sql));
  outbox.create();
  return outbox;
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

async function deliveries(outbox: SignalOutbox): Promise<readonly (readonly string[])[]> {
  const batches: (readonly string[])[] = [];
  const deliver = async (signals: readonly Signal[]) => void batches.push(signals.map(({ key }) => key));
  while ((await outbox.deliverBatch(deliver)) === "delivered");
  return batches;
}

describe("signals on their way to the desk", () => {
  it("overtake all notes, and keep their order among each other", async () => {
    const outbox = newOutbox();
    outbox.put(Array.from({ length: 250 }, (_, index) => note(`n${index}`)));
    outbox.put([cleared("a"), note("n250"), superseded("b")]);
    const [first = [], ...rest] = await deliveries(outbox);
    expect(first.slice(0, 3)).toEqual(["a", "b", "n0"]);
    expect([first.length, ...rest.map(({ length }) => length)]).toEqual([100, 100, 53]);
    expect(rest.flat().at(-1)).toBe("n250");
  });

  it("fill a whole batch before any note", async () => {
    const outbox = newOutbox();
    outbox.put([note("n"), ...Array.from({ length: 100 }, (_, index) => cleared(`c${index}`))]);
    const [first, second] = await deliveries(outbox);
    expect([first?.includes("n"), second]).toEqual([false, ["n"]]);
  });

  it("stay, notes too, when the desk did not confirm", async () => {
    const outbox = newOutbox();
    outbox.put([note("n"), cleared("a")]);
    await expect(outbox.deliverBatch(() => Promise.reject(new Error("down")))).rejects.toThrow();
    expect(await deliveries(outbox)).toEqual([["a", "n"]]);
  });
});
