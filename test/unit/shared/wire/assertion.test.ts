// The verifier on assertions of the story's own authenticator: what holds, and one change of each part that does not.
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import {
  type Assertion,
  challengeOf,
  type SignedKind,
  verifyAssertion,
} from "@countersign/shared/wire/assertion";
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

  const KINDS: readonly SignedKind[] = ["proposal", "standing", "trust", "sign-in"];

  it.each(KINDS.flatMap((kind) => KINDS.map((other) => [kind, other] as const)))(
    "for a %s holds for a %s over the same bytes only where that is the same",
    async (kind, other) => {
      const { credential, phone } = await signed();
      const bytes = encodeUtf8("the same bytes");
      const assertion = (await phone.sign(challengeOf(kind, bytes))) as Assertion;
      const expected = { credential, challenge: challengeOf(other, bytes), party };
      const verified = await verifyAssertion(assertion, expected);
      expect(verified.ok ? "holds" : verified.error.reason).toBe(
        kind === other ? "holds" : "signature-wrong",
      );
    },
  );
});
