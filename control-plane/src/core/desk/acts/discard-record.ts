// Somebody has dealt with a record that could not be read: it is told no longer. Its raw text stays where it was put aside. Pure.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Actor, Admin, Person } from "../../words/actor.ts";
import { meaningOf } from "../records/record-words.ts";
import type { UnreadableRecord } from "../records/unreadable-record.ts";
import { addAudit, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskAct } from "./desk-act.ts";

export interface DiscardRecord {
  readonly kind: "discard-record";
  readonly recordKey: string;
}

export const discardRecord: DeskAct<DiscardRecord, Person | Admin> = {
  kind: "discard-record",
  who: "admin-too",
  needs: "administer",
  refused: "record-discard-refused",
  about: (_state, { recordKey }) => [{ kind: "record", recordKey }],
  decide(change, context, { act: { recordKey }, by }) {
    const record = change.state.unreadable.get(recordKey);
    if (record === undefined) return refuse({ reason: "finding-unknown" });
    return ok(dropUnreadable(change, context, { record, by }));
  },
};

/** Takes a record off the list of what people are told. */
export function dropUnreadable(
  change: DeskChange,
  context: DeskContext,
  { by, record }: { readonly record: UnreadableRecord; readonly by: Actor },
): DeskChange {
  const { kind, recordKey } = record;
  const unreadable = change.state.unreadable.without(recordKey);
  return addAudit({ ...change, state: { ...change.state, unreadable } }, context, {
    actor: by,
    act: "record-discarded",
    refs: [{ kind: "record", recordKey }],
    why: `The ${meaningOf(kind).name} is dealt with.`,
  });
}
