// A read side for tests of what reads it: hosts, services, incidents, pages and audit rows, written as the actors' outboxes write them.
import type { DatabaseSync } from "node:sqlite";
import { byRule } from "../../../control-plane/src/core/words/actor.ts";
import { projectRows } from "../../../control-plane/src/read-side/project.ts";
import type { ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { readSide } from "../platform/sqlite-actor.ts";

export function serviceRow(hostId: string, service: string, status: string, names: readonly string[] = []) {
  const row = { hostId, service, status, names: JSON.stringify(names) };
  return { table: "services", row } as const satisfies ProjectionRow;
}

export function incidentRow(incidentId: string, resolvedAt: number | null, hostId = "host_a"): ProjectionRow {
  const about = { subjectKind: "host", subjectKey: `host/${hostId}`, hostId, service: null } as const;
  const said = { reason: "host-silent", severity: "critical", title: incidentId };
  const state = resolvedAt === null ? "open" : "resolved";
  return {
    table: "incidents",
    row: { incidentId, ...about, ...said, state, openedAt: 1, happenedAt: 1, resolvedAt },
  };
}

export function pageRow(
  key: string,
  createdAt: number,
  incidentId: string,
  responder: string,
): ProjectionRow {
  const sent = { kind: "firing", state: "delivered", attempts: 1, title: key };
  const how = { deliveredAt: createdAt, deliveredBy: "ntfy", lastError: null };
  return { table: "pages", row: { key, incidentId, responder, createdAt, ...sent, ...how } };
}

export function auditRow(sequence: number, hash = `hash-${sequence}`): ProjectionRow {
  const who = { actor: byRule("host-silent"), act: "page-queued", refs: "[]", subject: "web-1", why: "" };
  return { table: "audit", row: { sequence, at: sequence, ...who, previousHash: "", hash } };
}

/** D1 with some rows, and the statements that were run since. */
export async function readSideWith(projections: readonly ProjectionRow[]): Promise<{
  readonly d1: D1Database;
  readonly database: DatabaseSync;
  readonly asked: { readonly text: string; readonly bound: readonly unknown[] }[];
}> {
  const { d1, database } = readSide();
  for (let index = 0; index < projections.length; index += 2_000) {
    const some = projections.slice(index, index + 2_000);
    await projectRows(
      d1,
      "desk",
      some.map((projection) => ({ projection, revision: 1 })),
    );
  }
  const asked: { text: string; bound: readonly unknown[] }[] = [];
  const prepare = d1.prepare.bind(d1);
  d1.prepare = (text: string) => {
    const statement = prepare(text);
    const bind = statement.bind.bind(statement);
    return Object.assign(statement, {
      bind: (...bound: unknown[]) => {
        asked.push({ text, bound });
        return bind(...bound);
      },
    });
  };
  return { d1, database, asked };
}
