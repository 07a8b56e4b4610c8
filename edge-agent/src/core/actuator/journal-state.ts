// Folds the actuator's journal into what it means: which nonces are used up, which executions ended without a word (lost), and
// which outcomes the control plane has not stored yet. Pure. A nonce is used from its `started` record on, whatever follows.
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { type Execution, type HostInstant, isWithin } from "./budget.ts";

/** One line of the journal (its schema: actuator/journal-record.ts). */
export type JournalRecord =
  /** written and fsynced before anything runs */
  | {
      readonly type: "started";
      readonly nonce: string;
      readonly service: string;
      readonly at: HostInstant;
      readonly action: string;
      readonly grantId: string;
      readonly proposalHash: string;
      readonly argv: readonly string[];
      readonly approvedBy: string;
      readonly approvedAt: number;
      readonly unitBefore: UnitState;
    }
  /** an execution ended (also as lost), or a grant was refused */
  | { readonly type: "outcome"; readonly outcome: Outcome }
  | { readonly type: "acknowledged"; readonly sequence: number }
  /** written by compaction only: an execution that ended long ago */
  | { readonly type: "used"; readonly nonce: string; readonly service: string; readonly at: HostInstant }
  /** written by compaction only: numbering goes on from here */
  | { readonly type: "base"; readonly lastSequence: number };
export type StartedRecord = Extract<JournalRecord, { type: "started" }>;

export interface JournalState {
  readonly lastSequence: number;
  /** every execution by nonce, running ones too */
  readonly executions: ReadonlyMap<string, Execution>;
  /** started and without outcome: running now, or lost if the actuator was started since */
  readonly unfinished: ReadonlyMap<string, StartedRecord>;
  /** oldest first */
  readonly unacknowledged: readonly Outcome[];
}

export const EMPTY_JOURNAL: JournalState = {
  lastSequence: 0,
  executions: new Map(),
  unfinished: new Map(),
  unacknowledged: [],
};

/** How long compaction remembers an execution: longer than any proposal lives; budget windows beyond it count as this long. */
export const EXECUTIONS_KEPT_MS = 7 * 86_400_000;
/** Refusals waiting for acknowledgement; more are answered but not journalled, so that a hostile agent cannot fill the disk. */
export const REFUSALS_UNACKNOWLEDGED_MAX = 128;

/** Applies one record. */
export function applyRecord(state: JournalState, record: JournalRecord): JournalState {
  switch (record.type) {
    case "base":
      return { ...state, lastSequence: Math.max(state.lastSequence, record.lastSequence) };
    case "used":
      return { ...state, executions: new Map(state.executions).set(record.nonce, record) };
    case "started":
      return {
        ...state,
        executions: new Map(state.executions).set(record.nonce, record),
        unfinished: new Map(state.unfinished).set(record.nonce, record),
      };
    case "outcome":
      return applyOutcome(state, record.outcome);
    case "acknowledged":
      return {
        ...state,
        unacknowledged: state.unacknowledged.filter(({ sequence }) => sequence !== record.sequence),
      };
  }
}

function applyOutcome(state: JournalState, outcome: Outcome): JournalState {
  const unfinished = new Map(state.unfinished);
  // A refused replay bears the nonce of an execution that may still run: it must not pass for its end.
  if (outcome.status !== "refused" && outcome.nonce !== null) unfinished.delete(outcome.nonce);
  return {
    ...state,
    lastSequence: Math.max(state.lastSequence, outcome.sequence),
    unfinished,
    unacknowledged: [...state.unacknowledged, outcome],
  };
}

/** Folds a whole journal. */
export function foldJournal(records: readonly JournalRecord[]): JournalState {
  return records.reduce(applyRecord, EMPTY_JOURNAL);
}

/** Says whether one more refusal may be journalled. */
export function hasRoomForRefusal(state: JournalState): boolean {
  const waiting = state.unacknowledged.filter(({ status }) => status === "refused").length;
  return waiting < REFUSALS_UNACKNOWLEDGED_MAX;
}

/** The shortest journal that means the same from now on. */
export function compactJournal(state: JournalState, now: HostInstant): readonly JournalRecord[] {
  const kept = [...state.executions]
    .filter(([nonce, { at }]) => !state.unfinished.has(nonce) && isWithin(at, now, EXECUTIONS_KEPT_MS))
    .map(([nonce, { service, at }]): JournalRecord => ({ type: "used", nonce, service, at }));
  return [
    { type: "base", lastSequence: state.lastSequence },
    ...kept,
    ...state.unacknowledged.map((outcome): JournalRecord => ({ type: "outcome", outcome })),
    // Last, so that nothing above can pass for the end of one of these.
    ...state.unfinished.values(),
  ];
}
