// The verifier on assertions of the story's own authenticator: what holds, and one change of each part that does not.
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { type Assertion, challengeOf, verifyAssertion } from "@countersign/shared/wire/assertion";
import { newAuthenticator } from "../../../../control-plane/embedded/story/authenticator.ts";

const party = { rpId: "localhost", origins: ["http://localhost:8787"] };
const challenge = challengeOf("proposal", encodeUtf8("the bytes of a proposal"));

async function signed(isSynced = false) {
  const phone = await newAuthenticator({ origin: "http://localhost:8787", rpId: "localhost", isSynced });
  const { credentialId, publicKey } = phone;
  const credential = { credentialId, publicKey, algorithm: "ES256", isSynced, name: "phone" } as const;
  return { phone, credential, assertion: (await phone.sign(challenge)) as Assertion };
}

describe("an assertion", () => {
  it.each([false, true])("holds over exactly what was signed (synced: %s)", async (isSynced) => {
    const { assertion, credential } = await signed(isSynced);
    const verified = await verifyAssertion(assertion, { credential, challenge, party });
    expect(verified).toEqual({ ok: true, value: { counter: isSynced ? 0 : 1 } });
  });

  it("is no yes to another kind of thing with the same bytes", async () => {
    const { assertion, credential } = await signed();
    const other = challengeOf("trust", encodeUtf8("the bytes of a proposal"));
    const verified = await verifyAssertion(assertion, { credential, challenge: other, party });
    expect(verified).toMatchObject({ ok: false, error: { reason: "signature-wrong" } });
  });
});
