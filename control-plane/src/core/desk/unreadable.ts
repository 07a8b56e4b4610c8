// Stored records that cannot be read, or that no decision can be made with: one such record costs only itself, is kept aside as it was
// found, and is told to people until one of them has dealt with it. Pure.
// What a reader would get wrong: where the record is missing from the state, the state must already be on the safe side. A silence that is
// gone is over, an approval that is gone cannot be used, a standing approval that is gone covers nothing; only the brake would let go, so
// a freeze that cannot be read holds the whole fleet.
import { BY_DESK, byPart, byRule } from "../words/actor.ts";
import type { Signal } from "../words/signal.ts";
import { FLEET, partSubject } from "../words/subject.ts";
import type { FoundRecord } from "../words/unreadable-record.ts";
import { dropUnreadable } from "./acts/discard-record.ts";
import { setFreeze } from "./approvals/freezes.ts";
import { recallAnew } from "./approvals/recalls.ts";
import { gatherLost } from "./findings/lost.ts";
import type { RecordKind } from "./records/record-list.ts";
import { meaningOf } from "./records/record-words.ts";
import { UNREADABLE_MAX } from "./records/unreadable-record.ts";
import type { UnreadableRecord } from "./records/unreadable-record.ts";
import { addAudit, type DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";

/** Takes in what an actor found; what is known already changes nothing. */
export function takeUnreadable(
  change: DeskChange,
  context: DeskContext,
  found: readonly FoundRecord<RecordKind>[],
): DeskChange {
  const taken = found.reduce((before, record) => takeRecord(before, context, record), change);
  const hasLost = found.some(({ kind }) => kind === "incident" || kind === "finding");
  return hasLost ? gatherLost(taken, context) : taken;
}

/** What could not be read can be read again. */
export function forgetUnreadable(change: DeskChange, context: DeskContext, recordKey: string): DeskChange {
  const record = change.state.unreadable.get(recordKey);
  return record === undefined ? change : dropUnreadable(change, context, { record, by: BY_DESK });
}

/** What a shard's word says was found. */
export function foundOf(signal: Extract<Signal, { kind: "unreadable" }>): FoundRecord {
  const { id, part, problem, record, subject } = signal;
  return { part, kind: record, id, problem, ...(subject === undefined ? {} : { subject }) };
}

function takeRecord(change: DeskChange, context: DeskContext, found: FoundRecord<RecordKind>): DeskChange {
  const recordKey = `${found.part}/${found.kind}/${found.id}`;
  const { unreadable } = change.state;
  if (unreadable.has(recordKey)) return change;
  const { holdsFleet = false, meaning, name } = meaningOf(found.kind);
  const audited = addAudit(change, context, {
    actor: byPart(found.part),
    act: "record-unreadable",
    refs: [{ kind: "record", recordKey }],
    why: `A ${name} could not be read (${found.problem}): ${meaning}.`,
  });
  const held = holdsFleet ? freezeFleet(audited, context, name) : audited;
  if (unreadable.ids().length >= UNREADABLE_MAX) return held;
  const record: UnreadableRecord = {
    recordKey,
    kind: found.kind,
    id: found.id,
    subject: found.subject ?? partSubject(found.part),
    problem: found.problem,
    at: context.now,
  };
  return { ...held, state: { ...held.state, unreadable: unreadable.with(recordKey, record) } };
}

function freezeFleet(change: DeskChange, context: DeskContext, name: string): DeskChange {
  const by = byRule("record-unreadable");
  return recallAnew(
    setFreeze(change, context, { scope: FLEET, by, why: `A ${name} could not be read.` }),
    context,
  );
}
