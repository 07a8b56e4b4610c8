// Passkeys that wait to be let in: whose they are, how many, how long, and that they change nothing of who may approve.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { desk, takeClock } from "../world/fleet.ts";
import {
  candidate,
  credentialOf,
  deviceOf,
  firstPasskey,
  newestMark,
  nextText,
  offers,
  passkey,
  signNext,
} from "../world/passkeys.ts";
import { policyOf, PEOPLE } from "../world/people.ts";

const DAY_MS = 24 * 3_600_000;

async function waiting(): Promise<readonly string[]> {
  return (await desk().approversNow()).candidates.map(({ person }) => person);
}

async function withdraws(credentialId: string, by: Parameters<ReturnType<typeof desk>["trustAct"]>[1]) {
  const done = await desk().trustAct({ kind: "withdraw-passkey", credentialId }, by);
  return done.ok ? "ok" : done.error.reason;
}

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

describe("a passkey that is offered", () => {
  it("waits, and changes nothing of who may approve", async () => {
    await policyOf(PEOPLE);
    await firstPasskey();
    const before = await newestMark();
    const bobs = await candidate("bob", "Bob's phone");
    expect(await newestMark()).toEqual(before);
    const { candidates } = await desk().approversNow();
    expect(candidates).toMatchObject([
      { person: "bob", credential: credentialOf(bobs, "Bob's phone"), deviceName: "Phone" },
    ]);
    expect(candidates[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await audited("passkey-offered")).toMatchObject([
      { actor: { kind: "person", responder: "bob" }, why: expect.stringContaining(candidates[0]!.hash) },
    ]);
  });

  it("is let in by the next version, and waits no more", async () => {
    await policyOf(PEOPLE);
    const own = await firstPasskey();
    const bobs = await candidate("bob");
    const text = await nextText({ add: [{ person: "bob", credential: credentialOf(bobs) }] });
    expect(await signNext("operator", own, text)).toMatchObject({ published: { version: 2 }, missing: 0 });
    expect(await waiting()).toEqual([]);
    expect(await offers("bob", bobs)).toBe("passkey-known");
  });

  it("is nobody's who may not approve, and no admin's", async () => {
    await policyOf(PEOPLE);
    await firstPasskey();
    expect(await offers("looker", await passkey())).toBe("role-missing");
    expect(await offers("mallory", await passkey())).toBe("people-only");
    const credential = credentialOf(await passkey());
    const done = await desk().trustAct({ kind: "offer-passkey", credential, deviceName: "x" }, byAdmin());
    expect(done).toMatchObject({ ok: false, error: { reason: "people-only" } });
    expect(await waiting()).toEqual([]);
  });

  it("is offered once, under whatever name, and not as often as somebody likes", async () => {
    await policyOf(PEOPLE);
    const own = await firstPasskey();
    const bobs = await candidate("bob");
    expect(await offers("carol", bobs)).toBe("passkey-known");
    const twin = { ...(await passkey()), publicKey: own.publicKey };
    expect(await offers("bob", twin)).toBe("passkey-known");
    await candidate("bob");
    await candidate("bob");
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await offers("bob", await passkey())).toBe("candidates-full");
    await candidate("carol");
    expect(await waiting()).toEqual(["bob", "bob", "bob", "carol"]);
    // The same no again is no news.
    expect(await audited("passkey-refused")).toHaveLength(3);
  });

  it("is forgotten after a week", async () => {
    const clock = takeClock();
    await firstPasskey();
    await candidate("operator");
    clock.advance(7 * DAY_MS - 1);
    expect(await waiting()).toEqual(["operator"]);
    clock.advance(1);
    expect(await waiting()).toEqual([]);
    await desk().watch();
    const rows = await runInDurableObject(desk(), (_instance, { storage }) =>
      storage.sql.exec("SELECT 1 FROM passkey_candidates").toArray(),
    );
    expect(rows).toEqual([]);
  });

  it("is taken back by its person, or by who may administer", async () => {
    await policyOf(PEOPLE);
    await firstPasskey();
    const [first, second, third] = [await candidate("bob"), await candidate("bob"), await candidate("carol")];
    expect(await withdraws(first.credentialId, deviceOf("carol"))).toBe("role-missing");
    expect(await withdraws(first.credentialId, deviceOf("bob"))).toBe("ok");
    expect(await withdraws(first.credentialId, deviceOf("bob"))).toBe("candidate-unknown");
    expect(await withdraws(second.credentialId, deviceOf("operator"))).toBe("ok");
    expect(await withdraws(third.credentialId, byAdmin("ops"))).toBe("ok");
    expect(await audited("passkey-withdrawn")).toHaveLength(3);
  });

  it("goes with its person from the policy", async () => {
    await policyOf(PEOPLE);
    await firstPasskey();
    await candidate("bob");
    await policyOf(PEOPLE.filter(({ id }) => id !== "bob"));
    await policyOf(PEOPLE);
    expect(await waiting()).toEqual([]);
  });

  it("that cannot be read costs only itself, and people are told", async () => {
    await policyOf(PEOPLE);
    await firstPasskey();
    const [lost] = [await candidate("bob"), await candidate("carol")];
    await runInDurableObject(desk(), (_instance, { storage }) =>
      storage.sql.exec("UPDATE passkey_candidates SET record = '{torn' WHERE id = ?", lost.credentialId),
    );
    expect(await waiting()).toEqual(["carol"]);
    await desk().watch();
    const { putAside, records } = await desk().unreadable();
    expect(records).toMatchObject([{ kind: "candidate", id: lost.credentialId }]);
    expect(putAside).toMatchObject([{ kind: "candidate", text: "{torn" }]);
    expect(await waiting()).toEqual(["carol"]);
  });
});
