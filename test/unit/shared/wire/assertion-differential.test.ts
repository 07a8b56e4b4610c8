// Our verifier beside SimpleWebAuthn, on assertions of a real Chromium, of the story's own authenticator, and on changes of each part. Ours accepts
// nothing that theirs refuses. What ours alone refuses stands in a table, with why; the counter is told by ours and decides nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { describe, expect, it } from "vitest";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import {
  type Assertion,
  challengeOf,
  type Credential,
  type RelyingParty,
  verifyAssertion,
} from "@countersign/shared/wire/assertion";
import { newAuthenticator } from "../../../../control-plane/embedded/story/authenticator.ts";
import { bendBase64, bendDer, oddSignature } from "../../../mutation/bend.ts";
import {
  type Bend,
  FLAG,
  newPasskey,
  PARTY,
  type Passkey,
  signChallenge,
} from "../../../mutation/passkey.ts";
import { SeededRandom } from "../../../simulation/seeded-random.ts";
import { coseOf, verdictOfSimpleWebAuthn } from "./simple-webauthn.ts";

interface Recorded {
  readonly party: RelyingParty;
  /** base64 of the bytes that were signed as a proposal */
  readonly signed: string;
  readonly passkeys: readonly {
    readonly name: string;
    readonly credential: Credential;
    readonly authentication: {
      readonly id: string;
      readonly response: Omit<Assertion, "scheme" | "credentialId">;
    };
  }[];
}

const chromium = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../contract/v2/chromium-assertions.json"), "utf8"),
) as Recorded;
const challenge = challengeOf("proposal", encodeUtf8("the bytes of a proposal"));

interface Expected {
  readonly credential: Credential;
  readonly challenge: Uint8Array;
  readonly party: RelyingParty;
}

/** Both verdicts: null accepts. */
async function verdicts(assertion: Assertion, expected: Expected) {
  const own = await verifyAssertion(assertion, expected);
  return {
    ours: own.ok ? null : own.error.reason,
    theirs: await verdictOfSimpleWebAuthn(assertion, expected),
  };
}

describe("assertions of a real Chromium", () => {
  const signed = challengeOf("proposal", Buffer.from(chromium.signed, "base64"));

  it.each(chromium.passkeys)("$name", async ({ authentication, credential, name }) => {
    const { authenticatorData, clientDataJSON, signature } = authentication.response;
    const assertion = {
      scheme: "webauthn",
      credentialId: authentication.id,
      authenticatorData,
      clientDataJSON,
      signature,
    } as const;
    const { ours, theirs } = await verdicts(assertion, {
      credential,
      challenge: signed,
      party: chromium.party,
    });
    const isRefused = name === "unverified";
    expect(ours).toBe(isRefused ? "user-not-verified" : null);
    expect(theirs === null).toBe(!isRefused);
    const other = await verdicts(assertion, { credential, challenge, party: chromium.party });
    expect(other.ours).toBe("signature-wrong");
    expect(other.theirs).not.toBeNull();
  });

  it("there is one that is synced, one of each algorithm, and one that was not verified", () => {
    expect(chromium.passkeys.map(({ credential }) => credential.isSynced)).toContain(true);
    expect(new Set(chromium.passkeys.map(({ credential }) => credential.algorithm)).size).toBe(2);
    expect(chromium.passkeys.map(({ name }) => name)).toContain("unverified");
  });
});

describe("the story's own authenticator", () => {
  it.each([false, true])("registers and signs as a browser does (synced: %s)", async (isSynced) => {
    const phone = await newAuthenticator({ origin: PARTY.origins[0]!, rpId: PARTY.rpId, isSynced });
    const { credentialId, publicKey } = phone;
    const credential: Credential = { credentialId, publicKey, algorithm: "ES256", isSynced, name: "phone" };
    const { registrationInfo, verified } = await verifyRegistrationResponse({
      response: phone.register(challenge) as object as Parameters<
        typeof verifyRegistrationResponse
      >[0]["response"],
      expectedChallenge: encodeBase64Url(challenge),
      expectedOrigin: PARTY.origins,
      expectedRPID: PARTY.rpId,
      requireUserVerification: true,
    });
    expect(verified).toBe(true);
    expect(registrationInfo?.credential.id).toBe(credentialId);
    expect(registrationInfo?.credential.publicKey).toEqual(coseOf(credential));
    expect(registrationInfo?.credentialDeviceType).toBe(isSynced ? "multiDevice" : "singleDevice");
    const assertion = (await phone.sign(challenge)) as Assertion;
    expect(await verdicts(assertion, { credential, challenge, party: PARTY })).toEqual({
      ours: null,
      theirs: null,
    });
  });
});

const UP_UV = FLAG.userPresent | FLAG.userVerified;
const phone = newPasskey("phone");
const laptop = newPasskey("laptop", { isSynced: true });
const token = newPasskey("token", { algorithm: "EdDSA" });
const other = newPasskey("other");

interface Change {
  readonly what: string;
  readonly by?: Passkey;
  readonly bend?: Bend;
  readonly change?: (assertion: Assertion) => Partial<Assertion>;
}
const EMPTY_MAP = new Uint8Array([0xa0]);
const der = (assertion: Assertion, change: (bytes: Buffer) => Uint8Array): Partial<Assertion> => ({
  signature: encodeBase64Url(change(Buffer.from(assertion.signature, "base64url"))),
});

const BOTH_ACCEPT: readonly Change[] = [
  { what: "nothing changed, ES256" },
  { what: "nothing changed, synced", by: laptop },
  { what: "nothing changed, EdDSA", by: token },
  {
    what: "a synced passkey that is not backed up yet",
    by: laptop,
    bend: { flags: UP_UV | FLAG.backupEligible },
  },
  { what: "no crossOrigin, as older browsers", bend: { clientData: { crossOrigin: undefined } } },
  { what: "more keys in the client's data", bend: { clientData: { androidPackageName: "org.example" } } },
  { what: "the largest counter", bend: { counter: 0xffff_ffff } },
  { what: "no counter", bend: { counter: 0 } },
  { what: "reserved flags", bend: { flags: UP_UV | 0x02 | 0x20 } },
];

const BOTH_REFUSE: readonly Change[] = [
  { what: "another challenge", bend: { clientData: { challenge: encodeBase64Url(new Uint8Array(32)) } } },
  { what: "no challenge", bend: { clientData: { challenge: undefined } } },
  {
    what: "the challenge in base64",
    bend: { clientData: { challenge: Buffer.from(challenge).toString("base64") } },
  },
  { what: "another origin", bend: { clientData: { origin: "https://evil.example" } } },
  { what: "another port", bend: { clientData: { origin: `${PARTY.origins[0]}:8443` } } },
  { what: "the origin with a slash", bend: { clientData: { origin: `${PARTY.origins[0]}/` } } },
  { what: "a list of origins", bend: { clientData: { origin: PARTY.origins } } },
  { what: "the site around it", bend: { clientData: { topOrigin: "https://evil.example" } } },
  { what: "both", bend: { clientData: { crossOrigin: true, topOrigin: "https://evil.example" } } },
  { what: "a registration", bend: { clientData: { type: "webauthn.create" } } },
  { what: "another domain", bend: { rpId: "evil.example" } },
  { what: "a domain above", bend: { rpId: "example.org" } },
  { what: "not present", bend: { flags: FLAG.userVerified } },
  { what: "not verified", bend: { flags: FLAG.userPresent } },
  { what: "no flag", bend: { flags: 0 } },
  { what: "backed up without being able to", bend: { flags: UP_UV | FLAG.backedUp } },
  { what: "attested without a passkey in it", bend: { flags: UP_UV | FLAG.attested } },
  { what: "extended without an extension", bend: { flags: UP_UV | FLAG.extended } },
  { what: "bytes behind", bend: { tail: new Uint8Array(4) } },
  {
    what: "an extension that is no CBOR",
    bend: { flags: UP_UV | FLAG.extended, tail: new Uint8Array([0xff]) },
  },
  { what: "an extension without its flag", bend: { tail: EMPTY_MAP } },
  { what: "a token binding that is a word", bend: { clientData: { tokenBinding: "present" } } },
  { what: "the client's data is no JSON", bend: { clientDataText: "webauthn.get" } },
  { what: "the client's data is null", bend: { clientDataText: "null" } },
  {
    what: "cut authenticator data",
    change: ({ authenticatorData }) => ({ authenticatorData: authenticatorData.slice(0, -4) }),
  },
  { what: "no authenticator data", change: () => ({ authenticatorData: "" }) },
  {
    what: "a counter that was not signed",
    change: ({ authenticatorData }) => ({ authenticatorData: `${authenticatorData.slice(0, -2)}Ag` }),
  },
  { what: "an empty signature", change: () => ({ signature: "" }) },
  {
    what: "DER with a negative s",
    change: (it) =>
      der(it, (bytes) => Buffer.concat([bytes.subarray(0, 4 + (bytes[3] ?? 0)), Buffer.from([2, 1, 0xff])])),
  },
  { what: "r and s without DER", change: () => ({ signature: encodeBase64Url(new Uint8Array(64).fill(1)) }) },
  {
    what: "r and s of 0",
    change: () => ({ signature: encodeBase64Url(new Uint8Array([0x30, 6, 2, 1, 0, 2, 1, 0])) }),
  },
  {
    what: "the signature of another key",
    change: () => ({ signature: signChallenge(other, challenge).signature }),
  },
  {
    what: "a signature of EdDSA for a key of P-256",
    change: () => ({ signature: signChallenge(token, challenge).signature }),
  },
  {
    what: "a signature of ECDSA for a key of Ed25519",
    by: token,
    change: () => ({ signature: signChallenge(phone, challenge).signature }),
  },
  {
    what: "EdDSA with s as 0",
    by: token,
    change: () => ({ signature: encodeBase64Url(new Uint8Array(64)) }),
  },
  {
    what: "EdDSA with a byte more",
    by: token,
    change: (it) => der(it, (bytes) => Buffer.concat([bytes, Buffer.from([0])])),
  },
];

/** What theirs lets pass and ours does not. */
const OURS_ALONE_REFUSES: readonly (Change & { readonly why: string })[] = [
  {
    what: "inside a page of another site, whose name is not told",
    bend: { clientData: { crossOrigin: true } },
    why: "the desk's views are never inside another page: a person must see where they sign",
  },
  {
    what: "crossOrigin as a number",
    bend: { clientData: { crossOrigin: 0 } },
    why: "no browser says it: what is not understood is no yes",
  },
  {
    what: "an empty site around it",
    bend: { clientData: { topOrigin: "" } },
    why: "the same",
  },
  {
    what: "a token binding",
    bend: { clientData: { tokenBinding: { status: "present", id: "AAAA" } } },
    why: "WebAuthn has dropped it, and no browser of today says it",
  },
  {
    what: "an extension",
    bend: { flags: UP_UV | FLAG.extended, tail: EMPTY_MAP },
    why: "the desk asks for none, and a host should need no CBOR to refuse what it did not ask for",
  },
  {
    what: "synced, of a passkey that was enrolled as device-bound",
    bend: { flags: UP_UV | FLAG.backupEligible },
    why: "BE never changes (WebAuthn §6.1.3): a rule may demand device-bound passkeys, and theirs only tells",
  },
  {
    what: "device-bound, of a passkey that was enrolled as synced",
    by: laptop,
    bend: { flags: UP_UV },
    why: "the same",
  },
  {
    what: "a byte-order mark before the client's data",
    bend: {
      clientDataText: `\ufeff${JSON.stringify({ type: "webauthn.get", challenge: encodeBase64Url(challenge), origin: PARTY.origins[0] })}`,
    },
    why: "what was signed is what is read; no browser writes one",
  },
  {
    what: "DER with its length in two bytes",
    change: (it) =>
      der(it, (bytes) => Buffer.concat([Buffer.from([0x30, 0x81, bytes.length - 2]), bytes.subarray(2)])),
    why: "one way to write each signature: DER has one, BER has many",
  },
  {
    what: "DER with a byte behind it",
    change: (it) => der(it, (bytes) => Buffer.concat([bytes, Buffer.from([0])])),
    why: "the same",
  },
  {
    what: "base64url with spare bits",
    change: ({ authenticatorData }) => ({ authenticatorData: nextLetter(authenticatorData) }),
    why: "one text for each run of bytes",
  },
];

function nextLetter(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}

function verdictsOf({ bend, by = phone, change }: Change) {
  const assertion = signChallenge(by, challenge, bend);
  return verdicts(
    { ...assertion, ...change?.(assertion) },
    { credential: by.credential, challenge, party: PARTY },
  );
}

describe("changes of each part", () => {
  it.each(BOTH_ACCEPT)("both accept: $what", async (change) => {
    expect(await verdictsOf(change)).toEqual({ ours: null, theirs: null });
  });

  it.each(BOTH_REFUSE)("both refuse: $what", async (change) => {
    const { ours, theirs } = await verdictsOf(change);
    expect({ ours: ours !== null, theirs: theirs !== null }).toEqual({ ours: true, theirs: true });
  });

  it.each(OURS_ALONE_REFUSES)("ours alone refuses: $what ($why)", async (change) => {
    const { ours, theirs } = await verdictsOf(change);
    expect({ ours: ours !== null, theirs }).toEqual({ ours: true, theirs: null });
  });

  it("whatever else is changed by chance, ours accepts nothing that theirs refuses", async () => {
    const random = new SeededRandom(20_261_129);
    const parts = ["authenticatorData", "clientDataJSON", "signature"] as const;
    let accepted = 0;
    for (let round = 0; round < 600; round += 1) {
      const by = random.oneOf([phone, laptop, token]);
      const assertion = signChallenge(by, challenge);
      const part = random.oneOf(parts);
      const changed = random.oneOf<() => Assertion>([
        () => ({ ...assertion, [part]: bendBase64(assertion[part], random) }),
        () => ({ ...assertion, signature: bendDer(assertion.signature, random) }),
        () => ({ ...assertion, signature: oddSignature(random) }),
      ])();
      const { ours, theirs } = await verdicts(changed, {
        credential: by.credential,
        challenge,
        party: PARTY,
      });
      if (ours === null) expect(theirs, JSON.stringify(changed)).toBeNull();
      if (ours === null) accepted += 1;
    }
    // the twin with the other s
    expect(accepted).toBeGreaterThan(3);
  });
});
