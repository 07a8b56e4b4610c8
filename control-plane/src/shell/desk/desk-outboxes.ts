// What the desk still owes others, stored with the decision that made it true: words to its shards, rows to the read side.
import type { DeskEffect } from "../../core/desk/state/desk-events.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import {
  DESK_WRITER,
  incidentHostRowsOf,
  incidentRowOf,
  pageRowOf,
  type ProjectionRow,
} from "../../read-side/rows.ts";
import { OutboxDrain } from "../outbox-drain.ts";
import { PROJECTION_RETRY_MAX_MS, ProjectionOutbox } from "../projection-outbox.ts";
import type { PutAside } from "../put-aside.ts";
import type { DeskPorts } from "./desk-ports.ts";
import type { DeskDifference } from "./desk-store.ts";
import { ShardWords, WORD_RETRY_MAX_MS } from "./shard-words.ts";

/** The desk that owes it. */
interface Debtor {
  readonly aside: PutAside;
  readonly state: () => DeskState;
  /** nothing of one outbox is on its way any more; when to come back, null: nothing failed */
  readonly onRest: (retryAt: number | null) => void;
}

export class DeskOutboxes {
  readonly #words: ShardWords;
  readonly #projections: ProjectionOutbox | null;
  readonly #drains: readonly OutboxDrain[];

  constructor({ calls, clock, hosts, readSide, rows }: DeskPorts, { aside, onRest, state }: Debtor) {
    const words = new ShardWords({
      rows,
      hosts,
      aside,
      tellShard: (shard, word, answered) => calls.tellShard(shard, word, answered),
    });
    const toShards = new OutboxDrain({
      clock,
      onRest,
      retryMaxMs: WORD_RETRY_MAX_MS,
      deliverBatch: (answered) => words.deliverBatch(answered),
    });
    this.#words = words;
    this.#projections = null;
    this.#drains = [toShards];
    if (readSide === null) return;
    const knownRows = () => projectionsOf(recordsOf(state()));
    const projections = new ProjectionOutbox({
      rows,
      clock,
      aside,
      readSide,
      knownRows,
      writer: () => DESK_WRITER,
    });
    const toReadSide = new OutboxDrain({
      clock,
      onRest,
      retryMaxMs: PROJECTION_RETRY_MAX_MS,
      deliverBatch: (answered) => projections.deliverBatch(answered),
    });
    this.#projections = projections;
    this.#drains = [toReadSide, toShards];
  }

  /** Queues rows for the read side; call inside the storage step that made them true. */
  project(rows: readonly ProjectionRow[]): void {
    this.#projections?.put(rows);
  }

  /** Since when the read side lacks something; null: it has taken all. */
  unprojectedSinceAt(): number | null {
    return this.#projections?.waitsSinceAt() ?? null;
  }

  /** Queues words for shards; call inside the storage step that did what they tell. Says whether there is any. */
  putWords(effects: readonly DeskEffect[], now: number): boolean {
    return this.#words.put(effects, now);
  }

  /** Delivers what waits. */
  drain(): void {
    for (const drain of this.#drains) drain.drain();
  }
}

/** What the read side has of the desk. */
type Projected = Pick<DeskDifference, "findings" | "incidents" | "pages">;

/** The rows of records that a decision changed; of a finding only where it lies, so that one that stays there has no row. */
export function projectionsOf(
  { findings, incidents, pages }: Projected,
  before?: Pick<DeskState, "findings">,
): readonly ProjectionRow[] {
  const moved = findings.filter(
    ({ findingId, incidentId }) => before?.findings.get(findingId)?.incidentId !== incidentId,
  );
  return [...incidents.map(incidentRowOf), ...moved.flatMap(incidentHostRowsOf), ...pages.map(pageRowOf)];
}

function recordsOf({ findings, incidents, pages }: DeskState): Projected {
  return { findings: findings.values(), incidents: incidents.values(), pages: pages.values() };
}
