// Who must sign a question, who has, who can, and why its reader cannot: a table of who looks and what the host demands.
import { describe, expect, it } from "vitest";
import { type LevelRule, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Asker } from "@countersign/shared/wire/proposal";
import { signedSoFar } from "../../../../../control-plane/src/web/approvals/signing/signing-words.ts";
import { signingOf } from "../../../../../control-plane/src/web/approvals/signing/who-must-sign.ts";
import { PARTY, passkey, THREE } from "../../../../gallery/passkeys.tsx";
import { approvalOf, PROPOSAL, signatureOf } from "../../../../gallery/records/approval-night.tsx";

const HERE = { trust: THREE, where: { kind: "here", party: PARTY } } as const;
const TWO: LevelRule = { ...ONE_PERSON, people: 2 };
const OMAR_ASKED: Asker = { kind: "person", person: "omar" };
const NAMES = new Map([
  ["alice", "Alice"],
  ["omar", "Omar"],
  ["ben", "Ben"],
]);

function seen(
  reader: string,
  requires: LevelRule,
  given: {
    readonly signed?: readonly string[];
    readonly askedBy?: Asker;
    readonly passkeys?: typeof HERE;
  } = {},
) {
  const { askedBy = PROPOSAL.askedBy, passkeys = HERE, signed = [] } = given;
  const signatures = signed.map((person) => signatureOf(person, passkey(`${person}'s`), 0));
  const signing = signingOf(
    approvalOf({ signatures, proposal: { ...PROPOSAL, requires, askedBy } }),
    passkeys,
    reader,
  );
  if (signing === null) return null;
  const nameOf = (person: string) => (person === reader ? "you" : (NAMES.get(person) ?? person));
  return { own: signing.own.kind, words: signedSoFar(signing, nameOf) };
}

describe("who must sign", () => {
  it("is nobody where the desk's word is enough", () => {
    expect(seen("alice", { ...ONE_PERSON, schemes: ["ed25519"], people: 0 })).toBeNull();
  });

  it.each([
    ["one person", "alice", ONE_PERSON, {}, "ready", "One person must sign: you, Omar or Ben."],
    ["two", "alice", TWO, {}, "ready", "Two people must sign: you, Omar or Ben."],
    [
      "one more than Omar",
      "alice",
      TWO,
      { signed: ["omar"] },
      "ready",
      "Omar has signed. One more person must sign: you or Ben.",
    ],
    [
      "others than who has",
      "alice",
      TWO,
      { signed: ["alice"] },
      "signed",
      "You have signed. One more person must sign: Omar or Ben.",
    ],
    [
      "not who asked",
      "omar",
      { ...TWO, mayAskerSign: false },
      { askedBy: OMAR_ASKED },
      "asker",
      "Two people must sign: Alice and Ben.",
    ],
    [
      "also who asked, where they may",
      "omar",
      TWO,
      { askedBy: OMAR_ASKED },
      "ready",
      "Two people must sign: you, Alice or Ben.",
    ],
    [
      "whose passkey stays on its device",
      "omar",
      { ...ONE_PERSON, credentials: "device-bound" },
      {},
      "synced-only",
      "One person must sign: Alice or Ben.",
    ],
    [
      "not a stranger to the list",
      "dana",
      ONE_PERSON,
      {},
      "no-passkey",
      "One person must sign: Alice, Omar or Ben.",
    ],
    [
      "more than there are",
      "ben",
      { ...ONE_PERSON, people: 3, credentials: "device-bound" },
      {},
      "ready",
      "Three people must sign: only you and Alice can. So it cannot run: too few can sign it.",
    ],
    [
      "more, and nobody is left",
      "ben",
      { ...ONE_PERSON, people: 3, credentials: "device-bound" },
      { signed: ["ben", "alice"] },
      "signed",
      "You and Alice have signed. One more person must sign, and nobody else can.",
    ],
  ] as const)("%s", (_what, reader, requires, given, own, words) => {
    expect(seen(reader, requires, given)).toEqual({ own, words });
  });
});
