// What views read: lists from D1, with the desk's word over them; one host from its own shard; and nothing from all shards. Without D1, or without
// the shard, everything that is open and everything that can be done stands.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { createApp } from "../../../control-plane/src/app.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { hostSubject, subjectKeyOf } from "../../../control-plane/src/core/words/subject.ts";
import type { Env } from "../../../control-plane/src/env.ts";
import { listHosts } from "../../../control-plane/src/http/host-list.ts";
import { readsOf } from "../../../control-plane/src/http/reads.ts";
import { projectRows } from "../../../control-plane/src/read-side/project.ts";
import { HOSTS_PER_VIEW } from "../../../control-plane/src/web/hosts/hosts-view.tsx";
import { hostRow } from "../../unit/read-side/host-row.ts";
import { countedEnv, GONE, HANGS } from "../world/counted-env.ts";
import { ask, bindings, connectedAgent, desk, enrolledHost, ORIGIN, shard } from "../world/fleet.ts";
import { type Device, OWN_FORM, signedInDevice } from "./device.ts";

const token = bindings.ADMIN_TOKEN ?? "";

/** A view as it answers with these bindings. */
async function view(device: Device, path: string, env: Env = bindings) {
  const request = new Request(ORIGIN + path, { headers: { cookie: device.cookie } });
  const answer = await createApp().fetch(request, env);
  return { status: answer.status, html: await answer.text() };
}

/** Submits a form of a view, with a reason, against these bindings. */
async function submit(device: Device, [path, end]: readonly [string, string], env: Env): Promise<number> {
  const { html } = await view(device, path, env);
  const form = [...html.matchAll(/<form\b[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].find(
    ([, action]) => action?.endsWith(end),
  );
  const csrf = /name="csrf" value="([^"]*)"/.exec(form?.[2] ?? "")?.[1] ?? "";
  const body = new URLSearchParams({ csrf, why: "because" }).toString();
  const headers = { ...OWN_FORM, cookie: device.cookie };
  const request = new Request(ORIGIN + (form?.[1] ?? path), { method: "POST", headers, body });
  return (await createApp().fetch(request, env)).status;
}

async function frozenKeys(): Promise<readonly string[]> {
  return (await desk().brakes()).freezes.map(({ scope }) => subjectKeyOf(scope));
}

async function silence(hostId: string, name: string): Promise<void> {
  const now = Date.now();
  const signal: Signal = {
    key: `test:${hostId}`,
    kind: "firing",
    happenedAt: now - 60_000,
    noticedAt: now,
    subject: hostSubject(hostId, name),
    reason: "host-silent",
    severity: "critical",
    title: `${name} is silent`,
    evidence: [],
    proposalRequestId: null,
    restarts: null,
  };
  await desk().receiveSignals("shard-0", [signal]);
}

async function settled(): Promise<void> {
  await shard().settled();
  await desk().settled();
}

/** The card of a host in a grid. */
function cardOf(html: string, name: string): string {
  return (
    html
      .split('<li class="card')
      .slice(1)
      .find((card) => card.includes(name) && card.includes("/hosts/")) ?? ""
  );
}

/** The states that a piece of a view shows. */
function statesIn(html: string): readonly string[] {
  return [...html.matchAll(/data-state="([a-z]+)"/g)].map(([, state]) => state ?? "");
}

describe("a host that is down by the desk, and up by D1", () => {
  it("is shown as down: in both lists, over the API, and in its own view when its shard does not answer", async () => {
    const device = await signedInDevice();
    const host = await enrolledHost("web-1");
    await connectedAgent(host);
    await settled();
    expect(statesIn(cardOf((await view(device, "/")).html, "web-1"))).toEqual(["well"]);
    await silence(host.hostId, "web-1");
    for (const path of ["/", "/hosts", "/hosts?q=web"])
      expect(statesIn(cardOf((await view(device, path)).html, "web-1")), path).toEqual(["down"]);
    const listed = await (await ask("/v1/admin/hosts", { token })).json();
    expect(listed).toMatchObject({ hosts: [{ hostId: host.hostId, liveness: "down" }] });
    const { env } = countedEnv({ shard: GONE });
    vi.spyOn(console, "error").mockImplementation(() => {});
    const own = await view(device, `/hosts/${host.hostId}`, env);
    expect([own.status, /down\s*<\/span>/.test(own.html)]).toEqual([200, true]);
  });

  it("is shown in its own view as its own shard knows it", async () => {
    const device = await signedInDevice();
    const host = await enrolledHost("web-1");
    await connectedAgent(host);
    await settled();
    const row = hostRow({ hostId: host.hostId, name: "web-1", liveness: "down", sinceAt: 1 });
    await projectRows(bindings.DB, "shard-0", [{ projection: row, revision: Date.now() + 1_000 }]);
    const { counts, env } = countedEnv();
    const { html } = await view(device, `/hosts/${host.hostId}`, env);
    expect([/up\s*<\/span>/.test(html), /down\s*<\/span>/.test(html)]).toEqual([true, false]);
    // the lines of its services alone
    expect([counts.shard, counts.d1]).toEqual([["host", "lastWords"], 2]);
  });
});

describe("with 10 shards and 10,000 hosts", () => {
  const SHARDS = 10;
  const HOSTS_PER_SHARD = 1_000;

  async function fillFleet(): Promise<void> {
    const hosts = Array.from({ length: SHARDS * HOSTS_PER_SHARD }, (_, index) => ({
      hostId: `host_${index}`,
      name: `web-${index}`,
      index: index % SHARDS,
    }));
    for (let at = 0; at < hosts.length; at += 2_000) {
      const some = hosts.slice(at, at + 2_000);
      const rows = some.map(({ hostId, index, name }) => ({
        projection: hostRow({ hostId, name, shard: `shard-${index}`, services: '["api","demo"]' }),
        revision: 1,
      }));
      await projectRows(bindings.DB, "shard-0", rows);
      await runInDurableObject(desk(), (_instance, { storage }) =>
        storage.sql.exec(
          "INSERT INTO hosts SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
          JSON.stringify(some.map(({ hostId, index, name }) => [hostId, index, name])),
        ),
      );
    }
  }

  it("a view costs some questions to the desk and D1, and none to a shard but for one host", async () => {
    const device = await signedInDevice();
    await fillFleet();
    await settled();
    const paths: readonly (readonly [path: string, desk: number, d1: number, shard: number])[] = [
      ["/", 9, 5, 0],
      ["/hosts", 5, 5, 0],
      ["/hosts?q=web-77&tag=web&state=well", 5, 3, 0],
      ["/brake", 4, 1, 0],
      ["/brake?q=web-77+api", 4, 1, 0],
      ["/brake/freeze/host%2Fhost_77", 3, 0, 0],
      ["/brake/freeze/service%2Fhost_77%2Fapi", 2, 0, 1],
      ["/silences", 3, 0, 0],
      ["/silences/new", 2, 1, 0],
      ["/standing/new", 2, 1, 0],
      ["/hosts/host_77", 7, 3, 2],
      ["/audit", 4, 1, 0],
      ["/incidents", 3, 1, 0],
    ];
    const found: unknown[] = [];
    for (const [path] of paths) {
      const { counts, env } = countedEnv();
      const { status } = await view(device, path, env);
      expect([200, 404], path).toContain(status);
      found.push([path, counts.desk.length, counts.d1, counts.shard.length]);
    }
    expect(found).toEqual(paths);
    const linksIn = (html: string) => html.match(/href="\/hosts\/host_/g)?.length ?? 0;
    const { html } = await view(device, "/");
    expect([/10000 hosts/.test(html), linksIn(html)]).toEqual([true, 0]);
    expect(linksIn((await view(device, "/hosts")).html)).toBe(HOSTS_PER_VIEW);
  });
});

describe("after an act", () => {
  it("who was retired is in no list any more, though D1 still holds them", async () => {
    const device = await signedInDevice();
    const [host] = [await enrolledHost("web-1"), await enrolledHost("web-2")];
    await settled();
    const reads = { ...readsOf(bindings) };
    const asked = { search: "", tag: null, state: null, after: null, limit: 10 };
    const rows = await reads.lists.hosts(asked);
    await desk().act({
      act: { kind: "retire-host", hostId: host.hostId, why: "sold" },
      by: { kind: "person", responder: "operator", deviceId: "dev_1" },
    });
    const stale = { ...reads.lists, hosts: async () => rows };
    const { hosts } = await listHosts({ ...reads, lists: stale }, asked, Date.now());
    expect(hosts.map(({ name }) => name)).toEqual(["web-2"]);
    expect((await view(device, `/hosts/${host.hostId}`)).status).toBe(404);
  });

  it("who was enrolled, and is not in the list yet, is counted and said to be missing", async () => {
    const device = await signedInDevice();
    await enrolledHost("web-1");
    await settled();
    await bindings.DB.exec("DELETE FROM hosts");
    const { html } = await view(device, "/");
    expect([/1\s*host\b/.test(html), html.includes('data-says="missing"')]).toEqual([true, true]);
    expect(html).not.toContain("No host is enrolled yet");
  });

  it("the audit shows it, from D1 once that has it, else from the desk", async () => {
    const device = await signedInDevice();
    const form = ["/brake", "/brake/freeze/fleet"] as const;
    expect(await submit(device, form, bindings)).toBe(303);
    const first = await view(device, "/audit");
    expect(first.html).toContain("freeze");
    expect([first.html.includes('data-says="desk-own"'), /holds\./.test(first.html)]).toEqual([false, true]);
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { counts, env } = countedEnv({ DB: GONE });
    const second = await view(device, "/audit", env);
    expect([second.html.includes('data-says="desk-own"'), second.html.includes("because")]).toEqual([
      true,
      true,
    ]);
    expect(counts.desk.filter((name) => name === "auditRows")).toHaveLength(1);
  });

  it("the audit says so when D1 was changed by hand", async () => {
    const device = await signedInDevice();
    await submit(device, ["/brake", "/brake/freeze/fleet"], bindings);
    await settled();
    await bindings.DB.exec("UPDATE audit SET why = 'another reason' WHERE why = 'because'");
    expect((await view(device, "/audit")).html).toContain("The chain is broken");
    await bindings.DB.exec("DELETE FROM audit WHERE sequence = (SELECT max(sequence) FROM audit)");
    expect((await view(device, "/audit")).html).toContain("The chain is broken");
  });
});

describe("while D1 does not answer", () => {
  it("every view stands, says that its list cannot be read, and shows no empty one in its place", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const device = await signedInDevice();
    const host = await enrolledHost("web-1");
    await silence(host.hostId, "web-1");
    const { env } = countedEnv({ DB: GONE });
    const said: (readonly [string, number, boolean])[] = [];
    for (const path of ["/", "/hosts", "/incidents", "/audit", "/brake", "/silences/new", "/standing/new"]) {
      const { html, status } = await view(device, path, env);
      said.push([path, status, /data-says="(?:unread|desk-own|no-lists)"/.test(html)]);
      expect(html).not.toContain("No host is enrolled yet");
    }
    expect(said).toEqual(said.map(([path]) => [path, 200, true]));
    const { html } = await view(device, "/", env);
    const text = html.replaceAll(/<span class="nb">([^<]*)<\/span>/g, "$1");
    expect([text.includes("web-1 is silent"), statesIn(cardOf(html, "web-1"))]).toEqual([true, ["down"]]);
  });

  it("and no shard does, the fleet and a host are frozen all the same; a service cannot be looked up", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const device = await signedInDevice();
    const { hostId } = await enrolledHost("web-1");
    for (const shardStub of [GONE, HANGS]) {
      const { env } = countedEnv({ DB: GONE, shard: shardStub });
      const found = await view(device, "/brake?q=web", env);
      expect(found.html).toContain(`/brake/freeze/host%2F${hostId}`);
      const service = await view(device, `/brake/freeze/service%2F${hostId}%2Fdemo`, env);
      expect(service.status).toBe(503);
    }
    const { env } = countedEnv({ DB: GONE, shard: GONE });
    expect(await submit(device, ["/brake", "/brake/freeze/fleet"], env)).toBe(303);
    const hostPath = `/brake/freeze/host%2F${hostId}`;
    expect(await submit(device, [hostPath, hostPath], env)).toBe(303);
    expect((await frozenKeys()).toSorted()).toEqual(["fleet", `host/${hostId}`]);
  });
});

describe("a row that somebody wrote into D1 by hand", () => {
  const changes = [
    "name = x'00ff', shard = 7, since_at = 'then', liveness = 'down'",
    "name = 5, services = 'no JSON', condition = 'toString', urgency = 'first'",
    "name = 'web-2', shard = '__proto__', liveness = 'well', urgency = -9e99",
    "since_at = -1, services = '{}', urgency = 9e99",
  ];

  it("costs no view, is called what the register calls it, and the brake can be pulled", async () => {
    const device = await signedInDevice();
    const names: string[] = [];
    for (const change of changes) {
      names.push(`web-${names.length}`);
      const { hostId } = await enrolledHost(names.at(-1));
      await settled();
      await bindings.DB.prepare(`UPDATE hosts SET ${change} WHERE host_id = ?`).bind(hostId).run();
    }
    for (const path of ["/", "/hosts", "/brake", "/brake?q=host", "/silences/new", "/standing/new"])
      expect((await view(device, path)).status, path).toBe(200);
    const listed = await (await ask("/v1/admin/hosts", { token })).json<{ hosts: object[] }>();
    expect(listed.hosts).toHaveLength(changes.length);
    const { html } = await view(device, "/hosts");
    for (const name of names) expect(cardOf(html, `${name}<`), name).not.toBe("");
    expect(await submit(device, ["/brake", "/brake/freeze/fleet"], bindings)).toBe(303);
  });
});

describe("when D1 answers and a writer's rows wait", () => {
  it("the list of hosts is as of the oldest that is not there, by the watch's last word", async () => {
    const device = await signedInDevice();
    await enrolledHost("web-1");
    await settled();
    const sinceAt = Date.now() - 3_600_000;
    const answer = { unconfirmedSinceAt: null, unprojectedSinceAt: sinceAt };
    await desk().noteShards([{ shard: "shard-0", answer }]);
    const { html } = await view(device, "/");
    expect(html).toContain('data-says="old"');
    expect(await (await ask("/v1/admin/hosts", { token })).json()).toMatchObject({ asOf: sinceAt });
    await desk().noteShards([{ shard: "shard-0", answer: { ...answer, unprojectedSinceAt: null } }]);
    expect((await view(device, "/")).html).not.toContain('data-says="old"');
  });
});

it("the links of a host's own view lead to forms that freeze it and its services", async () => {
  const device = await signedInDevice();
  const host = await enrolledHost("web-1");
  await connectedAgent(host);
  const { html } = await view(device, `/hosts/${host.hostId}`);
  const links = [...html.matchAll(/href="(\/brake\/freeze\/[^"]*)"/g)].map(([, path]) => path ?? "");
  expect(links).toHaveLength(2);
  for (const path of links) expect((await view(device, path)).status, path).toBe(200);
});
