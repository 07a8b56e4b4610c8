// D1 as the actors meet it: it takes a batch or it does not, or takes it and the answer is lost. And the outbox that an actor keeps for it,
// as shell/projection-outbox.ts: a newer row of a key replaces an undelivered older one, and one that changed on its way stays.
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import {
  projectionKeyOf,
  type ProjectionRow,
  type QueuedProjection,
} from "../../../control-plane/src/db/rows.ts";
import type { Network } from "./network.ts";

const BATCH_MAX = 50;
const RETRY_FIRST_MS = 1_000;
/** as in shell/projection-outbox.ts */
const PROJECTION_RETRY_MAX_MS = 60_000;

export interface KeyedRow {
  readonly key: string;
  readonly text: string;
}

interface RevisedRow extends KeyedRow {
  readonly revision: number;
}

export class ReadSide {
  readonly rows = new Map<string, string>();
  readonly #revisions = new Map<string, number>();
  readonly #highest = new Map<string, number>();
  isDown = false;
  onRow: (row: KeyedRow) => void = () => {};

  take(batch: readonly RevisedRow[]): boolean {
    if (this.isDown) return false;
    for (const { revision, key, text } of batch) {
      if (revision <= (this.#revisions.get(key) ?? 0)) continue;
      this.#revisions.set(key, revision);
      this.rows.set(key, text);
      this.onRow({ key, text });
    }
    return true;
  }

  /** Takes rows of a writer; false: it is down. */
  project(writer: string, rows: readonly QueuedProjection[]): boolean {
    const isTaken = this.take(
      rows.map(({ projection, revision }) => ({
        key: projectionKeyOf(projection),
        text: JSON.stringify(projection.row),
        revision,
      })),
    );
    const highest = rows.reduce(
      (known, { revision }) => Math.max(known, revision),
      this.#highest.get(writer) ?? 0,
    );
    if (isTaken) this.#highest.set(writer, highest);
    return isTaken;
  }

  /** The highest revision that it took from a writer; null: it is down. */
  highestOf(writer: string): number | null {
    return this.isDown ? null : (this.#highest.get(writer) ?? 0);
  }
}

export class ProjectionQueue {
  /** every row that was stored, before anything can happen to it */
  onStored: (row: KeyedRow) => void = () => {};
  readonly #parts: {
    readonly clock: VirtualClock;
    readonly network: Network;
    readonly readSide: ReadSide;
  };
  readonly #rows = new Map<string, { readonly revision: number; readonly text: string }>();
  /** counts the lives of the actor: an answer to an earlier one is heard by nobody */
  #life = 0;
  #lastRevision = 0;
  #isRunning = false;
  #failures = 0;
  #retryAt = 0;

  constructor(parts: {
    readonly clock: VirtualClock;
    readonly network: Network;
    readonly readSide: ReadSide;
  }) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Queues rows, in the storage step that made them true. */
  put(rows: readonly ProjectionRow[]): void {
    if (rows.length === 0) return;
    this.#lastRevision = Math.max(this.#parts.clock.now, this.#lastRevision + 1);
    for (const row of rows) {
      const key = projectionKeyOf(row);
      const text = JSON.stringify(row.row);
      const revision = Math.max((this.#rows.get(key)?.revision ?? 0) + 1, this.#lastRevision);
      this.#rows.set(key, { revision, text });
      this.onStored({ key, text });
    }
  }

  /** The actor lost its memory; the rows are stored. */
  isForgotten(): void {
    this.#life += 1;
    this.#isRunning = false;
    this.#failures = 0;
    this.#retryAt = 0;
    this.#lastRevision = 0;
  }

  /** Delivers a batch, then the next; after a failure again at the next occasion once the pause is over. */
  drain(): void {
    const { clock, network, readSide } = this.#parts;
    if (this.#isRunning || this.#rows.size === 0 || clock.now < this.#retryAt) return;
    this.#isRunning = true;
    const life = this.#life;
    const batch = [...this.#rows].slice(0, BATCH_MAX);
    const rows = batch.map(([key, { text, revision }]) => ({ key, text, revision }));
    // What is on its way when the actor dies lands all the same, and may land after what its next life sends.
    network.call(
      () => readSide.take(rows),
      (isDone) => {
        if (life !== this.#life) return;
        this.#isRunning = false;
        if (isDone) return this.#delivered(batch);
        this.#retryAt = clock.now + Math.min(PROJECTION_RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
        this.#failures += 1;
      },
    );
  }

  #delivered(batch: readonly (readonly [string, { readonly revision: number }])[]): void {
    this.#failures = 0;
    for (const [key, { revision }] of batch)
      if (this.#rows.get(key)?.revision === revision) this.#rows.delete(key);
    this.drain();
  }
}
