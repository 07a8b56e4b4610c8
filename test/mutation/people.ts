// People with their passkeys, and what they can be made to sign: at another site, unverified, for another purpose.
import { sha256Bytes } from "@countersign/shared/values/digest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf, type SignedKind } from "@countersign/shared/wire/assertion";
import { proposalHashOf } from "@countersign/shared/wire/proposal";
import { type Bend, FLAG, newPasskey, type Passkey, signChallenge } from "./passkey.ts";

/** Where and how a person was made to sign what they never approved. */
const LURES: readonly Bend[] = [
  { clientData: { origin: "https://desk.example.org.evil.example" } },
  { clientData: { origin: "https://desk.example.org:8443" } },
  { clientData: { origin: "http://desk.example.org" } },
  { clientData: { crossOrigin: true } },
  { clientData: { topOrigin: "https://evil.example" } },
  { clientData: { type: "webauthn.create" } },
  { clientData: { type: "payment.get" } },
  { clientData: { tokenBinding: { status: "present", id: "AAAA" } } },
  { rpId: "evil.example" },
  { flags: FLAG.userPresent },
  { flags: FLAG.userVerified },
  { flags: 0 },
  { flags: FLAG.userPresent | FLAG.userVerified | FLAG.backupEligible },
  { flags: FLAG.userPresent | FLAG.userVerified | FLAG.backedUp },
  { flags: FLAG.userPresent | FLAG.userVerified | FLAG.attested },
  { flags: FLAG.userPresent | FLAG.userVerified | FLAG.extended },
];

export interface People {
  readonly alice: Passkey;
  readonly aliceSpare: Passkey;
  readonly aliceLaptop: Passkey;
  readonly bob: Passkey;
  readonly bobLost: Passkey;
  readonly carol: Passkey;
  readonly dave: Passkey;
  readonly mallory: Passkey;
}

export function drawPeople(): People {
  return {
    alice: newPasskey("Alice's phone"),
    aliceSpare: newPasskey("Alice's security key"),
    aliceLaptop: newPasskey("Alice's laptop", { isSynced: true }),
    bob: newPasskey("Bob's security key", { algorithm: "EdDSA" }),
    bobLost: newPasskey("Bob's lost phone"),
    carol: newPasskey("Carol's phone"),
    dave: newPasskey("Dave's phone"),
    mallory: newPasskey("Mallory's phone"),
  };
}

export const sign = (passkey: Passkey, kind: SignedKind, bytes: Uint8Array, bend: Bend = {}) =>
  signChallenge(passkey, challengeOf(kind, bytes), bend);

/** What else a person may have signed about the same bytes: lured, or for another purpose. */
export function luredOf(passkey: Passkey, kind: SignedKind, bytes: Uint8Array): readonly Assertion[] {
  const otherKinds = (["proposal", "standing", "trust"] as const).filter((other) => other !== kind);
  return [
    ...LURES.map((bend) => sign(passkey, kind, bytes, bend)),
    ...otherKinds.map((other) => sign(passkey, other, bytes)),
    signChallenge(passkey, sha256Bytes(bytes)),
    signChallenge(passkey, bytes),
    signChallenge(passkey, encodeUtf8(proposalHashOf(bytes))),
    signChallenge(passkey, new Uint8Array()),
  ];
}
