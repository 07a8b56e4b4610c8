// Which checks of a service failed often enough, in a row or among their last ten, from when on that is a failure, and of
// which class it is. Pure. The one place that says when checks fail by the rule: for `check-failing`, for blame, and for
// what a restart cannot mend.
import { namedAt, namesOf } from "@countersign/shared/values/named";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type { Policy } from "../../../policy/policy.ts";
import type { ServiceState } from "../host/shard-state.ts";
import { isFailingOfTen } from "../host/tallies.ts";
import { excusedUntilAt } from "../host/unit-start.ts";

type Bounds = Pick<Policy, "checkFailing">;

/** What no restart mends, the graver first. */
const POINTLESS_CLASSES = ["auth", "memory"] as const satisfies readonly FailureClass[];

/**
 * When checks fail by the rule, whether it is turned on or not; null while too few results failed. While the unit is only
 * being started, not before its own time for that is over.
 */
export function failedAt(service: ServiceState, { checkFailing }: Bounds): number | null {
  let nearest: number | null = null;
  for (const check in service.failing) {
    const sinceAt = countedSinceAt(service, check, { checkFailing });
    if (sinceAt !== null)
      nearest = Math.min(nearest ?? Number.POSITIVE_INFINITY, sinceAt + checkFailing.heldMs);
  }
  return nearest === null ? null : Math.max(nearest, excusedUntilAt(service) ?? 0);
}

/** The first failure of a check that failed often enough, in a row or among its last ten; null: it did not. */
function countedSinceAt(service: ServiceState, check: string, policy: Bounds): number | null {
  const failure = namedAt(service.failing, check);
  const inRowAt =
    failure !== undefined && failure.count >= policy.checkFailing.failuresMin ? failure.sinceAt : null;
  if (!isFailingOfTen(service, check, policy)) return inRowAt;
  const tally = namedAt(service.tallies, check);
  return Math.min(inRowAt ?? Number.POSITIVE_INFINITY, tally?.sinceAt ?? Number.POSITIVE_INFINITY);
}

/** The checks that failed often enough. */
export function countedChecks(service: ServiceState, policy: Bounds): readonly string[] {
  return namesOf(service.failing).filter((check) => countedSinceAt(service, check, policy) !== null);
}

/** The class of a check that failed often enough, where a restart is not the fix for it; null: none is such. */
export function pointlessClassOf(service: ServiceState, policy: Bounds): FailureClass | null {
  const classes = countedChecks(service, policy).map((check) => namedAt(service.tallies, check)?.class);
  return POINTLESS_CLASSES.find((pointless) => classes.includes(pointless)) ?? null;
}
