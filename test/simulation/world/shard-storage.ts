// What a shard's SQLite would hold, as JSON text: a row per host that has something to remember, grants, the shard's own row, and the
// signals that the desk has not confirmed. One `save` is one storage step: all of it or nothing.
import type { Named } from "@countersign/shared/values/named";
import type { ShardDecision } from "../../../control-plane/src/core/shard/host/shard-events.ts";
import type {
  Connection,
  PendingGrant,
  ShardState,
} from "../../../control-plane/src/core/shard/host/shard-state.ts";
import { hostFrom } from "../../../control-plane/src/core/shard/kept/host-rows.ts";
import {
  type AttachedHost,
  NO_OWN_ROW,
  type StoredHost,
  type StoredShard,
  storedShardOf,
} from "../../../control-plane/src/core/shard/kept/shard-stored.ts";
import type { Cores } from "../cores.ts";
import type { SocketTable } from "./socket-table.ts";

export class ShardStorage {
  readonly rows = new Map<string, string>();
  readonly catalogues = new Map<string, Connection["catalogue"]>();
  /** JSON of signals, oldest first */
  readonly signals: string[] = [];
  #own: string | null = null;
  #grants = "{}";
  readonly #planHostRows: Cores["planHostRows"];
  readonly #now: () => number;
  readonly #rowValues = new Map<string, StoredHost>();

  constructor(planHostRows: Cores["planHostRows"], now: () => number) {
    this.#planHostRows = planHostRows;
    this.#now = now;
  }

  /** A host's row as it was written last. */
  rowOf(hostId: string): StoredHost | undefined {
    return this.#rowValues.get(hostId);
  }

  /** Writes what two states differ in, and queues the signals; returns the rows of hosts. */
  save(before: ShardState, { effects, state }: ShardDecision): readonly StoredHost[] {
    const rowOf = (hostId: string) => this.rowOf(hostId);
    const rows = this.#planHostRows(before, state, { rowOf, now: this.#now() });
    for (const row of rows) {
      this.rows.set(row.hostId, JSON.stringify(row));
      this.#rowValues.set(row.hostId, row);
    }
    for (const effect of effects)
      if (effect.kind === "signal") this.signals.push(JSON.stringify(effect.signal));
    if (before.grants !== state.grants) this.#grants = JSON.stringify(state.grants);
    if (isOwnChanged(before, state)) this.#own = JSON.stringify(storedShardOf(state));
    return rows;
  }

  load(
    { name: shard, epoch }: { readonly name: string; readonly epoch: string },
    sockets: SocketTable,
  ): ShardState {
    const hosts = [...this.rows].map(([hostId, text]) => {
      const socket = sockets.of(hostId);
      if (socket === undefined) return [hostId, hostFrom(JSON.parse(text) as StoredHost, null)];
      const attached = JSON.parse(socket.attachment) as AttachedHost;
      const connection = { ...attached.connection, catalogue: this.catalogues.get(hostId) ?? [] };
      const lastSeenAt = sockets.lastSeenOn(socket);
      const surviving = { attached: { ...attached, connection }, lastSeenAt };
      return [hostId, hostFrom(JSON.parse(text) as StoredHost, surviving)];
    });
    const own = this.#own === null ? NO_OWN_ROW : (JSON.parse(this.#own) as StoredShard);
    const grants = JSON.parse(this.#grants) as Named<PendingGrant>;
    return {
      ...own,
      shard,
      hosts: Object.fromEntries(hosts),
      grants,
      epoch,
      nextSequence: 1,
    };
  }
}

function isOwnChanged(before: ShardState, after: ShardState): boolean {
  const left = storedShardOf(before);
  const right = storedShardOf(after);
  return (Object.keys(right) as (keyof typeof right)[]).some((key) => left[key] !== right[key]);
}
