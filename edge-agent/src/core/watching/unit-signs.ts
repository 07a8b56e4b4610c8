// What can be seen of a unit without asking anybody, and when that makes a look at it necessary. Pure.
// What a reader would get wrong: signs never tell a state, they only say that the last exact look may no longer be true. What changes without
// any sign is seen by the look that is due anyway after a minute (docs/evidence.md lists it).
import type { SeenUnit } from "../evidence/unit-state.ts";

/** An exact look is never older than this when a period of checks ends; some seconds less than a minute, for the checks' own pace. */
export const LOOK_MAX_AGE_MS = 55_000;

export interface UnitSigns {
  /** InvocationID, by the link that systemd keeps while a unit with processes is active; null: there is none */
  readonly invocation: string | null;
  /** when any unit of this machine with processes last began or ended, as a text to compare; null: not known */
  readonly unitsChangedAt: string | null;
  /** whether its cgroup has a process; null: it has no cgroup, or where is not known */
  readonly isPopulated: boolean | null;
  /** when its main process started, as a text to compare; null: it is dead, or there was none at the last look */
  readonly mainStart: string | null;
}

/** An exact look, with the signs from just before it and its main process' start from just after it. */
export interface ExactLook {
  readonly seen: SeenUnit;
  readonly signs: UnitSigns;
  readonly at: number;
}

export interface Watched {
  /** now, by the clock of the looks */
  readonly at: number;
  /** of the machine's own systemd: to look at it is cheap */
  readonly isSystems: boolean;
  /** has a process or an invocation link whenever it is active, as services have and timers do not */
  readonly isService: boolean;
}

/** Whether the last exact look may no longer be true. */
export function isLookDue(last: ExactLook | null, now: UnitSigns, watched: Watched): boolean {
  const { at } = watched;
  if (last === null || at - last.at >= LOOK_MAX_AGE_MS || at < last.at) return true;
  if (!isSettled(last.seen, watched)) return true;
  const { mainPid } = last.seen.state;
  if (now.invocation !== last.signs.invocation) return true;
  // Also when it was dead at the last look already: systemd had not yet seen that.
  if (mainPid !== 0) return now.mainStart === null || now.mainStart !== last.signs.mainStart;
  if (now.isPopulated !== last.signs.isPopulated || now.unitsChangedAt !== last.signs.unitsChangedAt)
    return true;
  const { activeState } = last.seen.state;
  return watched.isSystems && watched.isService && activeState === "active" && !hasSign(now);
}

function hasSign({ invocation, isPopulated }: UnitSigns): boolean {
  return invocation !== null || isPopulated === true;
}

// What is on its way to another state changes without a sign. One that failed may be reset without one; where to look is cheap, it is
// not waited for.
function isSettled({ setting, state }: SeenUnit, { isSystems }: Pick<Watched, "isSystems">): boolean {
  if (setting?.hasJob === true) return false;
  if (state.activeState === "failed") return !isSystems;
  return state.activeState === "active" || state.activeState === "inactive";
}
