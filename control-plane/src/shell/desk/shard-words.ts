// What people and rules did that a shard has not confirmed yet: grants that a freeze recalls, freezes that were lifted, acts that a person
// wants a host to be asked for, and hosts that were retired. A freeze is one tap and is lifted by a person only, so no word may be lost: the
// rows are written with the act, one for each shard that is to hear of it, and go when that shard has stored it. At least once, and in any
// order: a recall names its grants, a lift and a question are known by their keys, and who is retired stays so. Without that, a repeat could
// lift a freeze that a rule has set since.
// Weakness: a rule that fires again before the lift arrives finds the old freeze still there and sets none; the word then lifts it.
import { ok, type Result } from "@countersign/shared/values/result";
import type { DeskEffect } from "../../core/desk/state/desk-events.ts";
import type { WordToShard } from "../../core/words/shard-word.ts";
import { type Scope, subjectKeyOf } from "../../core/words/subject.ts";
import type { QueuedWord } from "../../stored/desk-rows.ts";
import { attempted } from "../attempted.ts";
import type { Answered, CallFailure, Found, RecordId, Rows } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import type { DeskCalls, DeskRecords, Whereabouts } from "./desk-ports.ts";

const BATCH_MAX = 100;
/** The longest pause between two attempts to reach a shard. */
export const WORD_RETRY_MAX_MS = 30_000;

/** The desk whose words these are. */
interface Owner {
  readonly rows: Rows<DeskRecords>;
  readonly hosts: Pick<Whereabouts, "shardOf" | "shards">;
  readonly aside: PutAside;
  readonly tellShard: DeskCalls["tellShard"];
}

interface Numbered extends QueuedWord {
  readonly number: RecordId;
}

export class ShardWords {
  readonly #desk: Owner;

  constructor(desk: Owner) {
    this.#desk = desk;
  }

  /** Queues what was pulled, lifted and retired; call inside the storage step that did it. Says whether there is any. */
  put(effects: readonly DeskEffect[], now: number): boolean {
    const words = effects.flatMap((effect) => this.#wordsOf(effect, now));
    for (const word of words) this.#put(word);
    return words.length > 0;
  }

  /** Tells each shard what it has not confirmed. One that is not reached holds up no other; the batch fails when there was one. */
  deliverBatch(answered: Answered<"empty" | "delivered">): void {
    const { rows, tellShard } = this.#desk;
    const words = rows.list("shard-word", { limit: BATCH_MAX }).flatMap((found) => this.#readable(found));
    if (words.length === 0) return answered(ok("empty"));
    let leftCount = words.length;
    let failed: Result<never, CallFailure> | null = null;
    for (const { number, shard, word } of words)
      tellShard(shard, word, (answer) => {
        const told = answer.ok ? attempted(() => rows.drop("shard-word", number)) : answer;
        if (!told.ok) failed ??= told;
        leftCount -= 1;
        if (leftCount === 0) answered(failed ?? ok("delivered"));
      });
  }

  #readable(found: Found<QueuedWord>): readonly Numbered[] {
    const { id } = found;
    if (found.isReadable) return [{ number: id, ...found.record }];
    this.#desk.aside.note({
      record: { kind: "freeze-word", id: String(id), problem: found.problem },
      text: found.text,
      remove: () => this.#desk.rows.drop("shard-word", id),
    });
    return [];
  }

  #wordsOf(effect: DeskEffect, now: number): readonly QueuedWord[] {
    switch (effect.kind) {
      case "freeze-pulled":
        return this.#pulled(effect);
      case "freeze-lifted": {
        const { by, scope } = effect;
        const key = `${subjectKeyOf(scope)}@${now}`;
        return this.#toldOf(scope).map((shard) => ({ shard, word: { kind: "lifted", key, scope, by } }));
      }
      case "ask-host": {
        const { ask } = effect;
        const shard = this.#desk.hosts.shardOf(ask.hostId);
        return shard === null ? [] : [{ shard, word: { kind: "asked", ...ask } }];
      }
      case "host-retired": {
        const { hostId } = effect;
        const shard = this.#desk.hosts.shardOf(hostId);
        return shard === null ? [] : [{ shard, word: { kind: "retired", shard, hostId } }];
      }
      case "audit":
      case "deliver-grant":
      case "send-page":
      case "ask-receipt":
      case "settle-delivery":
        return [];
    }
  }

  // Only shards that may hold a grant hear of a freeze: the desk itself refuses everything else.
  #pulled({ by, grants }: Extract<DeskEffect, { kind: "freeze-pulled" }>): readonly QueuedWord[] {
    const byShard = Map.groupBy(grants, ({ hostId }) => this.#desk.hosts.shardOf(hostId));
    return [...byShard].flatMap(([shard, theirs]): QueuedWord[] => {
      if (shard === null) return [];
      const word: WordToShard = { kind: "pulled", by, grants: theirs };
      return [{ shard, word }];
    });
  }

  #put(queued: QueuedWord): void {
    const { rows } = this.#desk;
    const [newest] = rows.list("shard-word", { limit: 1, isNewestFirst: true });
    rows.put("shard-word", Number(newest?.id ?? 0) + 1, queued);
  }

  #toldOf(scope: Scope): readonly string[] {
    if (scope.kind === "fleet") return this.#desk.hosts.shards();
    const shard = this.#desk.hosts.shardOf(scope.hostId);
    return shard === null ? [] : [shard];
  }
}
