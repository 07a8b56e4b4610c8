// What is taken for a passkey: as Chromium made them and as the story's authenticator does; and what is not.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeBase64Url } from "@countersign/shared/values/base64";
import type { Credential, RelyingParty } from "@countersign/shared/wire/assertion";
import { newAuthenticator } from "../../../../control-plane/embedded/story/authenticator.ts";
import {
  creationOptionsOf,
  readRegistration,
  registrationChallengeOf,
} from "../../../../control-plane/src/web/passkeys/first-passkey.ts";

const PARTY = { rpId: "localhost", origins: ["http://localhost:8787"] };
const TOKEN = "1790000000000.token-of-a-form";
const ASKED = { party: PARTY, token: TOKEN, name: "Alice's phone" };
const challenge = decodeBase64Url(registrationChallengeOf(TOKEN))!;

const here = { origin: "http://localhost:8787", rpId: "localhost" };

async function madeBy(
  options: Parameters<typeof newAuthenticator>[0] = here,
  over: Uint8Array = challenge,
): Promise<string> {
  return JSON.stringify((await newAuthenticator(options)).register(over));
}

describe("a passkey that a browser made", () => {
  it.each([false, true])("is taken with its key and whether it is synced: %s", async (isSynced) => {
    const authenticator = await newAuthenticator({ ...here, isSynced });
    const taken = await readRegistration(JSON.stringify(authenticator.register(challenge)), ASKED);
    const { credentialId, publicKey } = authenticator;
    expect(taken).toEqual({
      ok: true,
      value: { credentialId, publicKey, isSynced, algorithm: "ES256", name: "Alice's phone" },
    });
  });

  it("is asked for as hosts can check it: its owner looked at, by a kind of key that they read, and no papers", () => {
    const reader = { signIn: { responder: "alice" }, name: "Alice" };
    expect(creationOptionsOf({ party: PARTY, token: TOKEN, reader })).toMatchObject({
      rp: { id: "localhost" },
      user: { name: "alice", displayName: "Alice" },
      challenge: registrationChallengeOf(TOKEN),
      pubKeyCredParams: [{ alg: -7 }, { alg: -8 }],
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
      attestation: "none",
    });
  });

  it("is not taken for another form, from another site, for another domain, or cut short", async () => {
    const no = { ok: false, error: { reason: "registration-wrong" } };
    const otherForm = await madeBy(here, decodeBase64Url(registrationChallengeOf(`${TOKEN}x`))!);
    const otherSite = await madeBy({ ...here, origin: "http://localhost:9999" });
    const otherDomain = await madeBy({ ...here, rpId: "desk.example" });
    const whole = await madeBy();
    for (const text of [otherForm, otherSite, otherDomain, "", "{}", "[]", whole.slice(0, -9)])
      expect(await readRegistration(text, ASKED)).toEqual(no);
    expect(await readRegistration(whole, { ...ASKED, name: "" })).toEqual(no);
    expect(await readRegistration(whole, ASKED)).toMatchObject({ ok: true });
  });

  it("is not taken when the device did not look whether its owner is there", async () => {
    const made = JSON.parse(await madeBy()) as { response: { attestationObject: string } };
    const object = Buffer.from(made.response.attestationObject, "base64url");
    const flagsAt = object.indexOf("authData") + "authData".length + 3 + 32;
    object[flagsAt] = (object[flagsAt] ?? 0) & ~0x04;
    made.response.attestationObject = object.toString("base64url");
    expect(await readRegistration(JSON.stringify(made), ASKED)).toMatchObject({ ok: false });
  });
});

interface Recorded {
  readonly name: string;
  readonly token: string;
  readonly registration: unknown;
  readonly credential: Credential;
}
const FILE = join(import.meta.dirname, "../../../contract/v2/chromium-assertions.json");
const { party, passkeys } = JSON.parse(readFileSync(FILE, "utf8")) as {
  readonly party: RelyingParty;
  readonly passkeys: readonly Recorded[];
};

it.each(passkeys)("takes Chromium's $name passkey with the key that Chromium says", async (passkey) => {
  const { credential, registration, token } = passkey;
  const expected = { party, token, name: credential.name };
  expect(await readRegistration(JSON.stringify(registration), expected)).toEqual({
    ok: true,
    value: credential,
  });
});
