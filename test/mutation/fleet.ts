// The fleet's trust in three versions, honestly signed, and versions that nobody may believe. Its third one is what the attacked host believes.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import type { Assertion } from "@countersign/shared/wire/assertion";
import { type FleetTrust, type SignedTrust, trustHashOf } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES, type LevelRule } from "@countersign/shared/wire/level-rule";
import type { StoredKeyPair } from "@countersign/shared/wire/signature";
import type { Passkey } from "./passkey.ts";
import { luredOf, type People, sign } from "./people.ts";

/** Two people by passkeys that do not leave their device, and not who asked. */
export const TWO_PEOPLE: LevelRule = {
  schemes: ["ed25519", "webauthn"],
  people: 2,
  mayAskerSign: false,
  credentials: "device-bound",
};

export function trustOf(people: People, desks: readonly ({ keyId: string } & StoredKeyPair)[]) {
  const { alice, aliceLaptop, aliceSpare, bob, bobLost, carol, dave, mallory } = people;
  const approver = (person: string, ...passkeys: readonly Passkey[]) => ({
    person,
    credentials: passkeys.map(({ credential }) => credential),
  });
  const [desk, old] = desks.map(({ keyId, publicKey }) => ({ keyId, publicKey }));
  if (desk === undefined || old === undefined) throw new Error("Draw desk keys: there are two");
  const textOf = (trust: FleetTrust) => encodeUtf8(JSON.stringify(trust));
  const signedBy = (bytes: Uint8Array, signatures: readonly Assertion[]): SignedTrust => ({
    trust: encodeBase64(bytes),
    signatures: [...signatures],
  });
  const by = (bytes: Uint8Array, ...passkeys: readonly Passkey[]) =>
    signedBy(
      bytes,
      passkeys.map((passkey) => sign(passkey, "trust", bytes)),
    );
  const first: FleetTrust = {
    format: 2,
    version: 1,
    previous: null,
    threshold: 1,
    levels: FIRST_RULES,
    deskKeys: [old],
    approvers: [approver("alice", alice)],
  };
  const firstBytes = textOf(first);
  const second: FleetTrust = {
    ...first,
    version: 2,
    previous: trustHashOf(firstBytes),
    threshold: 2,
    deskKeys: [old, desk],
    approvers: [
      approver("alice", alice, aliceSpare, aliceLaptop),
      approver("bob", bob, bobLost),
      approver("carol", carol),
      approver("dave", dave),
    ],
  };
  const secondBytes = textOf(second);
  const third: FleetTrust = {
    ...second,
    version: 3,
    previous: trustHashOf(secondBytes),
    deskKeys: [desk],
    levels: { ...FIRST_RULES, 5: TWO_PEOPLE },
    approvers: [
      approver("alice", alice, aliceSpare, aliceLaptop),
      approver("bob", bob),
      approver("carol", carol),
    ],
  };
  const thirdBytes = textOf(third);
  const evil: FleetTrust = {
    ...third,
    version: 4,
    previous: trustHashOf(thirdBytes),
    threshold: 1,
    approvers: [...third.approvers, approver("mallory", mallory)],
  };
  // A text of its own for each who signed too little of it: two halves of one would be a whole.
  const fourthOf = (why: string) =>
    textOf({ ...evil, deskKeys: [{ ...desk, keyId: `desk ${why}`.slice(0, 80) }] });
  const tooFew = (why: string, ...passkeys: readonly Passkey[]) => ({
    why,
    signed: by(fourthOf(why), ...passkeys),
  });
  const lured = fourthOf("lured");
  const skipping = textOf({ ...evil, version: 5 });
  const forked = textOf({ ...evil, previous: trustHashOf(secondBytes) });
  const again = textOf({ ...third, deskKeys: [old] });
  const older = textOf({ ...second, approvers: [...second.approvers, approver("mallory", mallory)] });
  const evilTrust = [
    tooFew("by nobody"),
    tooFew("by one of two", bob),
    tooFew("by one person twice", alice, aliceLaptop),
    tooFew("by one passkey twice", alice, alice),
    tooFew("by who is new in it", bob, mallory),
    tooFew("by who was an approver", bob, dave),
    { why: "skipping one", signed: by(skipping, alice, bob) },
    { why: "after another version", signed: by(forked, alice, bob) },
    { why: "another third", signed: by(again, alice, bob) },
    { why: "another second", signed: by(older, alice, bob) },
    ...[alice, carol].flatMap((passkey) =>
      luredOf(passkey, "trust", lured).map((assertion, index) => ({
        why: `by one, and one who was lured (${index})`,
        signed: signedBy(lured, [sign(bob, "trust", lured), assertion]),
      })),
    ),
  ];
  const chain = [by(firstBytes), by(secondBytes, alice), by(thirdBytes, alice, bob)];
  const nextTrust = [
    ...[secondBytes, older].map((bytes) => ({ after: 0, hash: trustHashOf(bytes) })),
    ...[thirdBytes, again].map((bytes) => ({ after: 1, hash: trustHashOf(bytes) })),
  ];
  return { chain, nextTrust, evilTrust };
}
