// What people set for a time, done again in a replay of recorded history: silences and standing approvals that they gave, ended and took
// back. The control plane says what was set and whether it is over; the audit says when a person ended it. Pure.
// What a reader would get wrong: what is over and has no row of its end in the audit ended before the audit that was read begins.
import type { EndSilence } from "../../src/core/desk/acts/end-silence.ts";
import type { GiveStanding } from "../../src/core/desk/acts/give-standing.ts";
import type { RevokeStanding } from "../../src/core/desk/acts/revoke-standing.ts";
import type { SilenceAct } from "../../src/core/desk/acts/silence.ts";
import { actBy } from "../../src/core/desk/desk-event.ts";
import { refOf } from "../../src/core/desk/state/audit-ref.ts";
import type { AuditEntry } from "../../src/core/desk/state/desk-state.ts";
import type { RecordedSettings } from "../../src/core/desk/state/recorded-settings.ts";
import type { MemoryDesk } from "../world/memory-desk.ts";
import { standInYes } from "../world/stand-in.ts";

/** One act, at its instant; those of one setting have one id. What ends one is done by who set it: whoever really ended it may be nobody here. */
export interface SettingAct {
  readonly at: number;
  readonly id: string;
  readonly by: string;
  readonly act: SilenceAct | GiveStanding | RevokeStanding | Omit<EndSilence, "silenceId">;
}

/** All that is to be done again, oldest first; `audit` reaches from the beginning of the history to the time it was read. */
export function settingActs(
  { silences, standing }: RecordedSettings,
  audit: readonly AuditEntry[],
): readonly SettingAct[] {
  const ends = endsOf(audit);
  const usedBefore = usesBefore(audit);
  const acts = [
    ...silences.flatMap(({ silenceId: id, isOver, by: giver, ...asked }): SettingAct[] => {
      const end = ends.get(id) ?? null;
      if (end === null ? isOver : end.at <= asked.startsAt) return [];
      const by = giver.responder;
      const given: SettingAct = { at: asked.startsAt, id, by, act: { kind: "silence", ...asked } };
      if (end === null || end.actor.kind === "desk") return [given];
      return [given, { at: end.at, id, by, act: { kind: "end-silence" } }];
    }),
    ...standing.flatMap(({ isOver, givenAt, usesCount, usesMax, by: giver, ...given }): SettingAct[] => {
      const { standingId } = given;
      const end = ends.get(standingId) ?? null;
      const usesLeft = usesMax - (usedBefore.get(standingId) ?? usesCount);
      if ((end === null && isOver) || usesLeft <= 0) return [];
      const by = giver.responder;
      // A run asks nobody whether a signature holds.
      const act = { kind: "give-standing", ...given, usesMax: usesLeft, signed: standInYes(by) } as const;
      const first: SettingAct = { at: givenAt, id: standingId, by, act };
      if (end === null || end.actor.kind === "desk") return [first];
      return [first, { at: end.at, id: standingId, by, act: { kind: "revoke-standing", standingId } }];
    }),
  ];
  return acts.toSorted((one, other) => one.at - other.at);
}

/** Does the acts again; a silence has another id here than it had. */
export class SettingActs {
  readonly #silences = new Map<string, string>();

  repeat(desk: MemoryDesk, { act, by, id }: SettingAct): void {
    switch (act.kind) {
      case "silence": {
        const before = desk.state.silences;
        desk.take(actBy(by, act));
        const made = desk.state.silences.ids().find((silenceId) => !before.has(silenceId));
        if (made !== undefined) this.#silences.set(id, made);
        return;
      }
      case "end-silence": {
        const silenceId = this.#silences.get(id);
        if (silenceId !== undefined) desk.take(actBy(by, { ...act, silenceId }));
        return;
      }
      case "give-standing":
      case "revoke-standing":
        desk.take(actBy(by, act));
    }
  }
}

function endsOf(audit: readonly AuditEntry[]): ReadonlyMap<string, AuditEntry> {
  const acts = new Set(["silence-ended", "standing-revoked", "standing-expired"]);
  const ended = audit.flatMap((row) => {
    const id = refOf(row, "silence")?.silenceId ?? refOf(row, "standing")?.standingId;
    return acts.has(row.act) && id !== undefined ? [[id, row] as const] : [];
  });
  return new Map(ended);
}

// A use names its number. One that has none on record here was used before only.
function usesBefore(audit: readonly AuditEntry[]): ReadonlyMap<string, number> {
  const before = new Map<string, number>();
  for (const row of audit) {
    const { standingId = "", use = null } = refOf(row, "standing") ?? {};
    if (row.act === "approved-by-standing" && use !== null && !before.has(standingId))
      before.set(standingId, use - 1);
  }
  return before;
}
