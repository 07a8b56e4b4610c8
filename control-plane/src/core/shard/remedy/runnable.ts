// What could run on a host, as its catalogue and the policy say it: of each action whether a person is asked, for what it is
// proposed, and how much of the budget is used. Pure; it decides nothing and says what the deciders would (ladder.ts, and
// the desk). What a reader would get wrong: nothing else can run there, but what is listed may still be refused by the host,
// which counts for itself.
import { namedAt } from "@countersign/shared/values/named";
import type { RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { UNATTENDED_LEVEL_MAX } from "../../words/levels.ts";
import type { PageReason } from "../../words/signal.ts";
import { policyOf } from "../host/host-policy.ts";
import type { HostState } from "../host/shard-state.ts";
import { actsWithin, roomAt } from "./asking.ts";

/** One action of a host's catalogue. */
export interface Runnable {
  readonly service: string;
  /** the service's title in the catalogue */
  readonly title: string;
  readonly action: string;
  readonly level: number;
  /** the action that takes it back; null: none */
  readonly undo: string | null;
  /** a person is asked each time; else it runs by itself for what it is proposed for */
  readonly isAsked: boolean;
  /** findings for which it is proposed; none: only a person's wish has it proposed */
  readonly proposedFor: readonly RemediableReason[];
  readonly budget: RunBudget;
  /** the rule that froze its service, its host or the shard; null: none of them, though a person may have */
  readonly frozenBy: PageReason | null;
}

/** Restarts of a service by anyone and runs of ours within the window, as far as the shard saw them. */
export interface RunBudget {
  readonly usedCount: number;
  readonly max: number;
  readonly windowMs: number;
  /** it is used up until then; null: it is not */
  readonly freeAt: number | null;
}

/** All actions of a host in the order of its catalogue; none while it is not connected. */
export function runnablesOn(
  host: HostState,
  { now, policy: fleets }: { readonly now: number; readonly policy: Policy },
): readonly Runnable[] {
  return (host.connection?.catalogue ?? []).flatMap(({ actions, service, title }) => {
    const policy = policyOf(fleets, host, service);
    const frozenBy = namedAt(host.services, service)?.book.frozenBy ?? host.book.frozenBy;
    const budget = budgetOf(host, service, { now, policy });
    return actions.map(({ action, level, undo = null }): Runnable => {
      const rungs = policy.remediations.filter((rung) => rung.action === action);
      const isByItself = level <= UNATTENDED_LEVEL_MAX && rungs.some(({ unattended }) => unattended === true);
      const proposedFor = rungs.map(({ reason }) => reason);
      return { service, title, action, level, undo, isAsked: !isByItself, proposedFor, budget, frozenBy };
    });
  });
}

function budgetOf(
  host: HostState,
  service: string,
  { now, policy }: { readonly now: number; readonly policy: Policy },
): RunBudget {
  const { restartsMax: max, windowMs } = policy.restartBudget;
  const state = namedAt(host.services, service);
  const acts = state === undefined ? [] : actsWithin(state, now, policy);
  const freeAt = acts.length < max ? null : roomAt(acts, max, windowMs);
  return { usedCount: acts.length, max, windowMs, freeAt };
}
