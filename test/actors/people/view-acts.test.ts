// Acting through views: only a signed-in device, from our own view, with a token made for exactly this act. Everything else is refused
// and changes nothing.
import { describe, expect, it } from "vitest";
import { CSRF_TOKEN_TTL_MS, HTTP_BODY_BYTES_MAX } from "@countersign/shared/values/limits";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { desk, ORIGIN, takeClock, signInToken } from "../world/fleet.ts";
import { type Device, type Form, openApproval, OWN_FORM, signedInDevice, STRANGER } from "./device.ts";

async function stateOf(approvalId: string): Promise<string | undefined> {
  return (await desk().approval(approvalId))?.approval.state;
}

async function approveForm(): Promise<{
  device: Device;
  approvalId: string;
  incidentId: string;
  form: Form;
}> {
  const device = await signedInDevice();
  const ids = await openApproval();
  return { device, ...ids, form: await device.form(`/approvals/${ids.approvalId}`, "/approve") };
}

describe("approving", () => {
  it("takes the form of the view and sends the browser back to it", async () => {
    const { device, approvalId, form } = await approveForm();
    const answer = await device.submit(form);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/approvals/${approvalId}`]);
    expect((await desk().approval(approvalId))?.approval).toMatchObject({
      state: "approved",
      decidedBy: byPerson("operator"),
    });
  });

  it("works once: the same form again says so and changes nothing", async () => {
    const { device, approvalId, form } = await approveForm();
    await device.submit(form);
    const again = await device.submit(form);
    expect([again.status, await again.text()]).toEqual([
      409,
      expect.stringContaining("approved this already"),
    ]);
    const deny = await device.submit({ ...form, action: form.action.replace("/approve", "/deny") });
    expect(deny.status).toBe(403);
    expect(await stateOf(approvalId)).toBe("approved");
  });

  it("says that a request was denied, or expired, and executes nothing", async () => {
    const denied = await approveForm();
    await denied.device.submit(await denied.device.form(`/approvals/${denied.approvalId}`, "/deny"));
    const late = await denied.device.submit(denied.form);
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("denied this already")]);
    expect(await stateOf(denied.approvalId)).toBe("denied");
  });

  it("takes a reason with a no, and shows it", async () => {
    const { device, approvalId } = await approveForm();
    const form = await device.form(`/approvals/${approvalId}`, "/deny");
    await device.submit({ ...form, fields: { ...form.fields, why: "it pages the bank" } });
    expect((await desk().approval(approvalId))?.approval.decidedWhy).toBe("it pages the bank");
    expect(await (await device.request(`/approvals/${approvalId}`)).text()).toContain("it pages the bank");
  });

  it("is over when the request has expired, also before the desk's alarm rang", async () => {
    const clock = takeClock();
    const { device, approvalId, form } = await approveForm();
    clock.advance(31 * 60_000);
    const late = await device.submit(form);
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("Nothing ran")]);
    const view = await (await device.request(`/approvals/${approvalId}`)).text();
    expect(view).toContain("Nobody answered");
    expect(view).not.toContain("Approve restart");
  });
});

describe("a waiting question's view", () => {
  const FIELD = /<(?:textarea|select)\b|<input(?![^>]*\btype="hidden")/;

  it("has no field, so that it is fetched anew; a no with a reason has a view of its own, which is not", async () => {
    const { device, approvalId } = await approveForm();
    const main = await device.request(`/approvals/${approvalId}`);
    expect(main.headers.get("refresh")).toBe(`30; url=/approvals/${approvalId}?again=1`);
    expect(await main.text()).not.toMatch(FIELD);
    const denying = await device.request(`/approvals/${approvalId}/deny`);
    expect(denying.headers.get("refresh")).toBeNull();
    expect(await denying.text()).toMatch(FIELD);
    const form = await device.form(`/approvals/${approvalId}/deny`, "/deny");
    const answer = await device.submit({ ...form, fields: { ...form.fields, why: "it is a test" } });
    expect(answer.headers.get("location")).toBe(`/approvals/${approvalId}`);
    const denied = await device.request(`/approvals/${approvalId}`);
    expect(denied.headers.get("refresh")).toBeNull();
    expect(await denied.text()).toContain("it is a test");
  });

  it("that was answered has no view for a no any more, and says how it stands", async () => {
    const { device, approvalId, form } = await approveForm();
    await device.submit(form);
    const late = await device.request(`/approvals/${approvalId}/deny`);
    expect([late.status, late.headers.get("location")]).toEqual([303, `/approvals/${approvalId}`]);
    const running = await device.request(`/approvals/${approvalId}`);
    expect(running.headers.get("refresh")).toBe(`1; url=/approvals/${approvalId}?again=1`);
  });

  it("lets a person take the incident instead: nothing runs, and the question stays", async () => {
    const { device, approvalId, incidentId } = await approveForm();
    const form = await device.form(`/approvals/${approvalId}`, "/acknowledge");
    expect((await device.submit(form)).headers.get("location")).toBe(`/incidents/${incidentId}`);
    const found = await desk().approval(approvalId);
    expect(found?.incident.acknowledgedBy).toEqual(byPerson("operator"));
    expect(found?.approval).toMatchObject({ state: "seen", decidedAt: null });
  });

  it("has its answers in the order of no, mine, yes", async () => {
    const { device, approvalId } = await approveForm();
    const html = await (await device.request(`/approvals/${approvalId}`)).text();
    const actions = [...html.matchAll(/<form method="post" action="[^"]*\/(\w[\w-]*)"/g)].map(
      ([, end]) => end,
    );
    expect(actions).toEqual(["deny", "acknowledge", "approve"]);
  });
});

describe("a form is refused and nothing changes", () => {
  const FORGERIES: ReadonlyArray<readonly [string, number, Record<string, string>]> = [
    [
      "from another origin",
      403,
      { ...OWN_FORM, origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    ],
    ["from a sibling site", 403, { ...OWN_FORM, "sec-fetch-site": "same-site" }],
    ["from nowhere", 403, { "content-type": OWN_FORM["content-type"] }],
    ["from a sandboxed frame", 403, { ...OWN_FORM, origin: "null" }],
    ["as JSON", 415, { ...OWN_FORM, "content-type": "application/json" }],
    ["as plain text", 415, { ...OWN_FORM, "content-type": "text/plain" }],
    ["as multipart", 415, { ...OWN_FORM, "content-type": "multipart/form-data; boundary=x" }],
  ];

  it.each(FORGERIES)("%s: %d", async (_name, status, headers) => {
    const { device, approvalId, form } = await approveForm();
    expect((await device.submit(form, headers)).status).toBe(status);
    expect(await stateOf(approvalId)).toBe("seen");
  });

  it("without a sign-in: 401, and the same view as everywhere", async () => {
    const { approvalId, form } = await approveForm();
    const answer = await STRANGER.submit(form);
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe(await (await STRANGER.request("/")).text());
    expect(await stateOf(approvalId)).toBe("seen");
  });

  it("without a token, with one for another act, proposal or device: 403", async () => {
    const { device, approvalId, incidentId, form } = await approveForm();
    const other = await signedInDevice("Laptop");
    const wrong: Record<string, string>[] = [
      {},
      { proposalHash: form.fields["proposalHash"] ?? "" },
      { ...form.fields, csrf: `${form.fields["csrf"]}x` },
      { ...form.fields, proposalHash: "0".repeat(64) },
      (await device.form(`/approvals/${approvalId}`, "/deny")).fields,
      (await device.form(`/incidents/${incidentId}`, "/acknowledge")).fields,
      (await device.form("/", "/sign-out")).fields,
      (await other.form(`/approvals/${approvalId}`, "/approve")).fields,
    ];
    for (const [index, fields] of wrong.entries())
      expect((await device.submit({ action: form.action, fields })).status, `forgery ${index}`).toBe(403);
    const elsewhere = await device.submit({ ...form, action: "/approvals/apr_other/approve" });
    expect(elsewhere.status).toBe(403);
    expect(await stateOf(approvalId)).toBe("seen");
  });

  it("with a token that is too old: 403; a millisecond younger it is taken", async () => {
    const clock = takeClock();
    const device = await signedInDevice();
    const form = await device.form("/hosts/new", "/hosts/new");
    const [issuedAt = ""] = (form.fields["csrf"] ?? "").split(".");
    clock.advance(Number(issuedAt) + CSRF_TOKEN_TTL_MS - 1 - Date.now());
    expect((await device.submit(form)).status).toBe(200);
    clock.advance(1);
    const late = await device.submit(form);
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining("over an hour ago")]);
  });

  it("larger than the limit: 413; at the limit it is read", async () => {
    const { device, approvalId, form } = await approveForm();
    const fields = new URLSearchParams(form.fields).toString();
    const body = `${fields}&pad=${"x".repeat(HTTP_BODY_BYTES_MAX - fields.length - 5)}`;
    const send = (text: string) =>
      device.request(form.action, { method: "POST", headers: OWN_FORM, body: text });
    expect((await send(`${body}x`)).status).toBe(413);
    expect(await stateOf(approvalId)).toBe("seen");
    expect((await send(body)).status).toBe(303);
  });
});

describe("signing in", () => {
  it("keeps the link until a named device takes it, and then gives a closed cookie", async () => {
    const action = `/sign-in/${await signInToken()}`;
    const form: Form = { action, fields: { deviceName: "Phone" } };
    for (const method of ["GET", "HEAD"])
      expect((await STRANGER.request(action, { method })).status).toBe(200);
    expect((await STRANGER.submit(form, { ...OWN_FORM, origin: "https://evil.example" })).status).toBe(403);
    expect((await STRANGER.submit({ action, fields: { deviceName: " \u200B\n" } })).status).toBe(400);
    expect((await STRANGER.submit({ action, fields: { deviceName: "x".repeat(61) } })).status).toBe(400);
    const answer = await STRANGER.submit(form);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(answer.headers.get("set-cookie")).toMatch(
      /^__Host-countersign-sign-in=[^;]+; Max-Age=[0-9]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await STRANGER.submit(form)).status).toBe(410);
    expect((await STRANGER.submit({ ...form, action: "/sign-in/unknown" })).status).toBe(404);
  });

  it("ends with signing out: the cookie is worth nothing after it", async () => {
    const device = await signedInDevice();
    const form = await device.form("/", "/sign-out");
    expect((await STRANGER.submit(form)).status).toBe(401);
    const answer = await device.submit(form);
    expect(answer.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await device.request("/")).status).toBe(401);
  });
});

describe("other acts", () => {
  it("acknowledge an incident once it is asked for by its own form", async () => {
    const { device, incidentId } = await approveForm();
    const form = await device.form(`/incidents/${incidentId}`, "/acknowledge");
    expect((await device.submit(form)).status).toBe(303);
    expect((await desk().incident(incidentId))?.incident).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: byPerson("operator"),
    });
  });

  it("show a host's command once, with a token that enrols", async () => {
    const device = await signedInDevice();
    const answer = await device.submit(await device.form("/hosts/new", "/hosts/new"));
    const html = await answer.text();
    expect(html).toMatch(new RegExp(`enroll --url ${ORIGIN} --token cse_[A-Za-z0-9_-]{43}\\.[0-9a-f]{32}`));
  });
});
