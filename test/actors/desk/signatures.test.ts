// A yes by passkey at the real desk, with a software authenticator: what is signed travels to the host, and nothing goes out that is not covered.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { challengeOf } from "@countersign/shared/wire/assertion";
import { assertionsOf } from "@countersign/shared/wire/envelope";
import type { LevelRule } from "@countersign/shared/wire/level-rule";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { verifySigners } from "@countersign/shared/wire/signers";
import { type StandingContent, standingHashOf } from "@countersign/shared/wire/standing";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import { failService, openApproval, proposalOf, propose } from "../world/desk-story.ts";
import {
  bindings,
  connectedAgent,
  desk,
  enrolledHost,
  type EnrolledHost,
  takeClock,
} from "../world/fleet.ts";
import {
  credentialOf,
  deviceOf,
  firstPasskey,
  nextTrust,
  PARTY,
  passkey,
  signsAs,
} from "../world/passkeys.ts";
import { PEOPLE, policyOf } from "../world/people.ts";
import { actsOn } from "../world/workerd-words.ts";

/** A service of a host that demands this has failed, and the host has proposed. */
async function asked(requires: LevelRule = ONE_PERSON, host?: EnrolledHost) {
  const at = host ?? (await enrolledHost());
  const clock = takeClock();
  const agent = await connectedAgent(at);
  const requestId = await failService(agent, clock);
  propose(agent, requestId, { ...proposalOf(at), requires });
  await expect.poll(openApproval).not.toBeNull();
  await desk().settled();
  return { agent, approval: (await openApproval())!, clock };
}

async function grantOf(agent: Awaited<ReturnType<typeof connectedAgent>>) {
  await desk().settled();
  return agent.received.find((message) => message.type === "grant") ?? null;
}

async function whys(act: string): Promise<readonly string[]> {
  const rows = await desk().auditRows({ before: null, limit: 100 });
  return rows.filter((row) => row.act === act).map(({ why }) => why);
}

describe("a yes by passkey", () => {
  it("goes to the host as it was signed, beside the desk's own signature", async () => {
    const own = await firstPasskey();
    const { agent, approval } = await asked();
    const { approvalId, proposalHash } = approval;
    expect(await actsOn("operator", { kind: "approve", approvalId, proposalHash })).toEqual({
      ok: false,
      error: { reason: "passkey-needed" },
    });
    expect(await signsAs("operator", approval, own)).toBe("ok");
    const { envelope } = (await grantOf(agent))!;
    const signed = await verifySigners(assertionsOf(envelope), {
      challenge: challengeOf("proposal", decodeBase64(approval.proposalBytes)!),
      approvers: [{ person: "operator", credentials: [credentialOf(own)] }],
      party: PARTY,
    });
    expect(signed).toMatchObject({ value: [{ person: "operator", credentialId: own.credentialId }] });
    expect((await openApproval())?.signatures).toMatchObject([
      { by: { responder: "operator" }, credentialName: "a key" },
    ]);
  });

  it("of a stranger's passkey gives nothing, and is on record", async () => {
    await firstPasskey();
    const { agent, approval } = await asked();
    expect(await signsAs("operator", approval, await passkey())).toBe("passkey-not-yours");
    expect(await grantOf(agent)).toBeNull();
    expect(await whys("approval-refused")).toEqual([expect.stringContaining("passkey-not-yours")]);
  });

  it("whose passkey is revoked before the host's shard has the grant gives none, and the audit says why, once", async () => {
    const own = await firstPasskey();
    const { agent, approval, clock } = await asked();
    await runInDurableObject(desk(), (instance) => overrideEnv(instance, { HOST_SHARD: broken() }));
    expect(await signsAs("operator", approval, own)).toBe("ok");
    await desk().settled();
    const successor = await passkey();
    const revoking = await nextTrust([own], {
      approvers: [{ person: "operator", credentials: [credentialOf(successor)] }],
    });
    expect((await desk().publishTrust(revoking, byAdmin())).ok).toBe(true);
    const { HOST_SHARD } = bindings;
    await runInDurableObject(desk(), (instance) => overrideEnv(instance, { HOST_SHARD }));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      clock.advance(2_000);
      await runDurableObjectAlarm(desk());
      await desk().settled();
    }
    expect(await grantOf(agent)).toBeNull();
    expect(await whys("grant-refused")).toEqual([expect.stringContaining("no approver's")]);
  });
});

describe("two people", () => {
  it("must sign, and a passkey that was revoked in between does not count", async () => {
    const [own, bobs] = [await firstPasskey(), await passkey()];
    const both = [
      { person: "operator", credentials: [credentialOf(own)] },
      { person: "bob", credentials: [credentialOf(bobs)] },
    ];
    await desk().publishTrust(await nextTrust([own], { approvers: both }), byAdmin());
    const text =
      "version: 1\nresponders: [{ id: operator, name: Operator, channels: [terminal] }, { id: bob, name: Bob, channels: [terminal] }]\n";
    const applied = await desk().applyPolicy({
      expectedVersion: 0,
      by: byAdmin(),
      why: "",
      text,
      confirm: true,
    });
    expect(applied.ok).toBe(true);
    const { agent, approval } = await asked({ ...ONE_PERSON, people: 2 });
    expect(await signsAs("operator", approval, own)).toBe("ok");
    expect([await grantOf(agent), await signsAs("operator", approval, own)]).toEqual([
      null,
      "signed-already",
    ]);
    const successor = await passkey();
    const replaced = [{ person: "operator", credentials: [credentialOf(successor)] }, both[1]!];
    await desk().publishTrust(await nextTrust([own], { approvers: replaced }), byAdmin());
    expect([await signsAs("bob", approval, bobs), await grantOf(agent)]).toEqual(["ok", null]);
    expect(await signsAs("operator", approval, successor)).toBe("ok");
    const { envelope } = (await grantOf(agent))!;
    expect(assertionsOf(envelope).map(({ credentialId }) => credentialId)).toEqual([
      bobs.credentialId,
      successor.credentialId,
    ]);
  });
});

it("a signature counts no more once its person may not approve by the rules", async () => {
  await policyOf(PEOPLE);
  const [own, bobs, carols] = [await firstPasskey(), await passkey(), await passkey()];
  const approvers = [
    { person: "operator", credentials: [credentialOf(own)] },
    { person: "bob", credentials: [credentialOf(bobs)] },
    { person: "carol", credentials: [credentialOf(carols)] },
  ];
  await desk().publishTrust(await nextTrust([own], { approvers }), byAdmin());
  const { agent, approval } = await asked({ ...ONE_PERSON, people: 2 });
  expect(await signsAs("bob", approval, bobs)).toBe("ok");
  await policyOf(PEOPLE.map((person) => (person.id === "bob" ? { ...person, roles: [] } : person)));
  expect([await signsAs("operator", approval, own), await grantOf(agent)]).toEqual(["ok", null]);
  expect(await signsAs("carol", approval, carols)).toBe("ok");
  const { envelope } = (await grantOf(agent))!;
  expect(assertionsOf(envelope).map(({ credentialId }) => credentialId)).toEqual([
    own.credentialId,
    carols.credentialId,
  ]);
});

/** The operator's yes in advance to one restart, as their passkey signed it. */
async function standingOf(own: Awaited<ReturnType<typeof passkey>>, host: EnrolledHost) {
  const content: StandingContent = {
    version: 2,
    nonce: "n".repeat(22),
    hostId: host.hostId,
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
  return { act, gesture, text };
}

it("a yes in advance travels whole, with what its giver's passkey signed", async () => {
  const own = await firstPasskey();
  const host = await enrolledHost();
  const { act, gesture, text } = await standingOf(own, host);
  const by = deviceOf("operator");
  expect(await desk().act({ act, by })).toEqual({ ok: false, error: { reason: "passkey-needed" } });
  expect(await desk().act({ act, by, gesture })).toEqual({ ok: true, value: null });
  const { agent } = await asked(ONE_PERSON, host);
  const { envelope } = (await grantOf(agent))!;
  expect(assertionsOf(envelope)).toEqual([]);
  expect(new TextDecoder().decode(decodeBase64(envelope.standing!.content)!)).toBe(text);
  expect(envelope.standing?.signatures).toEqual([gesture]);
});

it("a yes in advance ends with the passkey that signed it", async () => {
  const own = await firstPasskey();
  const host = await enrolledHost();
  const { act, gesture } = await standingOf(own, host);
  expect(await desk().act({ act, by: deviceOf("operator"), gesture })).toEqual({ ok: true, value: null });
  expect((await desk().brakes()).standing).toHaveLength(1);
  await desk().publishTrust(await nextTrust([own], { threshold: 1 }), byAdmin());
  expect((await desk().brakes()).standing).toHaveLength(1);
  const approvers = [{ person: "operator", credentials: [credentialOf(await passkey())] }];
  await desk().publishTrust(await nextTrust([own], { approvers }), byAdmin());
  expect((await desk().brakes()).standing).toHaveLength(0);
});

/** Replaces bindings of the running desk, as an outage would. */
function overrideEnv(instance: object, override: Record<string, unknown>): void {
  Object.assign(instance, { env: { ...(instance as { env: object }).env, ...override } });
}

function broken() {
  return {
    idFromName: () => {
      throw new Error("the namespace is unreachable");
    },
  };
}
