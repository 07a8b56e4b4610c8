// Signing in by passkey at the real desk: who is let in, once for each challenge, and what a stranger can learn or leave behind.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { desk, takeClock } from "../world/fleet.ts";
import { candidate, credentialOf, firstPasskey, nextText, passkey, signNext } from "../world/passkeys.ts";
import { PEOPLE, policyOf } from "../world/people.ts";

const MINUTE_MS = 60_000;

/** What the passkey signs of a challenge. */
function answerTo(challenge: string, own: SoftwareAuthenticator) {
  return own.sign(challengeOf("sign-in", encodeUtf8(challenge)));
}

async function signsIn(own: SoftwareAuthenticator, challenge?: string) {
  const asked = challenge ?? (await desk().signInChallenge()).challenge;
  const opened = await desk().signInByPasskey({
    challenge: asked,
    assertion: await answerTo(asked, own),
  });
  return opened.ok ? opened.value : opened.error.reason;
}

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

describe("a passkey of the list", () => {
  it("signs its person in, by its own name", async () => {
    const own = await firstPasskey("operator", "Operator's phone");
    const opened = await signsIn(own);
    if (typeof opened === "string") throw new Error(opened);
    expect(opened.signIn).toMatchObject({ responder: "operator", deviceName: "Operator's phone" });
    expect(await desk().visitOf(opened.signInSecret)).toMatchObject({
      signIn: opened.signIn,
      soleApprover: { responder: "operator", name: "Operator" },
    });
    expect(await audited("device-signed-in")).toMatchObject([
      { actor: { kind: "person", responder: "operator" }, why: `passkey "Operator's phone"` },
    ]);
    expect((await desk().approversNow()).uses).toMatchObject([
      { credentialId: own.credentialId, usedFor: "sign-in" },
    ]);
  });

  it("answers a challenge once, and only while it is good", async () => {
    const clock = takeClock();
    const own = await firstPasskey();
    const { challenge, expiresAt } = await desk().signInChallenge();
    expect(expiresAt).toBe(Date.now() + 5 * MINUTE_MS);
    const assertion = await answerTo(challenge, own);
    const both = await Promise.all([
      desk().signInByPasskey({ challenge, assertion }),
      desk().signInByPasskey({ challenge, assertion }),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await signsIn(own, challenge)).toBe("challenge-used");
    const { challenge: later } = await desk().signInChallenge();
    clock.advance(5 * MINUTE_MS - 1);
    expect(await signsIn(own, later)).toBeTypeOf("object");
    expect(await signsIn(own, later)).toBe("challenge-used");
    clock.advance(1);
    expect(await signsIn(own, later)).toBe("challenge-expired");
    await desk().watch();
    const rows = await runInDurableObject(desk(), (_instance, { storage }) =>
      storage.sql.exec("SELECT 1 FROM used_challenges").toArray(),
    );
    expect(rows).toEqual([]);
  });

  it("answers no challenge that this desk did not make", async () => {
    const own = await firstPasskey();
    const { challenge } = await desk().signInChallenge();
    const other = challenge.startsWith("B") ? "C" : "B";
    for (const forged of [
      "",
      "AAAA",
      `${other}${challenge.slice(1)}`,
      `${challenge.slice(0, -2)}AA`,
      `${challenge}AA`,
    ])
      expect(await signsIn(own, forged)).toBe("challenge-expired");
  });

  it("opens nothing for who left the policy, nor once it left the list", async () => {
    await policyOf(PEOPLE);
    const own = await firstPasskey();
    const bobs = await candidate("bob");
    expect(await signsIn(bobs)).toBe("passkey-unknown");
    await signNext(
      "operator",
      own,
      await nextText({ add: [{ person: "bob", credential: credentialOf(bobs) }] }),
    );
    expect(await signsIn(bobs)).toBeTypeOf("object");
    await policyOf(PEOPLE.filter(({ id }) => id !== "bob"));
    expect(await signsIn(bobs)).toBe("passkey-unknown");
    await policyOf(PEOPLE);
    await signNext("operator", own, await nextText({ remove: ["bob"] }));
    expect(await signsIn(bobs)).toBe("passkey-unknown");
  });

  it("keeps no more sign-ins open than a person has devices", async () => {
    const own = await firstPasskey();
    for (let count = 0; count < 12; count += 1) expect(await signsIn(own)).toBeTypeOf("object");
    expect(await desk().signIns("operator")).toHaveLength(10);
    expect(await audited("sign-in-ended")).toHaveLength(2);
  });
});

describe("a stranger", () => {
  it("is let in by no passkey, and fills no audit", async () => {
    const own = await firstPasskey();
    const stranger = await passkey();
    const before = (await desk().auditRows({ before: null, limit: 100 })).length;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await signsIn(stranger)).toBe("passkey-unknown");
      const { credentialId } = own;
      const { challenge } = await desk().signInChallenge();
      const assertion = { ...(await answerTo(challenge, stranger)), credentialId };
      expect(await desk().signInByPasskey({ challenge, assertion })).toEqual({
        ok: false,
        error: { reason: "passkey-wrong" },
      });
    }
    expect(await audited("sign-in-refused")).toMatchObject([
      { actor: { kind: "unknown" }, why: "passkey-wrong" },
    ]);
    expect((await desk().auditRows({ before: null, limit: 100 })).length).toBe(before + 1);
  });

  it.each(["proposal", "standing", "trust"] as const)(
    "is not let in by what was signed as a %s",
    async (kind) => {
      const own = await firstPasskey();
      const { challenge } = await desk().signInChallenge();
      const assertion = await own.sign(challengeOf(kind, encodeUtf8(challenge)));
      expect(await desk().signInByPasskey({ challenge, assertion })).toMatchObject({
        error: { reason: "passkey-wrong" },
      });
    },
  );

  it("is not let in before the fleet has an approver", async () => {
    expect(await signsIn(await passkey())).toBe("passkey-unknown");
  });
});
