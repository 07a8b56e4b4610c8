// What the desk's core is told of what the desk cannot read. Pure. A policy is no row to be put aside: it stays with its versions, an older
// one is in force, and what was told of it is over when the newest can be read.
import type { DeskEvent } from "../../core/desk/desk-event.ts";
import type { RecordKind } from "../../core/desk/records/record-list.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
import type { FoundRecord } from "../../core/words/unreadable-record.ts";
import type { Unread } from "../put-aside.ts";

const DESK = "desk";

/** The events that say what is unreadable now; none when all of it is known. `policyVersion` null: the newest policy is in force. */
export function planUnreadable(
  state: DeskState,
  noted: readonly Unread[],
  policyVersion: number | null,
): readonly DeskEvent[] {
  const records = noted.map(({ record }): FoundRecord<RecordKind> => ({ part: DESK, ...record }));
  const found = [...records, ...policyOf(policyVersion).filter((policy) => !isTold(state, policy))];
  const over = state.unreadable
    .values()
    .filter(({ id, kind }) => kind === "policy" && id !== policyOf(policyVersion)[0]?.id)
    .map(({ recordKey }): DeskEvent => ({ kind: "unreadable-over", recordKey }));
  return found.length === 0 ? over : [...over, { kind: "unreadable-found", records: found }];
}

/** Something due was left undone, which cannot be: said once. */
export const LEFT_UNDONE: DeskEvent = {
  kind: "unreadable-found",
  records: [{ part: DESK, kind: "deadline", id: DESK, problem: "something due was left undone" }],
};

function policyOf(version: number | null): readonly FoundRecord[] {
  if (version === null) return [];
  return [{ part: DESK, kind: "policy", id: `version ${version}`, problem: "this code refuses it" }];
}

function isTold({ unreadable }: DeskState, { id, kind }: FoundRecord<RecordKind>): boolean {
  return unreadable.values().some((known) => known.kind === kind && known.id === id);
}
