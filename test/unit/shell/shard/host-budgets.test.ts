// What a shard tells itself of a flood: at once, then seldom, and all of it in the end; and who pays for what was told.
import { describe, expect, it } from "vitest";
import { HOST_CHANGES_BURST_MAX, HOST_NOTES_BURST_MAX } from "@countersign/shared/values/limits";
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { ShardEvent } from "../../../../control-plane/src/core/shard/host/shard-events.ts";
import type { ShardEffect } from "../../../../control-plane/src/core/words/effects.ts";
import { DROPS_TOLD_EVERY_MS, HostBudgets } from "../../../../control-plane/src/shell/shard/host-budgets.ts";
import { START_AT } from "../../core/shard/shard-driver.ts";

const subjectOf = (hostId: string) => ({ kind: "host", hostId, hostName: hostId }) as const;
const base = (hostId: string) => ({ key: "s:1", happenedAt: 1, noticedAt: 1, subject: subjectOf(hostId) });
const note = (hostId: string): ShardEffect => ({
  kind: "signal",
  signal: { ...base(hostId), kind: "note", text: "up → late" },
});
const cleared = (hostId: string): ShardEffect => ({
  kind: "signal",
  signal: { ...base(hostId), kind: "cleared", reason: "provider-failing", evidence: [] },
});
const facts = (hostId: string): ShardEvent => ({ kind: "facts", hostId, facts: [] });
const sweep: ShardEvent = { kind: "sweep", lastSeenAt: NONE_NAMED };

describe("what was dropped", () => {
  it("is told at once, then after the pause, with all that was dropped in between", () => {
    const budgets = new HostBudgets();
    expect(budgets.drop("a", false, START_AT)).toMatchObject({ droppedCount: 1, lastAt: START_AT });
    expect(budgets.drop("a", false, START_AT + 1)).toBeNull();
    expect(budgets.drop("a", false, START_AT + DROPS_TOLD_EVERY_MS - 1)).toBeNull();
    expect(budgets.drop("a", false, START_AT + DROPS_TOLD_EVERY_MS)).toMatchObject({ droppedCount: 3 });
    expect(budgets.drop("b", false, START_AT + 1)).toMatchObject({ hostId: "b", droppedCount: 1 });
  });

  it("is told at once where the connection is ended, and that too only once in a pause", () => {
    const budgets = new HostBudgets();
    budgets.drop("a", false, START_AT);
    expect(budgets.drop("a", true, START_AT + 1)).toMatchObject({ isClosed: true, droppedCount: 1 });
    expect(budgets.drop("a", true, START_AT + 2)).toBeNull();
    expect(budgets.drop("a", true, START_AT + 1 + DROPS_TOLD_EVERY_MS)).toMatchObject({ droppedCount: 2 });
  });

  it("is told by a sweep when nothing more is dropped, and then forgotten", () => {
    const budgets = new HostBudgets();
    budgets.drop("a", false, START_AT);
    budgets.drop("a", false, START_AT + 5);
    expect(budgets.untold(START_AT + 10)).toMatchObject([{ droppedCount: 1, lastAt: START_AT + 5 }]);
    expect(budgets.untold(START_AT + 11)).toEqual([]);
    budgets.untold(START_AT + 10 + DROPS_TOLD_EVERY_MS);
    expect(budgets.drop("a", false, START_AT + 11 + DROPS_TOLD_EVERY_MS)).toMatchObject({ droppedCount: 1 });
  });
});

describe("what a decision tells", () => {
  it("is paid by the host whose event it was, also where it is about all of them", () => {
    const budgets = new HostBudgets();
    for (let count = 0; count < HOST_CHANGES_BURST_MAX; count += 1)
      budgets.admit(facts("a"), [cleared("fleet:shard-0")], START_AT);
    expect([budgets.judge("a", 1, START_AT), budgets.judge("b", 1, START_AT)]).toEqual(["drop", "take"]);
  });

  it("is paid by each its own where time alone brought it", () => {
    const budgets = new HostBudgets();
    for (let count = 0; count < HOST_CHANGES_BURST_MAX; count += 1)
      budgets.admit(sweep, [cleared("a")], START_AT);
    expect([budgets.judge("a", 1, START_AT), budgets.judge("b", 1, START_AT)]).toEqual(["drop", "take"]);
  });

  it("loses notes alone, and only those of the host that has too many", () => {
    const budgets = new HostBudgets();
    const effects = Array.from({ length: HOST_NOTES_BURST_MAX + 5 }, () => note("a"));
    const kept = budgets.admit(sweep, [...effects, note("b"), cleared("a")], START_AT);
    expect(kept).toHaveLength(HOST_NOTES_BURST_MAX + 2);
    expect(kept.slice(-2)).toEqual([note("b"), cleared("a")]);
  });

  it("keeps notes that are about no host", () => {
    const budgets = new HostBudgets();
    const gap: ShardEffect = {
      kind: "signal",
      signal: { ...base("a"), subject: null, kind: "note", text: "no data 02:10–02:31" },
    };
    const many = Array.from({ length: 3 * HOST_NOTES_BURST_MAX }, () => gap);
    expect(budgets.admit(sweep, many, START_AT)).toEqual(many);
  });
});
