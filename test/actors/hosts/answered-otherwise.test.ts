// A host is asked for one act and answers with another: nothing is signed, its automation freezes, and a person is told. What comes for a
// request that is over is no offence, and the host's own no to another service's request ends nothing.
import { describe, expect, it } from "vitest";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { byPerson, byRule } from "../../../control-plane/src/core/words/actor.ts";
import { failService, proposalOf, propose } from "../world/desk-story.ts";
import { type AgentSocket, desk, enrolledHost, shard, takeClock, agentWithActions } from "../world/fleet.ts";

const POLICY = `version: 1
ladder: { observeFirst: 1s }
remediations:
  - { reason: check-failing, action: retry, unattended: true }
  - { reason: check-failing, action: failover }
`;
const ACTIONS = [
  { action: "retry", level: 2, undo: "unretry" },
  { action: "unretry", level: 2 },
  { action: "failover", level: 3 },
  { action: "restart", level: 4 },
];

/** A service fails, and its host is asked for a retry, which may run without a person. */
async function askedForRetry() {
  const host = await enrolledHost();
  const applied = { expectedVersion: 0, by: byPerson("operator"), why: "try first", text: POLICY };
  expect(await desk().applyPolicy(applied)).toMatchObject({ ok: true });
  await desk().settled();
  const clock = takeClock();
  const agent = await agentWithActions(host, ACTIONS);
  const requestId = await failService(agent, clock);
  expect(await agent.expect("propose")).toMatchObject({ service: "demo", action: "retry" });
  return { agent, clock, host, requestId };
}

async function settled(agent: AgentSocket): Promise<void> {
  await agent.ping();
  await shard().settled();
  await desk().settled();
}

async function untrustworthy() {
  const { incidents } = await desk().overview();
  return incidents.filter(({ reason }) => reason === "host-untrustworthy");
}

const audited = async (act: string) =>
  (await desk().auditRows({ before: null, limit: 100 })).filter((row) => row.act === act);
const granted = (agent: AgentSocket) => agent.received.filter(({ type }) => type === "grant");

describe("a host that was asked for a retry", () => {
  it("and answers so: it runs without a person", async () => {
    const { agent, host, requestId } = await askedForRetry();
    propose(agent, requestId, { ...proposalOf(host), action: "retry", level: 2 });
    await agent.expect("grant");
    expect(await untrustworthy()).toEqual([]);
  });

  it.each<[string, Partial<Proposal>]>([
    ["another action that may be asked for", { action: "failover", level: 3 }],
    ["the act that takes it back", { action: "unretry", level: 2 }],
    ["an action that nobody knows", { action: "purge", level: 2 }],
    ["another service", { action: "retry", level: 2, service: "other" }],
    ["a service that nobody knows", { action: "retry", level: 2, service: "constructor" }],
    ["another host", { action: "retry", level: 2, hostId: `host_${"0".repeat(32)}` }],
  ])("and answers with %s: nothing is signed, and automation on it freezes", async (_name, change) => {
    const { agent, host, requestId } = await askedForRetry();
    propose(agent, requestId, { ...proposalOf(host), ...change });
    await expect
      .poll(untrustworthy)
      .toMatchObject([{ severity: "critical", subject: { kind: "host", hostId: host.hostId } }]);
    await settled(agent);
    expect(granted(agent)).toEqual([]);
    expect((await desk().overview()).approvals).toEqual([]);
    expect(await audited("approved-unattended")).toEqual([]);
    expect((await desk().brakes()).freezes).toMatchObject([
      { scope: { kind: "host", hostId: host.hostId }, by: byRule("host-untrustworthy") },
    ]);
    expect(agent.closedWith).toBeNull();
  });

  it("and understates its level: nothing is signed, and it is no offence", async () => {
    const { agent, host, requestId } = await askedForRetry();
    propose(agent, requestId, { ...proposalOf(host), action: "retry", level: 1 });
    await settled(agent);
    expect(granted(agent)).toEqual([]);
    expect((await desk().overview()).approvals).toEqual([]);
    expect(await untrustworthy()).toEqual([]);
    expect(await audited("proposal-refused")).toHaveLength(1);
  });

  it("and answers a request that is over, or never was: nothing comes of it", async () => {
    const { agent, host, requestId } = await askedForRetry();
    propose(agent, `prq_${"x".repeat(22)}`, { ...proposalOf(host), action: "restart" });
    agent.send({ version: 2, type: "proposal-refused", requestId, reason: "frozen", detail: "" });
    propose(agent, requestId, { ...proposalOf(host), action: "restart" });
    await settled(agent);
    expect(await untrustworthy()).toEqual([]);
    expect((await desk().overview()).approvals).toEqual([]);
    expect((await desk().brakes()).freezes).toEqual([]);
  });

  it("answers otherwise again and again: one incident, one freeze, and rows that do not grow", async () => {
    const { agent, host, requestId } = await askedForRetry();
    for (let count = 0; count < 200; count += 1)
      propose(agent, requestId, {
        ...proposalOf(host),
        action: "failover",
        level: 3,
        nonce: `${count}`.padStart(22, "n"),
      });
    await settled(agent);
    await expect.poll(untrustworthy).toHaveLength(1);
    expect(await audited("proposal-refused")).toHaveLength(1);
    expect((await desk().auditRows({ before: null, limit: 100 })).length).toBeLessThan(20);
  });
});
