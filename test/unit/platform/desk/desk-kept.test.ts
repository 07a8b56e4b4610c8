// What the desk keeps of audit and archive, and D1 of what is over, on a real SQLite: cut from the front, a bounded piece at a time, and
// nothing is written when nothing is due.
import { describe, expect, it } from "vitest";
import { Policy } from "@countersign/shared/policy/policy";
import { ARCHIVED_RECORDS_MAX, READ_SIDE_DAYS } from "@countersign/shared/values/limits";
import { CUT_ROWS_MAX } from "../../../../control-plane/src/core/desk/audit/audit-cut.ts";
import { endWalk, WALK_START, walkOlder } from "../../../../control-plane/src/core/desk/audit/audit-walk.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { forgetOld, FORGET_ROWS_MAX } from "../../../../control-plane/src/db/forget-old.ts";
import { DeskArchive } from "../../../../control-plane/src/platform/desk/desk-archive.ts";
import { DeskAudit } from "../../../../control-plane/src/platform/desk/desk-audit.ts";
import {
  DeskStore,
  KEYS_FORGOTTEN_MAX,
  SIGNAL_KEY_TTL_MS,
} from "../../../../control-plane/src/platform/desk/desk-store.ts";
import { PutAside } from "../../../../control-plane/src/platform/put-aside.ts";
import { actorSql, readSide } from "../sqlite-actor.ts";

const DAY_MS = 24 * 3_600_000;
const NOW = 1_800_000_000_000;
const KEEPING = { now: NOW, keptForMs: 90 * DAY_MS };

describe("the policy", () => {
  it.each([
    ["29d", false],
    ["30d", true],
    ["365d", true],
    ["366d", false],
  ])("keeps an audit for %s: %s", (auditFor, isGood) => {
    const kept = (retention: object) => Policy.safeParse({ version: 1, retention }).success;
    expect(kept({ auditFor })).toBe(isGood);
    expect(kept({ archiveFor: auditFor })).toBe(isGood);
  });
});

const REFS = [
  { kind: "incident", incidentId: "inc_1" },
  { kind: "subject", subject: { kind: "host", hostId: "host_a", hostName: "web-1" } },
] as const;

describe("the audit", () => {
  it("is cut a piece at a time, and is one chain after each", () => {
    const { sql } = actorSql();
    const audit = new DeskAudit(sql);
    audit.create();
    for (let index = 0; index < CUT_ROWS_MAX + 3; index += 1)
      audit.append({ at: 1, actor: byPerson("a"), act: "b", refs: REFS, subject: "c", why: String(index) });
    const counts = [1, 2, 3].map(() => {
      const row = audit.cut(KEEPING);
      const walk = endWalk(walkOlder(WALK_START, audit.rows(null, 2_000)));
      expect(walk.brokenAt).toBeNull();
      return [row?.act ?? null, walk.rowCount];
    });
    // the second cut takes the rest but not the first one's row, which is young
    expect(counts).toEqual([
      ["audit-cut", 4],
      ["audit-cut", 2],
      [null, 2],
    ]);
    const { rowsWritten } = sql;
    audit.cut({ ...KEEPING, now: NOW + 400 * DAY_MS });
    expect(sql.rowsWritten).toBe(rowsWritten);
  });
});

describe("what a stored row names", () => {
  it("is read as it was chained, and one that cannot be read any more breaks the chain there and nowhere else", () => {
    const { database, sql } = actorSql();
    const audit = new DeskAudit(sql);
    audit.create();
    for (const why of ["one", "two", "three"])
      audit.append({ at: 1, actor: byPerson("a"), act: "b", refs: REFS, subject: "c", why });
    expect(audit.rows(null, 3).map(({ refs }) => refs)).toEqual([REFS, REFS, REFS]);
    database.exec(`UPDATE audit SET refs = '[{"kind":"incident"}]' WHERE sequence = 2`);
    expect(audit.rows(null, 3).map(({ refs }) => refs)).toEqual([REFS, [], REFS]);
    expect(endWalk(walkOlder(WALK_START, audit.rows(null, 3))).brokenAt).toBe(2);
  });
});

describe("the archive", () => {
  function archive() {
    const { database, sql } = actorSql();
    const store = new DeskStore(sql, new PutAside(sql));
    store.create();
    const put = (kind: string, id: string, incidentId: string, isLive: number) =>
      database
        .prepare("INSERT INTO documents VALUES (?, ?, ?, ?, 0, '{}')")
        .run(kind, id, incidentId, isLive);
    const ids = () =>
      database
        .prepare("SELECT id FROM documents ORDER BY id")
        .all()
        .map(({ id }) => id);
    return { database, archived: new DeskArchive(sql), put, ids, store, sql };
  }

  it("forgets an incident with its pages and approvals, never what is live, and a bounded number at once", () => {
    const { archived, ids, put, sql } = archive();
    put("incident", "a", "a", 0);
    put("page", "a:page", "a", 0);
    put("approval", "a:approval", "a", 0);
    put("freeze", "fleet", "", 1);
    put("page", "open:page", "open", 0);
    archived.add("incident", "a", 1);
    archived.add("freeze", "fleet", 1);
    for (let index = 0; index < 40; index += 1) archived.add("silence", `sil_${index}`, 1);
    archived.cut(KEEPING);
    expect(ids()).toEqual(["fleet", "open:page"]);
    for (let cut = 0; cut < 2; cut += 1) archived.cut(KEEPING);
    const { rowsWritten } = sql;
    archived.cut(KEEPING);
    expect(sql.rowsWritten).toBe(rowsWritten);
  });

  it(`holds ${ARCHIVED_RECORDS_MAX} records`, () => {
    const { archived, database, ids, put } = archive();
    put("incident", "a", "a", 0);
    put("incident", "b", "b", 0);
    archived.add("incident", "a", NOW);
    archived.add("incident", "b", NOW);
    const newest = (number: number) =>
      database.prepare("INSERT INTO archive VALUES (?, 'incident', 'z', ?)").run(number, NOW);
    newest(ARCHIVED_RECORDS_MAX);
    archived.cut(KEEPING);
    expect(ids()).toEqual(["a", "b"]);
    newest(ARCHIVED_RECORDS_MAX + 1);
    archived.cut(KEEPING);
    expect(ids()).toEqual(["b"]);
  });

  it("forgets keys of signals from the front", () => {
    const { database, store } = archive();
    for (let index = 0; index < KEYS_FORGOTTEN_MAX + 1; index += 1) store.takeSignal(`key-${index}`, 1);
    store.takeSignal("young", NOW);
    const count = () => database.prepare("SELECT count(*) AS count FROM signals_taken").get()?.["count"];
    store.forgetSignals(NOW + SIGNAL_KEY_TTL_MS - 1);
    expect(count()).toBe(2);
    store.forgetSignals(NOW + SIGNAL_KEY_TTL_MS);
    expect(count()).toBe(1);
    expect(store.isSignalTaken("young")).toBe(true);
  });
});

describe("D1", () => {
  it(`forgets at most ${FORGET_ROWS_MAX} rows of the audit at once, from the front, after ${READ_SIDE_DAYS} days`, async () => {
    const { d1, database } = readSide();
    const put = database.prepare("INSERT INTO audit VALUES (?, ?, '', '', '[]', '', '', '', 'hash')");
    for (let sequence = 1; sequence <= FORGET_ROWS_MAX + 2; sequence += 1)
      put.run(sequence, NOW - 401 * DAY_MS);
    put.run(FORGET_ROWS_MAX + 3, NOW - 399 * DAY_MS);
    const first = () => database.prepare("SELECT min(sequence) AS first FROM audit").get()?.["first"];
    const everyTable = async () => {
      for (let minute = 0; minute < 6; minute += 1) await forgetOld(d1, NOW + minute * 60_000);
    };
    await everyTable();
    expect(first()).toBe(FORGET_ROWS_MAX + 1);
    await everyTable();
    await everyTable();
    expect(first()).toBe(FORGET_ROWS_MAX + 3);
  });
});
