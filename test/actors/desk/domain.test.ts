// The domain of passkeys: chosen once before the first of them, at the desk's own address and nowhere else.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { desk } from "../world/fleet.ts";
import {
  candidate,
  chooseDomain,
  deviceOf,
  firstPasskey,
  nextText,
  offers,
  PARTY,
  passkey,
} from "../world/passkeys.ts";

async function chooses(rpId: string, by: Parameters<ReturnType<typeof desk>["trustAct"]>[1] = byAdmin()) {
  const done = await desk().trustAct({ kind: "choose-domain", rpId }, by);
  return done.ok ? "ok" : done.error.reason;
}

/** The desk is reached by another address from here on. */
async function reachedBy(PUBLIC_URL: string): Promise<void> {
  await runInDurableObject(desk(), (instance) => {
    Object.assign(instance, { env: { ...(instance as unknown as { env: object }).env, PUBLIC_URL } });
  });
}

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

describe("the domain of passkeys", () => {
  it("is asked for before the first of them", async () => {
    expect(await desk().approversNow()).toEqual({
      party: null,
      domains: ["desk.test"],
      candidates: [],
      drafts: [],
      uses: [],
    });
    expect(await offers("operator", await passkey())).toBe("party-missing");
    expect(await chooses("desk.test", deviceOf("operator"))).toBe("ok");
    expect(await desk().approversNow()).toMatchObject({ party: PARTY, domains: [] });
    expect((await desk().trustNow()).party).toEqual(PARTY);
    expect(await audited("passkey-domain-chosen")).toMatchObject([
      { actor: { kind: "person", responder: "operator" }, why: "at desk.test" },
    ]);
  });

  it("is none but the desk's own, or one above it", async () => {
    await reachedBy("https://on.call.desk.test");
    expect((await desk().approversNow()).domains).toEqual([
      "on.call.desk.test",
      "call.desk.test",
      "desk.test",
    ]);
    expect(await chooses("test")).toBe("party-wrong");
    expect(await chooses("evil.test")).toBe("party-wrong");
    expect(await chooses("desk.test", deviceOf("mallory"))).toBe("people-only");
    expect(await chooses("desk.test")).toBe("ok");
    expect((await desk().approversNow()).party).toEqual({
      rpId: "desk.test",
      origins: ["https://on.call.desk.test"],
    });
    expect(await audited("passkey-refused")).toHaveLength(2);
  });

  it("is none at an address, and the machine's own on localhost", async () => {
    await reachedBy("https://192.0.2.7:8443");
    expect([await chooses("desk.test"), (await desk().approversNow()).domains]).toEqual([
      "party-missing",
      [],
    ]);
    await reachedBy("http://localhost:8787");
    expect(await desk().approversNow()).toMatchObject({
      party: { rpId: "localhost", origins: ["http://localhost:8787"] },
      domains: [],
    });
  });

  it("holds from the first passkey on, wherever the desk moves, and each passkey is made for it", async () => {
    await firstPasskey();
    expect(await chooses("desk.test")).toBe("trust-exists");
    await reachedBy("https://elsewhere.test");
    expect(await desk().approversNow()).toMatchObject({ party: PARTY, domains: [] });
    await candidate("operator");
  });

  it("stays where the desk moves beneath it: both addresses count, and a host is offered both", async () => {
    const own = await firstPasskey();
    const text = await nextText({ threshold: 1, levels: [{ level: 5, rule: null }] });
    await reachedBy("https://new.desk.test");
    const party = { rpId: "desk.test", origins: ["https://new.desk.test", "https://desk.test"] };
    expect(await desk().approversNow()).toMatchObject({ party, domains: [] });
    expect((await desk().trustNow()).party).toEqual(party);
    expect(await desk().trustVersion(1)).toMatchObject({ party });
    const bytes = decodeBase64(text)!;
    const assertion = await own.sign(challengeOf("trust", bytes), { origin: "https://new.desk.test" });
    const act = { kind: "sign-trust", text, assertion } as const;
    expect(await desk().trustAct(act, deviceOf("operator"))).toMatchObject({
      value: { published: { version: 2 } },
    });
    const { challenge } = await desk().signInChallenge();
    const digest = challengeOf("sign-in", encodeUtf8(challenge));
    const beside = await own.sign(digest, { origin: "https://evil.desk.test" });
    expect(await desk().signInByPasskey({ challenge, assertion: beside })).toMatchObject({ ok: false });
    const here = await own.sign(digest, { origin: "https://new.desk.test" });
    expect(await desk().signInByPasskey({ challenge, assertion: here })).toMatchObject({ ok: true });
  });

  it("is asked for anew where the desk has moved away before the first passkey", async () => {
    await chooseDomain();
    await reachedBy("https://elsewhere.test");
    expect(await desk().approversNow()).toMatchObject({ party: null, domains: ["elsewhere.test"] });
  });
});
