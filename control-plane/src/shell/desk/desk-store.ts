// The desk's live records, each in a row of its own: what a decision changed is put, what left the state goes to the archive. A row that
// cannot be read is noted to be put aside, and the rest does without it.
import { changesBetween, type Records, recordsFrom } from "@countersign/shared/values/records";
import type { RecordPlace } from "../../core/desk/state/culprits.ts";
import type {
  Approval,
  DeskState,
  Incident,
  Page,
  StandingApproval,
} from "../../core/desk/state/desk-state.ts";
import { type DocumentOf, type Kind, kindIn, KINDS } from "../../stored/desk-records.ts";
import type { Found, Rows } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import type { Archive, DeskRecords } from "./desk-ports.ts";

/** The records in which two states differ, by the value's identity. */
export interface DeskDifference {
  readonly incidents: readonly Incident[];
  readonly approvals: readonly Approval[];
  readonly pages: readonly Page[];
}

interface Between<T> {
  readonly before: Records<T>;
  readonly after: Records<T>;
}

export class DeskStore {
  readonly #rows: Rows<DeskRecords>;
  readonly #archive: Archive;
  readonly #aside: PutAside;

  constructor(rows: Rows<DeskRecords>, archive: Archive, aside: PutAside) {
    this.#rows = rows;
    this.#archive = archive;
    this.#aside = aside;
  }

  load(): DeskState {
    return {
      incidents: this.#all("incident"),
      approvals: this.#all("approval"),
      pages: this.#all("page"),
      freezes: this.#all("freeze"),
      silences: this.#all("silence"),
      standing: this.#all("standing"),
      shardTroubles: this.#all("shard"),
      brokenRoutes: this.#all("route"),
      shadow: this.#all("shadow"),
      shadowCounts: this.#all("shadow-count"),
      unreadable: this.#all("unreadable"),
    };
  }

  /** Writes what changed and archives what left; returns what changed, for the projection. */
  save(from: DeskState, to: DeskState): DeskDifference {
    this.#save("freeze", { before: from.freezes, after: to.freezes });
    this.#save("silence", { before: from.silences, after: to.silences });
    this.#save("standing", { before: from.standing, after: to.standing });
    this.#save("shard", { before: from.shardTroubles, after: to.shardTroubles });
    this.#save("route", { before: from.brokenRoutes, after: to.brokenRoutes });
    this.#save("shadow", { before: from.shadow, after: to.shadow });
    this.#save("shadow-count", { before: from.shadowCounts, after: to.shadowCounts });
    this.#save("unreadable", { before: from.unreadable, after: to.unreadable });
    return {
      incidents: this.#save("incident", { before: from.incidents, after: to.incidents }),
      approvals: this.#save("approval", { before: from.approvals, after: to.approvals }),
      pages: this.#save("page", { before: from.pages, after: to.pages }),
    };
  }

  /** Notes a record with which no decision can be made: it goes to the archive, so that its link still opens. */
  noteCulprit({ collection, id }: RecordPlace, state: DeskState): void {
    const kind = kindIn(collection);
    const record = state[collection].get(id);
    const stored = this.#rows.get(kind, id);
    this.#aside.note({
      record: { kind, id, problem: "no decision can be made with it" },
      text: JSON.stringify(record),
      remove: () => {
        // As it was stored: what is in memory may not even be readable.
        if (stored?.isReadable === true) this.#archive.put(kind, id, stored.record);
        this.#rows.drop(kind, id);
      },
    });
  }

  /** As it is stored, also one that is over. */
  standing(standingId: string): StandingApproval | null {
    const found = this.#rows.get("standing", standingId);
    return found?.isReadable === true ? found.record : this.#archive.standing(standingId);
  }

  #save<K extends Kind>(kind: K, { after, before }: Between<DocumentOf[K]>): readonly DocumentOf[K][] {
    if (before === after) return [];
    return changesBetween(before, after).flatMap(({ id, before: left, after: record }) => {
      if (record === undefined) this.#leaves(kind, id, left);
      else this.#rows.put(kind, id, record as DeskRecords[K]);
      return record === undefined ? [] : [record];
    });
  }

  #leaves<K extends Kind>(kind: K, id: string, record: DocumentOf[K] | undefined): void {
    if (record !== undefined) this.#archive.put(kind, id, record);
    this.#rows.drop(kind, id);
  }

  #all<K extends Kind>(kind: K): Records<DocumentOf[K]> {
    const found: readonly Found<DocumentOf[K]>[] = this.#rows.list(kind);
    return recordsFrom(found.flatMap((row) => this.#readable(kind, row)));
  }

  // It must say the id under which it is stored.
  #readable<K extends Kind>(
    kind: K,
    row: Found<DocumentOf[K]>,
  ): readonly (readonly [string, DocumentOf[K]])[] {
    const id = String(row.id);
    if (row.isReadable && KINDS[kind].keyOf(row.record) === id) return [[id, row.record]];
    const unread = row.isReadable
      ? { problem: "another id than its own", text: JSON.stringify(row.record) }
      : row;
    this.#aside.note({
      record: { kind, id, problem: unread.problem },
      text: unread.text,
      remove: () => this.#rows.drop(kind, row.id),
    });
    return [];
  }
}
