// Test pages through the real desk: sent from a view and from the command, delivered by the channel's own code, and received
// by a tap of the person alone.
import { describe, expect, it, vi } from "vitest";
import { sendTestPage } from "../../../control-plane/cli/people/test-page-acts.ts";
import { PATIENT } from "../../patience.ts";
import { commandApi } from "../world/command-api.ts";
import { desk, signInToken } from "../world/fleet.ts";
import { actsOn } from "../world/workerd-words.ts";
import { type Device, openApproval, OWN_FORM, signedInDevice, STRANGER } from "./device.ts";

const auditedActs = async () => (await desk().auditRows({ before: null, limit: 50 })).map(({ act }) => act);

/** Presses *Send a test page* for the operator's own channel; the view that follows. */
async function sentFrom(device: Device): Promise<string> {
  const answer = await device.submit(await device.form("/people", "/people/operator/test/terminal"));
  expect(answer.status).toBe(303);
  await desk().settled();
  return answer.headers.get("location") ?? "";
}

describe("a test page", () => {
  it("goes by the channel itself, is looked at without a receipt, and is received by a tap", async () => {
    const phone = await signedInDevice();
    const path = await sentFrom(phone);
    const opened = await phone.request(path);
    expect([opened.status, opened.headers.get("refresh")]).toEqual([200, expect.stringContaining("again=1")]);
    const testId = path.split("/").at(-1) ?? "";
    expect(await desk().testPage(testId)).toMatchObject({ deliveredBy: "terminal", receipt: null });
    const got = await phone.submit(await phone.form(path, "/got-it"));
    expect([got.status, got.headers.get("location")]).toEqual([303, path]);
    expect((await desk().testPage(testId))?.receipt).toMatchObject({ way: "tap" });
    const { channels, lastPage, lastTest } = await desk().reach();
    expect(channels).toMatchObject([{ channel: "terminal", state: "works", last: { isTest: true } }]);
    expect([lastPage, typeof lastTest?.seenAt]).toEqual([null, "number"]);
    expect(await auditedActs()).toEqual(
      expect.arrayContaining(["test-page-sent", "page-delivered", "test-page-seen"]),
    );
    expect((await desk().overview()).incidents).toEqual([]);
    expect((await phone.request(path)).headers.get("refresh")).toBeNull();
  });

  it("is sent once by a form that is sent twice, and its token is good for this channel alone", async () => {
    const phone = await signedInDevice();
    const form = await phone.form("/people", "/people/operator/test/terminal");
    const answers = [await phone.submit(form), await phone.submit(form)];
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect((await auditedActs()).filter((act) => act === "test-page-sent")).toHaveLength(1);
    const other = await phone.submit({ ...form, action: "/people/operator/test/other" });
    expect(other.status).toBe(403);
    for (const forgedId of ["../../x", `inc_${"A".repeat(22)}`]) {
      const forged = await phone.submit({ ...form, fields: { ...form.fields, test: forgedId } });
      expect(forged.status).toBe(404);
    }
    const bare = await phone.request(form.action, { method: "POST", headers: OWN_FORM, body: "" });
    expect(bare.status).toBe(403);
  });

  it("that is not known says so, and leads back", async () => {
    const phone = await signedInDevice();
    const answer = await phone.request(`/people/tests/tst_${"A".repeat(22)}`);
    expect([answer.status, (await answer.text()).includes('href="/people"')]).toEqual([404, true]);
  });

  it("is waited for by the command until its person has said that it came", async () => {
    const phone = await signedInDevice();
    const [printed, complained]: [string[], string[]] = [[], []];
    const output = {
      print: (text: string) => void printed.push(text),
      complain: (text: string) => void complained.push(text),
    };
    const command = { api: commandApi(), output };
    const wanted = { responder: "operator", channel: "terminal", timeout: 20_000, wait: true };
    const ended = sendTestPage(wanted, command);
    await vi.waitUntil(() => complained.some((line) => line.startsWith("Delivered")), PATIENT);
    const [test] = (await desk().reach()).channels.map(({ last }) => last);
    await phone.submit(await phone.form(test?.path ?? "", "/got-it"));
    expect([await ended, printed.length]).toEqual([0, 1]);
    for (const unknown of [{ responder: "nobody" }, { responder: "operator", channel: "pigeon" }])
      expect(await sendTestPage({ timeout: 1_000, wait: true, ...unknown }, command)).toBe(2);
  });
});

describe("a page", () => {
  it("is seen when its own person opens what it leads to, and by no refresh, prefetch or HEAD", async () => {
    const phone = await signedInDevice();
    const { incidentId } = await openApproval();
    await vi.waitUntil(async () => (await desk().reach()).lastPage?.deliveredAt, PATIENT);
    const path = `/incidents/${incidentId}`;
    await phone.request(path, { headers: { "sec-purpose": "prefetch" } });
    await phone.request(path, { method: "HEAD" });
    await phone.request(`${path}?again=1`);
    expect((await desk().reach()).lastPage?.seenAt).toBeNull();
    await phone.request(path);
    const seenAt = (await desk().reach()).lastPage?.seenAt;
    expect(seenAt).toBeTypeOf("number");
    const pages = (await desk().incident(incidentId))?.pages.map((page) => page.seenAt);
    expect(pages).toEqual([seenAt]);
    await actsOn("operator", { kind: "see-incident", incidentId });
    expect((await auditedActs()).filter((act) => act === "page-seen")).toHaveLength(1);
  });
});

describe("one more device", () => {
  it("is signed in by a link that is shown once, as a code and as text, on the device that asks", async () => {
    const phone = await signedInDevice();
    const answer = await phone.submit(await phone.form("/people", "/people/device"));
    const html = await answer.text();
    const [url = ""] = /https:\/\/desk\.test\/sign-in\/csi_[\w-]{43}/.exec(html) ?? [];
    expect([answer.status, html.includes('class="qr"')]).toEqual([200, true]);
    expect(html).not.toMatch(/href="[^"]*csi_|style=/);
    const action = new URL(url).pathname;
    const signed = await STRANGER.submit({ action, fields: { deviceName: "Tablet" } });
    expect(signed.status).toBe(303);
    const names = (await desk().signIns("operator")).map(({ deviceName }) => deviceName);
    expect(names.toSorted()).toEqual(["Phone", "Tablet"]);
    expect((await STRANGER.submit({ action, fields: { deviceName: "Third" } })).status).toBe(410);
  });

  it("has at most three links that wait", async () => {
    const phone = await signedInDevice();
    const form = await phone.form("/people", "/people/device");
    for (const status of [200, 200, 200, 409]) expect((await phone.submit(form)).status).toBe(status);
  });
});

describe("a device that is not signed in", () => {
  it("comes to where it wanted to go, once it is", async () => {
    const path = "/approvals/apr_1";
    const refused = await STRANGER.request(path);
    const [cookie = ""] = (refused.headers.get("set-cookie") ?? "").split(";");
    const action = `/sign-in/${await signInToken()}`;
    const shown = await STRANGER.request(action, { headers: { cookie } });
    expect(await shown.text()).toContain("the question that you opened");
    const signed = await STRANGER.submit(
      { action, fields: { deviceName: "Phone" } },
      { ...OWN_FORM, cookie },
    );
    expect([signed.status, signed.headers.get("location")]).toEqual([303, path]);
  });

  it("is told the same whatever it wanted, and is led nowhere else by a forged cookie", async () => {
    const paths = ["/approvals/x", "/incidents/y", "/"];
    const texts = await Promise.all(paths.map(async (path) => (await STRANGER.request(path)).text()));
    expect(new Set(texts).size).toBe(1);
    for (const wanted of [
      "//evil.example",
      "https://evil.example",
      "/\\evil.example",
      "%2F%2Fevil.example",
    ]) {
      const cookie = `__Host-countersign-wanted=${wanted}`;
      const action = `/sign-in/${await signInToken()}`;
      const fields = { deviceName: "Phone" };
      const signed = await STRANGER.submit({ action, fields }, { ...OWN_FORM, cookie });
      expect(signed.headers.get("location")).toBe("/");
    }
  });
});
