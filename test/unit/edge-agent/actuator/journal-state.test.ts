// What the journal means: which nonces are used up, how often a yes in advance was used, how far a passkey has counted, what was believed; and that
// compaction changes none of it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, VerifiedSigner } from "@countersign/shared/wire/outcome";
import { parseJournalLine } from "../../../../edge-agent/src/actuator/journal-record.ts";
import type { HostInstant } from "../../../../edge-agent/src/core/actuator/budget.ts";
import {
  applyRecord,
  compactJournal,
  EXECUTIONS_KEPT_MS,
  foldJournal,
  hasRoomForRefusal,
  type JournalRecord,
  type JournalState,
  REFUSALS_UNACKNOWLEDGED_MAX,
  signersOf,
  STANDING_KEPT_MS,
} from "../../../../edge-agent/src/core/actuator/journal-state.ts";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";

const BOOT = "00000000-0000-4000-8000-000000000001";
const at = (monotonicMs: number, bootId = BOOT): HostInstant => ({
  bootId,
  monotonicMs,
  wallMs: 1_800_000_000_000 + monotonicMs,
});
const nonceOf = (index: number) => `nonce-${index}-`.padEnd(32, "x");

const STANDING = "standing-".padEnd(32, "s");
const UNTIL = at(0).wallMs + 3_600_000;
const CREDENTIAL = "credential";
const signerOf = (counter: number, changes: object = {}): VerifiedSigner => ({
  scheme: "webauthn",
  person: "alice",
  credentialId: CREDENTIAL,
  counter,
  ...changes,
});

type Started = Extract<JournalRecord, { type: "started" }>;
function started(index: number, instant = at(0), changes: Partial<Started> = {}): JournalRecord {
  return {
    type: "started",
    nonce: nonceOf(index),
    service: "web",
    at: instant,
    action: "restart",
    grantId: `grt_${"g".repeat(22)}`,
    proposalHash: "0".repeat(64),
    argv: ["/bin/true"],
    approvedBy: "alice",
    approvedAt: 0,
    unitBefore: UNKNOWN_UNIT_STATE,
    ...changes,
  };
}

/** One that used the yes in advance, or that a passkey signed. */
const used = (index: number) => started(index, at(0), { standing: { nonce: STANDING, untilAt: UNTIL } });
const signed = (index: number, counter: number) => started(index, at(0), { signers: [signerOf(counter)] });
const ended = (sequence: number, index: number) =>
  outcome(sequence, { nonce: nonceOf(index), status: "failed", refusal: null });

function outcome(sequence: number, changes: Partial<Outcome> = {}): JournalRecord {
  return {
    type: "outcome",
    outcome: {
      nonce: null,
      grantId: null,
      action: null,
      service: null,
      status: "refused",
      refusal: "nonce-used",
      detail: "",
      unitBefore: null,
      unitAfter: null,
      startedAt: 0,
      finishedAt: 0,
      sequence,
      ...changes,
    },
  };
}

describe("folding", () => {
  test("a start uses the nonce and is unfinished until its own end", () => {
    const state = foldJournal([started(1)]);
    expect(state.executions.has(nonceOf(1))).toBe(true);
    expect([...state.unfinished.keys()]).toEqual([nonceOf(1)]);
    const ended = applyRecord(state, outcome(1, { nonce: nonceOf(1), status: "failed", refusal: null }));
    expect(ended.unfinished.size).toBe(0);
    expect(ended.executions.has(nonceOf(1))).toBe(true);
  });
  test("a refused replay is not the end of what runs", () => {
    const state = foldJournal([started(1), outcome(1, { nonce: nonceOf(1) })]);
    expect(state.unfinished.size).toBe(1);
  });
  test("an acknowledgement takes away exactly its outcome; numbers go on", () => {
    const state = foldJournal([
      outcome(1),
      outcome(2),
      outcome(3),
      { type: "acknowledged", sequence: 2 },
      { type: "acknowledged", sequence: 9 },
    ]);
    expect(state.unacknowledged.map(({ sequence }) => sequence)).toEqual([1, 3]);
    expect(state.lastSequence).toBe(3);
  });
  test("refusals are journalled up to their bound", () => {
    const records = Array.from({ length: REFUSALS_UNACKNOWLEDGED_MAX }, (_, index) => outcome(index + 1));
    expect(hasRoomForRefusal(foldJournal(records.slice(1)))).toBe(true);
    expect(hasRoomForRefusal(foldJournal(records))).toBe(false);
  });
});

function trustRecord(version: number): JournalRecord {
  const [hash, anchor] = [String(version), "f"].map((digit) => digit.repeat(64)) as [string, string];
  return { type: "trust", at: at(version), version, hash, anchor, signers: [signerOf(version)] };
}

describe("yes in advance, counts and trust", () => {
  test("a use counts from its start on, whatever its end", () => {
    const uses = (...records: JournalRecord[]) => foldJournal(records).standingUses.get(STANDING)?.uses;
    expect(uses(started(1))).toBeUndefined();
    expect(uses(used(1))).toBe(1);
    expect(uses(used(1), ended(1, 1), used(2))).toBe(2);
  });
  test("uses are remembered for long beyond the end, and not for ever", () => {
    const records = [used(1), ended(1, 1), used(2)];
    const keptAt = (wallMs: number) =>
      foldJournal(compactJournal(foldJournal(records), { ...at(0), wallMs })).standingUses.get(STANDING)
        ?.uses;
    expect(keptAt(UNTIL)).toBe(2);
    expect(keptAt(UNTIL + STANDING_KEPT_MS - 1)).toBe(2);
    // of the one that has not ended, its own record says it
    expect(keptAt(UNTIL + STANDING_KEPT_MS)).toBe(1);
  });
  test("uses of two texts with one nonce are remembered beyond the end of the longer one", () => {
    const shorter = started(2, at(0), { standing: { nonce: STANDING, untilAt: UNTIL - 1_000 } });
    const state = foldJournal([used(1), ended(1, 1), shorter, ended(2, 2)]);
    expect(state.standingUses.get(STANDING)).toEqual({ uses: 2, untilAt: UNTIL });
  });
  test.each([
    ["higher", 6, undefined],
    ["the same", 5, 5],
    ["lower", 1, 5],
    ["none, of a passkey that counted", 0, 5],
  ])("a count that is %s", (_, counter, counterBefore) => {
    const state = foldJournal([signed(1, 3), signed(2, 5), signed(3, 4)]);
    const people = [{ person: "alice", credentialId: CREDENTIAL, isSynced: false, counter }];
    const [signer] = signersOf(state, { people });
    expect(signer).toEqual(signerOf(counter, counterBefore === undefined ? {} : { counterBefore }));
    // The same yes in advance comes again with each use.
    const [standing] = signersOf(state, { people, standing: STANDING });
    expect(standing).toEqual(signerOf(counter, { standing: STANDING }));
  });
  test("a passkey that never counts is no news", () => {
    const people = [{ person: "alice", credentialId: CREDENTIAL, isSynced: true, counter: 0 }];
    expect(signersOf(foldJournal([signed(1, 0)]), { people })).toEqual([signerOf(0)]);
  });
  test("lines from before there were signers are read as they were", () => {
    const line = (record: unknown) => JSON.stringify({ line: 1, after: "0".repeat(64), record });
    for (const record of [started(1), outcome(1), { type: "base", lastSequence: 3 }] as const)
      expect(parseJournalLine(line(record))?.record).toEqual(record);
    const now = [
      used(1),
      signed(2, 3),
      trustRecord(2),
      ...compactJournal(foldJournal([used(1), ended(1, 1), signed(2, 3)]), at(0)),
    ];
    for (const record of now) expect(parseJournalLine(line(record))?.record).toEqual(record);
    expect(parseJournalLine(line({ type: "unheard-of" }))).toBeNull();
  });
});

describe("compaction", () => {
  const meaning = (state: JournalState) => ({
    lastSequence: state.lastSequence,
    nonces: [...state.executions.keys()].sort(),
    unfinished: [...state.unfinished.keys()].sort(),
    unacknowledged: state.unacknowledged,
    standingUses: state.standingUses.get(STANDING)?.uses,
    counter: state.counters.get(CREDENTIAL),
    trust: state.trust,
  });
  test("changes no meaning, for any journal of this week", () => {
    const record = fc.oneof(
      fc.integer({ min: 1, max: 6 }).map((index) => started(index)),
      fc.integer({ min: 7, max: 12 }).map((index) => used(index)),
      fc.integer({ min: 1, max: 9 }).map((counter) => signed(20 + counter, counter)),
      fc.integer({ min: 1, max: 5 }).map((version) => trustRecord(version)),
      fc.integer({ min: 1, max: 30 }).map((index) => ended(index, index)),
      fc.integer({ min: 1, max: 8 }).map((sequence): JournalRecord => ({ type: "acknowledged", sequence })),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const state = foldJournal(records);
        const compacted = foldJournal(compactJournal(state, at(EXECUTIONS_KEPT_MS - 1)));
        expect(meaning(compacted)).toEqual(meaning(state));
      }),
    );
  });
  test("forgets an ended execution only after the bound, and an unfinished one never", () => {
    const whole = [started(1), ended(1, 1)];
    const kept = (records: readonly JournalRecord[], now: HostInstant) =>
      foldJournal(compactJournal(foldJournal(records), now)).executions.size;
    expect(kept(whole, at(EXECUTIONS_KEPT_MS - 1))).toBe(1);
    expect(kept(whole, at(EXECUTIONS_KEPT_MS))).toBe(0);
    expect(kept([started(1)], at(EXECUTIONS_KEPT_MS))).toBe(1);
  });
});
