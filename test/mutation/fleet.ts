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
  const fourth = textOf(evil);
  const skipping = textOf({ ...evil, version: 5 });
  const forked = textOf({ ...evil, previous: trustHashOf(secondBytes) });
  const again = textOf({ ...third, deskKeys: [old] });
  const older = textOf({ ...second, approvers: [...second.approvers, approver("mallory", mallory)] });
  const evilTrust = [
    { why: "by nobody", signed: by(fourth) },
    { why: "by one of two", signed: by(fourth, bob) },
    { why: "by one person twice", signed: by(fourth, alice, aliceLaptop) },
    { why: "by one passkey twice", signed: by(fourth, alice, alice) },
    { why: "by who is new in it", signed: by(fourth, bob, mallory) },
    { why: "by who was an approver", signed: by(fourth, bob, dave) },
    { why: "skipping one", signed: by(skipping, alice, bob) },
    { why: "after another version", signed: by(forked, alice, bob) },
    { why: "another third", signed: by(again, alice, bob) },
    { why: "another second", signed: by(older, alice, bob) },
    ...[alice, carol].flatMap((passkey) =>
      luredOf(passkey, "trust", fourth).map((assertion, index) => ({
        why: `by one, and one who was lured (${index})`,
        signed: signedBy(fourth, [sign(bob, "trust", fourth), assertion]),
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
