// What people and rules did to the brake that a shard has not confirmed yet: grants that a freeze recalls, and freezes that were lifted.
// A freeze is one tap and is lifted by a person only, so neither word may be lost: the rows are written with the act, one for each shard
// that is to hear of it, and go when that shard has stored it. At least once, and in any order: a recall names its grants, and a lift is
// known by its key. Without that, a repeat could lift a freeze that a rule has set since.
// Weakness: a rule that fires again before the lift arrives finds the old freeze still there and sets none; the word then lifts it.
import type { DeskEffect } from "../core/desk-events.ts";
import { isFleet, scopeKeyOf } from "../core/freeze-scope.ts";
import { bounded } from "./bounded.ts";
import type { CountedSql } from "./counted-sql.ts";
import type { LiftedFreeze, PulledFreeze } from "./rpc.ts";

/** The table and its column have the names from when they held lifts only: rows may wait there while a new version comes. */
const CREATE = `CREATE TABLE IF NOT EXISTS lifts (
  number INTEGER PRIMARY KEY AUTOINCREMENT, shard TEXT NOT NULL, lift TEXT NOT NULL
)`;
const BATCH_MAX = 100;
const SHARD_TIMEOUT_MS = 5_000;
/** The longest pause between two attempts to reach a shard. */
export const FREEZE_RETRY_MAX_MS = 30_000;

/** One word to one shard; a lift's row has said no kind since before there were recalls. */
export type FreezeWord =
  | ({ readonly kind: "pulled" } & PulledFreeze)
  | ({ readonly kind?: undefined } & LiftedFreeze);

/** Hands one word to one shard; resolves once stored there. */
export type TellShard = (shard: string, word: FreezeWord) => Promise<void>;

/** Where hosts live. */
interface Whereabouts {
  readonly shardOf: (hostId: string) => string | null;
  readonly shards: () => readonly string[];
}

export class FreezeOutbox {
  readonly #sql: CountedSql;
  readonly #hosts: Whereabouts;

  constructor(sql: CountedSql, hosts: Whereabouts) {
    this.#sql = sql;
    this.#hosts = hosts;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Queues what was pulled and lifted; call inside the storage step that did it. */
  put(effects: readonly DeskEffect[], now: number): void {
    for (const effect of effects) {
      if (effect.kind === "freeze-pulled") this.#putPulled(effect);
      if (effect.kind === "freeze-lifted") this.#putLifted(effect, now);
    }
  }

  /** Tells each shard what it has not confirmed. One that is not reached holds up no other; throws when there was one. */
  async deliverBatch(tell: TellShard): Promise<"empty" | "delivered"> {
    const queued = this.#sql.read<{ number: number; shard: string; lift: string }>(
      "SELECT number, shard, lift FROM lifts ORDER BY number LIMIT ?",
      BATCH_MAX,
    );
    if (queued.length === 0) return "empty";
    const told = queued.map(async ({ number, shard, lift }) => {
      await bounded(tell(shard, JSON.parse(lift) as FreezeWord), SHARD_TIMEOUT_MS, `Tell freeze to ${shard}`);
      this.#sql.write("DELETE FROM lifts WHERE number = ?", number);
    });
    const failed = (await Promise.allSettled(told)).find(({ status }) => status === "rejected");
    if (failed !== undefined) throw new Error("Tell freezes", { cause: failed });
    return "delivered";
  }

  // Only shards that may hold a grant hear of a freeze: the desk itself refuses everything else.
  #putPulled({ by, grants }: Extract<DeskEffect, { kind: "freeze-pulled" }>): void {
    const shards = new Set(grants.map(({ hostId }) => this.#hosts.shardOf(hostId)));
    for (const shard of shards) {
      if (shard === null) continue;
      const theirs = grants.filter(({ hostId }) => this.#hosts.shardOf(hostId) === shard);
      this.#put(shard, { kind: "pulled", by, grants: theirs });
    }
  }

  #putLifted({ by, scope }: Extract<DeskEffect, { kind: "freeze-lifted" }>, now: number): void {
    const key = `${scopeKeyOf(scope)}@${now}`;
    for (const shard of this.#toldOf(scope.hostId))
      this.#put(shard, { key, hostId: scope.hostId, service: scope.service, by });
  }

  #put(shard: string, word: FreezeWord): void {
    this.#sql.write("INSERT INTO lifts (shard, lift) VALUES (?, ?)", shard, JSON.stringify(word));
  }

  #toldOf(hostId: string): readonly string[] {
    if (isFleet({ hostId })) return this.#hosts.shards();
    const shard = this.#hosts.shardOf(hostId);
    return shard === null ? [] : [shard];
  }
}
