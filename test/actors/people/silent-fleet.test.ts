// The incident of a silent fleet, as a person meets it: who is away, who is back, one that is set aside, and the freeze that is left to be lifted.
import { expect, it } from "vitest";
import { enrolledHost, desk } from "../world/fleet.ts";
import { fallSilentTogether, othersReturn } from "../world/silent-fleet.ts";
import { signedInDevice } from "./device.ts";

async function fleetPath(): Promise<string> {
  const { incidents } = await desk().overview();
  return `/incidents/${incidents.find(({ reason }) => reason === "fleet-silent")?.incidentId ?? "none"}`;
}

it("lists its hosts, waits for each, takes one aside by a person's word, and then offers to lift the freeze", async () => {
  const device = await signedInDevice();
  const host = await enrolledHost("web-2");
  await fallSilentTogether(host);
  const path = await fleetPath();
  const shown = async () => (await device.request(path)).text();
  const first = await shown();
  expect(first).toContain("3 of 3 hosts are away");
  for (const id of [host.hostId, "host_silent1", "host_silent2"])
    expect(first).toContain(`data-host="${id}"`);
  expect(first).not.toContain('data-says="lift"');
  await othersReturn();
  const second = await shown();
  expect([second.includes("1 of 3 hosts are away"), second.includes("2 are back")]).toEqual([true, true]);

  const form = await device.form(`/hosts/${host.hostId}/set-aside`, "/set-aside");
  const empty = await device.submit({ ...form, fields: { ...form.fields, why: " " } });
  expect(empty.status).toBeGreaterThanOrEqual(400);
  const answer = await device.submit({ ...form, fields: { ...form.fields, why: "its disk <died>" } });
  expect(answer.status).toBe(303);
  const third = await shown();
  expect(third).toContain('data-says="lift"');
  expect([third.includes("its disk &lt;died&gt;"), third.includes("0 of 3 hosts are away")]).toEqual([
    true,
    true,
  ]);
  expect(await (await device.request(`/hosts/${host.hostId}`)).text()).not.toContain('data-says="set-aside"');

  const lift = await device.form("/brake/lift/fleet", "/brake/lift/fleet");
  await device.submit({ ...lift, fields: { ...lift.fields, why: "looked" } });
  expect(await shown()).not.toContain('data-says="lift"');
});
