// Signatures on a grant: the encoding is DSSE's own, frozen ones hold today, changed ones do not, and each refusal has its reason.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeBase64,
  decodeBase64Url,
  encodeBase64,
  encodeBase64Url,
} from "@countersign/shared/values/base64";
import { decodeUtf8, encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import {
  assertionsOf,
  encodeForSigning,
  Envelope,
  GRANT_PAYLOAD_TYPE,
  openEnvelope,
  sealEnvelope,
} from "@countersign/shared/wire/envelope";
import { parseGrant } from "@countersign/shared/wire/grant";
import { parseProposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { verifySigners } from "@countersign/shared/wire/signers";
import { signing } from "./fixtures.ts";

const { accepted, approvers, deskKeys, grantText, party, proposalHash, proposalText, refused, unreadable } =
  signing.grant;
const challenge = challengeOf("proposal", encodeUtf8(proposalText));

/** The desk's signature, then people's, as a host looks at them. */
async function verify(envelope: Envelope) {
  const opened = await openEnvelope(envelope, deskKeys);
  if (!opened.ok) return opened;
  return verifySigners(assertionsOf(envelope), { challenge, approvers, party });
}

describe("pre-authentication encoding", () => {
  it("is the one of DSSE's protocol.md, test vector included", () => {
    const bytes = encodeForSigning("http://example.com/HelloWorld", encodeUtf8("hello world"));
    expect(decodeUtf8(bytes)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  it("counts bytes, not characters", () => {
    expect(decodeUtf8(encodeForSigning("ä", encodeUtf8("€")))).toBe("DSSEv1 2 ä 3 €");
  });
});

describe("proposal and grant", () => {
  it("both parse, and the grant names the proposal by the hash of its exact bytes", () => {
    const grant = parseGrant(encodeUtf8(grantText));
    expect(parseProposal(encodeUtf8(proposalText))).toEqual({ ok: true, value: JSON.parse(proposalText) });
    expect(grant).toEqual({ ok: true, value: JSON.parse(grantText) });
    expect(proposalHashOf(encodeUtf8(proposalText))).toBe(proposalHash);
    expect(grant).toMatchObject({ value: { proposalHash } });
  });

  it("what a passkey signs is a hash of its own, and the frozen one", () => {
    expect(encodeBase64Url(challenge)).toBe(signing.grant.challenge);
    expect(Buffer.from(challenge).toString("hex")).not.toBe(proposalHash);
  });

  it.each(signing.grant.otherProposals)("parses: $why", ({ text }) => {
    expect(parseProposal(encodeUtf8(text))).toEqual({ ok: true, value: JSON.parse(text) });
  });

  it.each(signing.grant.refusedProposals)("is refused: $why", ({ text }) => {
    expect(parseProposal(encodeUtf8(text))).toMatchObject({ error: { reason: "wrong-shape" } });
  });

  it("a space more is another proposal", () => {
    expect(proposalHashOf(encodeUtf8(`${proposalText} `))).not.toBe(proposalHash);
  });

  it("an unknown key refuses both", () => {
    for (const [parse, text] of [
      [parseProposal, proposalText],
      [parseGrant, grantText],
    ] as const)
      expect(parse(encodeUtf8(text.replace("{", '{"shell":"id",')))).toMatchObject({
        error: { reason: "wrong-shape" },
      });
  });
});

describe("an envelope", () => {
  it.each(accepted)("holds: $why", async ({ envelope, signers }) => {
    expect(Envelope.parse(envelope)).toEqual(envelope);
    const opened = await openEnvelope(envelope, deskKeys);
    expect(opened.ok && decodeUtf8(opened.value.payload)).toBe(grantText);
    expect(await verify(envelope)).toEqual({ ok: true, value: signers });
  });

  it.each(refused)("is refused: $why", async ({ envelope, reason }) => {
    expect(await verify(Envelope.parse(envelope))).toMatchObject({ ok: false, error: { reason } });
  });

  it.each(unreadable)("is not read: $why", ({ envelope }) => {
    expect(Envelope.safeParse(envelope).success).toBe(false);
  });

  it("is refused when any one bit of any part is flipped", async () => {
    const { envelope } = accepted[1]!;
    const [desk, person] = envelope.signatures;
    if (desk?.scheme !== "ed25519" || person?.scheme !== "webauthn") throw new Error("Read the fixture");
    const parts = [
      (bit: number) => ({ ...envelope, payload: flipped(envelope.payload, bit, "base64") }),
      (bit: number) => ({
        ...envelope,
        signatures: [{ ...desk, signature: flipped(desk.signature, bit, "base64") }, person],
      }),
      ...(["authenticatorData", "clientDataJSON", "signature"] as const).map((part) => (bit: number) => ({
        ...envelope,
        signatures: [desk, { ...person, [part]: flipped(person[part], bit, "base64url") }],
      })),
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), fc.constantFrom(...parts), async (bit, change) => {
        expect(await verify(change(bit))).toMatchObject({ ok: false });
      }),
      { numRuns: 150 },
    );
  });

  it("is made the same way today: sealing again gives the frozen bytes", async () => {
    const { envelope } = accepted[1]!;
    const key = { keyId: deskKeys[0]!.keyId, privateKey: signing.keys.desk.privateKey };
    const again = await sealEnvelope(encodeUtf8(grantText), key, { assertions: assertionsOf(envelope) });
    expect(again).toEqual(envelope);
    expect(signing.controlMessages["grant"]).toMatchObject({ envelope });
  });

  it("carries any payload through sealing and opening", async () => {
    const pair = await generateKeyPair();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 512 }), async (bytes) => {
        const envelope = await sealEnvelope(bytes, { keyId: "k", privateKey: pair.privateKey });
        expect(envelope.payloadType).toBe(GRANT_PAYLOAD_TYPE);
        const opened = await openEnvelope(envelope, [{ keyId: "k", publicKey: pair.publicKey }]);
        expect(opened).toEqual({ ok: true, value: { payload: new Uint8Array(bytes), keyId: "k" } });
      }),
      { numRuns: 40 },
    );
  });
});

function flipped(text: string, bit: number, as: "base64" | "base64url"): string {
  const bytes = (as === "base64" ? decodeBase64(text) : decodeBase64Url(text))!;
  const index = Math.floor(bit / 8) % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit % 8));
  return as === "base64" ? encodeBase64(bytes) : encodeBase64Url(bytes);
}
