// The next version of the fleet's trust at the real desk: who writes it, who signs it, and from which signature on it holds.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { trustHashOf } from "@countersign/shared/wire/fleet-trust";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import type { TrustAct } from "../../../control-plane/src/platform/approvers-rpc.ts";
import { desk, takeClock } from "../world/fleet.ts";
import {
  candidate,
  credentialOf,
  deviceOf,
  firstPasskey,
  newestMark,
  nextText,
  nextTrust,
  passkey,
  signNext,
} from "../world/passkeys.ts";
import { PEOPLE, policyOf } from "../world/people.ts";

const DAY_MS = 24 * 3_600_000;

async function does(act: TrustAct, by: Parameters<ReturnType<typeof desk>["trustAct"]>[1]) {
  const done = await desk().trustAct(act, by);
  return done.ok ? done.value : done.error.reason;
}

async function drafts() {
  return (await desk().approversNow()).drafts;
}

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

/** Operator and bob may approve, and both must sign the version after. */
async function twoApprovers(): Promise<{ own: SoftwareAuthenticator; bobs: SoftwareAuthenticator }> {
  await policyOf(PEOPLE);
  const [own, bobs] = [await firstPasskey(), await candidate("bob", "Bob's phone")];
  const add = [{ person: "bob", credential: credentialOf(bobs, "Bob's phone") }];
  await signNext("operator", own, await nextText({ add, threshold: 2 }));
  return { own, bobs };
}

describe("a next version", () => {
  it("waits for each person whom the one before demands, and is published with the last of them", async () => {
    const { bobs, own } = await twoApprovers();
    const carols = await candidate("carol");
    const text = await nextText({ add: [{ person: "carol", credential: credentialOf(carols) }] });
    expect(await signNext("operator", own, text)).toEqual({ published: null, missing: 1 });
    expect(await drafts()).toMatchObject([
      {
        hash: trustHashOf(decodeBase64(text)!),
        text,
        by: { kind: "person", responder: "operator" },
        trust: { version: 3 },
        signed: [{ person: "operator", credentialName: "a key" }],
        missing: 1,
      },
    ]);
    expect((await newestMark()).version).toBe(2);
    expect(await signNext("operator", own, text)).toBe("signed-already");
    expect(await signNext("bob", bobs, text)).toMatchObject({ published: { version: 3 }, missing: 0 });
    expect(await newestMark()).toEqual({ version: 3, hash: trustHashOf(decodeBase64(text)!) });
    const { candidates, drafts: left, uses } = await desk().approversNow();
    expect([candidates, left]).toEqual([[], []]);
    expect(uses.map(({ usedFor }) => usedFor)).toEqual(["trust", "trust"]);
    expect(await audited("trust-signed")).toMatchObject([
      { why: expect.stringContaining("signed by operator, 1 more must sign") },
    ]);
    expect((await audited("trust-published"))[0]).toMatchObject({
      actor: { kind: "person", responder: "bob" },
      why: expect.stringContaining("signed by operator, bob"),
    });
  });

  it("is one of two: with the first that is published the other is void", async () => {
    const { bobs, own } = await twoApprovers();
    const [one, other] = [
      await nextText({ threshold: 1 }),
      await nextText({ remove: ["bob"], threshold: 1 }),
    ];
    await signNext("operator", own, one);
    await signNext("operator", own, other);
    expect(await drafts()).toHaveLength(2);
    expect(await signNext("bob", bobs, one)).toMatchObject({ published: { version: 3 } });
    expect(await drafts()).toEqual([]);
    expect(await signNext("bob", bobs, other)).toBe("trust-other-chain");
    expect(await signNext("bob", bobs, one)).toBe("trust-older");
  });

  it("is written by whoever holds the admin token, who can sign nothing", async () => {
    const { bobs, own } = await twoApprovers();
    const text = await nextText({ threshold: 1 });
    expect(await does({ kind: "draft-trust", text }, byAdmin("ops"))).toEqual({
      published: null,
      missing: 2,
    });
    expect(await does({ kind: "draft-trust", text }, byAdmin("ops"))).toEqual({
      published: null,
      missing: 2,
    });
    expect(await drafts()).toMatchObject([{ by: byAdmin("ops"), signed: [], missing: 2 }]);
    expect(await audited("trust-drafted")).toHaveLength(1);
    const assertion = await own.sign(challengeOf("trust", decodeBase64(text)!));
    expect(await does({ kind: "sign-trust", text, assertion }, byAdmin("ops"))).toBe("people-only");
    await signNext("bob", bobs, text);
    expect(await signNext("operator", own, text)).toMatchObject({ published: { version: 3 } });
  });

  it("is signed by nobody's passkey but one's own, over exactly it, and by who may approve", async () => {
    const { bobs, own } = await twoApprovers();
    const text = await nextText({ threshold: 1 });
    expect(await signNext("operator", bobs, text)).toBe("passkey-not-yours");
    expect(await signNext("operator", await passkey(), text)).toBe("passkey-not-yours");
    expect(await signNext("carol", own, text)).toBe("passkey-not-yours");
    expect(await signNext("looker", own, text)).toBe("role-missing");
    expect(await signNext("mallory", own, text)).toBe("people-only");
    for (const kind of ["proposal", "standing", "sign-in"] as const) {
      const assertion = await own.sign(challengeOf(kind, decodeBase64(text)!));
      expect(await does({ kind: "sign-trust", text, assertion }, deviceOf("operator"))).toBe("passkey-wrong");
    }
    expect(await drafts()).toEqual([]);
    expect(await audited("trust-refused")).toHaveLength(5);
  });

  it("that does not follow, lets a stranger in or leaves the desk out is none", async () => {
    const { own } = await twoApprovers();
    const stranger = { person: "mallory", credential: credentialOf(await passkey()) };
    const attempts: readonly [string, string][] = [
      ["e30=", "trust-malformed"],
      ["no base64", "trust-malformed"],
      [await nextText({ add: [stranger] }), "people-only"],
      [(await nextTrust([], { version: 9 })).trust, "trust-skips"],
      [(await nextTrust([], { version: 1, previous: null })).trust, "trust-older"],
      [(await nextTrust([], { previous: "f".repeat(64) })).trust, "trust-other-chain"],
      [
        (await nextTrust([], { deskKeys: [{ keyId: "desk-other", publicKey: `${"A".repeat(43)}=` }] })).trust,
        "desk-key-missing",
      ],
    ];
    for (const [text, reason] of attempts) {
      expect(await does({ kind: "draft-trust", text }, byAdmin())).toBe(reason);
      const assertion = await own.sign(challengeOf("trust", decodeBase64(text) ?? new Uint8Array()));
      expect(await does({ kind: "sign-trust", text, assertion }, deviceOf("operator"))).toBe(reason);
    }
    expect(await drafts()).toEqual([]);
  });

  it("does not count who lost the role in between", async () => {
    const { bobs, own } = await twoApprovers();
    const text = await nextText({ threshold: 1 });
    await signNext("bob", bobs, text);
    await policyOf(PEOPLE.map((person) => (person.id === "bob" ? { id: "bob", roles: [] } : person)));
    expect(await drafts()).toMatchObject([{ signed: [], missing: 2 }]);
    expect(await signNext("operator", own, text)).toEqual({ published: null, missing: 1 });
  });

  it("is dropped by who wrote it or may administer, and forgotten after a month", async () => {
    const clock = takeClock();
    const { bobs } = await twoApprovers();
    const texts = [await nextText({ threshold: 1 }), await nextText({ remove: ["bob"], threshold: 1 })];
    const hashes = texts.map((text) => trustHashOf(decodeBase64(text)!));
    for (const text of texts) await signNext("bob", bobs, text);
    const [first = "", second = ""] = hashes;
    expect(await does({ kind: "drop-draft", hash: first }, deviceOf("carol"))).toBe("role-missing");
    expect(await does({ kind: "drop-draft", hash: first }, deviceOf("bob"))).toMatchObject({ missing: null });
    expect(await does({ kind: "drop-draft", hash: first }, deviceOf("bob"))).toBe("draft-unknown");
    expect(await does({ kind: "drop-draft", hash: second }, deviceOf("operator"))).toMatchObject({});
    expect(await audited("trust-draft-dropped")).toHaveLength(2);
    await signNext("bob", bobs, texts[0]!);
    clock.advance(30 * DAY_MS);
    expect(await drafts()).toEqual([]);
  });

  it("is one of three of its writer, who keeps nobody else from handing over theirs", async () => {
    const { bobs, own } = await twoApprovers();
    const before = await nextText({ threshold: 1 });
    const texts = Array.from({ length: 5 }, (_, count) =>
      // the same version, written with other spaces
      encodeBase64(encodeUtf8(new TextDecoder().decode(decodeBase64(before)!) + " ".repeat(count))),
    );
    for (const text of texts.slice(0, 3)) await signNext("bob", bobs, text);
    expect(await signNext("bob", bobs, texts[3]!)).toBe("drafts-full");
    expect(await does({ kind: "draft-trust", text: texts[3]! }, deviceOf("bob"))).toBe("drafts-full");
    expect(await signNext("operator", own, texts[4]!)).toEqual({ published: null, missing: 1 });
    expect(await signNext("bob", bobs, texts[4]!)).toMatchObject({ published: { version: 3 } });
  });

  it("lets in nobody who may not approve, and theirs waits no more", async () => {
    const { own } = await twoApprovers();
    const carols = await candidate("carol");
    const text = await nextText({ add: [{ person: "carol", credential: credentialOf(carols) }] });
    await policyOf(PEOPLE.map((person) => (person.id === "carol" ? { ...person, roles: [] } : person)));
    expect((await desk().approversNow()).candidates).toEqual([]);
    expect(await signNext("operator", own, text)).toBe("people-only");
    const looker = { person: "looker", credential: credentialOf(await passkey()) };
    expect(await signNext("operator", own, await nextText({ add: [looker] }))).toBe("people-only");
  });

  it("takes out a passkey by its whole id, also where another's id begins with it", async () => {
    const { bobs, own } = await twoApprovers();
    const shadow = { ...credentialOf(await passkey()), credentialId: `${own.credentialId}AA` };
    const add = [{ person: "bob", credential: shadow }];
    const text = await nextText({ add, threshold: 1 });
    await signNext("operator", own, text);
    await signNext("bob", bobs, text);
    const without = await nextText({ removePasskey: [own.credentialId] });
    expect(new TextDecoder().decode(decodeBase64(without)!)).toContain(shadow.credentialId);
    expect(await signNext("bob", bobs, without)).toMatchObject({ published: { version: 4 } });
  });

  it("that cannot be read where it waits costs only itself", async () => {
    const { bobs } = await twoApprovers();
    const [kept, lost] = [
      await nextText({ threshold: 1 }),
      await nextText({ remove: ["bob"], threshold: 1 }),
    ];
    await signNext("bob", bobs, kept);
    await signNext("bob", bobs, lost);
    const id = trustHashOf(decodeBase64(lost)!);
    await runInDurableObject(desk(), (_instance, { storage }) =>
      storage.sql.exec("UPDATE trust_drafts SET record = '{}' WHERE id = ?", id),
    );
    expect((await drafts()).map(({ text }) => text)).toEqual([kept]);
    await desk().watch();
    expect((await desk().unreadable()).records).toMatchObject([{ kind: "draft", id }]);
  });
});

describe("before the first passkey", () => {
  it("there is no next version", async () => {
    const text = encodeBase64(encodeUtf8("{}"));
    expect(await does({ kind: "draft-trust", text }, byAdmin())).toBe("trust-malformed");
    await firstPasskey();
    const next = await nextText({ threshold: 1 });
    const anew = await does({ kind: "begin-anew", why: "a test" }, byAdmin());
    expect(anew).toEqual({ published: null, missing: null });
    expect(await does({ kind: "draft-trust", text: next }, byAdmin())).toBe("trust-missing");
  });
});
