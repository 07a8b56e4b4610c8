// Folds the actuator's journal into what it means: which nonces are used up, which executions ended without a word (lost), and
// which outcomes the control plane has not stored yet; how often each yes in advance was used, how far each passkey has counted, and which
// version of the fleet's trust was believed last. Pure. A nonce is used from its `started` record on, whatever follows; so is a use.
import type { Outcome, VerifiedSigner } from "@countersign/shared/wire/outcome";
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { Signer } from "@countersign/shared/wire/signers";
import type { RecordedTrust } from "./believed-trust.ts";
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
      /** absent: written before 2026-11-29, by the desk's key alone */
      readonly signers?: readonly VerifiedSigner[];
      /** the yes in advance that it used one of; absent: none */
      readonly standing?: StandingUse;
    }
  /** an execution ended (also as lost), or a grant was refused */
  | { readonly type: "outcome"; readonly outcome: Outcome }
  | { readonly type: "acknowledged"; readonly sequence: number }
  /** a version of the fleet's trust is believed from here on; `signers` is empty for one that root accepted */
  | TrustRecord
  /** written by compaction only: an execution that ended long ago */
  | { readonly type: "used"; readonly nonce: string; readonly service: string; readonly at: HostInstant }
  /** written by compaction only: numbering goes on from here */
  | { readonly type: "base"; readonly lastSequence: number }
  /** written by compaction only: a yes in advance that executions which ended have used */
  | ({ readonly type: "standing-used"; readonly uses: number } & StandingUse)
  /** written by compaction only: how far a passkey has counted */
  | { readonly type: "counter"; readonly credentialId: string; readonly counter: number };
export type StartedRecord = Extract<JournalRecord, { type: "started" }>;

/** Which yes in advance, and when it ends by the desk's clock. */
export interface StandingUse {
  readonly nonce: string;
  readonly untilAt: number;
}

export interface TrustRecord extends RecordedTrust {
  readonly type: "trust";
  readonly at: HostInstant;
  readonly signers: readonly VerifiedSigner[];
}

export interface JournalState {
  readonly lastSequence: number;
  /** every execution by nonce, running ones too */
  readonly executions: ReadonlyMap<string, Execution>;
  /** started and without outcome: running now, or lost if the actuator was started since */
  readonly unfinished: ReadonlyMap<string, StartedRecord>;
  /** oldest first */
  readonly unacknowledged: readonly Outcome[];
  /** by the nonce of the yes in advance */
  readonly standingUses: ReadonlyMap<string, { readonly uses: number; readonly untilAt: number }>;
  /** the highest count of each passkey that counts */
  readonly counters: ReadonlyMap<string, number>;
  /** null: no version of the fleet's trust was ever believed here */
  readonly trust: TrustRecord | null;
}

export const EMPTY_JOURNAL: JournalState = {
  lastSequence: 0,
  executions: new Map(),
  unfinished: new Map(),
  unacknowledged: [],
  standingUses: new Map(),
  counters: new Map(),
  trust: null,
};

/** How long compaction remembers an execution: longer than any proposal lives; budget windows beyond it count as this long. */
export const EXECUTIONS_KEPT_MS = 7 * 86_400_000;
/** How long a yes in advance is remembered beyond its end: a clock that was wrong for a while must not give its uses back. */
export const STANDING_KEPT_MS = 30 * 86_400_000;
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
        ...(record.standing === undefined
          ? {}
          : { standingUses: withUses(state, { ...record.standing, uses: 1 }) }),
        counters: withCounters(state, record.signers ?? []),
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
    case "trust":
      return { ...state, trust: record, counters: withCounters(state, record.signers) };
    case "standing-used":
      return { ...state, standingUses: withUses(state, record) };
    case "counter":
      return { ...state, counters: withCounter(state.counters, record) };
  }
}

function withUses(
  { standingUses }: JournalState,
  { nonce, untilAt, uses }: StandingUse & { readonly uses: number },
): JournalState["standingUses"] {
  const before = standingUses.get(nonce) ?? { uses: 0, untilAt };
  // Two texts may bear one nonce: what they used is remembered as long as the longer one needs.
  return new Map(standingUses).set(nonce, {
    uses: before.uses + uses,
    untilAt: Math.max(before.untilAt, untilAt),
  });
}

/** One signature in advance comes again with each use, and says nothing of its passkey's count. */
function withCounters(
  { counters }: JournalState,
  signers: readonly VerifiedSigner[],
): JournalState["counters"] {
  return signers.reduce(
    (counted, signer) =>
      signer.scheme === "webauthn" && signer.standing === undefined ? withCounter(counted, signer) : counted,
    counters,
  );
}

function withCounter(
  counters: JournalState["counters"],
  { credentialId, counter }: { readonly credentialId: string; readonly counter: number },
): JournalState["counters"] {
  return counter > (counters.get(credentialId) ?? 0)
    ? new Map(counters).set(credentialId, counter)
    : counters;
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
    ...standingRecords(state, now),
    ...[...state.counters].map(([credentialId, counter]): JournalRecord => ({
      type: "counter",
      credentialId,
      counter,
    })),
    ...(state.trust === null ? [] : [state.trust]),
    ...state.unacknowledged.map((outcome): JournalRecord => ({ type: "outcome", outcome })),
    // Last, so that nothing above can pass for the end of one of these.
    ...state.unfinished.values(),
  ];
}

function standingRecords(state: JournalState, now: HostInstant): readonly JournalRecord[] {
  // Those that are written as they were started count their use themselves.
  const unfinished = [...state.unfinished.values()].map(({ standing }) => standing?.nonce);
  return [...state.standingUses].flatMap(([nonce, { uses, untilAt }]): readonly JournalRecord[] => {
    const ended = uses - unfinished.filter((candidate) => candidate === nonce).length;
    return ended > 0 && now.wallMs < untilAt + STANDING_KEPT_MS
      ? [{ type: "standing-used", nonce, uses: ended, untilAt }]
      : [];
  });
}

/** Who signed as the journal tells it: a count that did not grow is told with the highest one before it. */
export function signersOf(
  { counters }: JournalState,
  signed: {
    readonly keyId?: string;
    readonly people: readonly Signer[];
    readonly standing?: string | undefined;
  },
): readonly VerifiedSigner[] {
  const { keyId, standing } = signed;
  const people = signed.people.map(({ counter, credentialId, person }): VerifiedSigner => {
    const signer = { scheme: "webauthn", person, credentialId, counter } as const;
    if (standing !== undefined) return { ...signer, standing };
    const before = counters.get(credentialId) ?? 0;
    return before > 0 && counter <= before ? { ...signer, counterBefore: before } : signer;
  });
  return keyId === undefined ? people : [{ scheme: "ed25519", keyId }, ...people];
}
