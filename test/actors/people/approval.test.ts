// From a failing check to a verified action, through both actors, with real signatures.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { openEnvelope } from "@countersign/shared/wire/envelope";
import { parseGrant } from "@countersign/shared/wire/grant";
import { deskKeyIdOf } from "../../../control-plane/src/platform/desk/grant-signing.ts";
import { failService, openApproval, proposalOf, propose } from "../world/desk-story.ts";
import { bindings, connectedAgent, desk, enrolledHost, shard, takeClock } from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

async function openedApproval() {
  const host = await enrolledHost();
  const clock = takeClock();
  const agent = await connectedAgent(host);
  const requestId = await failService(agent, clock);
  propose(agent, requestId, proposalOf(host));
  await expect.poll(openApproval).not.toBeNull();
  await desk().settled();
  const approval = (await openApproval())!;
  return { host, agent, clock, approval, requestId };
}

describe("an approval", () => {
  it("becomes a grant that the host can verify, and an outcome that is acknowledged", async () => {
    const { host, agent, approval, clock } = await openedApproval();
    clock.advance(30_000);
    expect(
      await actsOn("operator", {
        kind: "approve",
        approvalId: approval.approvalId,
        proposalHash: approval.proposalHash,
      }),
    ).toEqual({
      ok: true,
      value: null,
    });
    await desk().settled();
    const { envelope, grantId } = await agent.expect("grant");
    const key = { keyId: deskKeyIdOf(bindings.DESK_PUBLIC_KEY), publicKey: bindings.DESK_PUBLIC_KEY };
    const opened = await openEnvelope(envelope, [key]);
    if (!opened.ok) throw new Error(opened.error.reason);
    const grant = parseGrant(opened.value.payload);
    expect(grant).toMatchObject({
      ok: true,
      value: {
        grantId,
        hostId: host.hostId,
        nonce: proposalOf(host).nonce,
        proposalHash: approval.proposalHash,
        approvedBy: "operator",
        proposalAgeMaxMs: 30_000 + 120_000,
      },
    });

    agent.send({ type: "outcome", outcome: succeeded(grantId, proposalOf(host).nonce) });
    expect(await agent.expect("outcome-acknowledged")).toMatchObject({ sequence: 7 });
    await expect.poll(async () => (await openApproval())?.state).toBe("executing");
  });

  it("is refused for another proposal than the person saw", async () => {
    const { approval, agent } = await openedApproval();
    const refused = await actsOn("operator", {
      kind: "approve",
      approvalId: approval.approvalId,
      proposalHash: "0".repeat(64),
    });
    expect(refused).toEqual({ ok: false, error: { reason: "proposal-changed" } });
    expect(agent.received.some(({ type }) => type === "grant")).toBe(false);
  });

  it("works once: the second tap is told so", async () => {
    const { approval } = await openedApproval();
    await actsOn("operator", {
      kind: "approve",
      approvalId: approval.approvalId,
      proposalHash: approval.proposalHash,
    });
    const again = await actsOn("operator", {
      kind: "approve",
      approvalId: approval.approvalId,
      proposalHash: approval.proposalHash,
    });
    expect(again).toEqual({ ok: false, error: { reason: "approval-used" } });
  });

  it("delivers its grant after the shard was unreachable", async () => {
    const { agent, approval, clock } = await openedApproval();
    await runInDurableObject(desk(), (instance) => overrideEnv(instance, { HOST_SHARD: broken() }));
    await actsOn("operator", {
      kind: "approve",
      approvalId: approval.approvalId,
      proposalHash: approval.proposalHash,
    });
    await desk().settled();
    expect(agent.received.some(({ type }) => type === "grant")).toBe(false);
    await runInDurableObject(desk(), (instance) =>
      overrideEnv(instance, { HOST_SHARD: bindings.HOST_SHARD }),
    );
    clock.advance(2_000);
    await runDurableObjectAlarm(desk());
    await agent.expect("grant");
  });
});

describe("a proposal", () => {
  it("for a request that is not open is dropped", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    await failService(agent, clock);
    propose(agent, `prq_${"x".repeat(22)}`, proposalOf(host));
    await agent.ping();
    expect(agent.closedWith).toBeNull();
    expect(await openApproval()).toBeNull();
  });
});

describe("the signal outbox", () => {
  it("has the effect of one delivery when the desk's answer is lost", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const agent = await connectedAgent(host);
    const lossy = {
      idFromName: (name: string) => bindings.INCIDENT_DESK.idFromName(name),
      get: () => ({
        receiveSignals: async (...args: Parameters<ReturnType<typeof desk>["receiveSignals"]>) => {
          await desk().receiveSignals(...args);
          throw new Error("the answer was lost");
        },
      }),
    };
    await runInDurableObject(shard(), (instance) => overrideEnv(instance, { INCIDENT_DESK: lossy }));
    await failService(agent, clock);
    await shard().settled();
    const auditBefore = await desk().auditRows({ before: null, limit: 1_000 });
    await runInDurableObject(shard(), (instance) =>
      overrideEnv(instance, { INCIDENT_DESK: bindings.INCIDENT_DESK }),
    );
    clock.advance(120_000);
    await runDurableObjectAlarm(shard());
    await shard().settled();
    const { incidents } = await desk().overview();
    expect(incidents.filter(({ reason }) => reason === "check-failing")).toHaveLength(1);
    const opened = (rows: typeof auditBefore) => rows.filter(({ act }) => act === "incident-opened");
    expect(opened(auditBefore)).toHaveLength(1);
    expect(
      opened(await desk().auditRows({ before: null, limit: 1_000 })).filter(({ why }) =>
        why.includes("demo"),
      ),
    ).toHaveLength(1);
  });
});

function succeeded(grantId: string, nonce: string) {
  return {
    nonce,
    grantId,
    action: "restart",
    service: "demo",
    status: "succeeded",
    refusal: null,
    detail: "restarted",
    unitBefore: null,
    unitAfter: null,
    startedAt: Date.now(),
    finishedAt: Date.now(),
    sequence: 7,
  };
}

/** Replaces bindings of one running actor, as an outage would. */
function overrideEnv(instance: object, override: Record<string, unknown>): void {
  Object.assign(instance, { env: { ...(instance as { env: object }).env, ...override } });
}

function broken() {
  return new Proxy(
    {},
    {
      get() {
        throw new Error("the namespace is unreachable");
      },
    },
  );
}
