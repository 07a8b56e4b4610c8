// Why what is asked for could not run just now, were a person to say yes, as far as the desk itself knows it. Pure. It ends nothing: a question that
// cannot run now may run in a minute, and what was asked stays open. What only the host's shard knows (it is late) is not among it.
import type { HostedSubject, ServiceSubject } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import type { Freeze } from "../records/freeze.ts";
import type { DeskState } from "./desk-state.ts";
import { downFindingsOn } from "./finding-index.ts";
import { freezeOver } from "./freeze-scope.ts";
import { isHolding } from "./silent-fleet.ts";

export type CannotRun =
  | { readonly reason: "frozen"; readonly freeze: Freeze }
  | { readonly reason: "host-down"; readonly sinceAt: number }
  /** by the shard's count; the host keeps its own */
  | {
      readonly reason: "budget-used-up";
      readonly count: number;
      readonly max: number;
      readonly windowMs: number;
    };

/** What an act would run on, and the finding for which it is asked. */
interface Asked {
  readonly subject: ServiceSubject;
  readonly findingId: string;
}

/** Why it cannot run now; null: nothing is known that keeps it. */
export function cannotRunNow(state: DeskState, { findingId, subject }: Asked): CannotRun | null {
  return cannotRunOn(state, subject) ?? usedUp(state.findings.get(findingId));
}

/** Why nothing at all can run there now. */
export function cannotRunOn(state: DeskState, subject: HostedSubject): CannotRun | null {
  const freeze = freezeOver(state, subject);
  if (freeze !== null) return { reason: "frozen", freeze };
  const sinceAt = downSinceAt(state, subject.hostId);
  return sinceAt === null ? null : { reason: "host-down", sinceAt };
}

/** Since when a host is down, by itself or with the fleet; null: nothing says so. */
function downSinceAt(state: DeskState, hostId: string): number | null {
  const down = downFindingsOn(state, hostId).find(({ clearedAt }) => clearedAt === null);
  if (down !== undefined) return down.happenedAt;
  const fleetHost = state.fleetHosts.get(hostId);
  return fleetHost !== undefined && isHolding(fleetHost) ? fleetHost.fellAt : null;
}

function usedUp(finding: Finding | undefined): CannotRun | null {
  const restarts = finding?.restarts ?? null;
  if (restarts === null || restarts.count < restarts.max) return null;
  return { reason: "budget-used-up", ...restarts };
}
