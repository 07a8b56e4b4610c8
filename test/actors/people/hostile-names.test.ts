// Names that every object has, live: as service and check of a real report, as ids in addresses, as cookies. And views on which one card
// cannot be made: the others stand.
import { html } from "hono/html";
import { describe, expect, it, vi } from "vitest";
import { namedAt, NONE_NAMED } from "@countersign/shared/values/named";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { HostRow } from "../../../control-plane/src/read-side/listed-host.ts";
import { NO_BRAKES } from "../../../control-plane/src/web/brakes/brakes-on.ts";
import { NO_MARKS } from "../../../control-plane/src/web/hosts/host-marks.ts";
import { HostView } from "../../../control-plane/src/web/hosts/host-view.tsx";
import { OverviewView } from "../../../control-plane/src/web/overview/overview-view.tsx";
import { PATIENT } from "../../patience.ts";
import { Desk } from "../../unit/core/desk/desk-fixtures.ts";
import { driveFailingService } from "../../unit/core/shard/shard-driver.ts";
import { INHERITED } from "../../unit/hostile-names.ts";
import {
  bindings,
  desk,
  dial,
  type EnrolledHost,
  enrolledHost,
  helloOf,
  ask,
  serviceReport,
  shard,
} from "../world/fleet.ts";
import { signedInDevice, STRANGER } from "./device.ts";

/** As many failures in a row as the policy's default wants. */
const RUNS = 3;

/** Connects a host whose one service and whose check have that name, and lets it fail until it is paged. */
async function failingHost(name: string): Promise<EnrolledHost> {
  const host = await enrolledHost();
  const agent = await dial(host);
  const { challenge } = await agent.expect("challenge");
  const hello = await helloOf(host, challenge);
  agent.send({ ...hello, catalogue: hello.catalogue.map((entry) => ({ ...entry, service: name })) });
  await agent.expect("welcome");
  for (let run = 0; run < RUNS; run += 1) {
    const report = serviceReport("fail");
    const results = report.results.map((result) => ({
      ...result,
      check: name,
      finishedAt: result.finishedAt + run,
    }));
    const services = [{ ...report, service: name, results }];
    agent.send({ type: "report", digest: run === 0, sentAt: Date.now(), services });
  }
  return host;
}

describe("a service and a check named constructor", () => {
  it("fail like any other: counted, paged, shown, and no page is lost for it", async () => {
    const policy = {
      text: "version: 1\ncheckFailing: { held: 0s }\n",
      expectedVersion: 0,
      by: "ada",
      why: "",
    };
    const { status } = await ask("/v1/admin/policy", {
      method: "PUT",
      token: bindings.ADMIN_TOKEN,
      body: policy,
    });
    expect(status).toBe(200);
    const host = await failingHost("constructor");
    const incident = await vi.waitFor(async () => {
      await shard().settled();
      const [found] = (await desk().overview()).incidents;
      if (found === undefined) throw new Error("no incident was opened");
      return found;
    }, PATIENT);
    expect(incident).toMatchObject({ reason: "check-failing", subject: { service: "constructor" } });
    expect(JSON.stringify(incident)).not.toMatch(/NaN|native code/);
    const [known] = await shard().snapshot();
    const service = namedAt(known?.services, "constructor");
    expect(namedAt(service?.failing, "constructor")?.count).toBe(RUNS);
    const device = await signedInDevice();
    const scope = `service%2F${host.hostId}%2Fconstructor`;
    for (const path of [
      "/",
      `/incidents/${incident.incidentId}`,
      `/hosts/${host.hostId}`,
      "/audit",
      "/brake",
      "/shadow",
      "/silences",
      "/standing",
      `/brake/freeze/${scope}`,
      `/silences/new/${scope}`,
      `/standing/new/${scope}`,
    ])
      expect((await device.request(path)).status, path).toBe(200);
  });
});

describe("an id out of an address that every object has", () => {
  const places = [
    "",
    "incidents/",
    "approvals/",
    "hosts/",
    "runbooks/",
    "brake/freeze/",
    "silences/new/",
    "standing/new/",
  ];

  it("names nothing in any view", async () => {
    const device = await signedInDevice();
    await enrolledHost();
    for (const name of INHERITED)
      for (const place of places)
        expect((await device.request(`/${place}${name}`)).status, place + name).toBe(404);
  });

  it("names nothing in the API", async () => {
    const token = bindings.ADMIN_TOKEN;
    for (const name of INHERITED)
      for (const place of [
        "",
        "agent/connect/shard-0/",
        "admin/",
        "admin/incidents/",
        "admin/recorded/policies/",
        "admin/recorded?shard=",
      ])
        expect((await ask(`/v1/${place}${name}`, { token })).status, place + name).toBeLessThan(500);
  });

  it("as a cookie or a query is nobody's", async () => {
    const headers = { cookie: INHERITED.map((name) => `${name}=x`).join("; ") };
    expect((await STRANGER.request("/?__proto__=1&constructor=2", { headers })).status).toBe(401);
  });
});

describe("one card that cannot be made", () => {
  const FRAME = {
    signIn: { responder: "operator", deviceName: "Phone" },
    name: "Operator",
    roles: ["look", "answer", "approve", "administer"],
    soleApprover: null,
    inApp: null,
    signOutToken: "",
    now: Date.now(),
    timeZone: "UTC",
    warnings: [],
    address: { moving: "/", still: "/?still=1", isStill: false },
  } as never;
  const AN_ODD_DAY = 1e300;
  const good = driveFailingService().host();
  const fired = new Desk();
  fired.fire();
  const incident = fired.incident();

  const shown = (html: string) => ({
    cards: html.match(/<article class="card\b/g)?.length ?? 0,
    hosts: html.match(/<li class="card cardlink host\b/g)?.length ?? 0,
    missing: html.match(/could not be shown/g)?.length ?? 0,
  });
  const row: HostRow = {
    hostId: "host_1",
    shard: "shard-0",
    name: "web-1",
    liveness: "down",
    sinceAt: 1,
    condition: "",
    tags: [],
    services: [{ service: "web", title: "", status: "failing", names: ["http"] }],
  };
  const deskWith = (
    hosts: readonly unknown[],
    shownIncidents: readonly unknown[] = [],
    resolved: readonly unknown[] = [],
  ) =>
    OverviewView({
      frame: FRAME,
      hosts: {
        hosts: hosts as HostRow[],
        next: null,
        enrolledCount: 3,
        counts: null,
        missingCount: 0,
        blindShards: [],
        asOf: Date.now(),
      },
      incidents: shownIncidents as Incident[],
      approvals: [],
      known: [],
      marks: NO_MARKS,
      reach: { onCall: [], lastPage: null, lastTest: null, channels: [], drills: [] },
      rings: [],
      devices: new Map(),
      strips: new Map(),
      tags: null,
      resolved: resolved as never,
      isHistoryRead: true,
      hasApprovers: true,
      skipCount: 0,
    });
  const OWN = {
    frame: FRAME,
    row: null,
    brakes: NO_BRAKES,
    endTokens: NONE_NAMED,
    policy: null,
    argvs: [],
    known: [],
    strips: null,
    isOfSilentFleet: false,
    lastWords: { hostName: "agents-1", words: [] },
    trust: null,
  };
  const textOf = async (view: unknown) => [await html`${view}`].join("");

  it.each([
    { services: null },
    { services: [null] },
    { services: [{ service: "web", status: "odd", names: null }] },
    { name: 7 },
    { liveness: "odd" },
  ])("costs the desk that card: a host with %j", async (odd) => {
    const bad = { ...row, hostId: "host_bad", ...odd };
    const html = await textOf(deskWith([row, bad, { ...row, hostId: "host_2" }]));
    expect(html).toContain("/hosts/host_1");
    expect(html).toContain("/hosts/host_2");
    expect(shown(html).hosts + shown(html).missing).toBe(3);
  });

  it.each([{ happenedAt: AN_ODD_DAY }, { subject: null }, { title: null }])(
    "costs the desk that card: an incident with %j",
    async (odd) => {
      const bad = { ...incident, incidentId: "inc_bad", ...odd };
      const open = await textOf(deskWith([row], [incident, bad]));
      // nor does the desk say whom an incident is about
      const missing = odd.subject === null ? 0 : 1;
      expect(shown(open)).toEqual({ cards: 2, hosts: 1, missing });
      expect(open).toContain(`/incidents/${incident.incidentId}`);
      const resolved = [
        { ...incident, resolvedAt: 1 },
        { ...bad, resolvedAt: 1 },
      ];
      expect(shown(await textOf(deskWith([row], [], resolved)))).toEqual({
        cards: 0,
        hosts: 1,
        // a line of a resolved incident shows its title alone
        missing: odd.title === null ? 1 : 0,
      });
      const view = await textOf(
        HostView({ ...OWN, host: good, state: good, incidents: [incident, bad as Incident] }),
      );
      // a host's own view does not say whom the incident is about, and nothing began later than now
      expect(shown(view).missing).toBe(odd.title === null ? 1 : 0);
    },
  );

  it("costs a host's own view that service", async () => {
    const [service] = Object.values(good.services as object) as { report: { results: object[] } }[];
    const results = service?.report.results.map((result) => ({ ...result, summary: 7 }));
    const services = { other: service, web: { ...service, report: { ...service?.report, results } } };
    const view = await textOf(
      HostView({ ...OWN, host: good, state: { ...good, services } as never, incidents: [] }),
    );
    expect(shown(view)).toMatchObject({ cards: 2, missing: 1 });
  });
});
