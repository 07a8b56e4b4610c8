// The view of one host in workerd, as its own shard, the desk and the policy make it: since when its checks are so, what may
// run there, and that what is frozen or silenced says so beside the way out of it.
import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { connectedAgent, desk, enrolledHost, serviceReport, shard } from "../world/fleet.ts";
import { type Device, signedInDevice } from "./device.ts";

async function viewedHost() {
  const host = await enrolledHost("web-1");
  const agent = await connectedAgent(host);
  agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [serviceReport("pass")] });
  const device = await signedInDevice();
  const view = async () => (await device.request(`/hosts/${host.hostId}`)).text();
  await expect.poll(view).toContain("or longer");
  return { host, agent, device, view };
}

async function submitWhy(device: Device, path: string, why = "we look at it"): Promise<number> {
  const form = await device.form(path, path);
  return (await device.submit({ ...form, fields: { ...form.fields, why } })).status;
}

describe("a host's view", () => {
  it("says since when its checks are so, also after its shard slept, and what may run", async () => {
    const { view } = await viewedHost();
    expect(await view()).toContain('data-may-run="asks-you"');
    await evictDurableObject(shard());
    const slept = await view();
    expect([slept.includes("or longer"), slept.includes("http: ")]).toEqual([true, true]);
    expect(slept).not.toContain("could not be shown");
    expect(slept).toContain("as new as this desk");
  });

  it("of a frozen host offers no freeze and runs nothing; its lift is behind a form", async () => {
    const { device, host, view } = await viewedHost();
    const [freezePath, liftPath] = ["freeze", "lift"].map(
      (verb) => `/brake/${verb}/host%2F${host.hostId}`,
    ) as [string, string];
    expect(await view()).toContain(`href="${freezePath}"`);
    expect(await submitWhy(device, freezePath)).toBe(303);
    const frozen = await view();
    expect(frozen).toContain('data-says="frozen"');
    expect(frozen).toContain(`href="${liftPath}"`);
    expect(frozen).toContain('data-may-run="frozen"');
    expect([frozen.includes('data-may-run="asks-you"'), frozen.includes(`href="${freezePath}"`)]).toEqual([
      false,
      false,
    ]);
    expect((await device.request(liftPath)).status).toBe(200);
    expect((await desk().brakes()).freezes).toHaveLength(1);
    expect(await submitWhy(device, liftPath, " ")).toBe(400);
    expect(await submitWhy(device, liftPath)).toBe(303);
    expect(await view()).not.toContain('data-says="frozen"');
    expect((await device.request(liftPath)).status).toBe(404);
  });

  it("of a silenced host ends the silence by its own form", async () => {
    const { device, host, view } = await viewedHost();
    const form = await device.form(
      `/silences/new/host%2F${host.hostId}`,
      `/silences/add/host%2F${host.hostId}`,
    );
    const fields = { ...form.fields, reason: "", hours: "1", beginsIn: "0", why: "new disk" };
    expect((await device.submit({ ...form, fields })).status).toBe(303);
    expect(await view()).toContain('data-says="silenced"');
    const [silence] = (await desk().brakes()).silences;
    const end = await device.form(`/hosts/${host.hostId}`, `/silences/end/${silence?.silenceId ?? ""}`);
    expect((await device.submit(end)).status).toBe(303);
    expect(await view()).not.toContain('data-says="silenced"');
  });

  it("fetches itself again, and its forms do not", async () => {
    const { device, host } = await viewedHost();
    const refreshOf = async (path: string) => (await device.request(path)).headers.get("refresh");
    expect(await refreshOf(`/hosts/${host.hostId}`)).toContain(`url=/hosts/${host.hostId}?again=1`);
    for (const path of [`/hosts/${host.hostId}/retire`, "/brake", "/silences/new/fleet"])
      expect(await refreshOf(path), path).toBe(null);
    expect((await device.request(`/hosts/${host.hostId}/set-aside`)).status).toBe(409);
  });
});
