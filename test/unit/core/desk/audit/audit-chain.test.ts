// The audit's chain over cuts: what leaves the front and when, and that the walk back finds every row that was changed, taken or put in.
import { describe, expect, it } from "vitest";
import {
  CHAIN_START,
  findChainBreak,
  type ChainedAuditEntry,
  chainEntry,
} from "../../../../../control-plane/src/core/desk/audit/audit-chain.ts";
import {
  CUT_PAUSE_MS,
  CUT_ROWS_MAX,
  cutOf,
  entryOfCut,
  planAuditCut,
} from "../../../../../control-plane/src/core/desk/audit/audit-cut.ts";
import {
  endWalk,
  WALK_START,
  walkOlder,
} from "../../../../../control-plane/src/core/desk/audit/audit-walk.ts";
import type { AuditEntry } from "../../../../../control-plane/src/core/desk/state/desk-state.ts";
import {
  type Actor,
  BY_DESK,
  byAdmin,
  byHost,
  byPerson,
} from "../../../../../control-plane/src/core/words/actor.ts";

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 90 * DAY_MS;
const NOW = 1_800_000_000_000;

function entry(at: number, why = ""): AuditEntry {
  const refs = [{ kind: "approval", approvalId: "apr_1" }] as const;
  return { at, actor: byPerson("alice"), act: "approved", refs, subject: "approval:apr_1", why };
}

/** Rows, oldest first, one at each of these instants. */
function chain(
  entries: readonly AuditEntry[],
  begin = { sequence: 0, hash: CHAIN_START },
): ChainedAuditEntry[] {
  const rows: ChainedAuditEntry[] = [];
  for (const each of entries) rows.push(chainEntry(each, rows.at(-1) ?? begin));
  return rows;
}

/** Cuts once, as the desk does: first the row, then away with what left. */
function cutOnce(rows: readonly ChainedAuditEntry[], now: number): ChainedAuditEntry[] {
  const keeping = { now, keptForMs: KEPT_MS };
  const cut = planAuditCut(rows.slice(0, CUT_ROWS_MAX), keeping);
  const last = rows.at(-1);
  if (cut === null || last === undefined) return [...rows];
  return [...rows, chainEntry(entryOfCut(cut, keeping), last)].filter(
    ({ sequence }) => sequence > cut.through,
  );
}

/** Walks rows (oldest first) by pages from the newest. */
function walk(rows: readonly ChainedAuditEntry[], pageRows: number) {
  const newestFirst = rows.toReversed();
  let walked = WALK_START;
  for (let index = 0; index < newestFirst.length; index += pageRows)
    walked = walkOlder(walked, newestFirst.slice(index, index + pageRows));
  return endWalk(walked);
}

describe("what leaves the front", () => {
  const due = NOW - KEPT_MS;
  it.each([
    ["nothing of an empty audit", [], null],
    ["nothing while it is kept", [due, NOW], null],
    ["nothing while little is due", [due - CUT_PAUSE_MS, due, NOW], null],
    ["what is due, once some of it is due for a day", [due - CUT_PAUSE_MS - 1, due - 1, due], 2],
    ["nothing behind a row that is kept", [due - CUT_PAUSE_MS - 1, NOW, due - 1], 1],
  ])("%s", (_what, instants, through) => {
    const rows = chain(instants.map((at) => entry(at)));
    const cut = planAuditCut(rows, { now: NOW, keptForMs: KEPT_MS });
    expect(cut?.through ?? null).toBe(through);
    if (cut !== null) expect(cut).toMatchObject({ from: 1, hash: rows[cut.through - 1]?.hash });
  });

  it("is so much and no more at once", () => {
    const old = Array.from({ length: CUT_ROWS_MAX + 1 }, () => entry(0));
    expect(planAuditCut(chain(old), { now: NOW, keptForMs: KEPT_MS })?.through).toBe(CUT_ROWS_MAX);
  });

  it("is never the cuts alone: an idle audit comes to rest", () => {
    let rows = chain([entry(0), entry(0)]);
    let cuts = 0;
    for (let now = NOW; now < NOW + 400 * DAY_MS; now += DAY_MS / 2) {
      const after = cutOnce(rows, now);
      if (after.at(-1) !== rows.at(-1)) cuts += 1;
      rows = after;
    }
    expect(cuts).toBe(1);
    expect(rows).toHaveLength(1);
  });

  it("is at most one cut a day where a row comes every minute", () => {
    const rows = chain(Array.from({ length: 3 * 1_440 }, (_, minute) => entry(minute * 60_000)));
    let [kept, cuts] = [rows, 0];
    for (let now = KEPT_MS; now < KEPT_MS + 2 * DAY_MS; now += 60_000) {
      const after = cutOnce(kept, now);
      if (after.at(-1) !== kept.at(-1)) cuts += 1;
      kept = after;
    }
    // a day's 1,440 rows are three cuts
    expect(cuts).toBeLessThanOrEqual(4);
    expect(kept[0]?.sequence).toBeGreaterThan(1_000);
  });
});

describe("the row of a cut", () => {
  const cut = { from: 1, through: 500, hash: "a".repeat(64) };

  it("says what left", () => {
    expect(cutOf(entryOfCut(cut, { now: NOW, keptForMs: KEPT_MS }))).toEqual(cut);
  });

  it("is no other row that says the same", () => {
    const row = entryOfCut(cut, { now: NOW, keptForMs: KEPT_MS });
    expect(cutOf({ ...row, act: "note" })).toBeNull();
    expect(cutOf({ ...row, actor: byHost("x") })).toBeNull();
    expect(cutOf({ ...row, refs: [] })).toBeNull();
    expect(cutOf({ ...row, subject: "another text" })).toEqual(cut);
  });
});

describe("the walk back", () => {
  const old = Array.from({ length: 700 }, (_, index) => entry(index, String(index)));
  const young = Array.from({ length: 20 }, (_, index) => entry(NOW - 1_000 + index));
  const whole = chain([...old, ...young]);
  const once = cutOnce(whole, NOW);
  const twice = cutOnce(once, NOW + 1);

  it.each([1, 7, 500, 1_000])("holds by pages of %i, before a cut and after each", (pageRows) => {
    expect(walk(whole, pageRows)).toMatchObject({ rowCount: 720, brokenAt: null, cut: null });
    expect(walk(once, pageRows)).toMatchObject({
      rowCount: 221,
      brokenAt: null,
      cut: { from: 1, through: 500 },
    });
    expect(walk(twice, pageRows)).toMatchObject({
      rowCount: 22,
      brokenAt: null,
      cut: { from: 501, through: 700 },
    });
  });

  it("holds where every row was due but the cut itself", () => {
    const all = cutOnce(chain(old.slice(0, 100)), NOW);
    expect(walk(all, 10)).toMatchObject({ rowCount: 1, brokenAt: null });
    expect(walk([], 10)).toMatchObject({ rowCount: 0, brokenAt: null, newest: null });
  });

  it.each([
    ["a front that left without a word", (rows: ChainedAuditEntry[]) => rows.slice(1), 701],
    ["a row that was taken out", (rows: ChainedAuditEntry[]) => rows.toSpliced(5, 1), 706],
    ["a row that was changed", (rows: ChainedAuditEntry[]) => rows.with(5, { ...rows[5]!, why: "no" }), 706],
    [
      "a row that names something else",
      (rows: ChainedAuditEntry[]) =>
        rows.with(5, { ...rows[5]!, refs: [{ kind: "approval", approvalId: "apr_2" }] }),
      706,
    ],
    [
      "a row that was put in",
      (rows: ChainedAuditEntry[]) => rows.toSpliced(5, 0, chainEntry(entry(0), rows[4]!)),
      707,
    ],
  ])("finds %s", (_what, tamper, brokenAt) => {
    for (const pageRows of [1, 3, 1_000]) expect(walk(tamper([...twice]), pageRows).brokenAt).toBe(brokenAt);
  });
});

describe("the hash of a row", () => {
  const begin = { sequence: 0, hash: CHAIN_START };
  const [row] = chain([{ ...entry(1), actor: byAdmin("ada") }]);
  const found = (actor: Actor) => findChainBreak(row === undefined ? [] : [{ ...row, actor }], begin);

  it("covers who did it, in whatever order that is written", () => {
    expect(found({ kind: "admin", name: "ada" })).toBeNull();
    expect(found({ name: "ada", kind: "admin" })).toBeNull();
  });

  it.each([byPerson("ada"), byAdmin("bob"), byAdmin(), BY_DESK])("does not hold for %o", (actor) => {
    expect(found(actor)).toBe(1);
  });
});
