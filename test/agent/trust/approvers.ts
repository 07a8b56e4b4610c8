// People with passkeys, and what they sign: acts, texts in advance, versions of the fleet's trust. The passkeys are the story's own software
// authenticators; every signature is one that a browser would give.
import { randomBytes } from "node:crypto";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import {
  type Assertion,
  challengeOf,
  type Credential,
  type RelyingParty,
  type SignedKind,
} from "@countersign/shared/wire/assertion";
import { FleetTrust, type SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES } from "@countersign/shared/wire/level-rule";
import { signedStandingOf, type SignedStanding, StandingContent } from "@countersign/shared/wire/standing";
import { type KnownTrust, readSignedTrust } from "@countersign/shared/wire/trust-chain";
import {
  newAuthenticator,
  type SoftwareAuthenticator,
} from "../../../control-plane/embedded/story/authenticator.ts";

export const PARTY: RelyingParty = { rpId: "localhost", origins: ["http://localhost:8787"] };

/** A person with one passkey. */
export interface TestPerson {
  readonly person: string;
  readonly phone: SoftwareAuthenticator;
  readonly credential: Credential;
  /** as the fleet's trust has it */
  readonly approver: { readonly person: string; readonly credentials: Credential[] };
  readonly sign: (kind: SignedKind, bytes: Uint8Array) => Promise<Assertion>;
}

export async function newPerson(
  person: string,
  options: { readonly isSynced?: boolean; readonly party?: RelyingParty } = {},
): Promise<TestPerson> {
  const { isSynced = false, party = PARTY } = options;
  const [origin = ""] = party.origins;
  const phone = await newAuthenticator({ origin, rpId: party.rpId, isSynced });
  const { credentialId, publicKey } = phone;
  const credential: Credential = {
    credentialId,
    publicKey,
    algorithm: "ES256",
    isSynced,
    name: `${person}'s phone`,
  };
  return {
    person,
    phone,
    credential,
    approver: { person, credentials: [credential] },
    sign: (kind, bytes) => phone.sign(challengeOf(kind, bytes)),
  };
}

/** The first version of a fleet's trust, or what the changes make of it. */
export function trustOf(
  people: readonly TestPerson[],
  deskPublicKey: string,
  changes: Partial<FleetTrust> = {},
): FleetTrust {
  return FleetTrust.parse({
    format: 2,
    version: 1,
    previous: null,
    approvers: people.map(({ approver }) => approver),
    threshold: 1,
    levels: FIRST_RULES,
    deskKeys: [{ keyId: "desk-1", publicKey: deskPublicKey }],
    ...changes,
  });
}

/** A version with the signatures of people of the one before. */
export async function signTrust(
  trust: FleetTrust,
  signers: readonly TestPerson[] = [],
): Promise<SignedTrust> {
  const bytes = encodeUtf8(JSON.stringify(trust));
  const signatures = await Promise.all(signers.map(({ sign }) => sign("trust", bytes)));
  return { trust: encodeBase64(bytes), signatures };
}

/** Reads a version as one that is believed. */
export function knownOf(signed: SignedTrust): KnownTrust {
  const read = readSignedTrust(signed);
  if (!read.ok) throw new Error(read.error.detail);
  return read.value;
}

/** The version after another one. */
export async function nextTrust(
  before: SignedTrust,
  changes: Partial<FleetTrust>,
  signers: readonly TestPerson[],
): Promise<SignedTrust> {
  const { hash, trust } = knownOf(before);
  const next = { ...trust, version: trust.version + 1, previous: hash, ...changes };
  return signTrust(FleetTrust.parse(next), signers);
}

/** A yes in advance to `restart` of `web`, or what the changes make of it. */
export async function standingBy(
  signers: readonly TestPerson[],
  hostId: string,
  changes: Partial<StandingContent> = {},
): Promise<SignedStanding> {
  const now = Date.now();
  const content = StandingContent.parse({
    version: 2,
    nonce: randomBytes(24).toString("base64url"),
    hostId,
    service: "web",
    action: "restart",
    usesMax: 2,
    givenAt: now - 1_000,
    untilAt: now + 3_600_000,
    givenBy: signers[0]?.person ?? "nobody",
    why: "It dies at night.",
    ...changes,
  });
  const text = JSON.stringify(content);
  const signatures = await Promise.all(signers.map(({ sign }) => sign("standing", encodeUtf8(text))));
  return signedStandingOf(text, signatures);
}
