// Makes test/contract/v2/chromium-assertions.json: passkeys as a real Chromium makes them, and what they sign. The fixtures are frozen; this makes
// new ones beside a new Chromium: node bootstrap.mjs exec test/browser/record-assertions.ts FILE
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { registrationChallengeOf } from "../../control-plane/src/web/passkeys/first-passkey.ts";
import { startBrowser } from "./chromium.ts";
import { addAuthenticator } from "./virtual-authenticator.ts";

const ORIGIN = "http://localhost:8787";
const PARTY = { rpId: "localhost", origins: [ORIGIN] };
/** Any bytes do: the verifier does not read them. */
const SIGNED = encodeUtf8('{"what":"stands for the exact bytes of a proposal"}');
const ALGORITHMS = { ES256: -7, EdDSA: -8 } as const;

interface Passkey {
  readonly name: string;
  readonly isSynced: boolean;
  readonly algorithm: keyof typeof ALGORITHMS;
  readonly userVerification: "required" | "discouraged";
}

const PASSKEYS: readonly Passkey[] = [
  { name: "device-bound", isSynced: false, algorithm: "ES256", userVerification: "required" },
  { name: "synced", isSynced: true, algorithm: "ES256", userVerification: "required" },
  { name: "device-bound EdDSA", isSynced: false, algorithm: "EdDSA", userVerification: "required" },
  { name: "unverified", isSynced: false, algorithm: "ES256", userVerification: "discouraged" },
];

const b64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/** In the page, as text: nothing of this file's surroundings is there. */
const CREATE = `async (options) => {
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  const spki = [...new Uint8Array(made.response.getPublicKey())];
  return { registration: made.toJSON(), spki };
}`;
const GET = `async (options) =>
  (await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })).toJSON()`;

async function record(page: Page, { algorithm, isSynced, name, userVerification }: Passkey) {
  const authenticator = await addAuthenticator(page, { isSynced });
  const token = `token of the form of ${name}`;
  const creationOptions = {
    rp: { id: PARTY.rpId, name: "Countersign" },
    user: { id: b64url(encodeUtf8("alice")), name: "alice", displayName: "Alice" },
    challenge: registrationChallengeOf(token),
    pubKeyCredParams: [{ type: "public-key", alg: ALGORITHMS[algorithm] }],
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    attestation: "none",
  };
  const made = await page.evaluate<{ registration: { id: string }; spki: number[] }, typeof creationOptions>(
    `(${CREATE})(${JSON.stringify(creationOptions)})`,
    creationOptions,
  );
  const { registration, spki } = made;
  if (userVerification === "discouraged") await authenticator.setVerified(false);
  const requestOptions = {
    challenge: b64url(challengeOf("proposal", SIGNED)),
    rpId: PARTY.rpId,
    allowCredentials: [{ type: "public-key", id: registration.id }],
    userVerification,
  };
  const authentication = await page.evaluate(`(${GET})(${JSON.stringify(requestOptions)})`);
  await authenticator.cdp.send("WebAuthn.disable");
  const credential = {
    credentialId: registration.id,
    algorithm,
    publicKey: encodeBase64(Uint8Array.from(spki)),
    isSynced,
    name: `Alice's ${name} passkey`,
  };
  return { name, token, creationOptions, registration, requestOptions, authentication, credential };
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("Record assertions: name the file to write");
const browser = await startBrowser();
const page = await browser.newPage();
await page.route(`${ORIGIN}/`, (route) =>
  route.fulfill({ contentType: "text/html", body: "<title>-</title>" }),
);
await page.goto(`${ORIGIN}/`);
const passkeys = [];
for (const passkey of PASSKEYS) passkeys.push(await record(page, passkey));
const recorded = {
  about: `recorded by test/browser/record-assertions.ts with Chromium ${browser.version()}`,
  party: PARTY,
  /** base64; the challenge of each assertion is challengeOf("proposal", signed) */
  signed: encodeBase64(SIGNED),
  passkeys,
};
await browser.close();
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
