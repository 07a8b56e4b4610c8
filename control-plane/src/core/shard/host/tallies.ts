// The failures among the last ten results of each check of a service. Pure. The host counts them, and its count holds while
// it is one of ten; what was told here is counted too, for an agent that does not count, and for one that has begun anew and
// forgotten them.
// What a reader would get wrong: what passes is told only while a failure is among the ten, so that a long time without a
// word has had results, and all of them passed. What failed before an act of ours says nothing of what came of it. And one
// run of failures that has ended is how every outage ends; with one more failure the check comes and goes.
import { isFailure, lastOf, type RecentResults, withResult } from "@countersign/shared/host/recent-results";
import { roundMsOf } from "@countersign/shared/host/report-plan";
import { RESULTS_COUNTED_MAX } from "@countersign/shared/values/limits";
import { entriesOf, namedAt, namedFrom, namesOf } from "@countersign/shared/values/named";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { failuresOfTenMin } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import type { ServiceState, Tally } from "./shard-state.ts";

type Tallies = ServiceState["tallies"];

/** The tallies after a report; undefined: no check has a failure among its last ten. */
export function talliesAfter(previous: ServiceState, results: readonly CheckResult[], now: number): Tallies {
  if (previous.tallies === undefined && !results.some(hasFailure)) return undefined;
  const counted = results.flatMap((result): readonly (readonly [string, Tally])[] => {
    const before = namedAt(previous.tallies, result.check);
    const told = previous.report.results.find(({ check }) => check === result.check);
    // One that is overdue is no result: what was known goes on.
    const isNoNews = told?.finishedAt === result.finishedAt || result.overdueSinceAt !== undefined;
    const tally = isNoNews ? before : tallyAfter(before, { result, told, now });
    return tally === undefined ? [] : [[result.check, tally]];
  });
  return counted.length === 0 ? undefined : namedFrom(counted);
}

/**
 * Each check that comes and goes has passed more than once since: one green result of a slow check lasts for as long as any
 * bound.
 */
export function havePassedTwice({ failing, tallies }: ServiceState): boolean {
  return namesOf(failing).every((check) => {
    const [before = true, newest = true] = namedAt(tallies, check)?.recent.slice(-2) ?? [];
    return !before && !newest;
  });
}

/** From here on only what fails later counts. */
export function forgiven(tallies: Tallies): Tallies {
  if (tallies === undefined) return undefined;
  return namedFrom(
    entriesOf(tallies).map(([check, tally]) => [
      check,
      { ...tally, failed: 0, recent: [], isLate: true as const },
    ]),
  );
}

/** Too many of the last ten results of the check failed, and not in one run that has ended. */
export function isFailingOfTen(
  { tallies }: ServiceState,
  check: string,
  { checkFailing }: Pick<Policy, "checkFailing">,
): boolean {
  const tally = namedAt(tallies, check);
  return tally !== undefined && tally.failed >= failuresOfTenMin(checkFailing) && !isRunOver(tally);
}

/** Ten of ten passed, of every check; an agent that has not run for so long has not seen ten. */
export function hasPassedTen({ report, tallies }: ServiceState): boolean {
  return (
    tallies === undefined &&
    report.results.every(({ last }) => (last?.of ?? RESULTS_COUNTED_MAX) === RESULTS_COUNTED_MAX)
  );
}

// Where not all of them were told here, nothing is known of their order.
function isRunOver({ failed, recent }: Tally): boolean {
  if (recent.at(-1) !== false || lastOf(recent).failed < failed) return false;
  return recent.filter((hasFailed, index) => hasFailed && recent[index - 1] !== true).length <= 1;
}

function hasFailure(result: CheckResult): boolean {
  if (result.overdueSinceAt !== undefined) return false;
  return isFailure(result) || (result.last?.failed ?? 0) > 0;
}

function tallyAfter(
  before: Tally | undefined,
  news: { readonly result: CheckResult; readonly told: CheckResult | undefined; readonly now: number },
): Tally | undefined {
  const { now, result, told } = news;
  if (before === undefined && !hasFailure(result)) return undefined;
  const recent = withResult(withUntold(before?.recent ?? [], told, result), result);
  const counted = countOf(recent, result);
  if (counted.failed === 0) return undefined;
  const hasFailed = isFailure(result);
  const isFirst = before === undefined || (before.failed === 0 && hasFailed);
  const failureClass = hasFailed ? result.class : before?.class;
  return {
    sinceAt: isFirst ? now : before.sinceAt,
    failed: before?.isLate === true ? Math.min(counted.failed, lastOf(recent).failed) : counted.failed,
    of: counted.of,
    recent,
    ...(before?.isLate === true ? { isLate: true } : {}),
    ...(failureClass === undefined ? {} : { class: failureClass }),
  };
}

// The host's own count, unless it has begun anew since.
function countOf(recent: RecentResults, { last }: CheckResult): NonNullable<CheckResult["last"]> {
  const told = lastOf(recent);
  return last === undefined || (last.of < RESULTS_COUNTED_MAX && last.of < told.of) ? told : last;
}

/** What passed between two results that were told and was not told itself. */
function withUntold(
  recent: RecentResults,
  told: CheckResult | undefined,
  result: CheckResult,
): RecentResults {
  if (told === undefined || told.status !== "pass") return recent;
  const count = Math.floor((result.finishedAt - told.finishedAt) / Math.max(1, roundMsOf(told))) - 1;
  if (count <= 0) return recent;
  const passed = Array.from({ length: Math.min(count, RESULTS_COUNTED_MAX) }, () => false);
  return [...recent, ...passed].slice(-RESULTS_COUNTED_MAX);
}
