// What a shard still owes others, stored with the decision that made it true: signals to the desk, rows to D1. Moved in the background:
// neither may delay what a host is told.
import { emptyShard } from "../../core/shard/decide-shard.ts";
import type { ShardDecision } from "../../core/shard/host/shard-events.ts";
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import type { ActorEnv } from "../actor-env.ts";
import type { CountedSql } from "../counted-sql.ts";
import { OutboxDrain } from "../outbox-drain.ts";
import { PROJECTION_RETRY_MAX_MS, ProjectionOutbox } from "../projection-outbox.ts";
import type { PutAside } from "../put-aside.ts";
import type { IncidentDeskRpc } from "../rpc.ts";
import { planShardProjection } from "./shard-projection.ts";
import { SIGNAL_RETRY_MAX_MS, SignalOutbox } from "./signal-outbox.ts";

/** To whom it is owed. */
interface Creditors {
  readonly desk: () => Pick<IncidentDeskRpc, "receiveSignals">;
  readonly database: () => ActorEnv["DB"];
  readonly shard: () => string;
  /** all that is known of the hosts now */
  readonly state: () => ShardState;
}

export class ShardOutboxes {
  readonly #signals: SignalOutbox;
  readonly #projections: ProjectionOutbox;
  readonly #toDesk: OutboxDrain;
  readonly #toD1: OutboxDrain;

  constructor(sql: CountedSql, aside: PutAside, to: Creditors) {
    this.#signals = new SignalOutbox(sql, aside);
    this.#projections = new ProjectionOutbox(sql, aside, {
      actor: to.shard,
      knownRows: () => planShardProjection(emptyShard("", ""), to.state()),
    });
    this.#toDesk = new OutboxDrain({ what: "Deliver signals", retryMaxMs: SIGNAL_RETRY_MAX_MS }, () =>
      this.#signals.deliverBatch((signals) => to.desk().receiveSignals(to.shard(), signals)),
    );
    this.#toD1 = new OutboxDrain({ what: "Project to D1", retryMaxMs: PROJECTION_RETRY_MAX_MS }, () =>
      this.#projections.deliverBatch(to.database()),
    );
  }

  create(): void {
    this.#signals.create();
    this.#projections.create();
  }

  /** Call at each wake. */
  mend(): void {
    this.#projections.mend();
  }

  /** Queues what a decision says to desk and read side; call inside its storage step. */
  put(before: ShardState, { state, effects }: ShardDecision, now: number): void {
    this.#signals.put(effects.flatMap((effect) => (effect.kind === "signal" ? [effect.signal] : [])));
    this.#projections.put(planShardProjection(before, state), now);
  }

  /** When the oldest signal was raised that the desk has not confirmed; null: none waits. */
  unconfirmedSinceAt(): number | null {
    return this.#signals.oldestAt();
  }

  /** Delivers what waits; `retry` hears of each outbox when to come back, null: nothing failed. */
  deliver(retry: (at: number | null) => void): void {
    const now = Date.now();
    for (const outbox of [this.#toDesk, this.#toD1])
      outbox
        .drain(now)
        .then(() => retry(outbox.retryAt))
        .catch((error: unknown) => console.error("Move outbox:", error));
  }

  /** Settles when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all([this.#toDesk.drain(Date.now()), this.#toD1.drain(Date.now())]);
  }
}
