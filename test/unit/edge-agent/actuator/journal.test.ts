// The promises that hang on the journal: one execution per nonce, and no yes in advance used more often than it says, whatever crashes and whatever
// is replayed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, refuse } from "@countersign/shared/values/result";
import { type Envelope, sealEnvelope } from "@countersign/shared/wire/envelope";
import { proposalHashOf } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { openActuator } from "../../../../edge-agent/src/actuator/actuator.ts";
import { unwritableFieldOf } from "../../../../edge-agent/src/actuator/journal-record.ts";
import type { ActuatorPorts } from "../../../../edge-agent/src/actuator/ports.ts";
import { followChain } from "../../../../edge-agent/src/core/actuator/believed-trust.ts";
import type { HostInstant } from "../../../../edge-agent/src/core/actuator/budget.ts";
import {
  applyRecord,
  compactJournal,
  foldJournal,
  type JournalRecord,
} from "../../../../edge-agent/src/core/actuator/journal-state.ts";
import type { MintedProposal } from "../../../../edge-agent/src/core/actuator/mint.ts";
import { UNKNOWN_UNIT_STATE } from "../../../../edge-agent/src/core/evidence/unit-state.ts";
import type { StoredTrust } from "../../../../edge-agent/src/files/trust-store.ts";
import { knownOf, newPerson, PARTY, signTrust, standingBy, trustOf } from "../../../agent/trust/approvers.ts";

const BOOT = "00000000-0000-4000-8000-000000000001";
const at = (monotonicMs: number, bootId = BOOT): HostInstant => ({
  bootId,
  monotonicMs,
  wallMs: 1_800_000_000_000 + monotonicMs,
});
const nonceOf = (index: number) => `nonce-${index}-`.padEnd(32, "x");

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
  services: (["one", "two"] as const).map((name, index) => ({
    name,
    checks: [{ kind: "tcp", name: "port", port: 1 }],
    actions: [
      { name: "restart", kind: "exec", level: index === 0 ? 4 : 2, timeout: "1s", argv: [`/bin/${name}`] },
    ],
  })),
});
const desk = await generateKeyPair();
const HOST_ID = `host_${"a".repeat(32)}`;
const alice = await newPerson("alice");
const TRUST: StoredTrust = {
  host: {
    version: 2,
    hostId: HOST_ID,
    party: PARTY,
    deskKeys: [{ keyId: "desk-1", publicKey: desk.publicKey }],
  },
  chain: await followChain(knownOf(await signTrust(trustOf([alice], desk.publicKey))), [], PARTY),
};
const USES_MAX = 2;
/** alice's yes in advance to `restart` of `one`, which is of level 4; `two` needs nobody's */
const ADVANCE = await standingBy([alice], HOST_ID, {
  service: "one",
  usesMax: USES_MAX,
  givenAt: at(0).wallMs,
  untilAt: at(0).wallMs + 3_600_000,
});

function portsOn(disk: Disk): ActuatorPorts {
  let state = foldJournal(disk.records);
  return {
    now: () => at((disk.clockMs += 1)),
    makeNonce: () => nonceOf(disk.proposals.length),
    loadCatalogue: () => Promise.resolve(ok(CATALOGUE)),
    loadTrust: () => Promise.resolve(ok(TRUST)),
    saveChain: () => Promise.resolve(),
    actuatorUser: "actuator",
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
    version: 2,
    grantId: `grt_${"g".repeat(22)}`,
    hostId: HOST_ID,
    nonce,
    proposalHash: proposalHashOf(new Uint8Array(Buffer.from(bytes, "base64"))),
    action: "restart",
    service,
    approvedBy: "alice",
    approvedAt: 0,
    proposalAgeMaxMs: 3_600_000,
  };
  const payload = new TextEncoder().encode(JSON.stringify(grant));
  const standing = service === "one" ? ADVANCE : undefined;
  return sealEnvelope(payload, { keyId: "desk-1", privateKey: desk.privateKey }, { standing });
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

const askFor = (service: string) =>
  ({
    service,
    action: "restart",
    askedBy: { kind: "rule", rule: "check-failing" },
    reason: "It fails.",
  }) as const;

test("one execution per nonce, ever, and none beyond a yes in advance: whatever the order of crashes, replays and compactions", async () => {
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
          await actuator.propose(askFor(each.service));
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
      const ofOne = [...disk.runs.keys()].filter(
        (nonce) => services[disk.proposals.findIndex((proposal) => proposal.nonce === nonce)] === "one",
      );
      expect(ofOne.length).toBeLessThanOrEqual(USES_MAX);
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
    await actuator.propose(askFor("one"));
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
