// A link for somebody who is signed in nowhere, shown to who may invite: for whom, by whom, how many, how long.
import { describe, expect, it } from "vitest";
import { INVITATION_TTL_MS, SIGN_IN_TOKEN_TTL_MS } from "@countersign/shared/values/limits";
import { byAdmin, byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { desk, signInToken, takeClock } from "../world/fleet.ts";
import { candidate, credentialOf, firstPasskey, nextText, signNext } from "../world/passkeys.ts";
import { PEOPLE, policyOf } from "../world/people.ts";

async function invites(responder: string, by = "operator") {
  const invited = await desk().inviteHere(responder, { ...byPerson(by), deviceName: "Operator's laptop" });
  return invited.ok ? invited.value : invited.error.reason;
}

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

describe("a link that is shown to who may invite", () => {
  it("signs its person in once, within the hour, and the audit says where it was shown", async () => {
    const clock = takeClock();
    await policyOf(PEOPLE);
    const invited = await invites("bob");
    if (typeof invited === "string") throw new Error(invited);
    expect(invited.expiresAt).toBe(Date.now() + INVITATION_TTL_MS);
    clock.advance(INVITATION_TTL_MS - 1);
    expect((await desk().redeemSignInToken(invited.token, "Bob's phone")).ok).toBe(true);
    expect((await desk().redeemSignInToken(invited.token, "Mallory's phone")).ok).toBe(false);
    expect(await audited("sign-in-token-created")).toMatchObject([
      { actor: { kind: "person", responder: "operator" }, why: "shown on Operator's laptop" },
    ]);
    const late = await invites("carol");
    if (typeof late === "string") throw new Error(late);
    clock.advance(INVITATION_TTL_MS);
    expect(await desk().redeemSignInToken(late.token, "Carol's phone")).toMatchObject({
      error: { reason: "token-expired" },
    });
  });

  it("is void once its person is here by another: who was shown it stands in for nobody", async () => {
    await policyOf(PEOPLE);
    const [kept, used] = [await invites("bob"), await invites("bob")];
    if (typeof kept === "string" || typeof used === "string") throw new Error("no link");
    expect((await desk().redeemSignInToken(used.token, "Bob's phone")).ok).toBe(true);
    expect(await desk().redeemSignInToken(kept.token, "Mallory's phone")).toMatchObject({ ok: false });
    // One of their own, for one more device, is made afterwards and stays good.
    const own = await desk().linkForDevice({ responder: "bob", deviceName: "Bob's phone" });
    const other = await desk().linkForDevice({ responder: "bob", deviceName: "Bob's phone" });
    if (!own.ok || !other.ok) throw new Error("no link");
    expect((await desk().redeemSignInToken(own.value.token, "Bob's laptop")).ok).toBe(true);
    expect((await desk().redeemSignInToken(other.value.token, "Bob's tablet")).ok).toBe(true);
  });

  it("is for nobody who is signed in somewhere, or has a passkey in the list", async () => {
    await policyOf(PEOPLE);
    const own = await firstPasskey();
    const bobs = await candidate("bob");
    expect(await invites("bob")).toBeTypeOf("object");
    await signNext(
      "operator",
      own,
      await nextText({ add: [{ person: "bob", credential: credentialOf(bobs) }] }),
    );
    expect(await invites("bob")).toBe("person-is-here");
    await desk().redeemSignInToken(await signInToken("carol"), "Carol's phone");
    expect(await invites("carol")).toBe("person-is-here");
    expect(await audited("sign-in-link-refused")).toHaveLength(2);
  });

  it("is asked for by who may administer, for people of the policy, three at once", async () => {
    await policyOf(PEOPLE);
    expect(await invites("bob", "carol")).toBe("role-missing");
    expect(await invites("bob", "mallory")).toBe("role-missing");
    expect(await invites("mallory")).toBe("responder-unknown");
    for (let count = 0; count < 3; count += 1) expect(await invites("bob")).toBeTypeOf("object");
    expect(await invites("bob")).toBe("sign-in-links-waiting");
  });
});

describe("a link that is sent", () => {
  it("is asked for by a person only where the policy lets them", async () => {
    await policyOf(PEOPLE);
    expect(await desk().inviteToSignIn("bob", byPerson("carol"))).toEqual({
      ok: false,
      error: { reason: "role-missing" },
    });
    // The admin token prints while nobody is signed in: shown to who asked, so it lives shorter.
    takeClock();
    const printed = await desk().inviteToSignIn("bob", byAdmin());
    expect(printed).toMatchObject({
      value: { delivery: "printed", expiresAt: Date.now() + SIGN_IN_TOKEN_TTL_MS },
    });
  });
});
