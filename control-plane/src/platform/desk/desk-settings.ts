// What people set for a time, as a replay of recorded history asks for it: what is live and what is over, by the time that it covered.
import { RECORDED_SETTINGS_MAX } from "@countersign/shared/values/limits";
import type { Records } from "@countersign/shared/values/records";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { Kept, RecordedSettings } from "../../core/desk/state/recorded-settings.ts";
import type { DeskArchive, Window } from "./desk-archive.ts";

/** Silences and standing approvals that covered some of a time, also those that are over. */
export function settingsWithin(
  { silences, standing }: Pick<DeskState, "silences" | "standing">,
  archive: DeskArchive,
  window: Window,
): RecordedSettings {
  const limit = RECORDED_SETTINGS_MAX + 1;
  const silenced = both(
    live(silences, ({ endsAt, startsAt }) => startsAt <= window.toAt && endsAt > window.fromAt),
    archive.within({ kind: "silence", begin: "startsAt", end: "endsAt" }, window, limit),
    ({ silenceId }) => silenceId,
  );
  const given = both(
    live(standing, ({ givenAt, untilAt }) => givenAt <= window.toAt && untilAt > window.fromAt),
    archive.within({ kind: "standing", begin: "givenAt", end: "untilAt" }, window, limit),
    ({ standingId }) => standingId,
  );
  const tooMany = isTooMany(silenced) ? "silences" : isTooMany(given) ? "standing approvals" : null;
  return {
    silences: silenced.slice(0, RECORDED_SETTINGS_MAX),
    standing: given.slice(0, RECORDED_SETTINGS_MAX).map(({ signed: _signed, ...shown }) => shown),
    tooMany,
  };
}

function live<T>(records: Records<T>, isWithin: (record: T) => boolean): readonly T[] {
  return records.values().filter(isWithin);
}

/** In the order of their ids. */
function both<T extends object>(
  now: readonly T[],
  over: readonly T[],
  idOf: (record: T) => string,
): readonly Kept<T>[] {
  return [
    ...now.map((record) => ({ ...record, isOver: false })),
    ...over.map((record) => ({ ...record, isOver: true })),
  ].toSorted((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
}

function isTooMany(found: readonly unknown[]): boolean {
  return found.length > RECORDED_SETTINGS_MAX;
}
