// One life of an actor with its outbox to the read side, on a real SQLite.
import { SHARD_RECORD_SHAPES } from "../../../control-plane/src/platform/shard/shard-record-shapes.ts";
import { WorkerdCalls } from "../../../control-plane/src/platform/workerd-ports.ts";
import { WorkerdReadSide } from "../../../control-plane/src/platform/workerd-read-side.ts";
import { WorkerdRows } from "../../../control-plane/src/platform/workerd-rows.ts";
import type { ProjectionRow } from "../../../control-plane/src/read-side/rows.ts";
import { ProjectionOutbox } from "../../../control-plane/src/shell/projection-outbox.ts";
import { PutAside } from "../../../control-plane/src/shell/put-aside.ts";
import type { ShardRecords } from "../../../control-plane/src/shell/shard/shard-ports.ts";
import type { actorSql } from "./sqlite-actor.ts";

/** A life of shard-0 on this storage, which knows these rows; its clock is the test's, and so is the database. */
export class Life {
  database: D1Database | null = null;
  now = 1_800_000_000_000;
  readonly #outbox: ProjectionOutbox;

  constructor({ sql }: ReturnType<typeof actorSql>, known: readonly ProjectionRow[] = []) {
    const rows = new WorkerdRows<ShardRecords>(sql, SHARD_RECORD_SHAPES);
    if (!rows.exists()) rows.make();
    const clock = () => this.now;
    this.#outbox = new ProjectionOutbox({
      rows,
      aside: new PutAside(rows),
      clock: {
        get now() {
          return clock();
        },
      },
      readSide: new WorkerdReadSide(new WorkerdCalls(), () => this.database as D1Database),
      writer: () => "shard-0",
      knownRows: () => known,
    });
  }

  put(rows: readonly ProjectionRow[], now: number): void {
    this.now = now;
    this.#outbox.put(rows);
  }

  waitsSinceAt(): number | null {
    return this.#outbox.waitsSinceAt();
  }

  async deliverBatch(database: D1Database | null): Promise<"empty" | "delivered"> {
    this.database = database;
    return new Promise((resolve, reject) => {
      this.#outbox.deliverBatch((answer) =>
        answer.ok
          ? resolve(answer.value)
          : reject(
              answer.error.cause instanceof Error
                ? answer.error.cause
                : new Error("Deliver", { cause: answer.error }),
            ),
      );
    });
  }
}
