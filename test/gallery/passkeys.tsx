// Who may approve, and the first passkey.
import { encodeBase64, encodeBase64Url } from "@countersign/shared/values/base64";
import { sha256Bytes } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { Credential } from "@countersign/shared/wire/assertion";
import { type FleetTrust, trustHashOf } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES, type LevelRule } from "@countersign/shared/wire/level-rule";
import type { KnownTrust } from "@countersign/shared/wire/trust-chain";
import { creationOptionsOf } from "../../control-plane/src/web/passkeys/first-passkey.ts";
import { PasskeyView, type PasskeyShown } from "../../control-plane/src/web/passkeys/passkey-view.tsx";
import { ALICE, type ShownState } from "./shown-state.ts";

export const PARTY = { rpId: "localhost", origins: ["http://localhost:8787"] };

/** A passkey by its name; its key stands for one. */
export function passkey(name: string, isSynced = false): Credential {
  const bytes = sha256Bytes(encodeUtf8(name));
  const credentialId = encodeBase64Url(bytes.subarray(0, 16));
  return { credentialId, algorithm: "ES256", publicKey: encodeBase64(bytes), isSynced, name };
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

const NAMES = new Map([
  ["alice", "Alice"],
  ["omar", "Omar"],
  ["ben", "Ben"],
]);

function state(name: string, given: Partial<PasskeyShown>): ShownState {
  const where = { kind: "here", party: PARTY } as const;
  const shown = { frame: ALICE, trust: null, where, form: null, names: NAMES, ...given };
  return { name: `passkey-${name}`, path: "/passkey", view: <PasskeyView {...shown} /> };
}

const token = "a-token";

export const states: readonly ShownState[] = [
  state("first", { form: { token, options: creationOptionsOf({ party: PARTY, token, reader: ALICE }) } }),
  state("no-domain", { where: { kind: "no-domain" } }),
  state("no-https", { where: { kind: "no-https", origin: "http://desk.lan:8787" } }),
  state("elsewhere", {
    where: { kind: "elsewhere", origin: "http://localhost:8787", openedAt: "127.0.0.1:8787" },
  }),
  state("alice-alone", { trust: trustOf() }),
  state("three", { trust: THREE }),
  state("not-an-approver", {
    trust: trustOf({ approvers: [{ person: "omar", credentials: [passkey("Omar's iPhone", true)] }] }),
  }),
];
