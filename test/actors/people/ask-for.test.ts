// Asking as an act of a person, end to end: the form of the view, the desk, the shard, a host on a real socket, and the way back.
import { runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { PATIENT } from "../../patience.ts";
import { failService, proposalOf, propose } from "../world/desk-story.ts";
import {
  type AgentSocket,
  desk,
  type EnrolledHost,
  enrolledHost,
  shard,
  takeClock,
  agentWithActions,
} from "../world/fleet.ts";
import { type Device, signedInDevice } from "./device.ts";

const ACTIONS = [
  { action: "retry", level: 2 },
  { action: "restart", level: 4 },
];

/** A service that fails, and a person's no to what its host proposed. */
async function deniedStory() {
  const device = await signedInDevice();
  const host = await enrolledHost();
  const clock = takeClock();
  const agent = await agentWithActions(host, ACTIONS);
  const requestId = await failService(agent, clock);
  propose(agent, requestId, proposalOf(host));
  await settled(agent);
  const [approval] = (await desk().overview()).approvals;
  const [incident] = (await desk().overview()).incidents;
  if (approval === undefined || incident === undefined) throw new Error("nothing was proposed");
  await device.submit(await device.form(`/approvals/${approval.approvalId}`, "/deny"));
  return { agent, clock, device, host, incident, denied: approval };
}

async function settled(agent: AgentSocket): Promise<void> {
  await agent.ping();
  await shard().settled();
  await desk().settled();
  await shard().settled();
  await desk().settled();
}

async function ask(device: Device, host: EnrolledHost, fields: Record<string, string> = {}) {
  const form = await device.form(`/ask/${host.hostId}`, "/demo");
  return device.submit({
    ...form,
    fields: { ...form.fields, action: "restart", why: "the key is new", ...fields },
  });
}

const asksOn = async ({ hostId }: EnrolledHost) => (await desk().asksOn(hostId)).asks;
const textOf = async (device: Device, path: string) => (await device.request(path)).text();

/** What the host is asked for after the shard's own question. */
function nextRequest(agent: AgentSocket) {
  return vi.waitFor(() => {
    const asked = agent.received.flatMap((message) => (message.type === "propose" ? [message] : []));
    if (asked[1] === undefined) throw new Error("nothing more was asked of the host");
    return asked[1];
  }, PATIENT);
}

/** The host mints what it was asked for; gives the approval that waits then. */
async function proposedApproval(agent: AgentSocket, host: EnrolledHost): Promise<string> {
  const { askedBy, reason, requestId } = await nextRequest(agent);
  propose(agent, requestId, { ...proposalOf(host), nonce: "m".repeat(22), askedBy, reason });
  await settled(agent);
  const [first] = await asksOn(host);
  if (first?.answer?.kind !== "proposed") throw new Error("nothing was proposed");
  return first.answer.approvalId;
}

describe("asking after a no", () => {
  it("reaches the host as exactly that, and its proposal waits for a person with who asked and why", async () => {
    const { agent, device, host, incident } = await deniedStory();
    const answer = await ask(device, host, { incident: incident.incidentId });
    expect([answer.status, answer.headers.get("location")]).toEqual([
      303,
      `/ask/${host.hostId}/asked?then=answer`,
    ]);
    const { action, askedBy, reason, requestId } = await nextRequest(agent);
    expect([action, askedBy, reason]).toEqual([
      "restart",
      { kind: "person", person: "operator" },
      "the key is new",
    ]);
    const waiting = await device.request(`/ask/${host.hostId}/asked`);
    expect(waiting.headers.get("refresh")).toBe(`1; url=/ask/${host.hostId}/asked?again=1`);
    expect((await device.request(`/ask/${host.hostId}/asked?still=1`)).headers.get("refresh")).toBeNull();
    propose(agent, requestId, { ...proposalOf(host), nonce: "m".repeat(22), askedBy, reason });
    await settled(agent);
    const approval = (await desk().overview()).approvals.find(({ state }) => state !== "denied");
    expect(approval).toMatchObject({
      state: "requested",
      incidentId: incident.incidentId,
      askedBy: { kind: "person", responder: "operator", why: "the key is new" },
    });
    // Who has just asked is led on to the question.
    const led = await device.request(`/ask/${host.hostId}/asked?then=answer&again=1`);
    expect([led.status, led.headers.get("location")]).toEqual([
      303,
      expect.stringMatching(/^\/approvals\/apr_/),
    ]);
    const asked = await device.request(`/ask/${host.hostId}/asked`);
    expect(asked.headers.get("refresh")).toBeNull();
    expect(await asked.text()).toContain(`/approvals/${approval?.approvalId}`);
    const view = await textOf(device, `/approvals/${approval?.approvalId}`);
    expect(view).toMatch(/You ask<\/bdi>: <bdi[^>]*>the key is new<\/bdi>/);
    expect(view).toContain("/approve");
    expect((await asksOn(host))[0]?.by).toEqual(byPerson("operator"));
  });

  it("is approved like any other, and the grant reaches the host", async () => {
    const { agent, device, host } = await deniedStory();
    await ask(device, host);
    const approvalId = await proposedApproval(agent, host);
    await device.submit(await device.form(`/approvals/${approvalId}`, "/approve"));
    await agent.expect("grant");
    expect((await desk().approval(approvalId))?.approval.state).toBe("approved");
  });

  it("with another act in answer is found out: nothing to approve, and automation there freezes", async () => {
    const { agent, device, host } = await deniedStory();
    await ask(device, host, { action: "retry" });
    const { requestId } = await nextRequest(agent);
    const otherwise: Partial<Proposal> = { nonce: "m".repeat(22) };
    propose(agent, requestId, { ...proposalOf(host), ...otherwise });
    await settled(agent);
    expect((await desk().brakes()).freezes).toHaveLength(1);
    expect((await asksOn(host))[0]?.answer).toMatchObject({
      kind: "refused",
      refusal: { reason: "answered-otherwise" },
    });
    expect((await ask(device, host)).status).toBe(409);
  });
});

describe("what cannot be asked, or cannot run", () => {
  it("is told back when the catalogue has no such action: whatever a form says, nothing goes to the host", async () => {
    const { agent, device, host } = await deniedStory();
    const before = agent.received.filter(({ type }) => type === "propose").length;
    await ask(device, host, { action: "purge" });
    await settled(agent);
    expect((await asksOn(host))[0]?.answer).toEqual({
      kind: "refused",
      refusal: { reason: "action-unknown", action: "purge" },
    });
    expect(agent.received.filter(({ type }) => type === "propose")).toHaveLength(before);
    expect(await textOf(device, `/ask/${host.hostId}/asked`)).toContain("purge");
  });

  it("is told when the host itself says no", async () => {
    const { agent, device, host } = await deniedStory();
    await ask(device, host);
    const { requestId } = await nextRequest(agent);
    agent.send({
      version: 2,
      type: "proposal-refused",
      requestId,
      reason: "budget-exhausted",
      detail: "3 of 3",
    });
    await settled(agent);
    expect(await textOf(device, `/ask/${host.hostId}/asked`)).toContain("budget-exhausted");
  });

  it("is told when the host is late: the shard knows it before anybody is paged", async () => {
    const { agent, clock, device, host } = await deniedStory();
    // The first sweep finds that nobody looked for a while, and gives everybody twenty seconds.
    for (let count = 0; count < 8; count += 1) {
      clock.advance(5_000);
      await runDurableObjectAlarm(shard());
      await shard().settled();
    }
    expect((await shard().host(host.hostId))?.liveness).toBe("late");
    await ask(device, host);
    await desk().settled();
    await shard().settled();
    await expect
      .poll(async () => (await asksOn(host))[0]?.answer)
      .toMatchObject({ kind: "refused", refusal: { reason: "host-not-up" } });
    expect(agent.closedWith).toBeNull();
  });

  it("says on an open approval that it cannot run now, and keeps its answers", async () => {
    const { agent, device, host } = await deniedStory();
    await ask(device, host);
    const path = `/approvals/${await proposedApproval(agent, host)}`;
    expect(await textOf(device, path)).not.toContain('data-says="cannot-run"');
    const base = { happenedAt: Date.now(), noticedAt: Date.now(), evidence: [], restarts: null };
    const subject = { kind: "host", hostId: host.hostId, hostName: "web-1" } as const;
    const silent = {
      kind: "firing",
      reason: "host-silent",
      severity: "critical",
      title: "web-1 is silent",
    } as const;
    await desk().receiveSignals("shard-0", [
      { ...base, ...silent, key: "test:silent", subject, proposalRequestId: null },
    ]);
    const view = await textOf(device, path);
    expect(view).toContain('data-says="cannot-run"');
    expect(view).toContain("/approve");
    expect(await textOf(device, `/ask/${host.hostId}`)).toContain('data-says="cannot-run"');
  });

  it("needs a reason, a host that is there, and a form of its own service", async () => {
    const { device, host } = await deniedStory();
    const form = await device.form(`/ask/${host.hostId}`, "/demo");
    const fields = { ...form.fields, action: "restart", why: "now" };
    expect((await device.submit({ ...form, fields: { ...fields, why: " " } })).status).toBe(400);
    const elsewhere = form.action.replace("/demo", "/other");
    expect((await device.submit({ action: elsewhere, fields })).status).toBe(403);
    expect((await device.request(`/ask/host_${"0".repeat(32)}`)).status).toBe(404);
    expect(await asksOn(host)).toEqual([]);
  });
});

it("what was tried on the service stands on approval and incident, whichever incident it belonged to", async () => {
  const { clock, denied, device, host, incident } = await deniedStory();
  const at = Date.now();
  const subject = { kind: "service", hostId: host.hostId, hostName: "web-1", service: "demo" } as const;
  const base = { happenedAt: at, noticedAt: at, subject, evidence: [] };
  await desk().receiveSignals("shard-0", [
    { ...base, key: "test:over", kind: "cleared", reason: "check-failing" },
  ]);
  clock.advance(3 * 3_600_000);
  await desk().receiveSignals("shard-0", [
    { ...base, key: "test:note", kind: "note", text: "time has passed" },
  ]);
  const later = { ...base, happenedAt: Date.now(), noticedAt: Date.now() };
  const firing = { kind: "firing", reason: "check-failing", severity: "error", title: "again" } as const;
  await desk().receiveSignals("shard-0", [
    { ...later, ...firing, key: "test:again", proposalRequestId: null, restarts: null },
  ]);
  await desk().settled();
  const { incidents } = await desk().overview();
  const again = incidents.find(({ incidentId }) => incidentId !== incident.incidentId);
  const view = await textOf(device, `/incidents/${again?.incidentId}`);
  expect(view).toContain(`/approvals/${denied.approvalId}`);
  expect(view).toContain(`/ask/${host.hostId}?incident=${again?.incidentId}`);
});
