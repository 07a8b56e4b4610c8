// Lifted freezes that a shard has not confirmed yet. A freeze is lifted by a person only, so the word must not be lost: the rows are
// written with the act, one for each shard that is to hear of it, and go when that shard has stored it. At least once; the shard knows
// a repeated one by its key. Without that, a repeat could lift a freeze that a rule has set since.
// Weakness: a rule that fires again before the word arrives finds the old freeze still there and sets none; the word then lifts it.
import type { DeskEffect } from "../core/desk-events.ts";
import { isFleet, scopeKeyOf } from "../core/freeze-scope.ts";
import { bounded } from "./bounded.ts";
import type { CountedSql } from "./counted-sql.ts";
import type { LiftedFreeze } from "./rpc.ts";

const CREATE = `CREATE TABLE IF NOT EXISTS lifts (
  number INTEGER PRIMARY KEY AUTOINCREMENT, shard TEXT NOT NULL, lift TEXT NOT NULL
)`;
const BATCH_MAX = 100;
const SHARD_TIMEOUT_MS = 5_000;
/** The longest pause between two attempts to reach a shard. */
export const LIFT_RETRY_MAX_MS = 30_000;

/** Hands one lift to one shard; resolves once stored there. */
export type TellShard = (shard: string, lift: LiftedFreeze) => Promise<void>;

/** Where hosts live. */
interface Whereabouts {
  readonly shardOf: (hostId: string) => string | null;
  readonly shards: () => readonly string[];
}

export class LiftOutbox {
  readonly #sql: CountedSql;
  readonly #hosts: Whereabouts;

  constructor(sql: CountedSql, hosts: Whereabouts) {
    this.#sql = sql;
    this.#hosts = hosts;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Queues what was lifted; call inside the storage step that lifted it. */
  put(effects: readonly DeskEffect[], now: number): void {
    const lifted = effects.filter((effect) => effect.kind === "freeze-lifted");
    for (const { scope, by } of lifted) {
      const key = `${scopeKeyOf(scope)}@${now}`;
      const lift: LiftedFreeze = { key, hostId: scope.hostId, service: scope.service, by };
      for (const shard of this.#toldOf(scope.hostId))
        this.#sql.write("INSERT INTO lifts (shard, lift) VALUES (?, ?)", shard, JSON.stringify(lift));
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
      await bounded(
        tell(shard, JSON.parse(lift) as LiftedFreeze),
        SHARD_TIMEOUT_MS,
        `Lift freeze in ${shard}`,
      );
      this.#sql.write("DELETE FROM lifts WHERE number = ?", number);
    });
    const failed = (await Promise.allSettled(told)).find(({ status }) => status === "rejected");
    if (failed !== undefined) throw new Error("Lift freezes", { cause: failed });
    return "delivered";
  }

  #toldOf(hostId: string): readonly string[] {
    if (isFleet({ hostId })) return this.#hosts.shards();
    const shard = this.#hosts.shardOf(hostId);
    return shard === null ? [] : [shard];
  }
}
