// Lists of what the desk alone wrote: D1 is waited for while rows are on their way, a bounded number of looks, and a list that is behind all the
// same says since when.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  chainEntry,
  CHAIN_START,
  type ChainedAuditEntry,
} from "../../../control-plane/src/core/desk/audit/audit-chain.ts";
import { BY_DESK } from "../../../control-plane/src/core/words/actor.ts";
import {
  listAudit,
  listIncidents,
  listPages,
  listResolved,
} from "../../../control-plane/src/http/desk-lists.ts";
import { withDesk } from "../../../control-plane/src/http/incidents-of-desk.ts";
import { listsOf } from "../../../control-plane/src/http/lists.ts";
import { auditRowOf } from "../../../control-plane/src/read-side/rows.ts";
import { Desk } from "../core/desk/desk-fixtures.ts";
import { incidentRow, pageRow, readSideWith } from "../read-side/listed.ts";

const NOW = 1_800_000_000_000;
const ASKED = { hostId: null, after: null, limit: 10 };

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

/** What may be asked of a desk that owes since these instants, one look after the other; the last holds on. */
async function readsOf(since: readonly (number | null)[], database?: () => D1Database) {
  const { d1 } = await readSideWith([
    incidentRow("inc_1", 10),
    pageRow("p:1", 5, "inc_1", "alice"),
    ...CHAIN.map(auditRowOf),
  ]);
  let looks = 0;
  const own: readonly ChainedAuditEntry[] = [...CHAIN].reverse();
  const desk = {
    unprojectedSinceAt: async () => since[Math.min(looks++, since.length - 1)] ?? null,
    auditRows: async ({ before, limit }: { before: number | null; limit: number }) =>
      own.filter(({ sequence }) => before === null || sequence < before).slice(0, limit),
  };
  return { reads: { desk, lists: listsOf(database ?? (() => d1)) }, looks: () => looks };
}

const ENTRY = { at: 1, actor: BY_DESK, act: "page-queued", refs: [], subject: "web-1", why: "" };
const CHAIN = Array.from({ length: 4 }).reduce<ChainedAuditEntry[]>((rows, _each, index) => {
  const end = rows.at(-1) ?? { sequence: 0, hash: CHAIN_START };
  return [...rows, chainEntry({ ...ENTRY, at: index }, end)];
}, []);

async function settled<T>(work: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(5_000);
  return work;
}

describe("a list of what the desk wrote", () => {
  it("is read at once where nothing is on its way", async () => {
    const { looks, reads } = await readsOf([null]);
    const part = await settled(listResolved(reads, ASKED));
    expect([part.rows.length, part.asOf, looks()]).toEqual([1, NOW, 1]);
  });

  it("waits until what is on its way has arrived", async () => {
    const { looks, reads } = await readsOf([NOW, NOW, null]);
    await settled(listPages(reads, { incidentId: null, responder: null, after: null, limit: 10 }));
    expect(looks()).toBe(3);
  });

  it("waits no longer than five looks, and then says since when it is behind", async () => {
    const { looks, reads } = await readsOf([NOW - 1]);
    const part = await settled(listResolved(reads, ASKED));
    expect([part.asOf, looks()]).toEqual([NOW - 1, 5]);
  });

  it("does not wait for a D1 that is down, or behind by more", async () => {
    const { looks, reads } = await readsOf([NOW - 60_000]);
    const part = await settled(listResolved(reads, ASKED));
    expect([part.asOf, looks()]).toEqual([NOW - 60_000, 1]);
  });

  it("says that it cannot be read", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { reads } = await readsOf([null], () => {
      throw new Error("D1 is down");
    });
    expect(await settled(listResolved(reads, ASKED))).toEqual({ rows: [], next: null, asOf: null });
    vi.restoreAllMocks();
  });
});

describe("the audit", () => {
  const sequences = (rows: readonly ChainedAuditEntry[]) => rows.map(({ sequence }) => sequence);

  it("is D1's while that has all of it, and the desk's own while it lacks a row", async () => {
    const complete = await readsOf([null]);
    const part = await settled(listAudit(complete.reads, { before: null, limit: 3 }));
    expect([sequences(part.rows), part.deskOwnSince, part.top?.sequence]).toEqual([[4, 3, 2], null, 4]);
    const behind = await readsOf([NOW - 60_000]);
    const own = await settled(listAudit(behind.reads, { before: 4, limit: 2 }));
    expect([sequences(own.rows), own.deskOwnSince]).toEqual([[3, 2], NOW - 60_000]);
  });
});

describe("the incidents", () => {
  const FILTER = { severity: null, reason: null, host: null, service: null, fromAt: null, toAt: null };
  const asked = { filter: { ...FILTER, standing: null, search: "" }, after: null, limit: 10 };
  const open = (incidentId: string, openedAt: number) => {
    const desk = new Desk();
    desk.fire();
    return { ...desk.incident(), incidentId, openedAt };
  };

  it("hold what is open at the desk, though D1 is an hour behind", async () => {
    const { reads } = await readsOf([NOW - 3_600_000]);
    const desk = {
      ...reads.desk,
      overview: async () => ({ incidents: [open("inc_9", NOW)], approvals: [] }),
    };
    const part = await settled(listIncidents({ desk, lists: reads.lists }, asked));
    expect(part.rows.map(({ incidentId }) => incidentId)).toEqual(["inc_9", "inc_1"]);
  });

  it("leave out what stands otherwise by the desk than D1 says", async () => {
    const { d1 } = await readSideWith([incidentRow("inc_1", null)]);
    const going = { ...asked, filter: { ...asked.filter, standing: "open" as const } };
    const taken = [{ ...open("inc_1", 1), state: "acknowledged" as const }];
    const desk = {
      unprojectedSinceAt: async () => NOW - 3_600_000,
      overview: async () => ({ incidents: taken, approvals: [] }),
    };
    expect((await settled(listIncidents({ desk, lists: listsOf(() => d1) }, going))).rows).toEqual([]);
    expect((await settled(listIncidents({ desk, lists: listsOf(() => d1) }, asked))).rows).toHaveLength(1);
  });

  it("name each once over their parts, whoever holds it", () => {
    const own = [8, 6, 4, 2].map((at) => open(`inc_${at}`, at));
    const row = (at: number) => ({ ...open(`inc_${at}`, at), hostId: null, service: null });
    const first = withDesk({ rows: [row(7), row(6)], next: "6:inc_6" }, own, { ...asked, limit: 2 });
    const second = withDesk({ rows: [row(6), row(5)], next: "5:inc_5" }, own, {
      ...asked,
      limit: 2,
      after: first.next,
    });
    const third = withDesk({ rows: [row(1)], next: null }, own, { ...asked, limit: 9, after: second.next });
    const found = [first, second, third].flatMap(({ rows }) => rows.map(({ openedAt }) => openedAt));
    expect([found, third.next]).toEqual([[8, 7, 6, 5, 4, 2, 1], null]);
  });
});
