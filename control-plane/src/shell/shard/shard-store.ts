// What a shard keeps: a row per enrolled host (written only when what must not be lost has changed), pending grants, and one of its own. A
// shard that nobody enrolled a host in keeps nothing at all: a stranger's URL must not make us store anything.
import {
  hasNamed,
  type Named,
  namedAt,
  namedFrom,
  namesOf,
  valuesOf,
} from "@countersign/shared/values/named";
import { changesBetween } from "@countersign/shared/values/records";
import { isSameAttached } from "../../core/shard/host/same-host.ts";
import type { ShardDecision, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { PendingGrant, ShardState } from "../../core/shard/host/shard-state.ts";
import { differenceOf } from "../../core/shard/kept/difference.ts";
import { attachmentOf } from "../../core/shard/kept/host-rows.ts";
import { mustKeepOfShard, OWN_ROW_EVERY_MS } from "../../core/shard/kept/must-keep.ts";
import { type Decided, isFelt, planRecording } from "../../core/shard/kept/recording.ts";
import {
  NO_OWN_ROW,
  type StoredHost,
  type StoredShard,
  storedHostOf,
  storedShardOf,
} from "../../core/shard/kept/shard-stored.ts";
import type { ToldPolicy, ToldTrust } from "../../core/words/shard-word.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import type { Rows } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import { HostRecords } from "./host-records.ts";
import { ONLY, type ShardPorts, type ShardRecords } from "./shard-ports.ts";
import type { SurvivingSocket } from "./surviving-socket.ts";
import { WordsRecords } from "./words-records.ts";

/** Lifts are repeated within minutes of the desk's own life; their keys are kept far longer. */
const LIFT_KEY_TTL_MS = 30 * 24 * 3_600_000;

export class ShardStore {
  readonly hosts: HostRecords;
  readonly words: WordsRecords;
  readonly #ports: ShardPorts;
  readonly #rows: Rows<ShardRecords>;
  readonly #aside: PutAside<OtherRecordKind>;
  #ownSavedAt = 0;

  constructor(ports: ShardPorts) {
    this.#ports = ports;
    this.#rows = ports.rows;
    this.#aside = ports.aside;
    this.hosts = new HostRecords(ports.rows, ports.aside);
    this.words = new WordsRecords(ports.rows);
  }

  /** Restores the state from rows and, by host id, from the sockets that outlived hibernation. */
  load(sockets: ReadonlyMap<string, SurvivingSocket>, epoch: string): ShardState {
    return {
      shard: this.#only("name") ?? "",
      hosts: this.hosts.load(sockets),
      ...this.#own(),
      grants: this.#grants(),
      epoch,
      nextSequence: 1,
    };
  }

  /** Puts a mark in the place of all that is kept of a host; call inside the storage step that takes it. */
  retire(hostId: string): void {
    this.hosts.retire(hostId);
    this.words.dropAll(hostId);
  }

  saveName(shard: string): void {
    this.#rows.put("name", ONLY, shard);
  }

  /**
   * Writes what a decision changed and must not be lost, and what history keeps of it; nothing for a healthy host. Call inside one
   * storage step, and `saved` when it is done.
   */
  save(event: ShardEvent, before: ShardState, decision: ShardDecision): readonly StoredHost[] {
    const { clock, isMemoryLasting } = this.#ports;
    const after = decision.state;
    if (isMemoryLasting) return [];
    const { now } = clock;
    const rows = this.#ports.core.planHostRows(before, after, {
      rowOf: (hostId) => this.hosts.rowOf(hostId),
      now,
    });
    for (const row of rows) this.#rows.put("host", row.hostId, row);
    this.#saveGrants(before.grants, after.grants);
    this.#saveOwn(before, after, now);
    this.#record(event, before, { decision, isWritten: rows.length > 0 });
    return rows;
  }

  /** Keeps what is known now, as `save` would have done at each decision. */
  saveAll(state: ShardState): void {
    for (const host of state.hosts.values()) this.#rows.put("host", host.hostId, storedHostOf(host));
    for (const { id } of this.#rows.list("grant")) this.#rows.drop("grant", id);
    for (const grant of valuesOf(state.grants)) this.#rows.put("grant", grant.grantId, grant);
    this.#rows.put("state", ONLY, storedShardOf(state));
  }

  /** Renews what is attached to the sockets of hosts of which that part changed. */
  attachChanged(before: ShardState, after: ShardState): void {
    if (this.#ports.isMemoryLasting) return;
    for (const { id, before: previous, after: host } of changesBetween(before.hosts, after.hosts)) {
      if (host === undefined || host.connection === null) continue;
      if (previous !== undefined && isSameAttached(previous, host)) continue;
      const attached = attachmentOf(host, this.hosts.rowOf(id));
      if (attached !== null) this.#ports.sockets.attach(id, attached);
    }
  }

  /** Plans rows and attachments as `save` would, and writes nothing; throws where that cannot be done. */
  tryRows(before: ShardState, after: ShardState): void {
    const { clock, core } = this.#ports;
    core.planHostRows(before, after, { rowOf: (hostId) => this.hosts.rowOf(hostId), now: clock.now });
    for (const host of after.hosts.values()) attachmentOf(host, this.hosts.rowOf(host.hostId));
  }

  /** The storage step is done: these are the rows now. */
  saved(rows: readonly StoredHost[]): void {
    this.hosts.written(rows);
    this.#ports.history?.settle();
  }

  /** Notes the code's version; says whether it is another one than before. */
  noteVersion(): boolean {
    const { version } = this.#ports;
    const previous = this.#only("version");
    if (previous === version) return false;
    this.#rows.put("version", ONLY, version);
    return previous !== null;
  }

  /** What the desk told last; null: nothing yet, or it cannot be read, and is asked for again. */
  policy(): ToldPolicy | null {
    return this.#only("policy", "policy");
  }

  /** What the desk told last of the fleet's trust; null: nothing yet, or it cannot be read, and is asked for again. */
  trust(): ToldTrust | null {
    return this.#only("trust");
  }

  saveTrust(told: ToldTrust): void {
    this.#rows.put("trust", ONLY, told);
  }

  savePolicy(told: ToldPolicy): void {
    this.#rows.put("policy", ONLY, told);
  }

  /** Notes the shard's own state, when no decision can be made with it. */
  noteOwnState(state: ShardState): void {
    const text = JSON.stringify(storedShardOf(state));
    this.#noteOnly("state", "shard-state", { problem: "no decision can be made with it", text });
  }

  /** Says whether a word of the desk that must not be taken twice was taken: a lift, a person's question. */
  isWordTaken(key: string): boolean {
    return this.#rows.get("lift", key) !== null;
  }

  /** Remembers such a word; call inside the storage step that takes it. */
  takeWord(key: string, now: number): void {
    this.#rows.put("lift", key, now);
    for (const found of this.#rows.list("lift"))
      if (!found.isReadable || found.record < now - LIFT_KEY_TTL_MS) this.#rows.drop("lift", found.id);
  }

  #own(): StoredShard {
    return this.#only("state", "shard-state") ?? NO_OWN_ROW;
  }

  /** What there is one of; one that cannot be read is noted under its kind, where it has one. */
  #only<Kind extends "name" | "version" | "policy" | "trust" | "state">(
    kind: Kind,
    recordKind?: OtherRecordKind,
  ): ShardRecords[Kind] | null {
    const found = this.#rows.exists() ? this.#rows.get(kind, ONLY) : null;
    if (found === null) return null;
    if (found.isReadable) return found.record;
    if (recordKind !== undefined) this.#noteOnly(kind, recordKind, found);
    return null;
  }

  #noteOnly(
    key: "name" | "version" | "policy" | "trust" | "state",
    kind: OtherRecordKind,
    { problem, text }: { readonly problem: string; readonly text: string },
  ): void {
    this.#aside.note({ record: { kind, id: key, problem }, text, remove: () => this.#rows.drop(key, ONLY) });
  }

  #grants(): Named<PendingGrant> {
    const grants = this.#rows.list("grant").flatMap((found): [string, PendingGrant][] => {
      const id = String(found.id);
      if (found.isReadable && found.record.grantId === id) return [[id, found.record]];
      const problem = found.isReadable ? "another id than its own" : found.problem;
      const text = found.isReadable ? JSON.stringify(found.record) : found.text;
      this.#aside.note({
        record: { kind: "grant", id, problem },
        text,
        remove: () => this.#rows.drop("grant", id),
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
    this.#rows.put("state", ONLY, own);
    this.#ownSavedAt = now;
  }

  #record(event: ShardEvent, before: ShardState, decided: Decided): void {
    const { clock, history } = this.#ports;
    history?.keep(planRecording(event, before, decided), {
      at: clock.now,
      isFelt: isFelt(decided),
      isSweep: event.kind === "sweep",
    });
  }

  #saveGrants(before: ShardState["grants"], after: ShardState["grants"]): void {
    if (before === after) return;
    for (const grantId of namesOf(before)) if (!hasNamed(after, grantId)) this.#rows.drop("grant", grantId);
    for (const grant of valuesOf(after))
      if (namedAt(before, grant.grantId) !== grant) this.#rows.put("grant", grant.grantId, grant);
  }
}
