// When a service's last words are told: as it fails, and as its unit does, which may be later than the check that noticed;
// each once until it is well again, and no sooner than a minute after the one before. Pure.
import { isFailure } from "@countersign/shared/host/recent-results";
import type { ServiceReport } from "@countersign/shared/wire/service-report";

/** Between two of one service for the same. */
export const WORDS_EVERY_MS_MIN = 60_000;

/** What is remembered of one thing that may be wrong with a service. */
interface Remembered {
  readonly isOn: boolean;
  /** monotonic; null: never */
  readonly toldAt: number | null;
}

/** What is remembered of one service. */
export interface TellState {
  readonly failing: Remembered;
  readonly unitFailed: Remembered;
}

const NEVER: Remembered = { isOn: false, toldAt: null };

export const NOTHING_TOLD: TellState = { failing: NEVER, unitFailed: NEVER };

/** A check of severity error or critical fails, or its unit has failed. */
export function isFailingNow({ results, unit }: Pick<ServiceReport, "results" | "unit">): boolean {
  return hasUnitFailed({ unit }) || results.some(isFailure);
}

/** Only then its exit status stands in the journal. */
export function hasUnitFailed({ unit }: Pick<ServiceReport, "unit">): boolean {
  return unit?.activeState === "failed";
}

/** What is remembered after a look, and whether its last words are to be told for it. */
export function afterLook(
  before: TellState,
  look: { readonly isFailing: boolean; readonly isUnitFailed: boolean; readonly now: number },
): { readonly state: TellState; readonly isDue: boolean } {
  const failing = after(before.failing, look.isFailing, look.now);
  const unitFailed = after(before.unitFailed, look.isUnitFailed, look.now);
  return {
    state: { failing: failing.remembered, unitFailed: unitFailed.remembered },
    isDue: failing.isDue || unitFailed.isDue,
  };
}

function after(before: Remembered, isOn: boolean, now: number) {
  if (isOn === before.isOn) return { remembered: before, isDue: false };
  const isDue = isOn && (before.toldAt === null || now - before.toldAt >= WORDS_EVERY_MS_MIN);
  return { remembered: { isOn, toldAt: isDue ? now : before.toldAt }, isDue };
}
