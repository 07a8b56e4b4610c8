// The last ten results of one check, and how many of them failed: what tells a check that fails two times of three from one
// that failed once. Pure. The agent counts by it, the hosts of a replay too, and the shard where an agent does not.
// What a reader would get wrong: only failures of severity error and critical count. A plugin's warning is no failure of its
// check.
import { RESULTS_COUNTED_MAX } from "../values/limits.ts";
import { type CheckResult, isSevere } from "../wire/service-report.ts";

/** Newest last; true: it failed. */
export type RecentResults = readonly boolean[];

type Verdict = Pick<CheckResult, "status" | "severity">;

/** Says whether the result is a failure that makes a service unhealthy. */
export function isFailure({ severity, status }: Verdict): boolean {
  return status === "fail" && isSevere(severity);
}

/** The last ten after one more. */
export function withResult(recent: RecentResults, result: Verdict): RecentResults {
  return [...recent, isFailure(result)].slice(-RESULTS_COUNTED_MAX);
}

/** How many of them failed, as it is told with the newest of them. */
export function lastOf(recent: RecentResults): NonNullable<CheckResult["last"]> {
  return { failed: recent.filter(Boolean).length, of: recent.length };
}
