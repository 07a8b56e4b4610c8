// The start of a service's unit: when it began, how long it may take, and whether what fails meanwhile only waits for it.
// Pure.
// What a reader would get wrong: when it began is taken from the host's clock as an age (report-age.ts). A start after a
// failure excuses nothing, and still no restart is offered that would begin it anew.
import { isStarting } from "@countersign/shared/host/same-unit";
import { startTimeoutOf } from "@countersign/shared/host/unit-run";
import { isNoneNamed, NONE_NAMED } from "@countersign/shared/values/named";
import type { CheckResult, UnitState } from "@countersign/shared/wire/service-report";
import { ageWhenTold, type Told } from "./report-age.ts";
import type { ServiceState, UnitStart } from "./shard-state.ts";
import { forgiven } from "./tallies.ts";

/**
 * The start that a report shows; undefined: none goes on. One that was known goes on as it was, also where somebody began it
 * anew meanwhile: whoever does so again and again gets no more time than the first.
 */
export function startAfter(
  { failing, report: before, start }: Pick<ServiceState, "failing" | "report" | "start">,
  told: { readonly unit: UnitState | null; readonly results: readonly CheckResult[]; readonly now: number },
): UnitStart | undefined {
  const { now, results, unit } = told;
  // What cannot be seen now may still go on.
  if (unit === null || unit.activeState === "unknown") return start;
  if (!isStarting(unit)) return undefined;
  const begun = start ?? {
    sinceAt: now - ageOf(unit, { results, toldAt: now }),
    ...(isNoneNamed(failing) ? {} : { failing }),
    ...(hasFailed(before.unit) ? { isAfterFailure: true } : {}),
  };
  return { ...begun, untilAt: begun.sinceAt + startTimeoutOf(unit) };
}

/** Until when what fails is only being started; null: it is not. */
export function excusedUntilAt({ start }: Pick<ServiceState, "start">): number | null {
  return start === undefined || start.isAfterFailure === true ? null : start.untilAt;
}

/**
 * The service before a report: when a start is over and the unit runs, what failed only meanwhile counts no more, neither in
 * a row nor of ten.
 */
export function withoutStartFailures(previous: ServiceState, unit: UnitState | null): ServiceState {
  const runs = unit?.activeState === "active" || unit?.activeState === "reloading";
  if (!runs || excusedUntilAt(previous) === null) return previous;
  const { tallies, ...rest } = previous;
  const late = forgiven(tallies);
  const failing = previous.start?.failing ?? NONE_NAMED;
  return { ...rest, failing, ...(late === undefined ? {} : { tallies: late }) };
}

// How long it had gone on when it was told; one that is not told began now.
function ageOf({ inactiveExitAt }: UnitState, told: Told): number {
  return inactiveExitAt === undefined ? 0 : (ageWhenTold(inactiveExitAt, told) ?? 0);
}

function hasFailed(unit: UnitState | null): boolean {
  if (unit === null || unit.activeState === "unknown") return false;
  return unit.activeState === "failed" || unit.result !== "success";
}
