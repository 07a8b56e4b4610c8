// The brake in workerd: pulled and lifted by a signed-in person's own form with a reason, sticky over an eviction, and never by a GET.
import { describe, expect, it } from "vitest";
import { subjectKeyOf } from "../../../control-plane/src/core/words/subject.ts";
import { connectedAgent, desk, enrolledHost } from "../world/fleet.ts";
import { openApproval, signedInDevice, STRANGER } from "./device.ts";

async function frozenKeys(): Promise<readonly string[]> {
  return (await desk().brakes()).freezes.map(({ scope }) => subjectKeyOf(scope));
}

describe("the brake", () => {
  it("is pulled on the fleet by a form with a reason, takes open requests away, and is lifted the same way", async () => {
    const device = await signedInDevice();
    const { approvalId } = await openApproval();
    const form = await device.form("/brake", "/brake/freeze/fleet");
    expect((await device.submit(form)).status).toBe(400);
    expect(await frozenKeys()).toEqual([]);
    const pulled = await device.submit({ ...form, fields: { ...form.fields, why: "odd restarts" } });
    expect(pulled.status).toBe(303);
    expect(await frozenKeys()).toEqual(["fleet"]);
    expect((await desk().approval(approvalId))?.approval.state).toBe("superseded");
    expect(await (await device.request("/brake")).text()).toContain("odd restarts");
    // who did it is data, and JSX leaves out what is no text
    const record = (await (await device.request("/audit")).text()).replaceAll(/<[^>]*>/g, "");
    expect(record).toMatch(/by operator/i);
    const lift = await device.form("/brake/lift/fleet", "/brake/lift/fleet");
    await device.submit({ ...lift, fields: { ...lift.fields, why: "understood" } });
    expect(await frozenKeys()).toEqual([]);
  });

  it("is offered for every host and service that a shard knows, found by name, also without an incident", async () => {
    const device = await signedInDevice();
    const host = await enrolledHost("cache-7");
    await enrolledHost("web-1");
    const all = await (await device.request("/brake")).text();
    expect([all.includes("cache-7"), all.includes("web-1")]).toEqual([true, true]);
    const found = await (await device.request("/brake?q=CACHE")).text();
    expect([found.includes("cache-7"), found.includes("web-1")]).toEqual([true, false]);
    const form = await device.form(
      `/brake/freeze/host%2F${host.hostId}`,
      `/brake/freeze/host%2F${host.hostId}`,
    );
    await device.submit({ ...form, fields: { ...form.fields, why: "x" } });
    expect(await frozenKeys()).toEqual([`host/${host.hostId}`]);
    expect(await (await device.request("/brake?q=cache")).text()).toContain("Nothing has that name");
    expect((await device.request("/brake/freeze/host%2Fhost_unknown")).status).toBe(404);
  });

  it("has a form for each service of its own, and a token for one scope freezes no other", async () => {
    const device = await signedInDevice();
    const host = await enrolledHost();
    await connectedAgent(host);
    const path = `/brake/freeze/service%2F${host.hostId}%2Fdemo`;
    const fleet = await device.form("/brake", "/brake/freeze/fleet");
    const service = await device.form(path, "%2Fdemo");
    const swapped = { ...service, fields: { ...fleet.fields, why: "x" } };
    expect((await device.submit(swapped)).status).toBe(403);
    expect((await device.submit({ ...service, fields: { ...service.fields, why: "x" } })).status).toBe(303);
    expect(await frozenKeys()).toEqual([expect.stringMatching(/^service\/host_[0-9a-f]{32}\/demo$/)]);
  });

  it("is nobody's without a sign-in, and no GET pulls it", async () => {
    const device = await signedInDevice();
    const form = await device.form("/brake", "/brake/freeze/fleet");
    expect((await STRANGER.submit({ ...form, fields: { ...form.fields, why: "x" } })).status).toBe(401);
    expect((await STRANGER.request("/brake")).status).toBe(401);
    expect((await device.request(form.action)).status).toBe(200);
    expect(await frozenKeys()).toEqual([]);
  });
});
