// Limits of what is signed at their edge, and what they come to: the largest of each fits the frame that carries it.
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import {
  ACTUATOR_FRAME_BYTES_MAX,
  APPROVERS_MAX,
  ARGV_ITEM_CHARS_MAX,
  ARGV_ITEMS_MAX,
  ASK_REASON_CHARS_MAX,
  AUTHENTICATOR_DATA_BYTES,
  CHECKS_PER_SERVICE_MAX,
  CLIENT_DATA_BYTES_MAX,
  CONTROL_FRAME_BYTES_MAX,
  CREDENTIAL_ID_BYTES_MAX,
  CREDENTIALS_PER_PERSON_MAX,
  ENVELOPE_SIGNATURES_MAX,
  GRANT_BYTES_MAX,
  PASSKEY_SIGNATURE_BYTES_MAX,
  PROPOSAL_BYTES_MAX,
  STANDING_BYTES_MAX,
  TRUST_BYTES_MAX,
} from "@countersign/shared/values/limits";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { Assertion } from "@countersign/shared/wire/assertion";
import { Envelope } from "@countersign/shared/wire/envelope";
import { FleetTrust, parseTrust, SignedTrust } from "@countersign/shared/wire/fleet-trust";
import { parseGrant } from "@countersign/shared/wire/grant";
import { PEOPLE_MAX } from "@countersign/shared/wire/level-rule";
import { SIGNERS_MAX } from "@countersign/shared/wire/outcome";
import { Argv, AskReason, parseProposal } from "@countersign/shared/wire/proposal";
import { parseAgentFrame, parseControlFrame } from "@countersign/shared/wire/protocol";
import { parseStanding, SignedStanding } from "@countersign/shared/wire/standing";
import { newPasskey } from "../mutation/passkey.ts";
import { signing } from "./fixtures.ts";

const { accepted, grantText, proposalText } = signing.grant;
const [alone, withPerson] = accepted.map(({ envelope }) => envelope);
const assertion = withPerson?.signatures[1];

const ofBytes = (bytes: number) => "A".repeat(Math.ceil((bytes * 4) / 3));
/** Every part as long as it may be. */
const longest: Assertion = {
  scheme: "webauthn",
  credentialId: ofBytes(CREDENTIAL_ID_BYTES_MAX),
  authenticatorData: ofBytes(AUTHENTICATOR_DATA_BYTES),
  clientDataJSON: ofBytes(CLIENT_DATA_BYTES_MAX),
  signature: ofBytes(PASSKEY_SIGNATURE_BYTES_MAX),
};
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const base64Of = (bytes: number) => encodeBase64(new Uint8Array(bytes));

/** White space is free in JSON, so any valid text can be made as long as wanted. */
function padded(text: string, length: number): string {
  return text + " ".repeat(length - text.length);
}

describe("texts", () => {
  it.each([
    { name: "proposal", text: proposalText, parse: parseProposal, max: PROPOSAL_BYTES_MAX },
    { name: "grant", text: grantText, parse: parseGrant, max: GRANT_BYTES_MAX },
    { name: "version of trust", text: signing.trust.texts[0]!, parse: parseTrust, max: TRUST_BYTES_MAX },
  ])("a $name of exactly the limit passes, one more byte does not", ({ text, parse, max }) => {
    expect(parse(encodeUtf8(padded(text, max))).ok).toBe(true);
    expect(parse(encodeUtf8(padded(text, max + 1)))).toMatchObject({ error: { reason: "too-large" } });
    expect(parse(new Uint8Array(max + 1).fill(0xff))).toMatchObject({ error: { reason: "too-large" } });
    expect(parse(new Uint8Array(max).fill(0xff))).toMatchObject({ error: { reason: "not-json" } });
  });

  it("a yes in advance of exactly the limit passes, one more byte does not", () => {
    expect(parseStanding(padded(signing.standing.text, STANDING_BYTES_MAX)).ok).toBe(true);
    expect(parseStanding(padded(signing.standing.text, STANDING_BYTES_MAX + 1)).ok).toBe(false);
  });

  it("each fits what carries it, and one base64 group more does not", () => {
    const holds = [
      (payload: string) => Envelope.safeParse({ ...alone, payload }).success,
      (proposal: string) =>
        parseAgentFrame(JSON.stringify({ ...signing.agentMessages["proposal"], proposal })).ok,
      (content: string) => SignedStanding.safeParse({ ...signing.standing.signed, content }).success,
      (trust: string) => SignedTrust.safeParse({ trust, signatures: [] }).success,
    ];
    const limits = [GRANT_BYTES_MAX, PROPOSAL_BYTES_MAX, STANDING_BYTES_MAX, TRUST_BYTES_MAX];
    expect(holds.map((hold, index) => hold(base64Of(limits[index]!)))).toEqual([true, true, true, true]);
    const more = holds.map((hold, index) => hold(`${base64Of(limits[index]!)}AAAA`));
    expect(more).toEqual([false, false, false, false]);
  });

  it("the largest proposal has room for the longest of everything in it, in ASCII", () => {
    const { proposal, text } = largestProposal("x");
    expect(parseProposal(encodeUtf8(text))).toEqual({ ok: true, value: proposal });
  });

  it("a reason in three bytes a character fits beside an argv that root wrote, not beside the longest", () => {
    expect(parseProposal(encodeUtf8(largestProposal("€").text))).toMatchObject({
      error: { reason: "too-large" },
    });
    const { proposal } = largestProposal("€");
    const text = JSON.stringify({ ...proposal, argv: many(ARGV_ITEMS_MAX, "x".repeat(200)) });
    expect(parseProposal(encodeUtf8(text)).ok).toBe(true);
  });
});

/** Every text in a proposal as long as it may be; the reason in a character of one's own choice. */
function largestProposal(letter: string) {
  const name = "n".repeat(64);
  const count = Number.MAX_SAFE_INTEGER;
  const base = JSON.parse(proposalText) as Record<string, unknown>;
  const [unitName, word, run] = ["u".repeat(200), "w".repeat(40), "i".repeat(80)];
  const proposal = {
    ...base,
    nonce: "n".repeat(64),
    action: name,
    service: name,
    argv: many(ARGV_ITEMS_MAX, "x".repeat(ARGV_ITEM_CHARS_MAX)),
    runAs: "u".repeat(32),
    askedBy: { kind: "person", person: name },
    reason: letter.repeat(ASK_REASON_CHARS_MAX),
    requires: {
      schemes: ["ed25519", "webauthn"],
      people: PEOPLE_MAX,
      mayAskerSign: false,
      credentials: "device-bound",
    },
    precondition: {
      activeState: "deactivating",
      invocationId: run,
      result: word,
      isStarting: false,
      loadState: "bad-setting",
    },
    unitState: {
      activeState: "deactivating",
      subState: word,
      result: word,
      restartCount: count,
      invocationId: run,
      mainPid: count,
      activeEnterAt: 253_402_300_799_999,
      memoryCurrentBytes: count,
      id: unitName,
      loadState: "bad-setting",
      type: "t".repeat(20),
      triggeredBy: many(4, unitName),
      startTimeoutMs: 1,
      inactiveExitAt: 253_402_300_799_999,
      controlGroup: "c".repeat(300),
    },
    verification: { unit: unitName, checks: many(CHECKS_PER_SERVICE_MAX, name) },
  };
  return { proposal, text: JSON.stringify(proposal) };
}

describe("signatures", () => {
  it("so many in an envelope, a yes in advance and a version of trust", () => {
    const holds = (count: number) => [
      Envelope.safeParse({ ...alone, signatures: many(count, assertion) }).success,
      SignedStanding.safeParse({ ...signing.standing.signed, signatures: many(count, assertion) }).success,
      SignedTrust.safeParse({ ...signing.trust.versions[1], signatures: many(count, assertion) }).success,
    ];
    expect(holds(ENVELOPE_SIGNATURES_MAX)).toEqual([true, true, true]);
    expect(holds(ENVELOPE_SIGNATURES_MAX + 1)).toEqual([false, false, false]);
  });

  it("a rule can be kept: the desk and as many people as it may demand fit an envelope", () => {
    expect(1 + PEOPLE_MAX).toBeLessThanOrEqual(ENVELOPE_SIGNATURES_MAX);
    expect(SIGNERS_MAX).toBe(1 + ENVELOPE_SIGNATURES_MAX);
  });

  it.each(["credentialId", "authenticatorData", "clientDataJSON", "signature"] as const)(
    "%s of the longest, and one character more",
    (part) => {
      expect(Assertion.safeParse(longest).success).toBe(true);
      expect(Assertion.safeParse({ ...longest, [part]: `${longest[part]}A` }).success).toBe(false);
    },
  );

  it("arguments and their lengths, and why it is asked for", () => {
    expect(Argv.safeParse(many(ARGV_ITEMS_MAX, "a")).success).toBe(true);
    expect(Argv.safeParse(many(ARGV_ITEMS_MAX + 1, "a")).success).toBe(false);
    expect(Argv.safeParse(["a".repeat(ARGV_ITEM_CHARS_MAX)]).success).toBe(true);
    expect(Argv.safeParse(["a".repeat(ARGV_ITEM_CHARS_MAX + 1)]).success).toBe(false);
    expect(AskReason.safeParse("a".repeat(ASK_REASON_CHARS_MAX)).success).toBe(true);
    expect(AskReason.safeParse("a".repeat(ASK_REASON_CHARS_MAX + 1)).success).toBe(false);
  });
});

describe("people", () => {
  const passkeys = Array.from({ length: APPROVERS_MAX + CREDENTIALS_PER_PERSON_MAX + 1 }, (_, index) => {
    return newPasskey(`passkey ${index}`, { algorithm: "EdDSA" }).credential;
  });
  const trustOf = (approvers: readonly object[]) =>
    FleetTrust.safeParse({ ...JSON.parse(signing.trust.texts[0]!), approvers }).success;

  it("so many approvers, and so many passkeys of each", () => {
    const people = (count: number) =>
      passkeys
        .slice(0, count)
        .map((credential, index) => ({ person: `p${index}`, credentials: [credential] }));
    expect(trustOf(people(APPROVERS_MAX))).toBe(true);
    expect(trustOf(people(APPROVERS_MAX + 1))).toBe(false);
    const person = (count: number) => [{ person: "alice", credentials: passkeys.slice(0, count) }];
    expect(trustOf(person(CREDENTIALS_PER_PERSON_MAX))).toBe(true);
    expect(trustOf(person(CREDENTIALS_PER_PERSON_MAX + 1))).toBe(false);
    expect(trustOf(person(0))).toBe(false);
  });
});

describe("the largest of each fits its frame", () => {
  const bytesOf = (value: unknown) => encodeUtf8(JSON.stringify(value)).length;
  const people = {
    ...alone,
    payload: base64Of(GRANT_BYTES_MAX),
    signatures: many(ENVELOPE_SIGNATURES_MAX, longest),
  };
  const standing = {
    ...people,
    signatures: many(ENVELOPE_SIGNATURES_MAX, { ...alone?.signatures[0], keyId: "k".repeat(80) }),
    standing: { content: base64Of(STANDING_BYTES_MAX), signatures: many(ENVELOPE_SIGNATURES_MAX, longest) },
  };
  const grantId = "grt_AgICAgICAgICAgICAgICAg";

  it.each([
    ["signed by as many people as it holds", people],
    ["with a yes in advance", standing],
  ])("an envelope %s: the actuator's and the control plane's", (_how, envelope) => {
    expect(Envelope.safeParse(envelope).success).toBe(true);
    const frame = JSON.stringify({ version: 2, type: "grant", grantId, envelope });
    expect(parseControlFrame(frame).ok).toBe(true);
    expect(bytesOf(envelope)).toBeLessThan(32 * 1024);
    expect(bytesOf(envelope) + 200).toBeLessThan(ACTUATOR_FRAME_BYTES_MAX);
  });

  it("a version of trust, with where people sign", () => {
    const origins = many(4, `https://${"o".repeat(292)}`);
    const rpId = `${"r".repeat(62)}.`.repeat(4).slice(0, -1);
    const signed = { trust: base64Of(TRUST_BYTES_MAX), signatures: many(ENVELOPE_SIGNATURES_MAX, longest) };
    const message = { version: 2, type: "trust", signed, party: { rpId, origins } };
    expect(parseControlFrame(JSON.stringify(message)).ok).toBe(true);
    expect(bytesOf(message)).toBeLessThan(CONTROL_FRAME_BYTES_MAX);
    expect(bytesOf(message) + 200).toBeLessThan(ACTUATOR_FRAME_BYTES_MAX);
  });
});
