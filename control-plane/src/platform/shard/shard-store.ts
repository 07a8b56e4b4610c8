// What a shard keeps in its SQLite: a row per enrolled host (written only when its stored projection changed), pending grants, and
// one row of its own. A shard that nobody enrolled a host in has no table at all: a stranger's URL must not make us store anything.
import {
  hasNamed,
  type Named,
  namedAt,
  namedFrom,
  namesOf,
  valuesOf,
} from "@countersign/shared/values/named";
import type { ShardDecision, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { Connection, HostState, PendingGrant, ShardState } from "../../core/shard/host/shard-state.ts";
import { bareRow, connectionAlone, nameIn } from "../../core/shard/kept/bare-host.ts";
import { differenceOf } from "../../core/shard/kept/difference.ts";
import { attachmentOf, hostFrom, planHostRows } from "../../core/shard/kept/host-rows.ts";
import { mustKeepOfShard, OWN_ROW_EVERY_MS } from "../../core/shard/kept/must-keep.ts";
import { type Decided, isFelt, planRecording } from "../../core/shard/kept/recording.ts";
import {
  NO_OWN_ROW,
  type StoredHost,
  type StoredShard,
  storedShardOf,
} from "../../core/shard/kept/shard-stored.ts";
import type { ToldPolicy } from "../../core/words/shard-word.ts";
import { hostSubject } from "../../core/words/subject.ts";
import type { RecordKind } from "../../core/words/unreadable-record.ts";
import { readStored } from "../../stored/read-stored.ts";
import {
  CatalogueShape,
  OwnShape,
  PendingGrantShape,
  StoredHostShape,
  ToldPolicyShape,
} from "../../stored/shard-shapes.ts";
import type { CountedSql } from "../counted-sql.ts";
import { type PutAside, rawOf } from "../put-aside.ts";
import { newEpoch } from "../random-id.ts";
import { type RecordedAsked, RecordedEvents, type RecordedPart } from "./recorded-events.ts";
import { type SurvivingSocket, withCatalogue } from "./surviving-socket.ts";

const TABLES = [
  `CREATE TABLE hosts (
    host_id TEXT PRIMARY KEY, public_key TEXT NOT NULL, stored TEXT, catalogue TEXT NOT NULL DEFAULT '[]',
    proven_from TEXT
  ) WITHOUT ROWID`,
  `CREATE TABLE grants (grant_id TEXT PRIMARY KEY, pending TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE shard (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE lifts_taken (key TEXT PRIMARY KEY, taken_at INTEGER NOT NULL) WITHOUT ROWID`,
];
/** Lifts are repeated within minutes of the desk's own life; their keys are kept far longer. */
const LIFT_KEY_TTL_MS = 30 * 24 * 3_600_000;

type Catalogue = Connection["catalogue"];

interface HostRow {
  readonly hostId: string;
  readonly stored: unknown;
  readonly catalogue: unknown;
}

export class ShardStore {
  readonly #recorded: RecordedEvents;
  readonly #sql: CountedSql;
  readonly #aside: PutAside;
  /** the hosts' rows as they were written last */
  readonly #rows = new Map<string, StoredHost>();
  #ownSavedAt = 0;

  constructor(sql: CountedSql, aside: PutAside) {
    this.#sql = sql;
    this.#aside = aside;
    this.#recorded = new RecordedEvents(sql, aside);
  }

  /** Says whether a host was ever enrolled here. */
  exists(): boolean {
    return this.#sql.hasTable("hosts");
  }

  create(): void {
    for (const statement of TABLES) this.#sql.write(statement);
    this.#recorded.create();
  }

  saveName(shard: string): void {
    this.#set("name", shard);
  }

  /** Restores the state from rows and, by host id, from the sockets that outlived hibernation. */
  load(sockets: ReadonlyMap<string, SurvivingSocket>): ShardState {
    const rows = this.#sql.read<HostRow>("SELECT host_id AS hostId, stored, catalogue FROM hosts");
    const hosts = rows.map((row) => [row.hostId, this.#host(row, sockets.get(row.hostId))] as const);
    const own = this.#own();
    return {
      shard: this.#get("name") ?? "",
      hosts: namedFrom(hosts),
      ...own,
      grants: this.#grants(),
      epoch: newEpoch(),
      nextSequence: 1,
    };
  }

  /** A host's row as it was written last; undefined: it has none. */
  rowOf(hostId: string): StoredHost | undefined {
    return this.#rows.get(hostId);
  }

  /**
   * Writes what a decision changed and must not be lost, and what history keeps of it; nothing for a healthy host. Call inside one
   * storage step, and `saved` when it is done.
   */
  save(event: ShardEvent, before: ShardState, decision: ShardDecision): readonly StoredHost[] {
    const now = Date.now();
    const after = decision.state;
    const rows = planHostRows(before, after, { rowOf: (hostId) => this.#rows.get(hostId), now });
    for (const row of rows)
      this.#sql.write("UPDATE hosts SET stored = ? WHERE host_id = ?", JSON.stringify(row), row.hostId);
    this.#saveGrants(before.grants, after.grants);
    this.#saveOwn(before, after, now);
    this.#record(event, before, { decision, isWritten: rows.length > 0 });
    return rows;
  }

  /** Plans rows and attachments as `save` would, and writes nothing; throws where that cannot be done. */
  tryRows(before: ShardState, after: ShardState): void {
    planHostRows(before, after, { rowOf: (hostId) => this.#rows.get(hostId), now: Date.now() });
    for (const host of Object.values(after.hosts)) attachmentOf(host, this.#rows.get(host.hostId));
  }

  /** The storage step is done: these are the rows now. */
  saved(rows: readonly StoredHost[]): void {
    for (const row of rows) this.#rows.set(row.hostId, row);
    this.#recorded.settle();
  }

  /** What was kept of the shard's events; what waits to be written is written first. */
  readRecorded(asked: RecordedAsked): RecordedPart {
    if (!this.exists()) return { rows: [], isEnd: true };
    const now = Date.now();
    this.#sql.atomically(() => this.#recorded.keep(null, { at: now, isFelt: true, isSweep: false }));
    this.#recorded.settle();
    return this.#recorded.read(asked, now);
  }

  hostCount(): number {
    return this.#sql.read<{ count: number }>("SELECT count(*) AS count FROM hosts")[0]?.count ?? 0;
  }

  publicKeyOf(hostId: string): string | null {
    if (!this.exists()) return null;
    const rows = this.#sql.read<{ public_key: string }>(
      "SELECT public_key FROM hosts WHERE host_id = ?",
      hostId,
    );
    const key: unknown = rows[0]?.public_key;
    return typeof key === "string" ? key : null;
  }

  addHost(hostId: string, publicKey: string): void {
    this.#sql.write("INSERT INTO hosts (host_id, public_key) VALUES (?, ?)", hostId, publicKey);
  }

  /** A retired host has no row any more. */
  forgetRow(hostId: string): void {
    this.#rows.delete(hostId);
  }

  /** A catalogue may be larger than a socket's attachment; it changes with the host's configuration, not with its health. */
  saveCatalogue(hostId: string, catalogue: Catalogue): void {
    const text = JSON.stringify(catalogue);
    const rows = this.#sql.read<{ catalogue: string }>(
      "SELECT catalogue FROM hosts WHERE host_id = ?",
      hostId,
    );
    if (rows[0]?.catalogue === text) return;
    this.#sql.write("UPDATE hosts SET catalogue = ? WHERE host_id = ?", text, hostId);
  }

  /** The group of the address from which the host proved itself last; null: it never did. */
  provenFrom(hostId: string): string | null {
    const rows = this.#sql.read<{ proven_from: string | null }>(
      "SELECT proven_from FROM hosts WHERE host_id = ?",
      hostId,
    );
    return rows[0]?.proven_from ?? null;
  }

  /** Changes with the host's network, not with its health; must outlive our memory, for a deploy brings everybody back at once. */
  saveProvenFrom(hostId: string, addressGroup: string): void {
    if (this.provenFrom(hostId) === addressGroup) return;
    this.#sql.write("UPDATE hosts SET proven_from = ? WHERE host_id = ?", addressGroup, hostId);
  }

  /** Notes the code's version; says whether it is another one than before. */
  noteVersion(version: string): boolean {
    const previous = this.#get("version");
    if (previous === version) return false;
    this.#set("version", version);
    return previous !== null;
  }

  /** What the desk told last; null: nothing yet, or it cannot be read, and is asked for again. */
  policy(): ToldPolicy | null {
    const stored = this.exists() ? this.#get("policy") : null;
    if (stored === null) return null;
    const read = readStored<ToldPolicy>(stored, ToldPolicyShape);
    if (read.ok) return read.value;
    this.#noteOwn("policy", { kind: "policy", stored, problem: read.error.problem });
    return null;
  }

  /** Notes a host with whose state no decision can be made; from here on it has the row that is given. */
  noteHost(host: HostState, row: StoredHost): void {
    const text = JSON.stringify(this.#rows.get(host.hostId) ?? host);
    this.#noteHost({ hostId: host.hostId, name: host.name, text, row }, "no decision can be made with it");
  }

  /** Notes the shard's own state, when no decision can be made with it. */
  noteOwnState(state: ShardState): void {
    const stored = JSON.stringify(storedShardOf(state));
    this.#noteOwn("state", { kind: "shard-state", stored, problem: "no decision can be made with it" });
  }

  savePolicy(told: ToldPolicy): void {
    this.#set("policy", JSON.stringify(told));
  }

  isLiftTaken(key: string): boolean {
    return this.#sql.read("SELECT 1 FROM lifts_taken WHERE key = ?", key).length > 0;
  }

  /** Remembers a lift; call inside the storage step that takes it. */
  takeLift(key: string, now: number): void {
    this.#sql.write("INSERT INTO lifts_taken (key, taken_at) VALUES (?, ?)", key, now);
    this.#sql.write("DELETE FROM lifts_taken WHERE taken_at < ?", now - LIFT_KEY_TTL_MS);
  }

  #host({ catalogue, hostId, stored }: HostRow, socket: SurvivingSocket | undefined): HostState {
    const restored = socket === undefined ? null : withCatalogue(socket, this.#catalogue(hostId, catalogue));
    const read = readStored<StoredHost>(stored, StoredHostShape);
    const problem = read.ok ? "another id than its own" : read.error.problem;
    const isOwn = read.ok && read.value.hostId === hostId;
    const row = isOwn ? read.value : this.#bareRow({ hostId, stored }, socket, problem);
    // What the socket holds beyond its row may be to blame: it is learned again. Then it is the row.
    const known = restored === null ? null : { ...restored, attached: connectionAlone(restored.attached) };
    return (
      this.#hostFrom(row, restored) ??
      this.#hostFrom(row, known) ??
      this.#hostFrom(this.#bareRow({ hostId, stored }, socket, "no host can be made of it"), known) ??
      // Throws again, and says why.
      hostFrom(row, known)
    );
  }

  /** The host of a row, which is its row from here on; null: none can be made of it. */
  #hostFrom(row: StoredHost, socket: SurvivingSocket | null): HostState | null {
    this.#rows.set(row.hostId, row);
    try {
      return hostFrom(row, socket);
    } catch {
      return null;
    }
  }

  #bareRow(
    { hostId, stored }: Pick<HostRow, "hostId" | "stored">,
    socket: SurvivingSocket | undefined,
    problem: string,
  ): StoredHost {
    const text = rawOf(stored);
    const name = nameIn(text, hostId, socket?.attached);
    const row = bareRow(hostId, name, socket?.attached.connection ?? null);
    this.#noteHost({ hostId, name, text, row }, problem);
    return row;
  }

  #noteHost(
    found: {
      readonly hostId: string;
      readonly name: string;
      readonly text: string;
      readonly row: StoredHost;
    },
    problem: string,
  ): void {
    const { hostId, name, row, text } = found;
    const subject = hostSubject(hostId, name);
    this.#aside.note({
      record: { kind: "host", id: hostId, problem, subject },
      text,
      remove: () => {
        this.#sql.write("UPDATE hosts SET stored = ? WHERE host_id = ?", JSON.stringify(row), hostId);
        this.#rows.set(hostId, row);
      },
    });
  }

  #catalogue(hostId: string, catalogue: unknown): Catalogue {
    const read = readStored<Catalogue>(catalogue, CatalogueShape);
    if (read.ok) return read.value;
    this.#aside.note({
      record: { kind: "catalogue", id: hostId, problem: read.error.problem },
      text: rawOf(catalogue),
      remove: () => this.#sql.write("UPDATE hosts SET catalogue = '[]' WHERE host_id = ?", hostId),
    });
    return [];
  }

  #own(): StoredShard {
    const stored = this.#get("state");
    if (stored === null) return NO_OWN_ROW;
    const read = readStored<StoredShard>(stored, OwnShape);
    if (read.ok) return read.value;
    this.#noteOwn("state", { kind: "shard-state", stored, problem: read.error.problem });
    return NO_OWN_ROW;
  }

  #noteOwn(
    key: "state" | "policy",
    found: { readonly kind: RecordKind; readonly stored: unknown; readonly problem: string },
  ): void {
    const { kind, problem, stored } = found;
    this.#aside.note({
      record: { kind, id: key, problem },
      text: rawOf(stored),
      remove: () => this.#sql.write("DELETE FROM shard WHERE key = ?", key),
    });
  }

  #grants(): Named<PendingGrant> {
    const rows = this.#sql.read<{ grantId: string; pending: unknown }>(
      "SELECT grant_id AS grantId, pending FROM grants",
    );
    const grants = rows.flatMap(({ grantId, pending }): [string, PendingGrant][] => {
      const read = readStored<PendingGrant>(pending, PendingGrantShape);
      if (read.ok && read.value.grantId === grantId) return [[grantId, read.value]];
      const problem = read.ok ? "another id than its own" : read.error.problem;
      this.#aside.note({
        record: { kind: "grant", id: grantId, problem },
        text: rawOf(pending),
        remove: () => this.#sql.write("DELETE FROM grants WHERE grant_id = ?", grantId),
      });
      return [];
    });
    return namedFrom(grants);
  }

  /** What rules of the whole shard go on learning has no socket to wait in, so it is saved within a minute. */
  #saveOwn(before: ShardState, after: ShardState, now: number): void {
    const own = storedShardOf(after);
    if (differenceOf(storedShardOf(before), own) === null) return;
    const isKept = differenceOf(mustKeepOfShard(storedShardOf(before)), mustKeepOfShard(own)) === null;
    if (isKept && now < this.#ownSavedAt + OWN_ROW_EVERY_MS) return;
    this.#set("state", JSON.stringify(own));
    this.#ownSavedAt = now;
  }

  #record(event: ShardEvent, before: ShardState, decided: Decided): void {
    this.#recorded.keep(planRecording(event, before, decided), {
      at: Date.now(),
      isFelt: isFelt(decided),
      isSweep: event.kind === "sweep",
    });
  }

  #saveGrants(before: ShardState["grants"], after: ShardState["grants"]): void {
    if (before === after) return;
    for (const grantId of namesOf(before))
      if (!hasNamed(after, grantId)) this.#sql.write("DELETE FROM grants WHERE grant_id = ?", grantId);
    for (const grant of valuesOf(after))
      if (namedAt(before, grant.grantId) !== grant)
        this.#sql.write(
          "INSERT OR REPLACE INTO grants (grant_id, pending) VALUES (?, ?)",
          grant.grantId,
          JSON.stringify(grant),
        );
  }

  #get(key: string): string | null {
    return this.#sql.read<{ value: string }>("SELECT value FROM shard WHERE key = ?", key)[0]?.value ?? null;
  }

  #set(key: string, value: string): void {
    this.#sql.write("INSERT OR REPLACE INTO shard (key, value) VALUES (?, ?)", key, value);
  }
}
