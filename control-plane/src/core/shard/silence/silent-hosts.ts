// Who of a shard's hosts is silent, and how many were ever connected: kept up from each value of the hosts to the next, so that asking looks at
// none of the others. Pure to whoever asks.
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import type { HostState, ShardState } from "../host/shard-state.ts";
import { isNeverHeard } from "./liveness.ts";

/** Those that are late or down, in the order of all hosts. */
export function silentHostsOf({ hosts }: Pick<ShardState, "hosts">): readonly HostState[] {
  return silenceOf(hosts).silent();
}

/** How many were ever heard, and are not retired. */
export function connectedCountOf({ hosts }: Pick<ShardState, "hosts">): number {
  return silenceOf(hosts).connectedCount;
}

/** How many may be down soon: they are late, what they said was refused once, or they are away and said when they return. */
export function lateCountOf({ hosts }: Pick<ShardState, "hosts">): number {
  return silenceOf(hosts).lateCount;
}

class Silence implements KeptUp<HostState> {
  readonly #connected = new Set<string>();
  readonly #late = new Set<string>();
  readonly #silent = new Map<string, Placed<HostState>>();

  get connectedCount(): number {
    return this.#connected.size;
  }

  get lateCount(): number {
    return this.#late.size;
  }

  silent(): readonly HostState[] {
    return [...this.#silent.values()]
      .toSorted((left, right) => left.place - right.place)
      .map(({ value }) => value);
  }

  changed(hostId: string, placed: Placed<HostState> | undefined): void {
    if (placed === undefined || isNeverHeard(placed.value)) this.#connected.delete(hostId);
    else this.#connected.add(hostId);
    if (placed !== undefined && isLate(placed.value)) this.#late.add(hostId);
    else this.#late.delete(hostId);
    if (placed === undefined || !isSilent(placed.value)) this.#silent.delete(hostId);
    else this.#silent.set(hostId, placed);
  }
}

const silenceOf = keptUp<HostState, Silence>(() => new Silence());

function isLate({ liveness, returnDueAt, unheard }: HostState): boolean {
  if (liveness === "down") return false;
  // Who does not return as announced is late and down in one instant.
  return liveness === "late" || returnDueAt !== null || (unheard?.refusedCount ?? 0) > 0;
}

function isSilent({ liveness }: HostState): boolean {
  return liveness === "late" || liveness === "down";
}
