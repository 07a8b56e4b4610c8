// Tries decisions of a shard, to find out which record keeps one from being made. What is tried is all that depends on the state alone: the
// decision, the rows that it makes necessary, and what sockets would hold.
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { ShardContext, ShardEvent } from "../../core/shard/host/shard-events.ts";
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import { findShardCulprits, type ShardCulprits } from "../../core/shard/kept/shard-culprits.ts";
import type { ShardCore } from "./shard-ports.ts";
import type { ShardStore } from "./shard-store.ts";

interface Scene {
  readonly context: ShardContext;
  readonly store: ShardStore;
  readonly core: ShardCore;
}

/** What is to blame that an event could not be decided or saved in this state; null: nothing that can be put aside. */
export function culpritsOf(state: ShardState, event: ShardEvent, scene: Scene): ShardCulprits | null {
  const sweep: ShardEvent = { kind: "sweep", lastSeenAt: NONE_NAMED };
  const found = findShardCulprits(state, (part) => isDecidable(part, sweep, scene));
  if (found.kind !== "events") return found;
  if (isDecidable(state, event, scene)) return null;
  switch (event.kind) {
    case "woke":
    case "sweep":
      return findShardCulprits(state, (part) => isDecidable(part, event, scene));
    case "connected":
    case "boot-refused":
    case "flooded":
    case "disconnected":
    case "reported":
    case "frame-refused":
    case "facts":
    case "proposed":
    case "proposal-refused":
    case "trust-told":
    case "examined":
    case "outcome":
    case "leaving":
    case "second-opinion":
      return { kind: "events" };
    case "host-enrolled":
    case "host-retired":
    case "grant-issued":
    case "asked-for":
    case "freeze-pulled":
    case "freeze-lifted":
    case "desk-noted":
    case "trust-known":
    case "unreadable-found":
      return null; // who asked for it hears that it was not done, and asks again
  }
}

function isDecidable(state: ShardState, event: ShardEvent, { context, core, store }: Scene): boolean {
  try {
    const decision = core.decideShard(state, event, context);
    store.tryRows(state, decision.state);
    core.planShardProjection(state, decision.state, context.now);
    return true;
  } catch {
    return false;
  }
}
