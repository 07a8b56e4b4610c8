// What an incident's view says now: what lies in it and on which hosts, that nothing is offered for many, who is next, and where it is silenced;
// and that the link and the form of an older proposal lead to the current one.
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { READING_MS } from "../../../control-plane/src/core/desk/approvals/proposals.ts";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { hostedSubject, type Subject } from "../../../control-plane/src/core/words/subject.ts";
import { letRing } from "../world/desk-story.ts";
import { desk, takeClock, UNIT } from "../world/fleet.ts";
import { type Device, openApproval, signedInDevice } from "./device.ts";

type Firing = Extract<Signal, { kind: "firing" }>;

const hostIdOf = (name: string) => `host_${name.padEnd(32, "0")}`;
const demoOn = (name: string) => hostedSubject({ hostId: hostIdOf(name), hostName: name }, "demo");
const PROVIDER: Subject = { kind: "provider", shard: "shard-0", name: "models.example" };

let count = 0;

async function fire(subject: Subject, more: Partial<Firing> = {}): Promise<void> {
  const now = Date.now();
  const told: Firing = {
    kind: "firing",
    key: `views:${++count}`,
    happenedAt: now,
    noticedAt: now,
    subject,
    reason: "check-failing",
    alike: "http",
    severity: "error",
    title: "demo is failing",
    evidence: [{ at: now, text: "http failed: 500" }],
    proposalRequestId: null,
    restarts: null,
    ...more,
  };
  await desk().receiveSignals("shard-0", [told]);
}

async function incidentOf(place: Incident["place"]["kind"]): Promise<Incident> {
  const found = (await desk().overview()).incidents.find((incident) => incident.place.kind === place);
  if (found === undefined) throw new Error(`no incident of kind ${place}`);
  return found;
}

async function read(device: Device, path: string): Promise<string> {
  const html = await (await device.request(path)).text();
  return html
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
}

describe("the view of a wide incident", () => {
  async function wide() {
    const [clock, device] = [takeClock(), await signedInDevice()];
    for (const name of ["web-1", "web-2", "web-3", "web-4"]) await fire(demoOn(name));
    await letRing(clock);
    return { clock, device, incident: await incidentOf("wide") };
  }

  it("lists its hosts, says that nothing is offered, and who is next", async () => {
    const { device, incident } = await wide();
    const text = await read(device, `/incidents/${incident.incidentId}`);
    for (const words of [
      "4 of 4 hosts fail",
      "web-1",
      "web-4",
      "No restart is offered",
      "Who is next",
      "Rings",
    ])
      expect(text).toContain(words);
    const html = await (await device.request(`/incidents/${incident.incidentId}`)).text();
    expect(html).toContain("/silences/new/fleet?reason=check-failing&amp;service=demo");
  });

  it("counts who is well again, and a merged one leads on to it", async () => {
    const { device, incident } = await wide();
    const at = Date.now();
    const cleared = {
      kind: "cleared",
      subject: demoOn("web-2"),
      reason: "check-failing",
      evidence: [],
    } as const;
    const key = `views:${++count}`;
    await desk().receiveSignals("shard-0", [{ ...cleared, key, happenedAt: at, noticedAt: at }]);
    const text = await read(device, `/incidents/${incident.incidentId}`);
    expect(text).toMatch(/3 of 4 hosts fail.* 1 well again/);
    const merged = (await desk().overview()).incidents.find(({ state }) => state === "merged");
    const view = await (await device.request(`/incidents/${merged?.incidentId ?? ""}`)).text();
    expect(view).toContain(`href="/incidents/${incident.incidentId}"`);
    expect(view).not.toContain("/acknowledge");
  });

  it("says who has it, and until when", async () => {
    const { device, incident } = await wide();
    const path = `/incidents/${incident.incidentId}`;
    expect((await device.submit(await device.form(path, `${path}/acknowledge`))).status).toBe(303);
    expect(await read(device, path)).toMatch(/You have it until .{4,40}: nobody is rung before that/);
  });
});

it("the view of a host that is down lists what lies beneath it", async () => {
  const device = await signedInDevice();
  await fire(demoOn("web-1"));
  const host = hostedSubject({ hostId: hostIdOf("web-1"), hostName: "web-1" }, null);
  await fire(host, { reason: "host-silent", severity: "critical", title: "web-1 is silent" });
  const text = await read(device, `/incidents/${(await incidentOf("down")).incidentId}`);
  expect(text).toMatch(/Beneath it .* nobody is paged for it.* demo is failing/);
});

describe("what is on no host", () => {
  it("is silenced from its incident's view, and no other thing with it", async () => {
    const [clock, device] = [takeClock(), await signedInDevice()];
    await fire(PROVIDER, { reason: "provider-failing", title: "models.example fails" });
    const [incident] = (await desk().overview()).incidents;
    const html = await (await device.request(`/incidents/${incident?.incidentId ?? ""}`)).text();
    const link = /href="(\/silences\/new\/[^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const form = await device.form(link, "/silences/add/provider%2Fshard-0%2Fmodels.example");
    const fields = { ...form.fields, reason: "", hours: "2", beginsIn: "0", why: "they know" };
    expect((await device.submit({ ...form, fields })).status).toBe(303);
    const [silence] = (await desk().brakes()).silences;
    expect(silence?.matcher).toEqual({ hostId: null, service: null, reason: null, subject: PROVIDER });
    expect(await read(device, "/silences")).toContain("Everything about provider models.example");
    await fire({ ...PROVIDER, name: "mail.example" }, { reason: "provider-failing", title: "mail fails" });
    await letRing(clock);
    const incidents = await Promise.all(
      (await desk().overview()).incidents.map(async ({ incidentId }) => desk().incident(incidentId)),
    );
    expect(incidents.map((shown) => [shown?.incident.title, shown?.pages.length])).toEqual([
      ["models.example fails", 0],
      ["mail fails", 1],
    ]);
  });

  it("cannot be silenced once nothing is open about it", async () => {
    const device = await signedInDevice();
    expect((await device.request("/silences/new/provider%2Fshard-0%2Fmodels.example")).status).toBe(404);
  });
});

describe("an older proposal", () => {
  async function renewed(unit: Partial<UnitState> = {}) {
    const [clock, device] = [takeClock(), await signedInDevice()];
    const older = await openApproval();
    const path = `/approvals/${older.approvalId}`;
    const form = await device.form(path, `${path}/approve`);
    const found = await desk().approval(older.approvalId);
    if (found === null) throw new Error("no approval");
    const { proposal, subject } = found.approval;
    // Nothing is renewed under the eyes of who has just opened it.
    clock.advance(READING_MS);
    const at = Date.now();
    const newer = { ...proposal, nonce: "m".repeat(32), unitState: { ...UNIT, ...unit } };
    const told: Signal = {
      kind: "proposed",
      key: `views:${++count}`,
      happenedAt: at,
      noticedAt: at,
      subject,
      requestId: "prq_newer",
      askedBy: { kind: "rule", reason: "check-failing" },
      asked: { action: proposal.action, level: proposal.level, reason: proposal.reason },
      reason: "check-failing",
      settleMs: 60_000,
      proposal: encodeBase64(new TextEncoder().encode(JSON.stringify(newer))),
    };
    await desk().receiveSignals("shard-0", [told]);
    return { device, form, path };
  }

  async function statesNow(): Promise<readonly string[]> {
    const { approvals } = await desk().overview();
    return approvals.toSorted((one, other) => one.requestedAt - other.requestedAt).map(({ state }) => state);
  }

  it("leads by its link to the current one, which says that it reads the same", async () => {
    const { device, path } = await renewed();
    const answer = await device.request(path);
    expect(answer.status).toBe(303);
    const to = answer.headers.get("location") ?? "";
    expect(to).toMatch(/^\/approvals\/apr_[^?]+\?instead=apr_/);
    expect(await read(device, to)).toContain("It reads the same.");
  });

  it("is answered by its form as the current one is, if that reads the same", async () => {
    const { device, form } = await renewed();
    expect((await device.submit(form)).status).toBe(303);
    expect(await statesNow()).toEqual(["superseded", "approved"]);
  });

  it("is answered by nothing if the current one reads otherwise: the way back says what changed", async () => {
    const { device, form, path } = await renewed({ result: "oom-kill" });
    const answer = await device.submit(form);
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining("Nothing ran")]);
    expect(await statesNow()).toEqual(["superseded", "requested"]);
    const to = (await device.request(path)).headers.get("location") ?? "";
    expect(await read(device, to)).toContain("it was active (success) and is active (oom-kill) now");
    const current = await device.form(to, "/approve");
    expect((await device.submit(current)).status).toBe(303);
    expect((await statesNow()).at(-1)).toBe("approved");
  });

  it("of another question is no reason to say anything", async () => {
    const { device, path } = await renewed();
    const to = (await device.request(path)).headers.get("location") ?? "";
    const text = await read(device, `${to.split("?")[0] ?? ""}?instead=apr_none`);
    expect(text).not.toContain("made it anew");
  });
});
