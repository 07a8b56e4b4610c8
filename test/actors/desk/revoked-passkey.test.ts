// What ends with a passkey that leaves the list of who may approve: the sign-ins that it opened, and nothing else of its person's.
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { desk, signInToken } from "../world/fleet.ts";
import { candidate, credentialOf, firstPasskey, nextText, signNext } from "../world/passkeys.ts";
import { PEOPLE, policyOf } from "../world/people.ts";

async function signedIn(own: SoftwareAuthenticator): Promise<string> {
  const { challenge } = await desk().signInChallenge();
  const assertion = await own.sign(challengeOf("sign-in", encodeUtf8(challenge)));
  const opened = await desk().signInByPasskey({ challenge, assertion });
  if (!opened.ok) throw new Error(opened.error.reason);
  return opened.value.signInSecret;
}

describe("a passkey that leaves the list", () => {
  it("takes the sign-ins along that it opened, and no others, and the audit says why", async () => {
    await policyOf(PEOPLE);
    const [lost, kept] = [
      await firstPasskey("operator", "Old phone"),
      await candidate("operator", "New phone"),
    ];
    const add = [{ person: "operator", credential: credentialOf(kept, "New phone") }];
    await signNext("operator", lost, await nextText({ add }));
    const byLink = await desk().redeemSignInToken(await signInToken(), "Laptop");
    if (!byLink.ok) throw new Error(byLink.error.reason);
    const [old, other] = [await signedIn(lost), await signedIn(kept)];
    const text = await nextText({ removePasskey: [lost.credentialId] });
    expect(await signNext("operator", kept, text)).toMatchObject({ published: { version: 3 } });
    expect(await desk().visitOf(old)).toBeNull();
    expect(await desk().visitOf(other)).toMatchObject({
      soleApprover: { responder: "operator", name: "operator" },
    });
    expect(await desk().visitOf(byLink.value.signInSecret)).not.toBeNull();
    const rows = await desk().auditRows({ before: null, limit: 100 });
    expect(rows.filter(({ act }) => act === "sign-in-ended")).toMatchObject([
      { actor: { kind: "desk" }, why: expect.stringContaining("Old phone, of operator: its passkey") },
    ]);
    expect((await desk().approversNow()).uses).toMatchObject([{ credentialId: kept.credentialId }]);
  });

  it("was the only one of its only person: every visit says so before", async () => {
    await policyOf(PEOPLE);
    const own = await firstPasskey();
    const secret = await signedIn(own);
    expect(await desk().visitOf(secret)).toMatchObject({
      soleApprover: { responder: "operator", name: "operator" },
    });
    const bobs = await candidate("bob");
    await signNext(
      "operator",
      own,
      await nextText({ add: [{ person: "bob", credential: credentialOf(bobs) }] }),
    );
    expect(await desk().visitOf(secret)).toMatchObject({ soleApprover: null });
  });
});
