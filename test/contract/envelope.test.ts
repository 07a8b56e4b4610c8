// Signatures: the encoding is DSSE's own, good ones pass, changed ones do not, and Ed25519 makes the same bytes every time.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { decodeUtf8, encodeUtf8 } from "@countersign/shared/values/utf8";
import {
  encodeForSigning,
  Envelope,
  GRANT_PAYLOAD_TYPE,
  signEnvelope,
  verifyEnvelope,
} from "@countersign/shared/wire/envelope";
import { parseGrant } from "@countersign/shared/wire/grant";
import { parseProposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { controlMessages, grantFixture, keys } from "./fixtures.ts";

const { verificationKeys, proposalText, proposalHash, grantText, accepted, refused } = grantFixture;

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
    const proposal = parseProposal(encodeUtf8(proposalText));
    const grant = parseGrant(encodeUtf8(grantText));
    expect(proposal).toEqual({ ok: true, value: JSON.parse(proposalText) });
    expect(grant).toEqual({ ok: true, value: JSON.parse(grantText) });
    expect(proposalHashOf(encodeUtf8(proposalText))).toBe(proposalHash);
    expect(grant).toMatchObject({ value: { proposalHash } });
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
  it.each(accepted)("passes: $why", async ({ envelope, rolesRequired }) => {
    const verified = await verifyEnvelope(Envelope.parse(envelope), verificationKeys, rolesRequired);
    expect(verified.ok && decodeUtf8(verified.value)).toBe(grantText);
  });

  it.each(refused)("is refused: $why", async ({ envelope, rolesRequired, reason }) => {
    expect(await verifyEnvelope(Envelope.parse(envelope), verificationKeys, rolesRequired)).toMatchObject({
      ok: false,
      error: { reason },
    });
  });

  it("is refused when any one bit of payload or signature is flipped", async () => {
    const { envelope } = accepted[0]!;
    const flip = (text: string, bit: number): string => {
      const bytes = decodeBase64(text)!;
      const index = Math.floor(bit / 8) % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit % 8));
      return encodeBase64(bytes);
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(100_000), fc.boolean(), async (bit, isPayload) => {
        const [signature] = envelope.signatures;
        const changed: Envelope = isPayload
          ? { ...envelope, payload: flip(envelope.payload, bit) }
          : { ...envelope, signatures: [{ ...signature!, signature: flip(signature!.signature, bit) }] };
        expect(await verifyEnvelope(changed, verificationKeys, ["desk"])).toMatchObject({
          error: { reason: "signature-wrong" },
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is made the same way today: signing again gives the frozen bytes", async () => {
    const { envelope } = accepted[0]!;
    const again = await signEnvelope(encodeUtf8(grantText), [
      { keyId: envelope.signatures[0]!.keyId, privateKey: keys.desk.privateKey },
    ]);
    expect(again).toEqual(envelope);
    expect(controlMessages["grant"]).toMatchObject({ envelope });
  });

  it("carries any payload through signing and verification", async () => {
    const pair = await generateKeyPair();
    const key = { keyId: "k", role: "desk", publicKey: pair.publicKey };
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 512 }), async (payload) => {
        const envelope = await signEnvelope(payload, [{ keyId: "k", privateKey: pair.privateKey }]);
        expect(envelope.payloadType).toBe(GRANT_PAYLOAD_TYPE);
        expect(await verifyEnvelope(envelope, [key], ["desk"])).toEqual({
          ok: true,
          value: new Uint8Array(payload),
        });
      }),
      { numRuns: 40 },
    );
  });
});
