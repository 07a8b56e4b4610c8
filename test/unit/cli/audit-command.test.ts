// `countersign audit verify`: it verifies rows itself and ends with a failing status when they are no chain. The API is a fake one here; the
// real one is in test/actors/desk/retention.test.ts.
import { beforeEach, describe, expect, it } from "vitest";
import { ok, refuse } from "@countersign/shared/values/result";
import type { OperatorApi } from "../../../control-plane/cli/api-calls.ts";
import { verifyAudit } from "../../../control-plane/cli/audit-acts.ts";
import {
  CHAIN_START,
  type ChainedAuditEntry,
  chainEntry,
} from "../../../control-plane/src/core/desk/audit/audit-chain.ts";
import { entryOfCut } from "../../../control-plane/src/core/desk/audit/audit-cut.ts";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";

const NOW = 1_800_000_000_000;
let printed: string[];
let complained: string[];
const output = {
  print: (text: string) => void printed.push(text),
  complain: (text: string) => void complained.push(text),
};

beforeEach(() => {
  printed = [];
  complained = [];
});

function rowsOf(count: number, at = 0): ChainedAuditEntry[] {
  const rows: ChainedAuditEntry[] = [];
  for (let index = 0; index < count; index += 1)
    rows.push(
      chainEntry(
        { at, actor: byPerson("alice"), act: "approved", refs: [], subject: "x", why: String(index) },
        rows.at(-1) ?? { sequence: 0, hash: CHAIN_START },
      ),
    );
  return rows;
}

/** A control plane with these rows, and D1 with those; null: D1 does not answer. */
function deskWith(rows: readonly ChainedAuditEntry[], copies: readonly ChainedAuditEntry[] | null) {
  const ask = async (call: string, { query }: { query: Readonly<Record<string, number | null>> }) => {
    if (call === "GET /v1/admin/audit/copies") {
      if (copies === null) return refuse({ reason: "refused", sentence: "No.", problem: null });
      const { from, through } = query;
      return ok({ rows: copies.filter(({ sequence }) => sequence >= from! && sequence <= through!) });
    }
    const before = query["before"] ?? Infinity;
    const older = rows.filter(({ sequence }) => sequence < before).toReversed();
    const page = older.slice(0, query["limit"] ?? 0);
    return ok({
      rows: page,
      nextBefore: older.length > page.length ? (page.at(-1)?.sequence ?? null) : null,
    });
  };
  const api = { ask } as unknown as OperatorApi;
  return { api, output };
}

async function verdict(
  rows: readonly ChainedAuditEntry[],
  copies: readonly ChainedAuditEntry[] | null = rows,
) {
  const code = await verifyAudit({ json: true }, deskWith(rows, copies), NOW);
  return { code, ...(JSON.parse(printed.at(-1) ?? "{}") as Record<string, unknown>) };
}

describe("audit verify", () => {
  it("reads all pages, and ends well when they are one chain", async () => {
    expect(await verdict(rowsOf(1_203))).toMatchObject({
      code: 0,
      ok: true,
      rowCount: 1_203,
      firstSequence: 1,
      lastSequence: 1_203,
      brokenAt: null,
      copies: { checkedCount: 1_203, missingCount: 0, otherCount: 0 },
    });
    expect(await verdict([])).toMatchObject({ code: 0, ok: true, rowCount: 0, lastHash: null });
  });

  it("begins behind what a cut says left", async () => {
    const rows = rowsOf(600);
    const cut = { from: 1, through: 550, hash: rows[549]!.hash };
    const row = chainEntry(entryOfCut(cut, { now: NOW, keptForMs: 1 }), rows[599]!);
    expect(await verdict([...rows, row].slice(550))).toMatchObject({ code: 0, rowCount: 51, cut });
    expect(await verdict([...rows, row].slice(551))).toMatchObject({ code: 1, ok: false, brokenAt: 551 });
  });

  it("fails for a row that was changed or taken, in words too", async () => {
    const rows = rowsOf(700);
    expect(await verdict(rows.with(99, { ...rows[99]!, why: "x" }))).toMatchObject({
      code: 1,
      brokenAt: 100,
    });
    expect(await verdict(rows.toSpliced(99, 1))).toMatchObject({ code: 1, brokenAt: 100 });
    expect(await verifyAudit({}, deskWith(rows.slice(1), rows), NOW)).toBe(1);
    expect(complained).toHaveLength(1);
  });

  it("fails for rows that D1 does not hold, but for those on their way", async () => {
    const [old, young] = [rowsOf(20), rowsOf(20, NOW - 60_000)];
    expect(await verdict(old, old.slice(0, 18))).toMatchObject({
      code: 1,
      ok: false,
      brokenAt: null,
      copies: { missing: [20, 19], missingCount: 2 },
    });
    expect(await verdict(young, young.slice(0, 18))).toMatchObject({ code: 0, ok: true });
  });

  it("names copies of another history, and says when D1 did not answer", async () => {
    const [rows, others] = [rowsOf(20), rowsOf(20, 5)];
    expect(await verdict(rows, [...rows, ...others.slice(15)])).toMatchObject({
      code: 0,
      copies: { otherCount: 5 },
    });
    expect(await verdict(rows, null)).toMatchObject({ code: 0, copies: { checkedCount: null } });
  });

  it("ends for a control plane whose pages have no end", async () => {
    const rows = rowsOf(3);
    const api = {
      ask: async () => ok({ rows: rows.toReversed(), nextBefore: 9 }),
    } as unknown as OperatorApi;
    expect(await verifyAudit({}, { api, output }, NOW)).toBe(1);
  });
});
