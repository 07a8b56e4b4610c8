// What faults and invariants see of a simulation: its parts, and the little that they may do to it.
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { DeskActor } from "./desk-actor.ts";
import type { Network } from "./network.ts";
import type { Pager } from "./pager.ts";
import type { ReadSide } from "./read-side.ts";
import type { ShardActor } from "./shard-actor.ts";
import type { SimulatedPeople } from "./simulated-people.ts";
import type { SimulatedVps } from "./simulated-vps.ts";

export interface SimulatedFleet {
  readonly clock: VirtualClock;
  /** in force at the desk; the shards hear of it a little later */
  readonly policy: Policy;
  readonly network: Network;
  readonly readSide: ReadSide;
  readonly pager: Pager;
  readonly desk: DeskActor;
  readonly shards: readonly ShardActor[];
  readonly vpses: readonly SimulatedVps[];
  readonly people: SimulatedPeople;
  readonly vpsOf: (hostId: string) => SimulatedVps | undefined;
  readonly random: SeededRandom;
  /** the control plane, its calls or its channels are or were disturbed until then */
  readonly disturbedUntilAt: number;
  /** a person applies a policy for a while; the one applied last holds */
  applies(policy: Policy, durationMs: number): void;
  /** something of ours or the pager's is wrong for a while */
  isDisturbed(durationMs: number): void;
}
