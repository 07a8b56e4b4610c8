// The fleet's trust and a yes in advance: a frozen chain of three versions holds from the first to the last, and nothing that was not signed
// by enough people of the version before is believed.
import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { fingerprintWordsOf } from "@countersign/shared/values/fingerprint";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { assertionsOf, Envelope, openEnvelope } from "@countersign/shared/wire/envelope";
import { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { verifySigners } from "@countersign/shared/wire/signers";
import {
  parseSignedStanding,
  parseStanding,
  SignedStanding,
  signedStandingOf,
  standingHashOf,
} from "@countersign/shared/wire/standing";
import {
  type KnownTrust,
  markOf,
  readSignedTrust,
  TRUST_REFUSALS,
  verifyNextTrust,
} from "@countersign/shared/wire/trust-chain";
import { signing } from "./fixtures.ts";

const { marks, party, refused, texts, versions, words } = signing.trust;

const known = versions.map((version): KnownTrust => {
  const read = readSignedTrust(SignedTrust.parse(version));
  if (!read.ok) throw new Error(`Read the fixture: ${read.error.detail}`);
  return read.value;
});

describe("the fleet's trust", () => {
  it.each([0, 1, 2])("version %i + 1 is read, with its mark and its words", (index) => {
    expect(known[index]?.trust).toEqual(JSON.parse(texts[index]!));
    expect(markOf(known[index]!)).toEqual(marks[index]);
    expect(fingerprintWordsOf(marks[index]!.hash)).toEqual(words[index]);
  });

  it("each version follows from the one before, with who signed it", async () => {
    const second = await verifyNextTrust(known[0]!, versions[1]!, party);
    expect(second).toMatchObject({
      ok: true,
      value: { hash: marks[1]!.hash, signers: [{ person: "alice" }] },
    });
    const third = await verifyNextTrust(known[1]!, versions[2]!, party);
    const signers = [{ person: "alice" }, { person: "bob" }];
    expect(third).toMatchObject({ ok: true, value: { hash: marks[2]!.hash, signers } });
  });

  it("does not follow where people sign elsewhere", async () => {
    const elsewhere = { ...party, origins: ["https://desk.evil.example"] };
    expect(await verifyNextTrust(known[1]!, versions[2]!, elsewhere)).toMatchObject({
      error: { reason: "trust-unsigned" },
    });
  });

  it.each(refused)("is refused: $why", async ({ after, reason, signed }) => {
    const next = SignedTrust.parse(signed);
    expect(await verifyNextTrust(known[after - 1]!, next, party)).toMatchObject({ error: { reason } });
  });

  it("the frozen refusals have every reason that the chain itself gives", () => {
    const given = new Set(refused.map(({ reason }) => reason));
    const byHost = new Set(["trust-not-accepted", "trust-chain-full"]);
    expect(given).toEqual(new Set(TRUST_REFUSALS.filter((reason) => !byHost.has(reason))));
  });
});

describe("a yes in advance", () => {
  const { envelope, hash, refused, refusedTexts, signed, signer, text } = signing.standing;
  const { approvers, deskKeys } = signing.grant;
  const verify = ({ content, signatures }: SignedStanding) =>
    verifySigners(signatures, {
      challenge: challengeOf("standing", Buffer.from(content, "base64")),
      approvers,
      party,
    });

  it("is read, named by its hash, and holds by its giver's signature", async () => {
    expect(parseStanding(text)).toEqual({ ok: true, value: JSON.parse(text) });
    expect(standingHashOf(text)).toBe(hash);
    expect(encodeBase64Url(challengeOf("standing", encodeUtf8(text)))).toBe(signing.standing.challenge);
    expect(signedStandingOf(text, signed.signatures)).toEqual(SignedStanding.parse(signed));
    expect(parseSignedStanding(signed)).toEqual(parseStanding(text));
    expect(await verify(signed)).toEqual({ ok: true, value: [signer] });
  });

  it("travels in an envelope that no person has signed", async () => {
    expect(Envelope.parse(envelope)).toEqual(envelope);
    expect(assertionsOf(envelope)).toEqual([]);
    expect(await openEnvelope(envelope, deskKeys)).toMatchObject({ ok: true });
  });

  it.each(refusedTexts)("is refused: $why", ({ text }) => {
    expect(parseStanding(text)).toMatchObject({ error: { reason: "standing-malformed" } });
  });

  it.each(refused)("does not hold: $why", async ({ reason, signed }) => {
    const read = SignedStanding.safeParse(signed);
    if (reason === "unreadable") return expect(read.success).toBe(false);
    expect(await verify(signed)).toMatchObject({ error: { reason } });
  });
});
