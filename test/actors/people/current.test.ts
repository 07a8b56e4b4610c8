// What a script asks at the tap, and the yes to what a host protects: neither a GET nor a form without the name does anything.
import { describe, expect, it } from "vitest";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Current } from "../../../control-plane/browser/current.ts";
import { desk } from "../world/fleet.ts";
import { firstPasskey } from "../world/passkeys.ts";
import { type Device, deskMemory, openApproval, signedInDevice, STRANGER } from "./device.ts";

async function currentOf(device: Device, approvalId: string): Promise<Current> {
  const answer = await device.request(`/approvals/${approvalId}/current`);
  expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
  return answer.json<Current>();
}

async function toSign() {
  const own = await firstPasskey();
  const device = await signedInDevice();
  const { approvalId } = await openApproval({ requires: ONE_PERSON });
  return { own, device, approvalId };
}

describe("what is current", () => {
  it("is said to a signed-in device, as the view reads, and nothing is done by asking", async () => {
    const { approvalId, device, own } = await toSign();
    const answer = await device.request(`/approvals/${approvalId}`);
    const view = await answer.text();
    expect(answer.headers.get("content-security-policy")).toContain("connect-src 'self'");
    const before = await deskMemory();
    const current = await currentOf(device, approvalId);
    expect(await deskMemory()).toBe(before);
    expect(current).toMatchObject({
      state: "open",
      approvalId,
      changed: "",
      action: `/approvals/${approvalId}/approve`,
      options: { allowCredentials: [{ id: own.credentialId }] },
    });
    expect(view).toContain(`data-read="${current.state === "open" ? current.read : ""}"`);
  });

  it("is not said to who is not signed in, nor of what is not there", async () => {
    const { approvalId, device } = await toSign();
    const stranger = await STRANGER.request(`/approvals/${approvalId}/current`);
    expect([stranger.status, await stranger.text()]).toEqual([401, expect.not.stringContaining("demo")]);
    expect((await device.request("/approvals/apr_none/current")).status).toBe(404);
  });

  it("is that it is over, once somebody has answered", async () => {
    const { approvalId, device } = await toSign();
    await device.submit(await device.form(`/approvals/${approvalId}`, "/deny"));
    expect(await currentOf(device, approvalId)).toMatchObject({
      state: "closed",
      says: expect.stringContaining("denied this already"),
    });
  });
});

describe("the yes to a protected service", () => {
  it("leads to a view with a field for its name, and is taken with that name alone", async () => {
    const device = await signedInDevice();
    const { approvalId } = await openApproval({ isProtected: true });
    const path = `/approvals/${approvalId}`;
    const view = await (await device.request(path)).text();
    expect(view).toContain(`href="${path}/confirm"`);
    expect(view).not.toContain(`action="${path}/approve"`);
    const form = await device.form(`${path}/confirm`, "/approve");
    for (const typed of ["", "Demo"]) {
      const answer = await device.submit({ ...form, fields: { ...form.fields, typed } });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("types its name")]);
      expect((await desk().approval(approvalId))?.approval.state).not.toBe("approved");
    }
    const taken = await device.submit({ ...form, fields: { ...form.fields, typed: "demo" } });
    expect([taken.status, taken.headers.get("location")]).toEqual([303, path]);
    expect((await desk().approval(approvalId))?.approval.state).toBe("approved");
  });

  it("has no such view where nothing is protected", async () => {
    const device = await signedInDevice();
    const { approvalId } = await openApproval();
    const answer = await device.request(`/approvals/${approvalId}/confirm`);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/approvals/${approvalId}`]);
  });
});
