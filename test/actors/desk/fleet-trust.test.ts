// The fleet's trust at the real desk: how it begins, which versions follow, and how hosts hear of it over real sockets.
import { describe, expect, it, vi } from "vitest";
import type { FleetTrust } from "@countersign/shared/wire/fleet-trust";
import { FIRST_RULES } from "@countersign/shared/wire/level-rule";
import { readSignedTrust } from "@countersign/shared/wire/trust-chain";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { PATIENT } from "../../patience.ts";
import {
  type AgentSocket,
  connectedAgent,
  desk,
  dial,
  enrolledHost,
  helloOf,
  type EnrolledHost,
  shard,
} from "../world/fleet.ts";
import {
  chooseDomain,
  credentialOf,
  firstPasskey,
  newestMark,
  nextTrust,
  offers,
  PARTY,
  passkey,
} from "../world/passkeys.ts";

async function audited(act: string) {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act);
}

async function publish(...args: Parameters<typeof nextTrust>): Promise<string> {
  const published = await desk().publishTrust(await nextTrust(...args), byAdmin("ops"));
  return published.ok ? "ok" : published.error.reason;
}

describe("the first passkey", () => {
  it("begins the trust, once, and is put on record with who", async () => {
    expect(await desk().trustNow()).toEqual({ party: null, versions: [] });
    const own = await firstPasskey();
    const { party, versions } = await desk().trustNow();
    const read = readSignedTrust(versions[0]!);
    expect(party).toEqual(PARTY);
    expect(read).toMatchObject({
      value: {
        trust: {
          version: 1,
          previous: null,
          threshold: 1,
          levels: FIRST_RULES,
          approvers: [{ person: "operator", credentials: [credentialOf(own)] }],
        },
      },
    });
    expect(versions[0]?.signatures).toEqual([]);
    expect(await audited("trust-begun")).toMatchObject([
      { actor: { kind: "person", responder: "operator" }, refs: [{ kind: "trust", version: 1 }] },
    ]);
  });

  it("is nobody's who is not in the policy", async () => {
    await chooseDomain();
    expect(await offers("mallory", await passkey())).toBe("people-only");
    expect((await desk().trustNow()).versions).toEqual([]);
  });
});

describe("a version", () => {
  it("that a threshold of the people before have signed is the newest from then on", async () => {
    const [own, second] = [await firstPasskey(), await passkey()];
    const more: FleetTrust["approvers"] = [
      { person: "operator", credentials: [credentialOf(own)] },
      { person: "bob", credentials: [credentialOf(second)] },
    ];
    expect(await publish([own], { approvers: more, threshold: 2 })).toBe("ok");
    expect(await publish([own])).toBe("trust-unsigned");
    expect(await publish([own, second])).toBe("ok");
    expect((await newestMark()).version).toBe(3);
    expect(await audited("trust-published")).toMatchObject([
      { actor: byAdmin("ops"), why: expect.stringContaining("signed by operator, bob") },
      { actor: byAdmin("ops"), why: expect.stringContaining("signed by operator") },
    ]);
  });

  it("that does not follow is refused, and changes nothing", async () => {
    const own = await firstPasskey();
    const before = await newestMark();
    const stranger = await passkey();
    expect(
      await publish([stranger], {
        approvers: [{ person: "mallory", credentials: [credentialOf(stranger)] }],
      }),
    ).toBe("trust-unsigned");
    expect(await publish([])).toBe("trust-unsigned");
    expect(await publish([own], { version: 3 })).toBe("trust-skips");
    expect(await publish([own], { version: 1, previous: null })).toBe("trust-older");
    expect(await publish([own], { previous: "f".repeat(64) })).toBe("trust-other-chain");
    expect(await publish([own], { threshold: 9 })).toBe("trust-malformed");
    const otherKey = [{ keyId: "desk-other", publicKey: `${"A".repeat(43)}=` }];
    expect(await publish([own], { deskKeys: otherKey })).toBe("desk-key-missing");
    expect(await newestMark()).toEqual(before);
    expect(await audited("trust-refused")).toHaveLength(7);
  });

  it("is none before the first passkey", async () => {
    const signed = { trust: "e30=", signatures: [] };
    expect(await desk().publishTrust(signed, byAdmin())).toMatchObject({
      error: { reason: "trust-missing" },
    });
  });
});

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
    return read?.ok === true ? [read.value.trust.version] : [];
  });

describe("a host", () => {
  it("is offered what follows, one version after the other, and what is published while it is connected", async () => {
    const own = await firstPasskey();
    const first = await newestMark();
    await publish([own]);
    const host = await enrolledHost();
    await shard().watch();
    await shard().settled();
    const agent = await agentThatSays(host, first);
    const { party } = await agent.expect("trust");
    expect([offeredTo(agent), party]).toEqual([[2], PARTY]);
    const second = await newestMark();
    agent.send({ version: 2, type: "trust-answer", trust: second, refusal: null });
    await publish([own]);
    await vi.waitFor(() => expect(offeredTo(agent)).toEqual([2, 3]), PATIENT);
    expect((await shard().host(host.hostId))?.connection?.signing?.trust).toEqual(second);
  });

  it("that believes none is offered the newest, and one of version 1 nothing", async () => {
    await firstPasskey();
    const [host, older] = [await enrolledHost(), await enrolledHost("web-2")];
    await shard().watch();
    await shard().settled();
    const agent = await agentThatSays(host, null);
    await agent.expect("trust");
    expect(offeredTo(agent)).toEqual([1]);
    const dialled = await dial(older);
    const { challenge } = await dialled.expect("challenge");
    const { signing: _none, ...hello } = await helloOf(older, challenge);
    dialled.send(hello);
    await dialled.expect("welcome");
    await dialled.ping();
    expect(offeredTo(dialled)).toEqual([]);
    expect((await shard().host(older.hostId))?.connection?.signing).toBeUndefined();
  });

  it("that refuses a version, or believes a strange one, is told of at the desk", async () => {
    await firstPasskey();
    const host = await enrolledHost();
    await shard().watch();
    await shard().settled();
    const agent = await connectedAgent(host);
    const refusal = { reason: "trust-unsigned", offered: 1, detail: "forged" };
    agent.send({ version: 2, type: "trust-answer", trust: null, refusal });
    await agent.ping();
    await shard().settled();
    const { incidents } = await desk().overview();
    expect(incidents).toMatchObject([{ reason: "signature-doubtful", severity: "warning" }]);
  });
});
