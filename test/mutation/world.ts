// What the battery attacks: one host that believes the third version of its fleet's trust, proposals that it minted, and all that people's passkeys
// have ever signed, which the attacker has: at the desk, elsewhere, for other acts, as people who are approvers no more. Keys are drawn anew
// each time; what happens with them follows from the seed.
import { createHash } from "node:crypto";
import { argvOf } from "@countersign/shared/host/action-argv";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { boundUnitOf } from "@countersign/shared/host/same-unit";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { Assertion, SignedKind } from "@countersign/shared/wire/assertion";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import { DESK_ALONE, type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { type Asker, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { generateKeyPair, type StoredKeyPair } from "@countersign/shared/wire/signature";
import {
  type SignedStanding,
  signedStandingOf,
  type StandingContent,
} from "@countersign/shared/wire/standing";
import { TWO_PEOPLE, trustOf } from "./fleet.ts";
import { FLAG, PARTY, type Passkey } from "./passkey.ts";
import { drawPeople, luredOf, type People, sign } from "./people.ts";

export const NOW = 1_795_312_860_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
export const BOOT_ID = "0f3c7a9e-51d2-4b8e-9c64-2a7e1b5d8f30";
const HOST_ID = `host_${"a".repeat(32)}`;
const OTHER_HOST_ID = `host_${"b".repeat(32)}`;
export const UNIT: UnitState = {
  activeState: "failed",
  subState: "failed",
  result: "exit-code",
  restartCount: 2,
  invocationId: "5d7f3f1b2c9e4a6d8b0e1f2a3c4d5e6f",
  mainPid: 0,
  activeEnterAt: 1_795_309_200_000,
  memoryCurrentBytes: null,
};

/** An act that the host minted a proposal for, or would have. */
export interface Act {
  readonly name: string;
  readonly proposal: Proposal;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly hash: string;
  /** false: minted by another host */
  readonly isHere: boolean;
  readonly isUsed: boolean;
  /** enough people have signed these bytes at the desk, by the trust of this moment */
  readonly isApproved: boolean;
  /** all that was ever signed about it */
  readonly recorded: readonly Assertion[];
}

export interface Standing {
  readonly name: string;
  readonly nonce: string;
  readonly signed: SignedStanding;
  /** the act that it covers, by name; null: none, and why stands in the name */
  readonly covers: string | null;
  readonly usesBefore: number;
}

export interface World {
  readonly host: HostTrust;
  readonly catalogue: Catalogue;
  readonly desk: { readonly keyId: string } & StoredKeyPair;
  /** keys that count no more, or never did, under the names that the attacker gives them */
  readonly otherDesks: readonly ({ readonly keyId: string } & StoredKeyPair)[];
  readonly acts: readonly Act[];
  readonly standings: readonly Standing[];
  /** the honest chain, oldest first */
  readonly chain: readonly SignedTrust[];
  /** all that enough people have signed as the next one, by the place in the chain that it follows: who signs two has forked it themselves */
  readonly nextTrust: readonly { readonly after: number; readonly hash: string }[];
  /** versions that nobody may believe, each with why */
  readonly evilTrust: readonly { readonly why: string; readonly signed: SignedTrust }[];
}

const SERVICES = "web db mail shop blog strict old eve lured used shown night cache".split(" ");

function catalogueOf(): Catalogue {
  const exec = (name: string, level: number) => ({
    kind: "exec",
    name,
    level,
    argv: ["/usr/local/bin/act", name],
  });
  const actions = [
    { kind: "systemctl", name: "restart", level: 4, verb: "restart" },
    exec("failover", 3),
    exec("fallback", 5),
    exec("reset", 2),
  ];
  const checks = [{ kind: "http", name: "http", url: "http://127.0.0.1:8080/" }];
  const services = SERVICES.map((name) => ({ name, unit: `${name}.service`, checks, actions }));
  return Catalogue.parse({ version: 1, services });
}

interface ActTerms {
  readonly service: string;
  readonly action: string;
  readonly requires: LevelRule;
  readonly askedBy?: Asker;
  readonly hostId?: string;
}

function nonceOf(name: string): string {
  return createHash("sha256").update(name).digest("base64url").slice(0, 22);
}

function mint(catalogue: Catalogue, name: string, terms: ActTerms): Proposal {
  const {
    action,
    askedBy = { kind: "rule", rule: "check-failing" },
    hostId = HOST_ID,
    requires,
    service,
  } = terms;
  const spec = catalogue.services.find((candidate) => candidate.name === service);
  const entry = spec?.actions.find((candidate) => candidate.name === action);
  if (spec === undefined || entry === undefined) throw new Error(`Mint ${name}: the catalogue has none`);
  return {
    version: 2,
    nonce: nonceOf(name),
    hostId,
    bootId: BOOT_ID,
    action,
    service,
    level: entry.level,
    argv: [...argvOf(spec, entry)],
    runAs: entry.kind === "systemctl" ? "root" : "countersign-actuator",
    askedBy,
    reason: "http has failed 5 times in a row",
    requires,
    precondition: { ...boundUnitOf(UNIT) },
    unitState: UNIT,
    verification: { unit: spec.unit ?? null, checks: spec.checks.map((check) => check.name) },
    mintedAt: NOW - MINUTE_MS,
    lifetimeMs: 30 * MINUTE_MS,
  };
}

function actsOf(catalogue: Catalogue, people: People): readonly Act[] {
  const { alice, aliceLaptop, aliceSpare, bob, bobLost, carol, dave, mallory } = people;
  type Fate = { signers?: readonly Passkey[]; is?: Partial<Pick<Act, "isHere" | "isUsed" | "isApproved">> };
  const act = (name: string, terms: ActTerms, { signers = [], is = {} }: Fate = {}): Act => {
    const proposal = mint(catalogue, name, terms);
    const bytes = encodeUtf8(JSON.stringify(proposal));
    const recorded = signers.map((passkey) => sign(passkey, "proposal", bytes));
    const fate = { isHere: true, isUsed: false, isApproved: false, ...is };
    return { name, proposal, bytes, hash: proposalHashOf(bytes), recorded, ...fate };
  };
  const restart = (service: string, more: Partial<ActTerms> = {}): ActTerms => ({
    service,
    action: "restart",
    requires: ONE_PERSON,
    ...more,
  });
  const fallback = (service: string, more: Partial<ActTerms> = {}): ActTerms => ({
    service,
    action: "fallback",
    requires: TWO_PEOPLE,
    ...more,
  });
  const approved = { isApproved: true };
  const byAlice: Asker = { kind: "person", person: "alice" };
  const lured = act("lured", restart("lured"));
  const shown = act("shown", restart("shown", { askedBy: { kind: "person", person: "mallory" } }));
  const showing = encodeUtf8(JSON.stringify({ ...shown.proposal, askedBy: byAlice }));
  return [
    act("by one", restart("web"), { signers: [alice], is: approved }),
    act("by nobody", restart("db")),
    act("by two", fallback("web"), { signers: [bob, carol], is: approved }),
    act("by one of two", fallback("db"), { signers: [bob] }),
    act("by the asker and one", fallback("mail", { askedBy: byAlice }), { signers: [alice, bob] }),
    act("by one person twice", fallback("shop"), { signers: [alice, aliceSpare] }),
    act("by one and one who is synced", fallback("blog"), { signers: [aliceLaptop, carol] }),
    act("by one where it says two", restart("strict", { requires: TWO_PEOPLE }), { signers: [alice] }),
    act("of a closed level", { service: "web", action: "reset", requires: DESK_ALONE }, { signers: [alice] }),
    act("by the desk where root wants a person", {
      service: "web",
      action: "failover",
      requires: DESK_ALONE,
    }),
    act("by who was an approver", restart("old"), { signers: [dave, bobLost] }),
    act("by who never was", restart("eve"), { signers: [mallory] }),
    act("done already", restart("used"), { signers: [alice], is: { isUsed: true } }),
    act("on another host", restart("web", { hostId: OTHER_HOST_ID }), {
      signers: [alice],
      is: { isHere: false },
    }),
    act("in advance", restart("night"), { is: { isApproved: false } }),
    act("in advance, level 5", fallback("night")),
    act("in advance, by what does not hold", restart("cache")),
    {
      ...lured,
      recorded: [
        ...[alice, bob, carol].flatMap((passkey) => luredOf(passkey, "proposal", lured.bytes)),
        sign(aliceLaptop, "proposal", lured.bytes, { flags: FLAG.userPresent | FLAG.userVerified }),
      ],
    },
    // what people were shown and signed says another asker than what the host minted
    { ...shown, recorded: [alice, bob].map((passkey) => sign(passkey, "proposal", showing)) },
  ];
}

function standingsOf({ alice, bob, carol, dave, mallory }: People): readonly Standing[] {
  const usual: StandingContent = {
    version: 2,
    nonce: nonceOf("standing"),
    hostId: HOST_ID,
    service: "night",
    action: "restart",
    usesMax: 3,
    givenAt: NOW - DAY_MS,
    untilAt: NOW + DAY_MS,
    givenBy: "alice",
    why: "at night nobody is awake",
  };
  type Terms = {
    change?: Partial<StandingContent>;
    by?: readonly Passkey[];
    kind?: SignedKind;
    uses?: number;
    covers?: string;
  };
  const standing = (name: string, terms: Terms): Standing => {
    const { by = [alice], change = {}, covers = null, kind = "standing", uses = 0 } = terms;
    const content = { ...usual, nonce: nonceOf(name), ...change };
    const text = JSON.stringify(content);
    const signed = signedStandingOf(
      text,
      by.map((passkey) => sign(passkey, kind, encodeUtf8(text))),
    );
    return { name, nonce: content.nonce, signed, covers, usesBefore: uses };
  };
  const cache = { service: "cache" };
  const lured = JSON.stringify({ ...usual, ...cache, nonce: nonceOf("lured") });
  return [
    standing("good", { covers: "in advance" }),
    standing("with one use left", { covers: "in advance", uses: 2 }),
    standing("used up", { change: cache, uses: 3 }),
    standing("over", { change: { ...cache, untilAt: NOW } }),
    standing("not begun", { change: { ...cache, givenAt: NOW + DAY_MS / 2 } }),
    standing("of another host", { change: { ...cache, hostId: OTHER_HOST_ID } }),
    standing("of another service", { change: { service: "shop" } }),
    standing("of another action", { change: { ...cache, action: "fallback" } }),
    standing("of level 5", { change: { action: "fallback", givenBy: "bob" }, by: [bob, carol] }),
    standing("by who was an approver", { change: cache, by: [dave] }),
    standing("by who never was", { change: cache, by: [mallory] }),
    standing("in another's name", { change: cache, by: [bob] }),
    standing("signed as an act", { change: cache, kind: "proposal" }),
    ...luredOf(alice, "standing", encodeUtf8(lured)).map((assertion, index): Standing => ({
      name: `lured ${index}`,
      nonce: nonceOf("lured"),
      covers: null,
      usesBefore: 0,
      signed: signedStandingOf(lured, [assertion]),
    })),
  ];
}

export async function drawWorld(): Promise<World> {
  const people = drawPeople();
  const catalogue = catalogueOf();
  const [deskKey, oldKey, own] = await Promise.all([generateKeyPair(), generateKeyPair(), generateKeyPair()]);
  const desk = { keyId: "desk-now", ...deskKey };
  const old = { keyId: "desk-old", ...oldKey };
  const trust = trustOf(people, [desk, old]);
  return {
    host: {
      version: 2,
      hostId: HOST_ID,
      party: PARTY,
      deskKeys: [{ keyId: desk.keyId, publicKey: desk.publicKey }],
      floor: { 2: "closed", 3: ONE_PERSON },
    },
    catalogue,
    desk,
    otherDesks: [old, { keyId: desk.keyId, ...own }, { keyId: "desk-own", ...own }],
    acts: actsOf(catalogue, people),
    standings: standingsOf(people),
    ...trust,
  };
}
