// How old something was when a report told it, by the host's clock alone: against the newest result of the same report.
// Pure. The host's clock and ours are never compared, so what is counted back from when the report came is an instant of
// ours.
// What a reader would get wrong: a result that is overdue is as old as what was known last. Since when it is overdue has
// come by our clock, so how long that lasts is added. It comes out too young by a period of the quickest check at most, and
// never too old.
import type { CheckResult } from "@countersign/shared/wire/service-report";

/** What a report told of its checks, and when it came. */
export interface Told {
  readonly results: readonly CheckResult[];
  readonly toldAt: number;
}

/** The age of what happened at this instant of the host's; null: no result tells what its clock said. */
export function ageWhenTold(hostAt: number, { results, toldAt }: Told): number | null {
  if (results.length === 0) return null;
  const saidAts = results.map(({ finishedAt, overdueSinceAt = toldAt }) => {
    return finishedAt + Math.max(0, toldAt - overdueSinceAt);
  });
  return Math.max(0, Math.max(...saidAts) - hostAt);
}
