// Who signed and whether they are enough: people are counted once each, and one signature that does not hold refuses the whole.
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { type LevelRule, DESK_ALONE, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Asker } from "@countersign/shared/wire/proposal";
import { checkPeople, findCredential, type Signer, verifySigners } from "@countersign/shared/wire/signers";
import { newPasskey, PARTY, signChallenge } from "../../../mutation/passkey.ts";

const challenge = challengeOf("proposal", encodeUtf8("an act"));
const phone = newPasskey("phone");
const laptop = newPasskey("laptop", { isSynced: true });
const token = newPasskey("token", { algorithm: "EdDSA" });
const stranger = newPasskey("stranger");
const approvers = [
  { person: "alice", credentials: [phone.credential, laptop.credential] },
  { person: "bob", credentials: [token.credential] },
];
const by = { challenge, approvers, party: PARTY };
const sign = (passkey: typeof phone, counter = 3) => signChallenge(passkey, challenge, { counter });

describe("those who signed", () => {
  it("nobody", async () => {
    expect(await verifySigners([], by)).toEqual({ ok: true, value: [] });
  });

  it("each with their passkey, whether it is synced, and its counter, in the order of signing", async () => {
    expect(await verifySigners([sign(token, 9), sign(phone), sign(laptop, 0)], by)).toEqual({
      ok: true,
      value: [
        { person: "bob", credentialId: token.credential.credentialId, isSynced: false, counter: 9 },
        { person: "alice", credentialId: phone.credential.credentialId, isSynced: false, counter: 3 },
        { person: "alice", credentialId: laptop.credential.credentialId, isSynced: true, counter: 0 },
      ],
    });
  });

  it.each([
    ["a stranger alone", [sign(stranger)], "credential-unknown"],
    ["a stranger beside enough people", [sign(phone), sign(token), sign(stranger)], "credential-unknown"],
    ["one passkey twice", [sign(phone, 3), sign(phone, 4)], "signature-repeated"],
    ["the same assertion twice", [sign(token), sign(token)], "signature-repeated"],
    [
      "one that does not hold beside one that does",
      [sign(phone), { ...sign(token), signature: sign(token, 4).signature }],
      "signature-wrong",
    ],
    [
      "one's signature under another's name",
      [{ ...sign(phone), credentialId: token.credential.credentialId }],
      "signature-wrong",
    ],
    [
      "one made elsewhere",
      [signChallenge(phone, challenge, { rpId: "evil.example" })],
      "assertion-elsewhere",
    ],
  ])("%s", async (_what, assertions, reason) => {
    expect(await verifySigners(assertions, by)).toMatchObject({ ok: false, error: { reason } });
  });

  it("a passkey belongs to one person, or to nobody", () => {
    expect(findCredential(approvers, laptop.credential.credentialId)).toMatchObject({ person: "alice" });
    expect(findCredential(approvers, stranger.credential.credentialId)).toBeNull();
    expect(findCredential([], phone.credential.credentialId)).toBeNull();
  });
});

const signer = (person: string, isSynced = false): Signer => ({
  person,
  credentialId: `${person}-${isSynced ? "synced" : "bound"}`,
  isSynced,
  counter: 0,
});
const rule = (people: number, more: Partial<LevelRule> = {}): LevelRule => ({
  ...ONE_PERSON,
  people,
  ...more,
});
const RULE: Asker = { kind: "rule", rule: "check-failing" };
const ALICE: Asker = { kind: "person", person: "alice" };
const bound = { credentials: "device-bound" } as const;
const others = { mayAskerSign: false };
const [alice, bob, carol] = [signer("alice"), signer("bob"), signer("carol")];
const [aliceSynced, bobSynced] = [signer("alice", true), signer("bob", true)];

describe("are they enough", () => {
  it.each([
    ["nobody, where the desk's key alone will do", DESK_ALONE, [], RULE, null],
    ["somebody, where nobody must", DESK_ALONE, [alice], RULE, null],
    ["one of one", rule(1), [alice], RULE, null],
    ["none of one", rule(1), [], RULE, "people-missing"],
    ["one of two", rule(2), [alice], RULE, "people-missing"],
    ["two of two", rule(2), [alice, bob], RULE, null],
    ["three of two", rule(2), [alice, bob, carol], RULE, null],
    ["one person by two passkeys, of two", rule(2), [alice, aliceSynced], RULE, "people-missing"],
    ["one person by two passkeys, and another", rule(2), [alice, aliceSynced, bob], RULE, null],
    ["the asker, who may", rule(1), [alice], ALICE, null],
    ["the asker, who may not", rule(1, others), [alice], ALICE, "asker-signed"],
    ["the asker beside enough others, and may not", rule(1, others), [alice, bob], ALICE, "asker-signed"],
    ["another than the asker", rule(1, others), [bob], ALICE, null],
    ["whoever, where a rule asked", rule(1, others), [alice], RULE, null],
    [
      "whoever, where a service of the same name asked",
      rule(1, others),
      [alice],
      { kind: "service", service: "alice" },
      null,
    ],
    ["a synced passkey, where any will do", rule(1), [aliceSynced], RULE, null],
    [
      "a synced passkey alone, where it does not count",
      rule(1, bound),
      [aliceSynced],
      RULE,
      "credential-synced",
    ],
    ["one bound and one synced, of two", rule(2, bound), [alice, bobSynced], RULE, "credential-synced"],
    ["a synced one beside enough", rule(1, bound), [alice, bobSynced], RULE, null],
    ["one bound of two", rule(2, bound), [alice], RULE, "people-missing"],
  ] as const)("%s", (_what, demanded, signers, askedBy, reason) => {
    const checked = checkPeople(demanded, signers, askedBy);
    expect(checked.ok ? null : checked.error.reason).toBe(reason);
  });
});
