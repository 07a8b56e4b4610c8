// Silences, standing approvals, policy and shadow report in workerd: each act by a signed-in person's own form, bound to what was shown.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { PATIENT } from "../../patience.ts";
import { connectedAgent, desk, enrolledHost, shard, type EnrolledHost } from "../world/fleet.ts";
import { firstPasskey, signedYes } from "../world/passkeys.ts";
import { openApproval, signedInDevice, STRANGER, type Device, type Form } from "./device.ts";

const filled = (form: Form, fields: Record<string, string>): Form => ({
  ...form,
  fields: { ...form.fields, ...fields },
});
const pathOf = (host: EnrolledHost) => `service%2F${host.hostId}%2Fdemo`;
const acts = async () => (await desk().auditRows({ before: null, limit: 100 })).map(({ act }) => act);

async function knownService() {
  const host = await enrolledHost();
  await connectedAgent(host);
  return { device: await signedInDevice(), host };
}

describe("a silence", () => {
  async function silenceForm() {
    const { device, host } = await knownService();
    const form = await device.form(`/silences/new/${pathOf(host)}`, `/silences/add/${pathOf(host)}`);
    return { device, host, form: filled(form, { reason: "check-failing", hours: "2", why: "upgrade" }) };
  }

  it("is set for what was chosen, is shown, and is ended early by its own form", async () => {
    const { device, host, form } = await silenceForm();
    const before = Date.now();
    expect((await device.submit(form)).status).toBe(303);
    const [silence] = (await desk().brakes()).silences;
    expect(silence).toMatchObject({
      matcher: { hostId: host.hostId, service: "demo", reason: "check-failing" },
      by: byPerson("operator"),
      why: "upgrade",
    });
    expect((silence?.endsAt ?? 0) - before).toBeGreaterThanOrEqual(2 * 3_600_000);
    const view = await (await device.request("/silences")).text();
    expect(view).toContain("“A check fails” of demo on");
    const end = await device.form("/silences", `/silences/end/${silence?.silenceId ?? ""}`);
    expect((await device.submit(end)).status).toBe(303);
    expect((await desk().brakes()).silences).toEqual([]);
    expect((await device.submit(end)).status).toBe(404);
  });

  it.each([
    [{ why: " " }, 400],
    [{ hours: "0" }, 409],
    [{ hours: "720" }, 303],
    [{ hours: "721" }, 409],
    [{ hours: "x" }, 409],
    [{ hours: "720", beginsIn: "1" }, 409],
    [{ reason: "no-such-reason" }, 404],
    [{ csrf: "1.a.b" }, 403],
  ])("with %j: %d", async (fields, status) => {
    const { device, form } = await silenceForm();
    expect((await device.submit(filled(form, fields))).status).toBe(status);
    expect((await desk().brakes()).silences).toHaveLength(status === 303 ? 1 : 0);
  });

  it("of any host needs a service or a reason, and a token for one scope silences no other", async () => {
    const { device, form } = await silenceForm();
    const any = await device.form("/silences/new/fleet", "/silences/add/fleet");
    expect((await device.submit(filled(any, { hours: "1", why: "x" }))).status).toBe(409);
    const swapped = filled(form, { csrf: any.fields["csrf"] ?? "" });
    expect((await device.submit(swapped)).status).toBe(403);
    expect((await device.submit(filled(any, { hours: "1", why: "x", service: "demo" }))).status).toBe(303);
    expect((await desk().brakes()).silences[0]?.matcher).toEqual({
      hostId: null,
      service: "demo",
      reason: null,
    });
  });
});

describe("a standing approval", () => {
  async function review(device: Device, host: EnrolledHost, query = "") {
    const path = `/standing/review/${pathOf(host)}?action=restart&uses=2&hours=24&why=leaks${query}`;
    return device.form(path, "/standing/give");
  }

  it("is given by the form of its review, signed, audited by its hash, and taken back", async () => {
    const { device, host } = await knownService();
    const own = await firstPasskey();
    const unsigned = await review(device, host);
    const form = await signedYes(unsigned, own);
    expect((await device.submit(unsigned)).status).toBe(403);
    expect((await desk().brakes()).standing).toEqual([]);
    expect((await device.submit(form)).status).toBe(303);
    const [standing] = (await desk().brakes()).standing;
    expect(standing).toMatchObject({ by: byPerson("operator"), action: "restart", usesMax: 2, usesCount: 0 });
    expect(standing?.signed.text).toBe(form.fields["content"] ?? "");
    const [row] = await desk().auditRows({ before: null, limit: 1 });
    expect(row).toMatchObject({
      act: "standing-given",
      why: expect.stringContaining(standing?.signed.hash ?? "nothing signed"),
    });
    const revoke = await device.form("/standing", `/standing/revoke/${standing?.standingId ?? ""}`);
    expect((await device.submit(revoke)).status).toBe(303);
    expect((await desk().brakes()).standing).toEqual([]);
    // neither a reload nor an old view brings back what was taken back
    const again = await device.submit(form);
    expect([again.status, await again.text()]).toEqual([409, expect.stringContaining("already given")]);
    expect((await desk().brakes()).standing).toEqual([]);
  });

  it("is not given with a changed text, a changed hash, or by another device or act", async () => {
    const { device, host } = await knownService();
    await firstPasskey();
    const form = await review(device, host);
    const content = form.fields["content"] ?? "";
    const wider = content.replace('"usesMax":2', '"usesMax":20');
    expect(wider).not.toBe(content);
    const other = await review(await signedInDevice("Laptop"), host);
    const wrong: Array<[number, Record<string, string>]> = [
      [409, { ...form.fields, content: wider }],
      [403, { ...form.fields, content: wider, proposalHash: "0".repeat(64) }],
      [403, { ...form.fields, csrf: other.fields["csrf"] ?? "" }],
      [403, { ...other.fields }],
      [403, { ...form.fields, csrf: "" }],
      [403, (await device.form("/brake", "/brake/freeze/fleet")).fields],
    ];
    for (const [index, [status, fields]] of wrong.entries())
      expect((await device.submit({ ...form, fields })).status, `forgery ${index}`).toBe(status);
    expect((await STRANGER.submit(form)).status).toBe(401);
    expect((await desk().brakes()).standing).toEqual([]);
  });

  it.each(["&uses=21", "&uses=0", "&hours=0", "&hours=721", "&why=", "&action=rm"])(
    "is not offered for review out of its bounds: %s",
    async (query) => {
      const { device, host } = await knownService();
      const params = new URLSearchParams("action=restart&uses=1&hours=1&why=x");
      for (const [name, value] of new URLSearchParams(query)) params.set(name, value);
      const view = await device.request(`/standing/review/${pathOf(host)}?${params.toString()}`);
      expect(await view.text()).not.toContain("/standing/give");
    },
  );

  it("is composed from an incident with host, service and action chosen, until an instant in words", async () => {
    const { device, host } = await knownService();
    const own = await firstPasskey();
    const { approvalId, incidentId } = await openApproval({}, host);
    const incident = await (await device.request(`/incidents/${incidentId}`)).text();
    const link =
      /href="([^"]*)"[^>]*>Say yes in advance …/.exec(incident)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(link).toBe(`/standing/new/${pathOf(host)}?action=restart`);
    const compose = await (await device.request(link)).text();
    expect(compose).toMatch(/<option value="restart" selected/);
    expect(compose).toMatch(/name="uses" value="3"/);
    const ends = [...compose.matchAll(/<option value="(\d{10,})"/g)].map(([, at = ""]) => at);
    expect(ends.length).toBeGreaterThan(1);
    const path = `/standing/review/${pathOf(host)}?action=restart&uses=3&until=${ends[0]}&hours=&why=leaks`;
    const form = await device.form(path, "/standing/give");
    expect((await device.submit(await signedYes(form, own))).status).toBe(303);
    expect((await desk().brakes()).standing).toMatchObject([{ usesMax: 3, untilAt: Number(ends[0]) }]);
    // what was asked before is still asked: a yes in advance is for what comes
    expect((await desk().approval(approvalId))?.approval.decidedAt).toBe(null);
  });

  it("tells each use with its approval, and, once taken back, by whom", async () => {
    const approval = await usedStanding(false);
    const device = await signedInDevice("Tablet");
    const given = await (await device.request("/standing")).text();
    expect(given).toContain("1 of 2 left");
    expect(given).toContain(`href="/approvals/${approval?.approvalId}"`);
    expect(given).toContain("Approved, runs");
    const [standing] = (await desk().brakes()).standing;
    const end = await device.form("/standing", `/standing/revoke/${standing?.standingId}`);
    expect((await device.submit(end)).status).toBe(303);
    await desk().settled();
    const over = await (await device.request("/standing")).text();
    expect(over).toContain("Nothing runs by a yes in advance");
    expect(over).toContain("1 of 2 used");
    expect(over).toContain("Operator took it back");
    expect(over).toContain(`href="/approvals/${approval?.approvalId}"`);
    await shard().settled();
  });

  async function usedStanding(tamper: boolean) {
    const { device, host } = await knownService();
    const own = await firstPasskey();
    await device.submit(await signedYes(await review(device, host), own));
    if (tamper)
      await runInDurableObject(desk(), (_desk, { storage }) => {
        const sql = `UPDATE records SET record = replace(record, 'leaks', 'LEAKS') WHERE kind = 'standing'`;
        storage.sql.exec(sql);
      });
    if (tamper) await evictDurableObject(desk());
    const { approvalId } = await openApproval({}, host);
    await desk().settled();
    return (await desk().approval(approvalId))?.approval;
  }

  it("decides an approval, and its grant is signed and handed over", async () => {
    const approval = await usedStanding(false);
    expect(approval).toMatchObject({ state: "approved", decidedBy: byPerson("operator") });
    await vi.waitFor(async () => {
      const now = (await desk().approval(approval?.approvalId ?? ""))?.approval;
      expect(now?.isGrantDelivered).toBe(true);
    }, PATIENT);
    await shard().settled();
  });

  it("that was changed in storage gets no grant signed, and the audit says why, once", async () => {
    const approval = await usedStanding(true);
    await vi.waitFor(async () => expect(await acts()).toContain("grant-refused"), PATIENT);
    await desk().watch();
    await desk().settled();
    expect((await acts()).filter((act) => act === "grant-refused")).toHaveLength(1);
    const now = (await desk().approval(approval?.approvalId ?? ""))?.approval;
    expect(now?.isGrantDelivered).toBe(false);
  });
});

describe("the policy's view", () => {
  async function applied(): Promise<Device> {
    const device = await signedInDevice();
    const text = (stability: string) => `version: 1\nverify: { stability: ${stability} }\n`;
    for (const [version, stability] of ["20m", "30m"].entries())
      await desk().applyPolicy({
        expectedVersion: version,
        by: byPerson("operator"),
        why: "slow",
        text: text(stability),
      });
    return device;
  }

  it("says who changed what and when, and undoes a version by a form with a reason", async () => {
    const device = await applied();
    const view = await (await device.request("/policy/2")).text();
    for (const words of ["verify.stability", "20m", "30m", "operator", "slow"]) expect(view).toContain(words);
    const form = await device.form("/policy/2", "/policy/undo/2");
    expect((await device.submit(form)).status).toBe(400);
    expect((await device.submit(filled(form, { why: "too slow" }))).status).toBe(303);
    expect((await desk().showPolicy()).history[0]).toMatchObject({
      version: 3,
      restores: 1,
      why: "too slow",
    });
    const late = await device.submit(filled(form, { why: "again" }));
    expect([late.status, await late.text()]).toEqual([409, expect.stringContaining("Another version")]);
  });

  it("says before a version is taken back who would lose access by it", async () => {
    const device = await applied();
    const two = `responders: [{ id: operator, name: Operator, channels: [terminal] }, { id: dana, name: Dana, channels: [terminal] }]`;
    const act = { expectedVersion: 2, by: byPerson("x"), why: "", text: `version: 1\n${two}\n` };
    await desk().applyPolicy(act);
    const before = await acts();
    const view = await (await device.request("/policy/3")).text();
    expect(view).toMatch(/dana<\/bdi> would lose access/);
    expect(await acts()).toEqual(before);
    expect(await (await device.request("/policy/2")).text()).not.toContain("/policy/undo/");
  });

  it("is linked from the record, which is found by who did it", async () => {
    const device = await applied();
    await desk().settled();
    const found = await (
      await device.request("/audit?by=person/operator&act=policy-applied&q=verify")
    ).text();
    expect(found).toContain('href="/policy/2"');
    expect(found).toContain("Changed the rules");
    expect(await (await device.request("/audit?by=person/nobody")).text()).toContain(
      "Nothing that is kept matches",
    );
  });

  it("shows no channel's address, and nothing of a version that is not kept", async () => {
    const device = await applied();
    const channels = `channels: { terminal: { kind: terminal }, hook: { kind: webhook, url: "https://hook.example/s3cret", secret: CHANNEL_HOOK } }`;
    await desk().applyPolicy({
      expectedVersion: 2,
      by: byPerson("x"),
      why: "",
      text: `version: 1\n${channels}\n`,
    });
    const view = await (await device.request("/policy/3")).text();
    expect(view).toContain("channels.hook.url");
    expect(view).not.toContain("s3cret");
    for (const path of ["/policy", "/policy/text"]) {
      const shown = await (await device.request(path)).text();
      expect(shown, path).toContain("CHANNEL_HOOK");
      expect(shown, path).not.toContain("s3cret");
    }
    for (const path of ["/policy/9", "/policy/0", "/policy/x"])
      expect((await device.request(path)).status).toBe(404);
  });
});

describe("the shadow report", () => {
  async function shadowed() {
    const { hostId } = await enrolledHost();
    const text = "version: 1\nrules: { check-failing: { shadow: true } }\n";
    await desk().applyPolicy({ expectedVersion: 0, by: byPerson("operator"), why: "try", text });
    const now = Date.now();
    const signal: Signal = {
      key: "shard-0:9",
      kind: "firing",
      happenedAt: now,
      noticedAt: now,
      subject: { kind: "service", hostId, hostName: "web-1", service: "demo" },
      reason: "check-failing",
      severity: "critical",
      title: "demo is failing on web-1",
      evidence: [{ at: now, text: "connection refused" }],
      proposalRequestId: null,
      restarts: null,
      shadow: { tags: [] },
      refusal: { reason: "in-shadow", action: "restart" },
    };
    await desk().receiveSignals("shard-0", [signal]);
    return signedInDevice();
  }

  it("counts, shows evidence, and takes a mark of a false alarm once", async () => {
    const device = await shadowed();
    const view = await (await device.request("/shadow")).text();
    for (const words of ["0 of 1", "connection refused", "would have proposed restart"])
      expect(view).toContain(words);
    const [finding] = (await desk().shadow()).findings;
    const form = await device.form("/shadow", encodeURIComponent(finding?.findingId ?? ""));
    expect((await device.submit(form)).status).toBe(303);
    expect((await desk().shadow()).counts).toMatchObject([{ falseAlarms: 1 }]);
    expect(await (await device.request("/shadow")).text()).toContain("Marked as a false alarm by");
  });

  it("takes a rule out of shadow by a form with a reason, and what fires opens its incident", async () => {
    const device = await shadowed();
    const form = await device.form("/shadow", "/shadow/promote/check-failing/1");
    expect((await device.submit(form)).status).toBe(400);
    expect((await device.submit(filled(form, { why: "no false alarms" }))).status).toBe(303);
    expect((await desk().overview()).incidents).toMatchObject([{ reason: "check-failing", state: "open" }]);
    expect((await desk().showPolicy()).history[0]).toMatchObject({
      appliedBy: byPerson("operator"),
      why: "promote check-failing: no false alarms",
    });
    expect((await device.submit(filled(form, { why: "again" }))).status).toBe(409);
  });
});
