// When a service's last words are told: as it fails, once until it is well again, and no sooner than a minute after the ones before. Pure.
import { isFailure } from "@countersign/shared/host/recent-results";
import type { ServiceReport } from "@countersign/shared/wire/service-report";

/** Between two of one service. */
export const WORDS_EVERY_MS_MIN = 60_000;

/** What is remembered of one service. */
export interface TellState {
  readonly isFailing: boolean;
  /** monotonic; null: never */
  readonly toldAt: number | null;
}

export const NOTHING_TOLD: TellState = { isFailing: false, toldAt: null };

/** Its unit has failed, or a check of severity error or critical fails. */
export function isFailingNow({ results, unit }: Pick<ServiceReport, "results" | "unit">): boolean {
  return unit?.activeState === "failed" || results.some(isFailure);
}

/** What is remembered after a look, and whether its last words are to be told for it. */
export function afterLook(
  before: TellState,
  { isFailing, now }: { readonly isFailing: boolean; readonly now: number },
): { readonly state: TellState; readonly isDue: boolean } {
  if (isFailing === before.isFailing) return { state: before, isDue: false };
  const isDue = isFailing && (before.toldAt === null || now - before.toldAt >= WORDS_EVERY_MS_MIN);
  return { state: { isFailing, toldAt: isDue ? now : before.toldAt }, isDue };
}
