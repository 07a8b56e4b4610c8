// Retiring a host, in workerd: its socket, its key, what is open about it, and a shard that hears of it late. And a host that says so itself.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { refOf } from "../../../control-plane/src/core/desk/state/audit-ref.ts";
import { actorNameOf, byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import type { RetiredHost } from "../../../control-plane/src/core/words/shard-word.ts";
import { FLEET, hostIdIn } from "../../../control-plane/src/core/words/subject.ts";
import { openApproval, signedInDevice } from "../people/device.ts";
import { letRing } from "../world/desk-story.ts";
import {
  ask,
  bindings,
  connectedAgent,
  desk,
  dial,
  enrol,
  enrolledHost,
  provenAgent,
  shard,
  takeClock,
} from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";

const token = bindings.ADMIN_TOKEN;
const HOST_UNKNOWN = 4404;

async function retire(hostId: string, body?: object) {
  const path = `/v1/admin/hosts/${hostId}/retire`;
  const answer = await ask(path, { method: "POST", token, ...(body === undefined ? {} : { body }) });
  await desk().settled();
  await shard().settled();
  return { status: answer.status, body: await answer.json<Record<string, unknown>>() };
}

const audited = async () =>
  (await desk().auditRows({ before: null, limit: 100 })).map((row) => [
    row.act,
    actorNameOf(row.actor),
    hostIdIn(refOf(row, "subject")?.subject ?? FLEET),
  ]);
const hostIds = async () => (await shard().snapshot()).map(({ hostId }) => hostId);

/** What the desk calls instead of its shards, until it crashes. */
async function shardsThat(retireHost: (retired: RetiredHost) => Promise<void>): Promise<void> {
  await runInDurableObject(desk(), (instance) => {
    const { env } = instance as unknown as { env: object };
    const HOST_SHARD = { idFromName: (name: string) => name, get: () => ({ retireHost }) };
    Object.assign(instance, { env: { ...env, HOST_SHARD } });
  });
}

describe("a host that is retired", () => {
  it("is closed, watched no more, and its key is refused from then on", async () => {
    const [host, other] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
    const agent = await connectedAgent(host);
    expect(await retire(host.hostId)).toMatchObject({ status: 200, body: { state: "retired" } });
    expect(await agent.expectClose()).toBe(HOST_UNKNOWN);
    expect(await hostIds()).toEqual([other.hostId]);
    expect(await (await dial(host)).expectClose()).toBe(HOST_UNKNOWN);
    expect(await audited()).toContainEqual(["host-retired", "admin", host.hostId]);
    const row = await bindings.DB.prepare("SELECT liveness FROM hosts WHERE host_id = ?")
      .bind(host.hostId)
      .first();
    expect(row).toEqual({ liveness: "retired" });
  });

  it("does not come back with a new token, but under a new key, and with its name", async () => {
    const host = await enrolledHost("web-1");
    await retire(host.hostId);
    for (let count = 0; count < 2; count += 1) {
      const { token: fresh } = await desk().createEnrolmentToken(byAdmin());
      const answer = await enrol(fresh, host.key, "web-1");
      expect([answer.status, (await answer.json<{ type: string }>()).type]).toEqual([
        409,
        "urn:countersign:problem:host-retired",
      ]);
    }
    const again = await enrolledHost("web-1");
    expect((await shard().snapshot()).map(({ hostId, name }) => [hostId, name])).toEqual([
      [again.hostId, "web-1"],
    ]);
  });

  it("is retired once, and one that is not known is no host", async () => {
    const host = await enrolledHost();
    await retire(host.hostId, { by: "ada", why: "sold" });
    expect((await retire(host.hostId)).status).toBe(200);
    expect((await audited()).filter(([act]) => act === "host-retired")).toEqual([
      ["host-retired", "admin (ada)", host.hostId],
    ]);
    expect((await retire("constructor")).status).toBe(404);
    expect((await ask(`/v1/admin/hosts/${host.hostId}/retire`, { method: "POST" })).status).toBe(401);
  });

  it("takes its incidents, approvals and pages with it, and late signals open nothing", async () => {
    const host = await enrolledHost();
    const clock = takeClock();
    const { approvalId, incidentId } = await openApproval({ hostId: host.hostId }, host);
    await retire(host.hostId);
    await letRing(clock);
    const found = await desk().incident(incidentId);
    expect([found?.incident.state, found?.approvals[0]?.state]).toEqual(["resolved", "superseded"]);
    expect(found?.next).toEqual([]);
    expect((await desk().incident(incidentId))?.pages).toEqual([]);
    expect((await actsOn("operator", { kind: "approve", approvalId, proposalHash: "" })).ok).toBe(false);
    const at = Date.now();
    const subject = { kind: "host", hostId: host.hostId, hostName: "web-1" } as const;
    const base = {
      happenedAt: at,
      noticedAt: at,
      subject,
      evidence: [],
      proposalRequestId: null,
      restarts: null,
    };
    const late = { ...base, key: "shard-0:99", kind: "firing", reason: "host-silent" } as const;
    await desk().receiveSignals("shard-0", [{ ...late, severity: "critical", title: "silent" }]);
    expect((await desk().overview()).incidents.filter(({ state }) => state !== "resolved")).toEqual([]);
  });

  it("is retired by a person on its view, with a reason, and by no foreign form", async () => {
    const [phone, host] = [await signedInDevice(), await enrolledHost()];
    const form = await phone.form(`/hosts/${host.hostId}/retire`, "/retire");
    expect((await phone.submit(form)).status).toBe(400);
    const forged = { ...form, fields: { ...form.fields, csrf: "x", why: "sold" } };
    expect((await phone.submit(forged)).status).toBe(403);
    expect(await hostIds()).toEqual([host.hostId]);
    expect((await phone.submit({ ...form, fields: { ...form.fields, why: "sold" } })).status).toBe(303);
    await desk().settled();
    expect(await hostIds()).toEqual([]);
    expect(await audited()).toContainEqual(["host-retired", "operator", host.hostId]);
  });
});

describe("a shard that hears late of a retired host", () => {
  it("is told again after the desk crashed, and the key is refused meanwhile at enrolment", async () => {
    const host = await enrolledHost();
    const agent = await connectedAgent(host);
    takeClock();
    await shardsThat(() => new Promise(() => {}));
    expect(await actsOn("operator", { kind: "retire-host", hostId: host.hostId, why: "sold" })).toMatchObject(
      {
        ok: true,
      },
    );
    await runInDurableObject(desk(), (_instance, state) => state.abort("crash")).catch(() => {});
    expect(agent.closedWith).toBeNull();
    const { token: fresh } = await desk().createEnrolmentToken(byAdmin());
    expect((await enrol(fresh, host.key, "web-1")).status).toBe(409);
    await runDurableObjectAlarm(desk());
    await desk().settled();
    expect(await agent.expectClose()).toBe(HOST_UNKNOWN);
  });

  it("refuses a key whose enrolment comes after the word", async () => {
    const host = await enrolledHost("web-1");
    const { hostId, key } = await enrolledHost("web-2");
    await shard().retireHost({ shard: "shard-0", hostId });
    await shard().retireHost({ shard: "shard-0", hostId });
    const late = { shard: "shard-0", hostId, publicKey: key.publicKey, name: "web-2" };
    expect(await shard().enrolHost(late)).toEqual({ ok: false, error: { reason: "host-retired" } });
    expect(await hostIds()).toEqual([host.hostId]);
  });
});

describe("a host that says that it is retired", () => {
  it("is noted and watched on: only a person takes it away", async () => {
    const [phone, host] = [await signedInDevice(), await enrolledHost()];
    const agent = await connectedAgent(host);
    agent.send({ type: "leaving", reason: "retired", returnWithinMs: 900_000 });
    const view = async () => (await phone.request(`/hosts/${host.hostId}`)).text();
    await expect.poll(view).toContain('data-says="retired"');
    const [state] = await shard().snapshot();
    expect(state?.returnDueAt).toBeGreaterThan(Date.now());
    expect((await desk().overview()).incidents).toEqual([]);
    await provenAgent(host);
    await expect.poll(view).not.toContain('data-says="retired"');
  });
});
