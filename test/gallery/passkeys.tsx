// Who may approve, the name that passkeys belong to, and the first passkey; what waits to be let in or signed.
import { encodeBase64, encodeBase64Url } from "@countersign/shared/values/base64";
import { sha256Bytes } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { Credential } from "@countersign/shared/wire/assertion";
import { type FleetTrust, trustHashOf } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES, type LevelRule } from "@countersign/shared/wire/level-rule";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { byPerson } from "../../control-plane/src/core/words/actor.ts";
import type {
  ApproversNow,
  Candidate,
  PasskeyUse,
  TrustDraft,
} from "../../control-plane/src/platform/approvers-rpc.ts";
import { creationOptionsOf } from "../../control-plane/src/web/passkeys/first-passkey.ts";
import type { PasskeyShown } from "../../control-plane/src/web/passkeys/passkey-shown.ts";
import { PasskeyView } from "../../control-plane/src/web/passkeys/passkey-view.tsx";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, type ShownState } from "./shown-state.ts";

export const PARTY = { rpId: "localhost", origins: ["http://localhost:8787"] };

/** What every key of P-256 begins with; the rest stands for one. */
const SPKI_HEAD = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";

function keyOf(bytes: Uint8Array): string {
  return SPKI_HEAD + encodeBase64(new Uint8Array([...bytes, ...bytes]));
}

/** A passkey by its name; its key stands for one. */
export function passkey(name: string, isSynced = false): Credential {
  const bytes = sha256Bytes(encodeUtf8(name));
  const credentialId = encodeBase64Url(bytes.subarray(0, 16));
  return { credentialId, algorithm: "ES256", publicKey: keyOf(bytes), isSynced, name };
}

/** Alice alone, as a fleet begins, with what is given. */
export function trustOf(given: Partial<FleetTrust> = {}): KnownTrust {
  const trust: FleetTrust = {
    format: 2,
    version: 1,
    previous: null,
    approvers: [{ person: "alice", credentials: [passkey("Alice's Pixel 9", true)] }],
    threshold: 1,
    levels: FIRST_RULES,
    deskKeys: [{ keyId: "desk-1", publicKey: encodeBase64(sha256Bytes(encodeUtf8("desk"))) }],
    ...given,
  };
  return { trust, hash: trustHashOf(encodeUtf8(JSON.stringify(trust))) };
}

const TWO_PEOPLE: LevelRule = {
  schemes: ["ed25519", "webauthn"],
  people: 2,
  mayAskerSign: false,
  credentials: "device-bound",
};

/** Alice, Omar and Ben; a configuration takes two of them. */
export const THREE = trustOf({
  version: 4,
  previous: "4".repeat(64),
  threshold: 2,
  approvers: [
    { person: "alice", credentials: [passkey("Alice's Pixel 9", true), passkey("Alice's key on her ring")] },
    { person: "omar", credentials: [passkey("Omar's iPhone", true)] },
    { person: "ben", credentials: [passkey("Ben's laptop")] },
  ],
  levels: { 1: FIRST_RULES[1], 2: FIRST_RULES[2], 4: FIRST_RULES[4], 5: TWO_PEOPLE },
});

export const NAMES = new Map([
  ["alice", "Alice"],
  ["omar", "Omar"],
  ["ben", "Ben"],
  ["dana", "Dana"],
]);

/** A passkey that waits. */
export function candidate(person: string, name: string, given: Partial<Candidate> = {}): Candidate {
  return {
    person,
    credential: passkey(name, true),
    deviceName: "iPhone",
    hash: trustHashOf(encodeUtf8(`${person} ${name}`)),
    madeAt: NOW - 14 * MINUTE_MS,
    expiresAt: NOW + 7 * DAY_MS - 14 * MINUTE_MS,
    ...given,
  };
}

/** A next list after a version, that some have signed. */
export function draftAfter(
  { hash, trust }: KnownTrust,
  change: Partial<FleetTrust>,
  signedBy: readonly string[],
): TrustDraft {
  const next = { ...trust, version: trust.version + 1, previous: hash, ...change };
  const bytes = encodeUtf8(JSON.stringify(next));
  return {
    hash: trustHashOf(bytes),
    text: encodeBase64(bytes),
    trust: next,
    by: byPerson("alice"),
    madeAt: NOW - HOUR_MS,
    expiresAt: NOW + 29 * DAY_MS,
    signed: signedBy.map((person) => ({ person, credentialName: `${person}'s phone`, at: NOW - HOUR_MS })),
    missing: Math.max(0, trust.threshold - signedBy.length),
  };
}

const USES: readonly PasskeyUse[] = [
  { credentialId: passkey("Alice's Pixel 9").credentialId, usedAt: NOW - 3 * HOUR_MS, usedFor: "approval" },
  { credentialId: passkey("Omar's iPhone").credentialId, usedAt: NOW - 2 * DAY_MS, usedFor: "sign-in" },
];

const NONE: ApproversNow = { party: PARTY, domains: [], candidates: [], drafts: [], uses: USES };
const token = "a-token";
const CREATING = { token, options: creationOptionsOf({ party: PARTY, token, reader: ALICE }) };
/** every form that takes something back has one */
const TOKENS = { get: () => token } as unknown as PasskeyShown["tokens"];

function state(name: string, given: Partial<PasskeyShown>): ShownState {
  const where = { kind: "here", party: PARTY } as const;
  const approversNow = NONE;
  const shown = { frame: ALICE, trust: null, where, form: null, approversNow, choosing: null, names: NAMES };
  const rest = { tokens: TOKENS, inForce: null };
  return { name: `passkey-${name}`, path: "/passkey", view: <PasskeyView {...shown} {...rest} {...given} /> };
}

const LOOKER = { ...ALICE, roles: ["look", "answer"] as const };
const OMAR = {
  ...ALICE,
  name: "Omar",
  signIn: { ...ALICE.signIn, responder: "omar", deviceName: "iPhone" },
};
const TELEGRAM = { app: "Telegram", address: "https://desk.countersign.dev/passkey" };
const LONG = "The telephone with a name that never seems to end at all, no";

export const states: readonly ShownState[] = [
  state("first", { form: CREATING }),
  state("first-not-yours", { frame: LOOKER }),
  state("first-in-telegram", { form: CREATING, frame: { ...ALICE, inApp: TELEGRAM } }),
  state("domain", {
    choosing: token,
    where: { kind: "no-domain" },
    approversNow: {
      ...NONE,
      domains: ["desk.ops.countersign.dev", "ops.countersign.dev", "countersign.dev"],
    },
  }),
  state("domain-lent", {
    choosing: token,
    where: { kind: "no-domain" },
    approversNow: { ...NONE, domains: ["countersign.alice-and-friends.workers.dev"] },
  }),
  state("no-domain", { where: { kind: "no-domain" } }),
  state("no-https", { where: { kind: "no-https", origin: "http://desk.lan:8787" } }),
  state("elsewhere", {
    where: { kind: "elsewhere", origin: "http://localhost:8787", openedAt: "127.0.0.1:8787" },
  }),
  state("moved", {
    trust: trustOf(),
    where: { kind: "moved", rpId: "desk.countersign.dev", origin: "https://desk.example.dev" },
  }),
  state("alice-alone", {
    trust: trustOf(),
    form: CREATING,
    frame: { ...ALICE, soleApprover: { responder: "alice", name: "Alice" } },
  }),
  state("three", { trust: THREE, form: CREATING }),
  state("three-in-force", { trust: THREE, form: CREATING, inForce: 4 }),
  state("waiting", {
    trust: THREE,
    form: CREATING,
    approversNow: {
      ...NONE,
      candidates: [candidate("dana", "Dana's Pixel"), candidate("omar", LONG, { deviceName: LONG })],
      drafts: [draftAfter(THREE, { threshold: 3 }, ["ben"]), draftAfter(THREE, { threshold: 1 }, [])],
    },
  }),
  state("own-waits", {
    trust: trustOf(),
    form: CREATING,
    frame: OMAR,
    approversNow: { ...NONE, candidates: [candidate("omar", "Omar's iPhone")] },
  }),
  state("not-yet", {
    frame: { ...OMAR, soleApprover: { responder: "alice", name: "Alice" } },
    trust: trustOf(),
    form: CREATING,
  }),
  state("not-an-approver", {
    frame: LOOKER,
    trust: trustOf({ approvers: [{ person: "omar", credentials: [passkey("Omar's iPhone", true)] }] }),
  }),
];
