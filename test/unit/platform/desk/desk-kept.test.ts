// What the desk keeps of audit and archive, and D1 of what is over, on a real SQLite: cut from the front, a bounded piece at a time, and
// nothing is written when nothing is due.
import { describe, expect, it } from "vitest";
import { ARCHIVED_RECORDS_MAX, READ_SIDE_DAYS } from "@countersign/shared/values/limits";
import { MemoryRows } from "../../../../control-plane/replay/ports/memory-rows.ts";
import { CUT_ROWS_MAX } from "../../../../control-plane/src/core/desk/audit/audit-cut.ts";
import { endWalk, WALK_START, walkOlder } from "../../../../control-plane/src/core/desk/audit/audit-walk.ts";
import type { DocumentOf, Kind } from "../../../../control-plane/src/core/desk/state/record-kinds.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { DeskArchive } from "../../../../control-plane/src/platform/desk/desk-archive.ts";
import { DeskAudit } from "../../../../control-plane/src/platform/desk/desk-audit.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import {
  CHANGES_KEPT_MS,
  forgetOld,
  FORGET_ROWS_MAX,
  FORGET_TURNS,
} from "../../../../control-plane/src/read-side/forget-old.ts";
import type { DeskRecords } from "../../../../control-plane/src/shell/desk/desk-ports.ts";
import {
  KEYS_FORGOTTEN_MAX,
  SIGNAL_KEY_TTL_MS,
  TakenSignals,
} from "../../../../control-plane/src/shell/desk/taken-signals.ts";
import { PutAside } from "../../../../control-plane/src/shell/put-aside.ts";
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
    const clock = { now: 1 };
    const archived = new DeskArchive(sql, clock, () => new PutAside(new MemoryRows()));
    archived.create();
    const put = <K extends Kind>(kind: K, id: string, record: object = {}) =>
      archived.put(kind, id, record as DocumentOf[K]);
    const ids = () =>
      database
        .prepare("SELECT id FROM archived ORDER BY id")
        .all()
        .map(({ id }) => id);
    return { archived, clock, database, ids, put, sql };
  }

  it("forgets an incident with its pages and approvals, and a bounded number at once", () => {
    const { archived, ids, put, sql } = archive();
    put("incident", "a", { incidentId: "a" });
    put("page", "a:page", { incidentId: "a" });
    put("approval", "a:approval", { incidentId: "a" });
    put("page", "open:page", { incidentId: "open" });
    for (let index = 0; index < 41; index += 1) put("silence", `sil_${index}`);
    const counts = [1, 2, 3].map(() => {
      archived.cut(KEEPING);
      return ids().length;
    });
    expect(counts).toEqual([1 + 41 - 19, 1 + 41 - 39, 1]);
    expect(ids()).toEqual(["open:page"]);
    const { rowsWritten } = sql;
    archived.cut(KEEPING);
    expect(sql.rowsWritten).toBe(rowsWritten);
  });

  it("keeps what came back to life and left again by when it left last", () => {
    const { archived, clock, ids, put } = archive();
    put("freeze", "fleet");
    clock.now = NOW;
    put("freeze", "fleet");
    archived.cut(KEEPING);
    expect(ids()).toEqual(["fleet"]);
  });

  it(`holds ${ARCHIVED_RECORDS_MAX} records`, () => {
    const { archived, clock, database, ids, put } = archive();
    clock.now = NOW;
    put("incident", "a", { incidentId: "a" });
    put("incident", "b", { incidentId: "b" });
    const newest = (number: number) =>
      database.prepare("INSERT INTO archive VALUES (?, 'incident', 'z', ?)").run(number, NOW);
    newest(ARCHIVED_RECORDS_MAX);
    archived.cut(KEEPING);
    expect(ids()).toEqual(["a", "b"]);
    newest(ARCHIVED_RECORDS_MAX + 1);
    archived.cut(KEEPING);
    expect(ids()).toEqual(["b"]);
  });
});

describe("the keys of signals", () => {
  it("are forgotten from the front", () => {
    const rows = new MemoryRows<DeskRecords>();
    const taken = new TakenSignals(rows);
    for (let index = 0; index < KEYS_FORGOTTEN_MAX + 1; index += 1) taken.take(`key-${index}`, 1);
    taken.take("young", NOW);
    const count = () => rows.list("signal-taken").length;
    taken.forget(NOW + SIGNAL_KEY_TTL_MS - 1);
    expect(count()).toBe(2);
    taken.forget(NOW + SIGNAL_KEY_TTL_MS);
    expect(count()).toBe(1);
    expect([taken.has("young"), taken.has("key-0")]).toEqual([true, false]);
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
      for (let minute = 0; minute < FORGET_TURNS; minute += 1) await forgetOld(d1, NOW + minute * 60_000);
    };
    await everyTable();
    expect(first()).toBe(FORGET_ROWS_MAX + 1);
    await everyTable();
    await everyTable();
    expect(first()).toBe(FORGET_ROWS_MAX + 3);
  });

  it("forgets what turned on services after 26 hours, some of it in every minute, and nothing before", async () => {
    const { d1, database } = readSide();
    const put = database.prepare(
      "INSERT INTO service_changes VALUES ('host_1', 'web', ?, 'well', 'failing', ?, 1)",
    );
    for (let slot = 0; slot < FORGET_ROWS_MAX + 1; slot += 1) put.run(slot, NOW - CHANGES_KEPT_MS - 1);
    put.run(FORGET_ROWS_MAX + 1, NOW - CHANGES_KEPT_MS + 120_000);
    const count = () => database.prepare("SELECT count(*) AS count FROM service_changes").get()?.["count"];
    await forgetOld(d1, NOW);
    expect(count()).toBe(2);
    await forgetOld(d1, NOW + 60_000);
    expect(count()).toBe(1);
    await forgetOld(d1, NOW + 120_000);
    expect(count()).toBe(1);
    await forgetOld(d1, NOW + 120_001);
    expect(count()).toBe(0);
  });
});
