// What people and rules did that a shard has not confirmed yet: grants that a freeze recalls, freezes that were lifted, and hosts that were
// retired. A freeze is one tap and is lifted by a person only, so no word may be lost: the rows are written with the act, one for each shard
// that is to hear of it, and go when that shard has stored it. At least once, and in any order: a recall names its grants, a lift is known
// by its key, and who is retired stays so. Without that, a repeat could lift a freeze that a rule has set since.
// Weakness: a rule that fires again before the lift arrives finds the old freeze still there and sets none; the word then lifts it.
import { z } from "zod";
import type { DeskEffect } from "../../core/desk/state/desk-events.ts";
import type { RecalledGrant } from "../../core/words/recalled-grant.ts";
import type { LiftedFreeze, PulledFreeze, RetiredHost } from "../../core/words/shard-word.ts";
import { type Scope, subjectKeyOf } from "../../core/words/subject.ts";
import { ActorShape } from "../../stored/actor-shape.ts";
import { Instant, readStored, shapeOf, Text } from "../../stored/read-stored.ts";
import { ScopeShape } from "../../stored/subject-shape.ts";
import { bounded } from "../bounded.ts";
import type { CountedSql } from "../counted-sql.ts";
import { type PutAside, rawOf } from "../put-aside.ts";

const CREATE = `CREATE TABLE shard_words (
  number INTEGER PRIMARY KEY AUTOINCREMENT, shard TEXT NOT NULL, word TEXT NOT NULL
)`;
const BATCH_MAX = 100;
const SHARD_TIMEOUT_MS = 5_000;
/** The longest pause between two attempts to reach a shard. */
export const FREEZE_RETRY_MAX_MS = 30_000;

/** One word to one shard. */
export type FreezeWord =
  | ({ readonly kind: "pulled" } & PulledFreeze)
  | ({ readonly kind: "retired" } & RetiredHost)
  | ({ readonly kind: "lifted" } & LiftedFreeze);

const WordShape = z.union([
  shapeOf<PulledFreeze & { kind: "pulled" }>({
    kind: z.literal("pulled"),
    by: ActorShape,
    grants: z.array(
      shapeOf<RecalledGrant>({ grantId: Text, hostId: Text, service: Text, expiresAt: Instant }),
    ),
  }),
  shapeOf<RetiredHost & { kind: "retired" }>({ kind: z.literal("retired"), shard: Text, hostId: Text }),
  shapeOf<LiftedFreeze & { kind: "lifted" }>({
    kind: z.literal("lifted"),
    key: Text,
    scope: ScopeShape,
    by: ActorShape,
  }),
]);

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

  readonly #aside: PutAside;

  constructor(sql: CountedSql, hosts: Whereabouts, aside: PutAside) {
    this.#sql = sql;
    this.#hosts = hosts;
    this.#aside = aside;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Queues what was pulled, lifted and retired; call inside the storage step that did it. */
  put(effects: readonly DeskEffect[], now: number): void {
    for (const effect of effects) {
      if (effect.kind === "freeze-pulled") this.#putPulled(effect);
      if (effect.kind === "freeze-lifted") this.#putLifted(effect, now);
      if (effect.kind === "host-retired") this.#putRetired(effect);
    }
  }

  /** Tells each shard what it has not confirmed. One that is not reached holds up no other; throws when there was one. */
  async deliverBatch(tell: TellShard): Promise<"empty" | "delivered"> {
    const queued = this.#sql.read<{ number: number; shard: string; word: unknown }>(
      "SELECT number, shard, word FROM shard_words ORDER BY number LIMIT ?",
      BATCH_MAX,
    );
    const words = queued.flatMap((row) => {
      const read = readStored<FreezeWord>(row.word, WordShape);
      if (read.ok) return [{ ...row, word: read.value }];
      this.#noteUnreadable(row, read.error.problem);
      return [];
    });
    if (words.length === 0) return "empty";
    const told = words.map(async ({ number, shard, word }) => {
      await bounded(tell(shard, word), SHARD_TIMEOUT_MS, `Tell freeze to ${shard}`);
      this.#sql.write("DELETE FROM shard_words WHERE number = ?", number);
    });
    const failed = (await Promise.allSettled(told)).find(({ status }) => status === "rejected");
    if (failed !== undefined) throw new Error("Tell freezes", { cause: failed });
    return "delivered";
  }

  #noteUnreadable(row: { number: number; shard: string; word: unknown }, problem: string): void {
    const { number, shard, word } = row;
    this.#aside.note({
      record: { kind: "freeze-word", id: `${number} to ${shard}`, problem },
      text: rawOf(word),
      remove: () => this.#sql.write("DELETE FROM shard_words WHERE number = ?", number),
    });
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
    const key = `${subjectKeyOf(scope)}@${now}`;
    for (const shard of this.#toldOf(scope)) this.#put(shard, { kind: "lifted", key, scope, by });
  }

  #putRetired({ hostId }: Extract<DeskEffect, { kind: "host-retired" }>): void {
    const shard = this.#hosts.shardOf(hostId);
    if (shard !== null) this.#put(shard, { kind: "retired", shard, hostId });
  }

  #put(shard: string, word: FreezeWord): void {
    this.#sql.write("INSERT INTO shard_words (shard, word) VALUES (?, ?)", shard, JSON.stringify(word));
  }

  #toldOf(scope: Scope): readonly string[] {
    if (scope.kind === "fleet") return this.#hosts.shards();
    const shard = this.#hosts.shardOf(scope.hostId);
    return shard === null ? [] : [shard];
  }
}
