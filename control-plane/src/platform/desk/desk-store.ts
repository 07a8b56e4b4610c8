// What the desk keeps in its SQLite: incidents, approvals and pages as JSON rows, the keys of signals already taken.
// Rows that the state no longer holds stay as an archive (`is_live` 0, platform/desk/desk-archive.ts), so that a link opens for as long as it may
// be followed.
import { RECORDED_SETTINGS_MAX } from "@countersign/shared/values/limits";
import {
  changesBetween,
  type RecordChange,
  type Records,
  recordsFrom,
} from "@countersign/shared/values/records";
import type { RecordPlace } from "../../core/desk/state/culprits.ts";
import type {
  Approval,
  DeskState,
  Incident,
  Page,
  StandingApproval,
} from "../../core/desk/state/desk-state.ts";
import type { Kept, RecordedSettings } from "../../core/desk/state/recorded-settings.ts";
import { type DocumentOf, type Kind, kindIn, KINDS, readDocument } from "../../stored/desk-records.ts";
import type { CountedSql } from "../counted-sql.ts";
import { type PutAside, rawOf } from "../put-aside.ts";
import { DeskArchive } from "./desk-archive.ts";

/** Signals are repeated within seconds; their keys are kept far longer than any repeat. */
export const SIGNAL_KEY_TTL_MS = 7 * 24 * 3_600_000;

/** Keys that are forgotten in one go. */
export const KEYS_FORGOTTEN_MAX = 1_000;

const TABLES = [
  `CREATE TABLE documents (
    kind TEXT NOT NULL, id TEXT NOT NULL, incident_id TEXT NOT NULL, is_live INTEGER NOT NULL,
    changed_at INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID`,
  "CREATE INDEX documents_by_incident ON documents (incident_id)",
  // with a row id: in the order in which they were taken, so that the oldest need not be searched for
  "CREATE TABLE signals_taken (key TEXT PRIMARY KEY, taken_at INTEGER NOT NULL)",
];

/** A document as it lies in its row. */
interface Row {
  readonly id: string;
  readonly document: unknown;
  readonly isLive: number;
}

const ROW = "id, document, is_live AS isLive";

/** The records in which two states differ, by the value's identity. */
export interface DeskDifference {
  readonly incidents: readonly Incident[];
  readonly approvals: readonly Approval[];
  readonly pages: readonly Page[];
}

export class DeskStore {
  readonly archive: DeskArchive;
  readonly #sql: CountedSql;
  readonly #aside: PutAside;

  constructor(sql: CountedSql, aside: PutAside) {
    this.#sql = sql;
    this.archive = new DeskArchive(sql);
    this.#aside = aside;
  }

  create(): void {
    for (const statement of TABLES) this.#sql.write(statement);
    this.archive.create();
  }

  /** What is live; what cannot be read is noted to be put aside, and the rest does without it. */
  load(): DeskState {
    return {
      incidents: this.#liveOf("incident"),
      approvals: this.#liveOf("approval"),
      pages: this.#liveOf("page"),
      freezes: this.#liveOf("freeze"),
      silences: this.#liveOf("silence"),
      standing: this.#liveOf("standing"),
      shardTroubles: this.#liveOf("shard"),
      brokenRoutes: this.#liveOf("route"),
      shadow: this.#liveOf("shadow"),
      shadowCounts: this.#liveOf("shadow-count"),
      unreadable: this.#liveOf("unreadable"),
    };
  }

  /** Writes the records that changed and archives those that left; returns what changed, for the projection. */
  save(before: DeskState, after: DeskState, now: number): DeskDifference {
    for (const collection of Object.keys(after) as (keyof DeskState)[])
      for (const change of changesBetween<DocumentOf[Kind]>(before[collection], after[collection]))
        this.#saveOne(kindIn(collection), change, now);
    return {
      incidents: setBetween(before.incidents, after.incidents),
      approvals: setBetween(before.approvals, after.approvals),
      pages: setBetween(before.pages, after.pages),
    };
  }

  /** Notes a live record with which no decision can be made: it goes to the archive, so that its link still opens. */
  noteCulprit({ collection, id }: RecordPlace, state: DeskState): void {
    const kind = kindIn(collection);
    this.#aside.note({
      record: { kind, id, problem: "no decision can be made with it" },
      text: JSON.stringify(state[collection].get(id)),
      remove: () => {
        this.#sql.write("UPDATE documents SET is_live = 0 WHERE kind = ? AND id = ?", kind, id);
        if (kind !== "approval" && kind !== "page") this.archive.add(kind, id, Date.now());
      },
    });
  }

  isSignalTaken(key: string): boolean {
    return this.#sql.read("SELECT 1 FROM signals_taken WHERE key = ?", key).length > 0;
  }

  takeSignal(key: string, now: number): void {
    this.#sql.write("INSERT OR IGNORE INTO signals_taken (key, taken_at) VALUES (?, ?)", key, now);
  }

  /** Forgets some of the oldest keys, where they are too old. */
  forgetSignals(now: number): void {
    this.#sql.write(
      `DELETE FROM signals_taken WHERE taken_at < ?
       AND rowid IN (SELECT rowid FROM signals_taken ORDER BY rowid LIMIT ${KEYS_FORGOTTEN_MAX})`,
      now - SIGNAL_KEY_TTL_MS,
    );
  }

  incident(incidentId: string): Incident | null {
    return this.#one("incident", incidentId);
  }

  approval(approvalId: string): Approval | null {
    return this.#one("approval", approvalId);
  }

  /** Also one that is over. */
  standing(standingId: string): StandingApproval | null {
    return this.#one("standing", standingId);
  }

  approvalsOf(incidentId: string): readonly Approval[] {
    return this.#ofIncident("approval", incidentId);
  }

  pagesOf(incidentId: string): readonly Page[] {
    return this.#ofIncident("page", incidentId);
  }

  /** Archived incidents, the most recently changed first. */
  archivedIncidents(limit: number): readonly Incident[] {
    return this.#readable(
      "incident",
      this.#sql.read(
        `SELECT ${ROW} FROM documents WHERE kind = 'incident' AND is_live = 0
         ORDER BY changed_at DESC LIMIT ?`,
        limit,
      ),
    );
  }

  /** Silences and standing approvals that covered some of a time, also those that are over. */
  settingsWithin(window: { readonly fromAt: number; readonly toAt: number }): RecordedSettings {
    const silences = this.#within({ kind: "silence", begin: "startsAt", end: "endsAt" }, window);
    const times = { kind: "standing", begin: "givenAt", end: "untilAt" } as const;
    const standing = this.#within(times, window);
    const tooMany = isTooMany(silences) ? "silences" : isTooMany(standing) ? "standing approvals" : null;
    return {
      silences: silences.slice(0, RECORDED_SETTINGS_MAX),
      standing: standing.slice(0, RECORDED_SETTINGS_MAX).map(({ seal: _seal, ...shown }) => shown),
      tooMany,
    };
  }

  #within<K extends "silence" | "standing">(
    { kind, begin, end }: { readonly kind: K; readonly begin: string; readonly end: string },
    { fromAt, toAt }: { readonly fromAt: number; readonly toAt: number },
  ): readonly Kept<DocumentOf[K]>[] {
    // One row that is no JSON must not make the whole question fail.
    const valueOf = "CASE WHEN json_valid(document) THEN json_extract(document, ?) END";
    const rows = this.#sql.read<Row>(
      `SELECT ${ROW} FROM documents WHERE kind = ?
       AND ${valueOf} <= ? AND ${valueOf} > ? ORDER BY id LIMIT ?`,
      kind,
      `$.${begin}`,
      toAt,
      `$.${end}`,
      fromAt,
      RECORDED_SETTINGS_MAX + 1,
    );
    return rows.flatMap((row) =>
      this.#readable(kind, [row]).map((record) => ({ ...record, isOver: row.isLive === 0 })),
    );
  }

  #saveOne(kind: Kind, { after, id }: RecordChange<DocumentOf[Kind]>, now: number): void {
    if (after !== undefined) this.#put({ kind, id, document: after }, now);
    else this.#archive(kind, id, now);
  }

  #put<K extends Kind>(
    { kind, id, document }: { readonly kind: K; readonly id: string; readonly document: DocumentOf[K] },
    now: number,
  ): void {
    this.#sql.write(
      `INSERT INTO documents (kind, id, incident_id, is_live, changed_at, document) VALUES (?, ?, ?, 1, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET is_live = 1, changed_at = excluded.changed_at, document = excluded.document`,
      kind,
      id,
      "incidentId" in document ? document.incidentId : "",
      now,
      JSON.stringify(document),
    );
  }

  #archive(kind: Kind, id: string, now: number): void {
    this.#sql.write("UPDATE documents SET is_live = 0 WHERE kind = ? AND id = ?", kind, id);
    // An incident takes its approvals and pages with it, when it is forgotten.
    if (kind !== "approval" && kind !== "page") this.archive.add(kind, id, now);
  }

  #liveOf<K extends Kind>(kind: K): Records<DocumentOf[K]> {
    const rows = this.#sql.read<Row>(`SELECT ${ROW} FROM documents WHERE kind = ? AND is_live = 1`, kind);
    return recordsFrom(this.#readable(kind, rows).map((record) => [KINDS[kind].keyOf(record), record]));
  }

  #one<K extends Kind>(kind: K, id: string): DocumentOf[K] | null {
    const rows = this.#sql.read<Row>(`SELECT ${ROW} FROM documents WHERE kind = ? AND id = ?`, kind, id);
    return this.#readable(kind, rows)[0] ?? null;
  }

  #ofIncident<K extends Kind>(kind: K, incidentId: string): readonly DocumentOf[K][] {
    const statement = `SELECT ${ROW} FROM documents WHERE kind = ? AND incident_id = ? ORDER BY id`;
    return this.#readable(kind, this.#sql.read<Row>(statement, kind, incidentId));
  }

  /** Those that can be read; the others are noted to be put aside. */
  #readable<K extends Kind>(kind: K, rows: readonly Row[]): readonly DocumentOf[K][] {
    return rows.flatMap(({ document, id, isLive }) => {
      const read = readDocument(kind, id, document);
      if (read.ok) return [read.value];
      const { problem } = read.error;
      this.#aside.note({
        record: isLive === 1 ? { kind, id, problem } : { kind: "history", id: `${kind} ${id}`, problem },
        text: rawOf(document),
        remove: () => this.#sql.write("DELETE FROM documents WHERE kind = ? AND id = ?", kind, id),
      });
      return [];
    });
  }
}

function isTooMany(found: readonly unknown[]): boolean {
  return found.length > RECORDED_SETTINGS_MAX;
}

function setBetween<T>(before: Records<T>, after: Records<T>): readonly T[] {
  return changesBetween(before, after).flatMap(({ after: set }) => (set === undefined ? [] : [set]));
}
