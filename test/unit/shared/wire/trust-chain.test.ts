// The fleet's trust: what makes a text a version of it, and one key that is written in two ways is still one key. What follows from what stands in
// test/contract/trust.test.ts, on frozen versions.
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { Credential, RelyingParty } from "@countersign/shared/wire/assertion";
import { FleetTrust, FleetTrustVersion } from "@countersign/shared/wire/fleet-trust";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { signing } from "../../../contract/fixtures.ts";
import { newPasskey } from "../../../mutation/passkey.ts";

const trust = JSON.parse(signing.trust.texts[1]!) as FleetTrust;
const phone = newPasskey("phone").credential;
const token = newPasskey("token", { algorithm: "EdDSA" }).credential;

/** The key of P-256 with its point compressed, which WebCrypto would take for the same one. */
function compressed(publicKey: string): string {
  const spki = Buffer.from(publicKey, "base64");
  const head = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
  const sign = ((spki[90] ?? 0) & 1) === 0 ? 2 : 3;
  return Buffer.concat([head, Buffer.from([sign]), spki.subarray(27, 59)]).toString("base64");
}

const spare = (publicKey: string) => publicKey.replace(/.(=*)$/, (end) => `${next(end[0]!)}${end.slice(1)}`);
const next = (letter: string) => String.fromCharCode(letter.charCodeAt(0) + 1);

describe("a pinned key", () => {
  it.each([
    ["of P-256", phone, true],
    ["of Ed25519", token, true],
    ["of P-256, said to be EdDSA", { ...phone, algorithm: "EdDSA" }, false],
    ["of Ed25519, said to be ES256", { ...token, algorithm: "ES256" }, false],
    ["with its point compressed", { ...phone, publicKey: compressed(phone.publicKey) }, false],
    ["with spare bits", { ...token, publicKey: spare(token.publicKey) }, false],
    [
      "with a byte more",
      { ...token, publicKey: encodeBase64(new Uint8Array([...Buffer.from(token.publicKey, "base64"), 0])) },
      false,
    ],
    ["cut short", { ...phone, publicKey: phone.publicKey.slice(0, 100) }, false],
    ["of another algorithm", { ...phone, algorithm: "RS256" }, false],
    ["without a name", { ...phone, name: "" }, false],
    ["with a long name", { ...phone, name: "n".repeat(61) }, false],
  ])("%s", (_what, credential, isOne) => {
    expect(Credential.safeParse(credential).success).toBe(isOne);
  });
});

describe("where people sign", () => {
  const origins = ["https://desk.example.org"];

  it.each([
    ["a domain", { rpId: "desk.example.org", origins }, true],
    ["this machine", { rpId: "localhost", origins: ["http://localhost:8787"] }, true],
    ["an address", { rpId: "192.0.2.1", origins }, false],
    ["an address of version 6", { rpId: "[::1]", origins }, false],
    ["a domain with a dot at its end", { rpId: "desk.example.org.", origins }, false],
    ["upper case", { rpId: "Desk.example.org", origins }, false],
    ["nothing", { rpId: "", origins }, false],
    ["no address of the desk", { rpId: "desk.example.org", origins: [] }, false],
    ["four", { rpId: "desk.example.org", origins: Array(4).fill(origins[0]) }, true],
    ["five", { rpId: "desk.example.org", origins: Array(5).fill(origins[0]) }, false],
    ["one with a path", { rpId: "desk.example.org", origins: ["https://desk.example.org/"] }, false],
    ["one with a person in it", { rpId: "desk.example.org", origins: ["https://a@desk.example.org"] }, false],
  ])("%s", (_what, party, isOne) => {
    expect(RelyingParty.safeParse(party).success).toBe(isOne);
  });
});

describe("a version", () => {
  const holds = (change: object): boolean => FleetTrust.safeParse({ ...trust, ...change }).success;

  it.each([
    ["as it is", {}, true],
    ["the last number that there is", { version: 1_000_000 }, true],
    ["a number after it", { version: 1_000_001 }, false],
    ["number 0", { version: 0, previous: null }, false],
    ["the first, with one before it", { version: 1 }, false],
    ["the first", { version: 1, previous: null }, true],
    ["the second, without", { previous: null }, false],
    ["as many as there are must sign the next", { threshold: trust.approvers.length }, true],
    ["one more must", { threshold: trust.approvers.length + 1 }, false],
    ["nobody must", { threshold: 0 }, false],
    ["every level closed", { levels: {} }, true],
    ["no desk key", { deskKeys: [] }, false],
    [
      "five desk keys",
      { deskKeys: Array.from({ length: 5 }, (_, at) => ({ ...trust.deskKeys[0], keyId: `k${at}` })) },
      false,
    ],
    [
      "one desk key of two names",
      { deskKeys: ["a", "b"].map((keyId) => ({ ...trust.deskKeys[0], keyId })) },
      false,
    ],
  ])("%s", (_what, change, isOne) => {
    expect(holds(change)).toBe(isOne);
  });

  it("counts from 1", () => {
    expect([0, 1, 1.5].map((version) => FleetTrustVersion.safeParse(version).success)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it.each([
    ["no base64", "???"],
    ["no JSON", encodeBase64(encodeUtf8("{"))],
    ["no trust", encodeBase64(encodeUtf8("{}"))],
  ])("is malformed: %s", (_what, text) => {
    expect(readSignedTrust({ trust: text })).toMatchObject({ error: { reason: "trust-malformed" } });
  });
});
