// What is looked for in the audit is found in D1 as in the desk's own rows, part by part, and a part looks through so many
// rows at most.
import { describe, expect, it } from "vitest";
import type { ChainedAuditEntry } from "../../../control-plane/src/core/desk/audit/audit-chain.ts";
import type { AuditRef } from "../../../control-plane/src/core/desk/state/audit-ref.ts";
import { type Actor, BY_DESK, byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import {
  AUDIT_SCANNED_MAX,
  type AuditFilter,
  isFiltered,
  isFound,
  searchAudit,
} from "../../../control-plane/src/read-side/queries/audit-search.ts";
import { auditRowOf } from "../../../control-plane/src/read-side/rows.ts";
import { readSideWith } from "./listed.ts";

const ANY: AuditFilter = { by: null, act: null, words: "", fromAt: null, untilAt: null };

function row(sequence: number, change: Partial<ChainedAuditEntry> = {}): ChainedAuditEntry {
  return {
    sequence,
    at: sequence * 1_000,
    actor: BY_DESK,
    act: "noted",
    refs: [],
    subject: `thing-${sequence}`,
    why: "",
    previousHash: `hash-${sequence - 1}`,
    hash: `hash-${sequence}`,
    ...change,
  };
}

const INCIDENT: AuditRef = { kind: "incident", incidentId: "inc_7" };
const ROWS: readonly ChainedAuditEntry[] = [
  row(1, { actor: byPerson("alice"), act: "approval-approved", subject: "nginx on web-1" }),
  row(2, { actor: byPerson("omar"), act: "approval-denied", why: "Not at NIGHT" }),
  row(3, { actor: byAdmin("alice"), act: "policy-applied" }),
  row(4, { refs: [INCIDENT], act: "page-delivered" }),
  row(5, { actor: { kind: "host", hostId: "alice" } as Actor, subject: "web-1" }),
  row(6, { act: "host-set-aside", subject: "Über-Backup" }),
];

describe("in the audit", () => {
  it.each<[string, Partial<AuditFilter>, readonly number[]]>([
    ["everything", {}, [6, 5, 4, 3, 2, 1]],
    ["one person, and nobody of the same name", { by: { kind: "person", responder: "alice" } }, [1]],
    ["the admin token, whoever held it", { by: { kind: "admin" } }, [3]],
    ["an act", { act: "page-delivered" }, [4]],
    ["words in any of its texts", { words: "web-1" }, [5, 1]],
    ["all words, in any case", { words: "night NOT" }, [2]],
    ["what a row names", { words: "inc_7" }, [4]],
    ["a time, its end left out", { fromAt: 2_000, untilAt: 4_000 }, [3, 2]],
    ["all at once", { by: { kind: "desk" }, words: "thing", fromAt: 4_000 }, [4]],
    ["a word with other letters as it is typed", { words: "Über-BACKUP" }, [6]],
    ["a word with other letters in small ones, in neither", { words: "über-backup" }, []],
    ["nothing", { words: "%" }, []],
  ])("%s is found, in D1 and in the desk's own rows", async (_what, change, wanted) => {
    const filter = { ...ANY, ...change };
    const { d1 } = await readSideWith(ROWS.map(auditRowOf));
    const found: number[] = [];
    for (let before: number | null = 1e9; before !== null;) {
      const part: Awaited<ReturnType<typeof searchAudit>> = await searchAudit(d1, {
        filter,
        before,
        limit: 1,
      });
      found.push(...part.rows.map(({ sequence }) => sequence));
      before = part.next;
    }
    expect(found).toEqual(wanted);
    const own = ROWS.toReversed().filter((each) => isFound(each, filter));
    expect(own.map(({ sequence }) => sequence)).toEqual(wanted);
    expect(isFiltered(filter)).toBe(Object.keys(change).length > 0);
  });

  it("an actor that was changed by hand costs its row, and an empty audit nothing", async () => {
    const { d1, database } = await readSideWith(ROWS.map(auditRowOf));
    database.exec("UPDATE audit SET actor = 'no JSON' WHERE sequence = 2");
    const filter: AuditFilter = { ...ANY, by: { kind: "person", responder: "alice" } };
    expect((await searchAudit(d1, { filter, before: null, limit: 10 })).rows).toHaveLength(1);
    const all = await searchAudit(d1, { filter: { ...ANY, words: "night" }, before: null, limit: 10 });
    expect(all.rows).toMatchObject([{ sequence: 2, actor: { kind: "unknown" } }]);
    const none = await readSideWith([]);
    expect(await searchAudit(none.d1, { filter, before: null, limit: 10 })).toEqual({ rows: [], next: null });
  });

  it("a part looks through so many rows, says where to go on, and scans no table", async () => {
    const old = row(1, { actor: byPerson("alice") });
    const newest = row(AUDIT_SCANNED_MAX + 2);
    const { asked, d1, database } = await readSideWith([old, newest].map(auditRowOf));
    const filter: AuditFilter = { ...ANY, by: { kind: "person", responder: "alice" } };
    asked.length = 0;
    const first = await searchAudit(d1, { filter, before: null, limit: 10 });
    expect(first).toMatchObject({ rows: [], next: 3 });
    const steps = asked.flatMap(({ bound, text }) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(...(bound as string[]))
        .map(({ detail }) => String(detail)),
    );
    expect(steps.filter((step) => /^SCAN audit(?! USING)/.test(step) || step.includes("ORDER BY"))).toEqual(
      [],
    );
    const second = await searchAudit(d1, { filter, before: first.next, limit: 10 });
    expect(second).toMatchObject({ rows: [{ sequence: 1 }], next: null });
  });
});
