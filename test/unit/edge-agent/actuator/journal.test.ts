// The journal's meaning, and the one promise that hangs on it: one execution per nonce, whatever crashes and whatever is replayed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, refuse } from "@countersign/shared/values/result";
import { type Envelope, signEnvelope } from "@countersign/shared/wire/envelope";
import { Trust } from "@countersign/shared/wire/host-trust";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { proposalHashOf } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { openActuator } from "../../../../edge-agent/src/actuator/actuator.ts";
import { unwritableFieldOf } from "../../../../edge-agent/src/actuator/journal-record.ts";
import type { ActuatorPorts } from "../../../../edge-agent/src/actuator/ports.ts";
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
} from "../../../../edge-agent/src/core/actuator/journal-state.ts";
import type { MintedProposal } from "../../../../edge-agent/src/core/actuator/mint.ts";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";

const BOOT = "00000000-0000-4000-8000-000000000001";
const at = (monotonicMs: number, bootId = BOOT): HostInstant => ({
  bootId,
  monotonicMs,
  wallMs: 1_800_000_000_000 + monotonicMs,
});
const nonceOf = (index: number) => `nonce-${index}-`.padEnd(32, "x");

function started(index: number, instant = at(0)): JournalRecord {
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
  };
}

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

describe("compaction", () => {
  const meaning = (state: JournalState) => ({
    lastSequence: state.lastSequence,
    nonces: [...state.executions.keys()].sort(),
    unfinished: [...state.unfinished.keys()].sort(),
    unacknowledged: state.unacknowledged,
  });
  test("changes no meaning, for any journal of this week", () => {
    const record = fc.oneof(
      fc.integer({ min: 1, max: 6 }).map((index) => started(index)),
      fc
        .integer({ min: 1, max: 6 })
        .map((index) => outcome(index, { nonce: nonceOf(index), status: "failed", refusal: null })),
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
    const ended = [started(1), outcome(1, { nonce: nonceOf(1), status: "failed", refusal: null })];
    const kept = (records: readonly JournalRecord[], now: HostInstant) =>
      foldJournal(compactJournal(foldJournal(records), now)).executions.size;
    expect(kept(ended, at(EXECUTIONS_KEPT_MS - 1))).toBe(1);
    expect(kept(ended, at(EXECUTIONS_KEPT_MS))).toBe(0);
    expect(kept([started(1)], at(EXECUTIONS_KEPT_MS))).toBe(1);
  });
});

/** Ports on a memory that survives crashes, as a disk does; `crashIn` counts down steps to a death that never returns. */
class Disk {
  records: JournalRecord[] = [];
  proposals: MintedProposal[] = [];
  runs = new Map<string, number>();
  crashIn = Infinity;
  clockMs = 0;

  /** Dies before or after an effect, and stays dead: what was not reached never happens, what was reached stays. */
  step(): void {
    this.crashIn -= 1;
    if (this.crashIn <= 0) throw new Crash();
  }
}
class Crash extends Error {}

const CATALOGUE = Catalogue.parse({
  version: 1,
  budget: { restartsMax: 100, window: "1h" },
  services: ["one", "two"].map((name) => ({
    name,
    checks: [{ kind: "tcp", name: "port", port: 1 }],
    actions: [{ name: "restart", kind: "exec", level: 4, timeout: "1s", argv: [`/bin/${name}`] }],
  })),
});
const desk = await generateKeyPair();
const TRUST = Trust.parse({
  version: 1,
  hostId: `host_${"a".repeat(32)}`,
  keys: [{ keyId: "desk-1", role: "desk", algorithm: "ed25519", publicKey: desk.publicKey }],
  rolesRequired: { 4: ["desk"] },
});

function portsOn(disk: Disk): ActuatorPorts {
  let state = foldJournal(disk.records);
  return {
    now: () => at((disk.clockMs += 1)),
    makeNonce: () => nonceOf(disk.proposals.length),
    loadCatalogue: () => Promise.resolve(ok(CATALOGUE)),
    loadTrust: () => Promise.resolve(ok(TRUST)),
    isFrozen: () => Promise.resolve(false),
    observe: () => Promise.resolve({ state: UNKNOWN_UNIT_STATE, omitted: [] }),
    audit: () => Promise.resolve([]),
    run: async () => {
      disk.step();
      const last = disk.records.findLast(({ type }) => type === "started") as { nonce: string };
      disk.runs.set(last.nonce, (disk.runs.get(last.nonce) ?? 0) + 1);
      disk.step();
      return Promise.resolve({ how: "exited", exitCode: 0, output: "" });
    },
    wait: () => Promise.resolve(),
    journal: {
      state: () => state,
      append: async (record) => {
        const detail = unwritableFieldOf(record);
        if (detail !== null) return refuse({ reason: "record-refused", detail });
        disk.step();
        disk.records.push(record);
        state = applyRecord(state, record);
        disk.step();
        return Promise.resolve(ok(null));
      },
      close: () => Promise.resolve(),
    },
    proposals: {
      add: async (proposal) => {
        disk.proposals.push(proposal);
        return Promise.resolve();
      },
      find: (nonce) => disk.proposals.find((proposal) => proposal.nonce === nonce) ?? null,
      openCount: () => disk.proposals.length,
      sightings: () => [],
      see: () => Promise.resolve(),
    },
    fail: () => undefined,
    proposalLifetimeMs: 3_600_000,
  };
}

async function grantOn({ nonce, bytes }: MintedProposal, service: string): Promise<Envelope> {
  const grant = {
    version: 1,
    grantId: `grt_${"g".repeat(22)}`,
    hostId: TRUST.hostId,
    nonce,
    proposalHash: proposalHashOf(new Uint8Array(Buffer.from(bytes, "base64"))),
    action: "restart",
    service,
    approvedBy: "alice",
    approvedAt: 0,
    proposalAgeMaxMs: 3_600_000,
  };
  const payload = new TextEncoder().encode(JSON.stringify(grant));
  return signEnvelope(payload, [{ keyId: "desk-1", privateKey: desk.privateKey }]);
}

type Move =
  | { readonly kind: "propose"; readonly service: string }
  /** executes this proposal `times` times at once; the process dies at the `crashIn`th step, if it gets there */
  | {
      readonly kind: "execute";
      readonly index: number;
      readonly times: number;
      readonly crashIn: number | null;
    }
  | { readonly kind: "restart"; readonly compacts: boolean };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant("propose" as const), service: fc.constantFrom("one", "two") }),
  fc.record({
    kind: fc.constant("execute" as const),
    index: fc.nat(5),
    times: fc.integer({ min: 1, max: 3 }),
    crashIn: fc.option(fc.integer({ min: 1, max: 8 })),
  }),
  fc.record({ kind: fc.constant("restart" as const), compacts: fc.boolean() }),
);

test("one execution per nonce, ever: whatever the order of crashes, replays and compactions", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 14 }), async (moves) => {
      const disk = new Disk();
      let actuator = await openActuator(portsOn(disk));
      const services: string[] = [];
      const reopen = async () => {
        disk.crashIn = Infinity;
        actuator = await openActuator(portsOn(disk));
      };
      for (const each of moves) {
        if (each.kind === "propose") {
          await actuator.propose(each.service, "restart");
          services.push(each.service);
        } else if (each.kind === "restart") {
          if (each.compacts) disk.records = [...compactJournal(foldJournal(disk.records), at(disk.clockMs))];
          await reopen();
        } else if (disk.proposals[each.index] !== undefined) {
          const envelope = await grantOn(disk.proposals[each.index]!, services[each.index]!);
          disk.crashIn = each.crashIn ?? Infinity;
          const tries = Array.from({ length: each.times }, () => actuator.execute("grant", envelope));
          await Promise.allSettled(tries);
          await actuator.settle();
          // A dead process does nothing more: go on from the disk.
          if (disk.crashIn <= 0) await reopen();
        }
      }
      await reopen();
      for (const count of disk.runs.values()) expect(count).toBe(1);
      // And nothing silently: each nonce that ran has an end, which is at least `lost`.
      const state = foldJournal(disk.records);
      expect(state.unfinished.size).toBe(0);
      for (const nonce of disk.runs.keys())
        expect(state.unacknowledged.some((each) => each.nonce === nonce && each.status !== "refused")).toBe(
          true,
        );
    }),
    { numRuns: 150 },
  );
});

describe("what cannot be written down", () => {
  /** An actuator that sees a unit as this, from its `from`th look on; the first is for the proposal. */
  async function actuatorSeeing(changes: object, from: number) {
    const disk = new Disk();
    let looks = 0;
    const observe = () => {
      looks += 1;
      const state = looks > from ? { ...UNKNOWN_UNIT_STATE, ...changes } : UNKNOWN_UNIT_STATE;
      return Promise.resolve({ state, omitted: [] });
    };
    const actuator = await openActuator({ ...portsOn(disk), observe });
    await actuator.propose("one", "restart");
    const answer = await actuator.execute("grant", await grantOn(disk.proposals[0]!, "one"));
    await actuator.settle();
    return { disk, answer, outcomes: actuator.outcomesAfter(0) };
  }

  test("before an act is a refusal of that act: nothing runs", async () => {
    const { disk, answer, outcomes } = await actuatorSeeing({ activeEnterAt: -315_619_200_000 }, 1);
    expect(answer).toMatchObject({ type: "refused", reason: "record-refused" });
    expect(outcomes).toMatchObject([{ status: "refused", refusal: "record-refused", unitBefore: null }]);
    expect(disk.runs.size).toBe(0);
  });

  test("after an act is left out, and the act has its end", async () => {
    const { disk, answer, outcomes } = await actuatorSeeing({ mainPid: 2 ** 53 }, 2);
    expect(answer).toMatchObject({ type: "accepted" });
    expect(outcomes).toMatchObject([{ status: "succeeded", unitBefore: null, unitAfter: null }]);
    expect(outcomes[0]?.detail).toContain("outcome.unitAfter.mainPid");
    expect(disk.runs.size).toBe(1);
  });
});
