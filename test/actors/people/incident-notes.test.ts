// Notes, the list and the draft of a post-mortem as people have them: a form of its own for a note, an address for what is
// asked of the list, and a draft in which nothing that a host wrote is more than text. A GET changes nothing.
import { expect, it } from "vitest";
import { NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import { desk } from "../world/fleet.ts";
import { openApproval, signedInDevice, STRANGER } from "./device.ts";

async function opened() {
  const device = await signedInDevice();
  const { incidentId } = await openApproval();
  return { device, incidentId, path: `/incidents/${incidentId}` };
}

const notesOf = async (incidentId: string) => (await desk().incident(incidentId))?.incident.notes ?? [];

it("a note is written on a view of its own, and stands in the timeline and the draft", async () => {
  const { device, incidentId, path } = await opened();
  const form = await device.form(`${path}/note`, `${path}/note`);
  const sent = await device.submit({
    ...form,
    fields: { ...form.fields, text: "The disk is full.\r\n<b>#1</b>" },
  });
  expect([sent.status, sent.headers.get("location")]).toEqual([303, path]);
  expect(await notesOf(incidentId)).toMatchObject([{ text: "The disk is full.\n<b>#1</b>" }]);
  const view = await (await device.request(path)).text();
  expect(view).toContain("The disk is full.");
  expect(view).not.toContain("<b>#1</b>");
  const draft = await device.request(`${path}/post-mortem.md`);
  expect(draft.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(draft.headers.get("content-disposition")).toContain("attachment");
  expect(await draft.text()).toContain(String.raw`> &lt;b&gt;\#1&lt;\/b&gt;`);
});

it.each(["", "x".repeat(NOTE_CHARS_MAX + 1)])("a note of %# is refused and not cut", async (text) => {
  const { device, incidentId, path } = await opened();
  const form = await device.form(`${path}/note`, `${path}/note`);
  expect((await device.submit({ ...form, fields: { ...form.fields, text } })).status).toBe(400);
  expect(await notesOf(incidentId)).toEqual([]);
});

it("the list is asked by its address, and what it does not understand it does not ask", async () => {
  const { device, incidentId } = await opened();
  const read = async (query: string) => (await device.request(`/incidents?${query}`)).text();
  expect(await read("state=going&q=demo&reason=check-failing")).toContain(incidentId);
  expect(await read("state=over")).not.toContain(`/incidents/${incidentId}`);
  expect(await read("from=2020-01-01&to=2020-01-02")).toContain("No incident fits");
  expect(await read("state=odd&from=yesterday&severity=%00")).toContain(incidentId);
});

it("the view fetches itself anew while it goes on, and none with a field does", async () => {
  const { device, path } = await opened();
  expect((await device.request(path)).headers.get("refresh")).toMatch(/^10; url=/);
  expect((await device.request(`${path}/note`)).headers.get("refresh")).toBeNull();
  expect((await device.request("/incidents")).headers.get("refresh")).toBeNull();
});

it("nothing of it is there for who is not signed in", async () => {
  const { path } = await opened();
  for (const each of [`${path}/note`, `${path}/post-mortem.md`, "/incidents?q=demo"])
    expect((await STRANGER.request(each)).status).toBe(401);
});
