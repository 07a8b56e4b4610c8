// Admission: the one grant that passes, and beside it every reason against, on both sides of each bound.
import { describe, expect, test } from "vitest";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { PROPOSAL_LIFETIME_MAX_MS } from "@countersign/shared/values/limits";
import { sealEnvelope } from "@countersign/shared/wire/envelope";
import type { Grant } from "@countersign/shared/wire/grant";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { RefusalReason } from "@countersign/shared/wire/outcome";
import { parseProposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import type { StandingContent } from "@countersign/shared/wire/standing";
import { type AdmissionInput, decideAdmission } from "../../../../edge-agent/src/core/actuator/admission.ts";
import type { BelievedTrust } from "../../../../edge-agent/src/core/actuator/believed-trust.ts";
import type { HostInstant } from "../../../../edge-agent/src/core/actuator/budget.ts";
import { decideMint, findEntry, type MintedProposal } from "../../../../edge-agent/src/core/actuator/mint.ts";
import { verifyGrant } from "../../../../edge-agent/src/core/actuator/verify-grant.ts";
import { STANDING_SKEW_MS } from "../../../../edge-agent/src/core/actuator/verify-people.ts";
import {
  knownOf,
  newPerson,
  PARTY,
  signTrust,
  standingBy,
  type TestPerson,
  trustOf,
} from "../../../agent/trust/approvers.ts";
import { FAILED, UNIT_TURNS } from "../../shared/host/unit-turns.ts";

const HOST_ID = `host_${"a".repeat(32)}`;
const OTHER_HOST = `host_${"b".repeat(32)}`;
const BOOT = "00000000-0000-4000-8000-000000000001";
const MINTED_AT: HostInstant = { bootId: BOOT, monotonicMs: 1_000_000, wallMs: 1_800_000_000_000 };
const HOUR = 3_600_000;
interface Entry {
  readonly unit?: string;
  readonly verb?: string;
  readonly level?: number;
  readonly check?: string;
  readonly isProtected?: boolean;
}
function catalogueOf(changes: Entry = {}): Catalogue {
  const { unit = "web.service", verb = "restart", level = 4, check = "unit", isProtected } = changes;
  return Catalogue.parse({
    version: 1,
    budget: { restartsMax: 3, window: "1h" },
    services: [
      {
        name: "web",
        unit,
        ...(isProtected === undefined ? {} : { protected: isProtected }),
        checks: [{ kind: "unit", name: check }],
        actions: [{ name: "restart", kind: "systemctl", verb, level }],
      },
    ],
  });
}
const level5 = catalogueOf({ level: 5 });
const protectedNow = catalogueOf({ isProtected: true });

const desk = await generateKeyPair();
const alice = await newPerson("alice");
const bob = await newPerson("bob", { isSynced: true });
const stranger = await newPerson("carol");
const HOST: HostTrust = {
  version: 2,
  hostId: HOST_ID,
  party: PARTY,
  deskKeys: [{ keyId: "desk-1", publicKey: desk.publicKey }],
};
async function trustBy(rule: Partial<LevelRule> = {}): Promise<BelievedTrust> {
  const levels = { 4: { ...ONE_PERSON, ...rule }, 5: ONE_PERSON };
  return { host: HOST, fleet: knownOf(await signTrust(trustOf([alice, bob], desk.publicKey, { levels }))) };
}
const TRUST = await trustBy();

const MINT = {
  entry: findEntry(catalogueOf(), { service: "web", action: "restart" }),
  trust: TRUST,
  askedBy: { kind: "person", person: "bob" },
  reason: "It does not answer.",
  actuatorUser: "countersign-actuator",
  nonce: "n".repeat(32),
  now: MINTED_AT,
  frozen: false,
  observed: FAILED,
  restartCount: 0,
  restartsMax: 3,
  lifetimeMs: PROPOSAL_LIFETIME_MAX_MS,
} as const;
interface MintChanges {
  readonly lifetimeMs?: number;
  readonly catalogue?: Catalogue;
  readonly trust?: BelievedTrust;
  readonly observed?: UnitState;
}
function mint({ catalogue = catalogueOf(), ...changes }: MintChanges = {}): MintedProposal {
  const entry = findEntry(catalogue, { service: "web", action: "restart" });
  const minted = decideMint({ ...MINT, ...changes, entry });
  if (!minted.ok) throw new Error(minted.error.detail);
  return minted.value;
}
const bytesOf = ({ bytes }: MintedProposal) => decodeBase64(bytes) ?? new Uint8Array();

function grantFor(minted: MintedProposal, changes: Partial<Grant> = {}): Grant {
  return {
    version: 2,
    grantId: `grt_${"g".repeat(22)}`,
    hostId: HOST_ID,
    nonce: minted.nonce,
    proposalHash: proposalHashOf(bytesOf(minted)),
    action: "restart",
    service: "web",
    approvedBy: "alice",
    approvedAt: MINTED_AT.wallMs,
    proposalAgeMaxMs: 120_000,
    ...changes,
  };
}

interface Changes extends Partial<Omit<AdmissionInput, "verified" | "now">> {
  readonly grant?: Partial<Grant>;
  /** who sign the proposal; absent: alice */
  readonly people?: readonly TestPerson[];
  /** a yes in advance, by these people, instead */
  readonly standing?: Partial<StandingContent> & { readonly by?: readonly TestPerson[] };
  readonly isSignedTwice?: boolean;
  readonly afterMs?: number;
  readonly wallMs?: number;
  readonly bootId?: string;
}

async function seal(minted: MintedProposal, { grant, isSignedTwice = false, people, standing }: Changes) {
  const payload = new TextEncoder().encode(JSON.stringify(grantFor(minted, grant)));
  const { by = [alice], ...content } = standing ?? {};
  const givenAt = MINTED_AT.wallMs - HOUR;
  const advance =
    standing === undefined
      ? undefined
      : await standingBy(by, HOST_ID, {
          usesMax: 2,
          givenAt,
          untilAt: givenAt + 2 * HOUR,
          nonce: "s".repeat(32),
          ...content,
        });
  const signers = people ?? (standing === undefined ? [alice] : []);
  const assertions = await Promise.all(signers.map(({ sign }) => sign("proposal", bytesOf(minted))));
  return sealEnvelope(
    payload,
    { keyId: "desk-1", privateKey: desk.privateKey },
    { assertions: isSignedTwice ? [...assertions, ...assertions] : assertions, standing: advance },
  );
}

async function admit(changes: Changes = {}) {
  const { afterMs = 60_000, bootId = BOOT, wallMs = MINTED_AT.wallMs + afterMs, ...rest } = changes;
  const minted = rest.minted === undefined ? mint() : rest.minted;
  const envelope = await seal(minted ?? mint(), changes);
  const verified = await verifyGrant(envelope, TRUST);
  if (!verified.ok) throw new Error(verified.error.detail);
  const decided = await decideAdmission({
    trust: TRUST,
    catalogue: catalogueOf(),
    isNonceUsed: false,
    usesOf: () => 0,
    actuatorUser: "countersign-actuator",
    frozen: false,
    observed: FAILED,
    restartCount: 0,
    ...rest,
    minted,
    verified: verified.value,
    now: { bootId, monotonicMs: MINTED_AT.monotonicMs + afterMs, wallMs },
  });
  return decided.ok ? "admitted" : decided.error.reason;
}

test("the right grant is admitted, with the argv of this host's own proposal", async () => {
  expect(await admit()).toBe("admitted");
});

describe("age, by the clock that nobody can set", () => {
  test.each([
    [0, "admitted"],
    [120_000, "admitted"],
    [120_001, "expired"],
    [-1, "expired"],
  ])("of %i ms under a grant of 120 s: %s", async (afterMs, expected) => {
    expect(await admit({ afterMs })).toBe(expected);
  });
  test("is bounded by the proposal's own lifetime", async () => {
    const minted = mint({ lifetimeMs: 5_000 });
    expect(await admit({ minted, afterMs: 5_000 })).toBe("admitted");
    expect(await admit({ minted, afterMs: 5_001 })).toBe("expired");
  });
  test("is bounded by the hour that no grant and no lifetime can stretch", async () => {
    const minted = mint({ lifetimeMs: PROPOSAL_LIFETIME_MAX_MS * 10 });
    const grant = { proposalAgeMaxMs: Number.MAX_SAFE_INTEGER };
    expect(await admit({ minted, grant, afterMs: PROPOSAL_LIFETIME_MAX_MS })).toBe("admitted");
    expect(await admit({ minted, grant, afterMs: PROPOSAL_LIFETIME_MAX_MS + 1 })).toBe("expired");
  });
});

const tampered = { ...mint(), bytes: encodeBase64(new TextEncoder().encode("{}")) };
const foreign = mint({ trust: { ...TRUST, host: { ...HOST, hostId: OTHER_HOST } } });
const ownUnit = catalogueOf();
(ownUnit.services[0] as { unit: string }).unit = "countersign-agent.service";
const two = await trustBy({ people: 2 });
const notAsker = await trustBy({ mayAskerSign: false });
const bound = await trustBy({ credentials: "device-bound" });
const noSigner: Changes = { people: [] };
const table: readonly (readonly [string, Changes, RefusalReason])[] = [
  ["for another host", { grant: { hostId: OTHER_HOST } }, "wrong-host"],
  ["a proposal of another host id", { minted: foreign }, "wrong-host"],
  ["a used nonce", { isNonceUsed: true }, "nonce-used"],
  ["no proposal", { minted: null }, "nonce-unknown"],
  ["a nonce of another proposal", { grant: { nonce: "m".repeat(32) } }, "nonce-unknown"],
  ["another hash", { grant: { proposalHash: "0".repeat(64) } }, "proposal-mismatch"],
  ["another action", { grant: { action: "stop" } }, "proposal-mismatch"],
  ["another service", { grant: { service: "db" } }, "proposal-mismatch"],
  ["stored bytes that are no proposal", { minted: tampered }, "proposal-mismatch"],
  ["nobody but the desk", noSigner, "people-missing"],
  ["a stranger", { people: [stranger] }, "credential-unknown"],
  ["a stranger beside an approver", { people: [alice, stranger] }, "credential-unknown"],
  ["one passkey twice", { isSignedTwice: true }, "signature-repeated"],
  ["a rule that demands two by now", { trust: two }, "people-missing"],
  ["a rule that demanded two then", { minted: mint({ trust: two }) }, "people-missing"],
  ["the one who asked, where that may not be", { trust: notAsker, people: [bob] }, "asker-signed"],
  [
    "the one who asked, where that might not be",
    { minted: mint({ trust: notAsker }), people: [bob] },
    "asker-signed",
  ],
  ["a synced passkey, where it may not be", { trust: bound, people: [bob] }, "credential-synced"],
  ["nobody accepted", { trust: { ...TRUST, fleet: null } }, "level-closed"],
  ["nowhere to sign", { trust: { ...TRUST, host: { ...HOST, party: null } } }, "level-closed"],
  ["closed by root", { trust: { ...TRUST, host: { ...HOST, floor: { 4: "closed" } } } }, "level-closed"],
  [
    "a floor of more people than there are",
    { trust: { ...TRUST, host: { ...HOST, floor: { 4: { ...ONE_PERSON, people: 3 } } } } },
    "level-closed",
  ],
  ["after a reboot", { bootId: BOOT.replace("1", "2") }, "rebooted"],
  ["an entry that is gone", { catalogue: { ...catalogueOf(), services: [] } }, "action-unknown"],
  ["an entry with another verb", { catalogue: catalogueOf({ verb: "stop" }) }, "catalogue-changed"],
  ["an entry with another unit", { catalogue: catalogueOf({ unit: "db.service" }) }, "catalogue-changed"],
  ["an entry with another level", { catalogue: level5 }, "catalogue-changed"],
  [
    "an entry that is judged by something else",
    { catalogue: catalogueOf({ check: "other" }) },
    "catalogue-changed",
  ],
  ["an entry that is protected by now", { catalogue: protectedNow }, "catalogue-changed"],
  ["an entry that was protected", { minted: mint({ catalogue: protectedNow }) }, "catalogue-changed"],
  [
    "in advance, for what is protected",
    { minted: mint({ catalogue: protectedNow }), catalogue: protectedNow, standing: {} },
    "standing-mismatch",
  ],
  ["our own unit", { catalogue: ownUnit }, "own-unit"],
  ["frozen", { frozen: true }, "frozen"],
  ["at the budget", { restartCount: 3 }, "budget-exhausted"],
  ["another state", { observed: { ...FAILED, activeState: "active" } }, "precondition-changed"],
  ["another invocation", { observed: { ...FAILED, invocationId: "2".repeat(32) } }, "precondition-changed"],
  ["an unobservable unit", { observed: { ...FAILED, activeState: "unknown" } }, "precondition-changed"],
  ["in advance, for another host", { standing: { hostId: OTHER_HOST } }, "standing-mismatch"],
  ["in advance, for another action", { standing: { action: "stop" } }, "standing-mismatch"],
  ["in advance, for another service", { standing: { service: "db" } }, "standing-mismatch"],
  ["in advance, by another giver", { standing: { givenBy: "bob" } }, "standing-mismatch"],
  [
    "in advance, level 5",
    { minted: mint({ catalogue: level5 }), catalogue: level5, standing: {} },
    "standing-mismatch",
  ],
  ["in advance, by a stranger", { standing: { by: [stranger] } }, "credential-unknown"],
  ["in advance, by one of two", { standing: {}, trust: two }, "people-missing"],
  ["in advance, by the one who asked", { standing: { by: [bob] }, trust: notAsker }, "asker-signed"],
  ["in advance, by a synced passkey", { standing: { by: [bob] }, trust: bound }, "credential-synced"],
  ["in advance, at its last use", { standing: {}, usesOf: () => 2 }, "standing-used-up"],
  ["in advance, at its end", { standing: {}, wallMs: MINTED_AT.wallMs + HOUR }, "standing-over"],
  [
    "in advance, long before",
    { standing: {}, wallMs: MINTED_AT.wallMs - HOUR - STANDING_SKEW_MS - 1 },
    "standing-over",
  ],
];

describe("refused", () => {
  test.each(table)("%s", async (_name, changes, expected) => {
    expect(await admit(changes)).toBe(expected);
  });
  test.each(UNIT_TURNS)("or not, a unit that is %s", async (_, minted, observed, turn) => {
    const expected = turn === null ? "admitted" : "precondition-changed";
    expect(await admit({ minted: mint({ observed: minted }), observed })).toBe(expected);
  });
  test("every reason that exists is in this file, or where signatures are verified", () => {
    const verifying = ["assertion-elsewhere", "assertion-malformed", "user-not-verified"];
    const opening = ["envelope-malformed", "signature-missing", "signature-wrong"];
    // test/unit/edge-agent/actuator/journal.test.ts
    const journalling = ["record-refused"];
    const seen = new Set([
      ...table.map(([, , reason]) => reason),
      ...verifying,
      ...opening,
      ...journalling,
      "expired",
    ]);
    expect([...seen].sort()).toEqual([...RefusalReason.options].sort());
  });
});

describe("admitted", () => {
  const all: readonly (readonly [string, Changes])[] = [
    ["one below the budget", { restartCount: 2 }],
    ["a change that is no precondition", { observed: { ...FAILED, memoryCurrentBytes: 1 } }],
    ["by both", { trust: two, people: [alice, bob] }],
    ["by another than the one who asked", { trust: notAsker }],
    ["by a passkey that does not leave its device", { trust: bound }],
    ["of level 5", { minted: mint({ catalogue: level5 }), catalogue: level5 }],
    ["in advance", { standing: {} }],
    ["in advance, by both", { standing: { by: [alice, bob] }, trust: two }],
    ["in advance, one use before the last", { standing: {}, usesOf: () => 1 }],
    ["in advance, just before its end", { standing: {}, wallMs: MINTED_AT.wallMs + HOUR - 1 }],
    [
      "in advance, by a clock that is behind",
      { standing: {}, wallMs: MINTED_AT.wallMs - HOUR - STANDING_SKEW_MS },
    ],
  ];
  test.each(all)("%s", async (_name, changes) => {
    expect(await admit(changes)).toBe("admitted");
  });
  test("by the desk alone below level 4", async () => {
    const catalogue = catalogueOf({ level: 2, verb: "reload" });
    const alone: BelievedTrust = { host: HOST, fleet: null };
    const changes = { catalogue, trust: alone, minted: mint({ catalogue, trust: alone }) };
    expect(await admit({ ...changes, people: [] })).toBe("admitted");
    expect(await admit(changes)).toBe("credential-unknown");
  });
  test("a service without unit and pid file, whatever is seen", async () => {
    const catalogue = catalogueOf();
    (catalogue.services[0] as { unit?: string }).unit = undefined;
    (catalogue.services[0] as { actions: unknown[] }).actions = [
      { name: "restart", kind: "exec", level: 4, timeout: 1_000, argv: ["/bin/true"] },
    ];
    const minted = mint({ catalogue });
    expect(parseProposal(bytesOf(minted))).toMatchObject({
      value: { precondition: null, runAs: "countersign-actuator" },
    });
    const observed = { ...FAILED, activeState: "unknown" } as const;
    expect(await admit({ minted, catalogue, observed })).toBe("admitted");
    expect(await admit({ minted, catalogue, actuatorUser: "root" })).toBe("catalogue-changed");
  });
});

describe("opening the envelope", () => {
  test("takes a believed desk key's signature, and refuses the rest", async () => {
    const payload = new TextEncoder().encode(JSON.stringify(grantFor(mint())));
    const other = await generateKeyPair();
    const key = (keyId: string, { privateKey }: { privateKey: string }) => ({ keyId, privateKey });
    const reasonOf = async (envelope: unknown) => {
      const verified = await verifyGrant(envelope, TRUST);
      return verified.ok ? verified.value.keyId : verified.error.reason;
    };
    const right = await sealEnvelope(payload, key("desk-1", desk));
    expect(await reasonOf(right)).toBe("desk-1");
    expect(await reasonOf(await sealEnvelope(payload, key("desk-1", other)))).toBe("signature-wrong");
    expect(await reasonOf(await sealEnvelope(payload, key("mallory", desk)))).toBe("signature-missing");
    expect(await reasonOf({ ...right, payloadType: "text/plain" })).toBe("envelope-malformed");
    expect(await reasonOf({ ...right, version: 1 })).toBe("envelope-malformed");
    expect(await reasonOf(null)).toBe("envelope-malformed");
    const noGrant = await sealEnvelope(new TextEncoder().encode("{}"), key("desk-1", desk));
    expect(await reasonOf(noGrant)).toBe("envelope-malformed");
  });
  test("asks the fleet's trust for the desk's keys, and the host's own only without one", async () => {
    const next = await generateKeyPair();
    const fleet = knownOf(await signTrust(trustOf([alice], next.publicKey)));
    const payload = new TextEncoder().encode(JSON.stringify(grantFor(mint())));
    const envelope = await sealEnvelope(payload, { keyId: "desk-1", privateKey: desk.privateKey });
    const by = async (trust: BelievedTrust) => (await verifyGrant(envelope, trust)).ok;
    expect(await by({ host: HOST, fleet: null })).toBe(true);
    expect(await by({ host: HOST, fleet })).toBe(false);
  });
});
