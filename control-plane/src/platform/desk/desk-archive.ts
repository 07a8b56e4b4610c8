// What left the desk's live state, as it was then, so that a link opens for as long as it may be followed. Incidents and settings stand in
// a numbered list, in the order in which they left, so that what is oldest and how many there are is known without looking at them all;
// an incident is forgotten with what belongs to it. What came back to life and left again has a later number.
import { ARCHIVED_RECORDS_MAX } from "@countersign/shared/values/limits";
import type { Keeping } from "../../core/desk/audit/audit-cut.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Owned } from "../../core/desk/records/desk-record.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { Page } from "../../core/desk/records/pages/page.ts";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import { type DocumentOf, type Kind, recordOf } from "../../core/desk/state/record-kinds.ts";
import type { ServiceSubject } from "../../core/words/subject.ts";
import type { Archive } from "../../shell/desk/desk-ports.ts";
import type { Clock } from "../../shell/ports.ts";
import type { PutAside } from "../../shell/put-aside.ts";
import { readDocument } from "../../stored/desk-records.ts";
import type { CountedSql } from "../counted-sql.ts";
import { rawOf } from "../workerd-rows.ts";

const TABLES = [
  `CREATE TABLE archive (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, archived_at INTEGER NOT NULL
  )`,
  `CREATE TABLE archived (
    kind TEXT NOT NULL, id TEXT NOT NULL, incident_id TEXT NOT NULL, archived_at INTEGER NOT NULL,
    document TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  "CREATE INDEX archived_by_incident ON archived (incident_id)",
];
/** Records that leave in one go: one bounded piece of work. */
const CUT_MAX = 20;

/** A time of which somebody asks. */
export interface Window {
  readonly fromAt: number;
  readonly toAt: number;
}

interface Numbered {
  readonly number: number;
  readonly kind: string;
  readonly id: string;
  readonly archivedAt: number;
}

interface Row {
  readonly id: string;
  readonly document: unknown;
}

export class DeskArchive implements Archive {
  readonly #sql: CountedSql;
  readonly #clock: Clock;
  readonly #aside: () => PutAside;

  /** `aside` is where it notes what it cannot read. */
  constructor(sql: CountedSql, clock: Clock, aside: () => PutAside) {
    this.#sql = sql;
    this.#clock = clock;
    this.#aside = aside;
  }

  create(): void {
    for (const statement of TABLES) this.#sql.write(statement);
  }

  put<K extends Kind>(kind: K, id: string, record: DocumentOf[K]): void {
    const { now } = this.#clock;
    const belongs = typeof recordOf(kind).whenOver === "object";
    this.#sql.write(
      "INSERT OR REPLACE INTO archived (kind, id, incident_id, archived_at, document) VALUES (?, ?, ?, ?, ?)",
      kind,
      id,
      belongs ? (record as Owned).incidentId : "",
      now,
      JSON.stringify(record),
    );
    // An incident takes what belongs to it with it, when it is forgotten.
    if (belongs) return;
    this.#sql.write(
      "INSERT INTO archive (number, kind, id, archived_at) VALUES ((SELECT coalesce(max(number), 0) FROM archive) + 1, ?, ?, ?)",
      kind,
      id,
      now,
    );
  }

  cut({ now, keptForMs }: Keeping): void {
    const newest = this.#sql.read<{ number: number | null }>("SELECT max(number) AS number FROM archive")[0]
      ?.number;
    const isDue = ({ number, archivedAt }: Numbered) =>
      archivedAt < now - keptForMs || number <= (newest ?? 0) - ARCHIVED_RECORDS_MAX;
    const oldest = this.#sql.read<Numbered>(
      "SELECT number, kind, id, archived_at AS archivedAt FROM archive ORDER BY number LIMIT ?",
      CUT_MAX,
    );
    for (const record of oldest) {
      if (!isDue(record)) return;
      this.#forget(record);
    }
  }

  incident(incidentId: string): Incident | null {
    return this.#one("incident", incidentId);
  }

  approval(approvalId: string): Approval | null {
    return this.#one("approval", approvalId);
  }

  finding(findingId: string): Finding | null {
    return this.#one("finding", findingId);
  }

  findingsOf(incidentId: string): readonly Finding[] {
    return this.#ofIncident("finding", incidentId);
  }

  standing(standingId: string): StandingApproval | null {
    return this.#one("standing", standingId);
  }

  approvalsOf(incidentId: string): readonly Approval[] {
    return this.#ofIncident("approval", incidentId);
  }

  /** Approvals about a service that left with any incident, the newest first; one row that is no JSON is passed over. */
  approvalsAbout({ hostId, service }: ServiceSubject, limit: number): readonly Approval[] {
    const field = (path: string) =>
      `CASE WHEN json_valid(document) THEN json_extract(document, '${path}') END`;
    const rows = this.#sql.read<Row>(
      `SELECT id, document FROM archived WHERE kind = 'approval' AND ${field("$.subject.hostId")} = ?
         AND ${field("$.subject.service")} = ? ORDER BY ${field("$.requestedAt")} DESC LIMIT ?`,
      hostId,
      service,
      limit,
    );
    return this.#readable("approval", rows);
  }

  /** Approvals that a yes in advance decided and that left with any incident, the newest first; one row that is no JSON is passed over. */
  approvalsInAdvance(limit: number): readonly Approval[] {
    const field = (path: string) =>
      `CASE WHEN json_valid(document) THEN json_extract(document, '${path}') END`;
    const rows = this.#sql.read<Row>(
      `SELECT id, document FROM archived WHERE kind = 'approval' AND ${field("$.standingId")} IS NOT NULL
         ORDER BY ${field("$.decidedAt")} DESC LIMIT ?`,
      limit,
    );
    return this.#readable("approval", rows);
  }

  /** Yeses in advance that are over, the last that ended first. */
  standingOver(limit: number): readonly { readonly standing: StandingApproval; readonly endedAt: number }[] {
    const rows = this.#sql.read<Row & { readonly endedAt: number }>(
      "SELECT id, document, archived_at AS endedAt FROM archived WHERE kind = 'standing' ORDER BY archived_at DESC, id LIMIT ?",
      limit,
    );
    return rows.flatMap(({ endedAt, ...row }) =>
      this.#readable("standing", [row]).map((standing) => ({ standing, endedAt })),
    );
  }

  pagesOf(incidentId: string): readonly Page[] {
    return this.#ofIncident("page", incidentId);
  }

  /** Settings that covered some of a time, by the fields with the instants of their begin and end. */
  within<K extends "silence" | "standing">(
    { kind, begin, end }: { readonly kind: K; readonly begin: string; readonly end: string },
    { fromAt, toAt }: Window,
    limit: number,
  ): readonly DocumentOf[K][] {
    // One row that is no JSON must not make the whole question fail.
    const valueOf = "CASE WHEN json_valid(document) THEN json_extract(document, ?) END";
    const rows = this.#sql.read<Row>(
      `SELECT id, document FROM archived WHERE kind = ? AND ${valueOf} <= ? AND ${valueOf} > ? ORDER BY id LIMIT ?`,
      kind,
      `$.${begin}`,
      toAt,
      `$.${end}`,
      fromAt,
      limit,
    );
    return this.#readable(kind, rows);
  }

  #forget({ number, kind, id, archivedAt }: Numbered): void {
    this.#sql.write(
      "DELETE FROM archived WHERE kind = ? AND id = ? AND archived_at <= ?",
      kind,
      id,
      archivedAt,
    );
    if (kind === "incident") this.#sql.write("DELETE FROM archived WHERE incident_id = ?", id);
    this.#sql.write("DELETE FROM archive WHERE number = ?", number);
  }

  #one<K extends Kind>(kind: K, id: string): DocumentOf[K] | null {
    const rows = this.#sql.read<Row>("SELECT id, document FROM archived WHERE kind = ? AND id = ?", kind, id);
    return this.#readable(kind, rows)[0] ?? null;
  }

  #ofIncident<K extends Kind>(kind: K, incidentId: string): readonly DocumentOf[K][] {
    const statement = "SELECT id, document FROM archived WHERE kind = ? AND incident_id = ? ORDER BY id";
    return this.#readable(kind, this.#sql.read<Row>(statement, kind, incidentId));
  }

  /** Those that can be read; the others are noted to be put aside. */
  #readable<K extends Kind>(kind: K, rows: readonly Row[]): readonly DocumentOf[K][] {
    return rows.flatMap(({ document, id }) => {
      const read = readDocument(kind, id, document);
      if (read.ok) return [read.value];
      this.#aside().note({
        record: { kind: "history", id: `${kind} ${id}`, problem: read.error.problem },
        text: rawOf(document),
        remove: () => this.#sql.write("DELETE FROM archived WHERE kind = ? AND id = ?", kind, id),
      });
      return [];
    });
  }
}
