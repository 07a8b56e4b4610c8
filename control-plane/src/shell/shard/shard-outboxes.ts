// What a shard still owes others, stored with the decision that made it true: signals to the desk, rows to D1. Moved in the background:
// neither may delay what a host is told.
import type { ShardDecision } from "../../core/shard/host/shard-events.ts";
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import { OutboxDrain } from "../outbox-drain.ts";
import { PROJECTION_RETRY_MAX_MS, ProjectionOutbox } from "../projection-outbox.ts";
import type { ShardPorts } from "./shard-ports.ts";
import { knownShardRows } from "./shard-projection.ts";
import { SIGNAL_RETRY_MAX_MS, SignalOutbox } from "./signal-outbox.ts";

export class ShardOutboxes {
  readonly #signals: SignalOutbox;
  readonly #projections: ProjectionOutbox | null;
  readonly #planProjection: ShardPorts["core"]["planShardProjection"];
  readonly #clock: ShardPorts["clock"];
  readonly #toDesk: OutboxDrain;
  readonly #toReadSide: OutboxDrain | null;

  /** `state` is all that is known of the hosts now; `onRest` hears when to come back, null: nothing failed. */
  constructor(
    { aside, calls, clock, core, readSide, rows }: ShardPorts,
    { state, onRest }: { readonly state: () => ShardState; readonly onRest: (at: number | null) => void },
  ) {
    this.#clock = clock;
    this.#planProjection = core.planShardProjection;
    this.#signals = new SignalOutbox(rows, aside);
    const writer = () => state().shard;
    const knownRows = () => knownShardRows(state(), clock.now);
    const projections =
      readSide === null ? null : new ProjectionOutbox({ rows, clock, aside, readSide, writer, knownRows });
    this.#projections = projections;
    this.#toDesk = new OutboxDrain({
      clock,
      retryMaxMs: SIGNAL_RETRY_MAX_MS,
      onRest,
      deliverBatch: (answered) =>
        this.#signals.deliverBatch((signals, told) => calls.tellDesk(writer(), signals, told), answered),
    });
    this.#toReadSide =
      projections === null
        ? null
        : new OutboxDrain({
            clock,
            retryMaxMs: PROJECTION_RETRY_MAX_MS,
            onRest,
            deliverBatch: (answered) => projections.deliverBatch(answered),
          });
  }

  /** Queues what a decision says to desk and read side; call inside its storage step. */
  put(before: ShardState, { state, effects }: ShardDecision): void {
    this.#signals.put(effects.flatMap((effect) => (effect.kind === "signal" ? [effect.signal] : [])));
    this.#projections?.put(this.#planProjection(before, state, this.#clock.now));
  }

  /** When the oldest signal was raised that the desk has not confirmed; null: none waits. */
  unconfirmedSinceAt(): number | null {
    return this.#signals.mayWait ? this.#signals.oldestAt() : null;
  }

  /** Since when the read side lacks something; null: it has taken all. */
  unprojectedSinceAt(): number | null {
    return this.#projections?.waitsSinceAt() ?? null;
  }

  /** Delivers what could not be delivered, where it is time; when it is for the others. */
  retry(): readonly (number | null)[] {
    return [this.#toDesk.retry(), this.#toReadSide?.retry() ?? null];
  }

  /** Delivers what waits. */
  deliver(): void {
    if (this.#signals.mayWait) this.#toDesk.drain();
    this.#toReadSide?.drain();
  }
}
