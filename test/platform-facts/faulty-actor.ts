// An actor over the ports of the simulation: rows as text, a life that can end, an alarm that is rung again, and calls over its network.
import { NONE_NAMED } from "@countersign/shared/values/named";
import { SHARD_RECORD_SHAPES } from "../../control-plane/src/platform/shard/shard-record-shapes.ts";
import type { ShardRecords } from "../../control-plane/src/shell/shard/shard-ports.ts";
import { CrashPoints } from "../simulation/faults/crash-points.ts";
import { ActorLife } from "../simulation/ports/actor-life.ts";
import { FaultyAlarm } from "../simulation/ports/faulty-alarm.ts";
import { faultySocketsOf } from "../simulation/ports/faulty-sockets.ts";
import { ShardPolicies, shardCallsOf } from "../simulation/ports/shard-calls.ts";
import { Storage, StoredRows } from "../simulation/ports/stored-rows.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { callerOf } from "../simulation/world/call-as-life.ts";
import { Network } from "../simulation/world/network.ts";
import type { SimulatedVps } from "../simulation/world/simulated-vps.ts";
import { SocketTable } from "../simulation/world/socket-table.ts";
import type { Actor, Ports } from "./platform.ts";
import { connectionAt, FACTS_POLICY } from "./proven-host.ts";
import { WorldClock } from "./world-clock.ts";

const ANSWERS_MS = 10_000;

/** The world of one actor: what outlives its memory. */
class FaultyWorld {
  readonly clock = new WorldClock();
  readonly table = new SocketTable();
  readonly keepaliveAt = new Map<string, number>();
  isDeskWell = true;
  readonly #storage = new Storage<ShardRecords>(SHARD_RECORD_SHAPES);
  readonly #network = new Network(this.clock, new SeededRandom(1));
  readonly #alarm = new FaultyAlarm(this.clock, () => this.#rings());
  #awake: { readonly life: ActorLife; readonly ports: Ports } | null = null;

  get ports(): Ports {
    this.#awake ??= this.#wakes();
    return this.#awake.ports;
  }

  forgets(): void {
    if (this.#awake !== null) this.#awake.life.isOver = true;
    this.#awake = null;
  }

  /** The machine behind a socket, as far as the table asks it. */
  vpsOf(hostId: string): SimulatedVps {
    const known = { hostId, lastKeepaliveAt: () => this.keepaliveAt.get(hostId) ?? 0, losesSocket: () => {} };
    return known as unknown as SimulatedVps;
  }

  #rings(): boolean {
    try {
      this.clock.handle(this.ports);
      return true;
    } catch {
      return false;
    }
  }

  #wakes(): { readonly life: ActorLife; readonly ports: Ports } {
    const { clock, table } = this;
    const life = new ActorLife(new CrashPoints());
    const hears = (answer: () => void) => {
      if (this.#awake?.life === life) answer();
    };
    const performs = (effect: () => void) => life.performs(effect);
    const call = callerOf(this.#network, hears);
    const calls = shardCallsOf({
      clock,
      hears,
      ask: (run, answered) => performs(() => call(run, answered)),
      policies: new ShardPolicies(FACTS_POLICY),
      receiveSignals: () => this.isDeskWell,
      vpsAt: () => undefined,
    });
    const rows = new StoredRows(this.#storage, life);
    const sockets = faultySocketsOf(table, { performs, send: () => {} });
    return { life, ports: { clock, alarm: this.#alarm.of(life), rows, sockets, calls } };
  }
}

/** An actor on a clock of its own. */
export function faultyActor(): Actor {
  const world = new FaultyWorld();
  const { clock, keepaliveAt, table } = world;
  return {
    event: async (act) => act(world.ports),
    onRing: (handle) => clock.onRing(handle),
    rings: async (count) => clock.ringsMore(count),
    passes: async (durationMs) => clock.advance(durationMs),
    forgets: async () => world.forgets(),
    callsFail: () => void (world.isDeskWell = false),
    answers: async () => clock.advance(ANSWERS_MS),
    dials: async (hostId) => void keepaliveAt.delete(hostId),
    keepsAlive: async (hostId) => void keepaliveAt.set(hostId, clock.now),
    proves: async (hostId) => {
      const connection = connectionAt(clock.now);
      const attached = { connection, sinceAt: clock.now, services: NONE_NAMED };
      table.put(world.vpsOf(hostId), connection, attached);
      return { helloAt: clock.now };
    },
  };
}
