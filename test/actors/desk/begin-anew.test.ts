// Beginning anew, and versions that cannot be read: what is lost by it, what never comes back, and what hosts make of it.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { type StandingContent, standingHashOf } from "@countersign/shared/wire/standing";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import type { SoftwareAuthenticator } from "../../../control-plane/embedded/story/authenticator.ts";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import type { TrustAct } from "../../../control-plane/src/platform/approvers-rpc.ts";
import { PATIENT } from "../../patience.ts";
import {
  type AgentSocket,
  desk,
  dial,
  enrolledHost,
  type EnrolledHost,
  helloOf,
  shard,
  signInToken,
} from "../world/fleet.ts";
import {
  candidate,
  chooseDomain,
  credentialOf,
  deviceOf,
  firstPasskey,
  newestMark,
  nextText,
  offers,
  passkey,
  signNext,
} from "../world/passkeys.ts";
import { PEOPLE, policyOf } from "../world/people.ts";

async function does(act: TrustAct, by: Parameters<ReturnType<typeof desk>["trustAct"]>[1]) {
  const done = await desk().trustAct(act, by);
  return done.ok ? done.value : done.error.reason;
}

const beginsAnew = (by: Parameters<typeof does>[1] = byAdmin("ops")) =>
  does({ kind: "begin-anew", why: "all phones are lost" }, by);

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

async function signedIn(own: SoftwareAuthenticator): Promise<string> {
  const { challenge } = await desk().signInChallenge();
  const assertion = await own.sign(challengeOf("sign-in", encodeUtf8(challenge)));
  const opened = await desk().signInByPasskey({ challenge, assertion });
  if (!opened.ok) throw new Error(opened.error.reason);
  return opened.value.signInSecret;
}

async function givesYes(own: SoftwareAuthenticator, { hostId }: EnrolledHost) {
  const content: StandingContent = {
    version: 2,
    nonce: "n".repeat(22),
    hostId,
    service: "demo",
    action: "restart",
    usesMax: 1,
    givenAt: Date.now(),
    untilAt: Date.now() + 3_600_000,
    givenBy: "operator",
    why: "it leaks",
  };
  const text = JSON.stringify(content);
  const gesture = await own.sign(challengeOf("standing", encodeUtf8(text)));
  const act = { kind: "give-standing", text, hash: standingHashOf(text), hostName: "web-1" } as const;
  return desk().act({ act, by: deviceOf("operator"), gesture });
}

/** A connected agent that says so much of the trust. */
async function agentThatSays(host: EnrolledHost, trust: object | null): Promise<AgentSocket> {
  const agent = await dial(host);
  const { challenge } = await agent.expect("challenge");
  agent.send(await helloOf(host, challenge, { signing: { version: 2, trust } }));
  await agent.expect("welcome");
  return agent;
}

const offeredTo = ({ received }: AgentSocket) =>
  received.flatMap((message) => {
    const read = message.type === "trust" ? readSignedTrust(message.signed) : null;
    return read?.ok === true ? [read.value.hash] : [];
  });

describe("beginning anew", () => {
  it("forgets list, domain and what waits, ends yeses and sign-ins by passkey, and says so in one row", async () => {
    await policyOf(PEOPLE);
    const own = await firstPasskey();
    const host = await enrolledHost();
    expect((await givesYes(own, host)).ok).toBe(true);
    await signNext("operator", own, await nextText({ threshold: 1 }));
    await candidate("bob");
    await does({ kind: "draft-trust", text: await nextText({ threshold: 1 }) }, byAdmin());
    const byLink = await desk().redeemSignInToken(await signInToken(), "Laptop");
    const byPasskey = await signedIn(own);
    expect(await beginsAnew()).toEqual({ published: null, missing: null });
    expect(await desk().approversNow()).toEqual({
      party: null,
      domains: ["desk.test"],
      candidates: [],
      drafts: [],
      uses: [],
    });
    expect((await desk().trustNow()).versions).toEqual([]);
    expect((await desk().brakes()).standing).toEqual([]);
    expect(await desk().visitOf(byPasskey)).toBeNull();
    expect(byLink.ok && (await desk().visitOf(byLink.value.signInSecret))).not.toBeNull();
    const [row, ...others] = await audited("trust-begun-anew");
    expect(others).toEqual([]);
    expect(row).toMatchObject({ actor: byAdmin("ops"), refs: [{ kind: "trust", version: 2 }] });
    for (const said of [
      "all phones are lost",
      "version 2 with passkeys of operator",
      "1 passkeys that wait",
      "1 next versions",
      "1 yeses",
      "desk.test",
    ])
      expect(row?.why).toContain(said);
  });

  it("is done by whoever holds the admin token alone, and where something has begun", async () => {
    expect(await beginsAnew()).toBe("trust-missing");
    await firstPasskey();
    const before = await newestMark();
    expect(await beginsAnew(deviceOf("operator"))).toBe("role-missing");
    expect(await newestMark()).toEqual(before);
  });

  it("begins another chain: who signed before signs nothing of it", async () => {
    const own = await firstPasskey();
    const standing = await nextText({ threshold: 1 });
    await beginsAnew();
    await chooseDomain();
    expect(await offers("operator", await passkey())).toBe("ok");
    expect((await newestMark()).version).toBe(1);
    expect(await signNext("operator", own, standing)).toBe("trust-other-chain");
    expect(await signNext("operator", own, await nextText({ threshold: 1 }))).toBe("passkey-not-yours");
  });

  it("is offered to each host for its root alone, and one that believes the list before is told of", async () => {
    const own = await firstPasskey();
    const old = await newestMark();
    await signNext("operator", own, await nextText({ threshold: 1 }));
    const [fresh, known] = [await enrolledHost(), await enrolledHost("web-2")];
    await shard().watch();
    await shard().settled();
    await beginsAnew();
    await firstPasskey();
    const anew = await newestMark();
    expect([anew.version, anew.hash === old.hash]).toEqual([1, false]);
    // A shard takes a list that is shorter than its own by asking, within a minute.
    await shard().watch();
    await shard().settled();
    const accepting = await agentThatSays(fresh, null);
    await accepting.expect("trust");
    expect(offeredTo(accepting)).toEqual([anew.hash]);
    const believing = await agentThatSays(known, old);
    await believing.expect("trust");
    const refusal = { reason: "trust-other-chain", offered: 1, detail: "it does not follow" };
    believing.send({ version: 2, type: "trust-answer", trust: old, refusal });
    await believing.ping();
    await shard().settled();
    expect(offeredTo(believing)).toEqual([anew.hash]);
    expect((await shard().host(known.hostId))?.connection?.signing?.trust).toEqual(old);
    await vi.waitFor(
      async () =>
        expect((await desk().overview()).incidents).toMatchObject([
          { reason: "signature-doubtful", title: expect.stringContaining("another list of who may sign") },
        ]),
      PATIENT,
    );
    // Its root has accepted the new one.
    believing.send({ version: 2, type: "trust-answer", trust: anew, refusal: null });
    await believing.ping();
    expect((await shard().host(known.hostId))?.connection?.signing?.trust).toEqual(anew);
  });
});

/** Spoils the desk's storage, and lets the desk wake anew. */
async function spoil(statement: string): Promise<void> {
  await desk().settled();
  await runInDurableObject(desk(), (_instance, { storage }) => storage.sql.exec(statement));
  await runInDurableObject(desk(), (_instance, state) => state.abort("ends")).catch(() => {});
}

/** The operator's list, with two versions after the first. */
async function threeVersions(): Promise<SoftwareAuthenticator> {
  const own = await firstPasskey();
  for (let count = 0; count < 2; count += 1)
    await signNext("operator", own, await nextText({ threshold: 1 }));
  return own;
}

async function signInReason(own: SoftwareAuthenticator): Promise<string> {
  const { challenge } = await desk().signInChallenge();
  const assertion = await own.sign(challengeOf("sign-in", encodeUtf8(challenge)));
  const opened = await desk().signInByPasskey({ challenge, assertion });
  return opened.ok ? "ok" : opened.error.reason;
}

const NEWEST_SPOILT: readonly [string, string][] = [
  ["not JSON", "UPDATE trust SET signed = '{torn' WHERE version = 3"],
  [
    "of another hash",
    "UPDATE trust SET signed = (SELECT signed FROM trust WHERE version = 1) WHERE version = 3",
  ],
  ["no text", "UPDATE trust SET signed = x'00ff' WHERE version = 3"],
  ["under another hash", "UPDATE trust SET hash = 'f' WHERE version = 3"],
];

describe("the newest version, where it cannot be read", () => {
  it.each(NEWEST_SPOILT)(
    "is replaced by no older one (%s), and everything else goes on",
    async (_what, statement) => {
      const own = await threeVersions();
      const link = await desk().redeemSignInToken(await signInToken(), "Laptop");
      await spoil(statement);
      const text = await nextText({ threshold: 1 });
      expect(await signNext("operator", own, text)).toBe("trust-malformed");
      expect(await signInReason(own)).toBe("passkey-unknown");
      // It is not begun a second time, either.
      expect(await offers("operator", await passkey())).toBe("trust-malformed");
      expect(await does({ kind: "choose-domain", rpId: "desk.test" }, byAdmin())).toBe("trust-exists");
      expect((await desk().trustNow()).versions).toHaveLength(2);
      expect(await desk().trustFor(null)).toBeNull();
      expect(await desk().trustVersion(3)).toBeNull();
      expect(await desk().approversNow()).toMatchObject({ domains: [], candidates: [], drafts: [] });
      expect(link.ok && (await desk().visitOf(link.value.signInSecret))).toMatchObject({
        soleApprover: null,
      });
      await desk().watch();
      expect((await desk().unreadable()).records).toMatchObject([{ kind: "trust", id: "version 3" }]);
      const { incidents } = await desk().overview();
      expect(incidents).toMatchObject([{ reason: "record-unreadable", severity: "critical" }]);
      // It is told once, and stays in its place.
      await spoil("SELECT 1");
      await desk().watch();
      expect(await audited("record-unreadable")).toHaveLength(1);
      expect(await signNext("operator", own, text)).toBe("trust-malformed");
      expect(await beginsAnew()).toMatchObject({ published: null });
      await firstPasskey();
      expect((await newestMark()).version).toBe(1);
    },
  );

  it("is no other one: where an older one is damaged the newest still holds", async () => {
    const own = await threeVersions();
    await spoil("UPDATE trust SET signed = '{torn' WHERE version = 2");
    expect((await desk().trustNow()).versions).toHaveLength(2);
    expect(await desk().trustVersion(2)).toBeNull();
    expect((await desk().trustFor(null))?.hashes).toHaveLength(3);
    expect(await signInReason(own)).toBe("ok");
    const bobs = { person: "operator", credential: credentialOf(await passkey()) };
    expect(await signNext("operator", own, await nextText({ add: [bobs] }))).toMatchObject({
      published: { version: 4 },
    });
    await desk().watch();
    expect((await desk().unreadable()).records).toMatchObject([{ kind: "trust", id: "version 2" }]);
  });

  it("says where people sign, or nobody signs", async () => {
    const own = await threeVersions();
    await spoil("UPDATE trust SET party = NULL WHERE version = 1");
    expect(await signInReason(own)).toBe("passkey-unknown");
    expect(await signNext("operator", own, await nextText({ threshold: 1 }))).toBe("passkey-not-yours");
    expect(await desk().trustFor(null)).toBeNull();
    expect((await desk().trustNow()).versions).toHaveLength(3);
    await desk().watch();
    expect((await desk().unreadable()).records).toMatchObject([{ kind: "trust" }]);
  });
});
