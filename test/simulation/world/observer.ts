// What the shells tell about every step, and what the invariants may look at. A step is one decision that was stored, one execution on
// a host, or one page that reached a person.
import type { DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskEffect } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import type { ShardEvent } from "../../../control-plane/src/core/shard/host/shard-events.ts";
import type { ShardState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import type { StoredHost } from "../../../control-plane/src/core/shard/kept/shard-stored.ts";
import type { ShardEffect } from "../../../control-plane/src/core/words/effects.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { Execution } from "./rebooting-actuator.ts";

export interface ShardDecisionSeen {
  readonly shard: string;
  readonly event: ShardEvent;
  /** as this shard knows it */
  readonly policy: Policy;
  readonly before: ShardState;
  readonly after: ShardState;
  readonly effects: readonly ShardEffect[];
  readonly rows: readonly StoredHost[];
  /** what the runtime remembers of a host's keepalives; 0: nothing */
  readonly lastSeenAt: (hostId: string) => number;
  readonly armedAt: number | null;
}

export interface DeskDecisionSeen {
  readonly events: readonly DeskEvent[];
  readonly before: DeskState;
  readonly after: DeskState;
  readonly effects: readonly DeskEffect[];
  readonly armedAt: number | null;
}

export interface PageArrival {
  readonly page: Page;
  readonly channel: string;
}

export interface Observer {
  shardDecided(decision: ShardDecisionSeen): void;
  deskDecided(decision: DeskDecisionSeen): void;
  executed(execution: Execution): void;
  /** a channel took a page; `isSeen`: and it did reach the person */
  pageTaken(arrival: PageArrival, isSeen: boolean): void;
  /** one of our own rules about ourselves broke: an assertion in a core */
  threw(error: unknown): void;
}
