// Hosts and incidents over the operator's API. The admin token acts on no incident and approves nothing.
import { refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf } from "../../http/context.ts";
import { listedHost, listHosts as readHostList } from "../../http/host-list.ts";
import { hostNow } from "../../http/host-now.ts";
import { wordsOfHost, wordsOfIncident } from "../../http/last-words-now.ts";
import { readsOf } from "../../http/reads.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const listHosts: Answer<RouteOf<"GET /v1/admin/hosts">> = async ({ query }, c) => {
  const { after, limit, q, state, tag } = query;
  const asked = { search: q, tag: tag ?? null, state: state ?? null, after: after ?? null, limit };
  return reply(200, await readHostList(readsOf(c.env), asked, Date.now()));
};

export const showHost: Answer<RouteOf<"GET /v1/admin/hosts/:id">> = async ({ params }, c) => {
  const reads = readsOf(c.env);
  const found = await reads.desk.hostAt(params.id);
  if (found === null) return refuse({ reason: "host-unknown" });
  const [asked, lastWords] = await Promise.all([
    hostNow(reads.shard, found.host),
    wordsOfHost(reads.shard, found.host, null),
  ]);
  const host = asked.ok ? asked.value : null;
  const listed = host === null ? await listedHost(reads, params.id) : null;
  return reply(200, { host, listed, open: found.open, lastWords });
};

/** The form is a person's: what is answered here acts on nothing. */
export const showAsk: Answer<RouteOf<"GET /v1/admin/hosts/:id/ask">> = async ({ params }, c) => {
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return base;
  const { desk, shard } = readsOf(c.env);
  const [found, { cannotRun }] = await Promise.all([desk.hostAt(params.id), desk.asksOn(params.id)]);
  if (found === null) return refuse({ reason: "host-unknown" });
  const asked = await hostNow(shard, found.host);
  const host = asked.ok ? asked.value : null;
  const offered = (host?.connection?.catalogue ?? []).flatMap(({ actions, service }) =>
    actions.map(({ action, level }) => ({ service, action, level })),
  );
  const { hostId, name } = found.host;
  return reply(200, {
    url: `${base.value}/ask/${hostId}`,
    name,
    liveness: host?.liveness ?? null,
    offered,
    cannotRun: cannotRun?.reason ?? null,
  });
};

/** `by` and `why` are for the audit. */
export const retireHost: Answer<RouteOf<"POST /v1/admin/hosts/:id/retire">> = async (
  { params, body: { by, why } },
  c,
) => {
  const hostId = params.id;
  const retired = await deskOf(c.env).act({ act: { kind: "retire-host", hostId, why }, by: byAdmin(by) });
  return retired.ok ? reply(200, { hostId, state: "retired" }) : refuse({ reason: "host-unknown" });
};

/** `by` and `why` are for the audit, and for who looks at the list. */
export const setHostAside: Answer<RouteOf<"POST /v1/admin/hosts/:id/set-aside">> = async (
  { params, body: { by, why } },
  c,
) => {
  const hostId = params.id;
  const done = await deskOf(c.env).act({ act: { kind: "set-aside", hostId, why }, by: byAdmin(by) });
  return done.ok ? reply(200, { hostId, state: "set-aside" }) : refuse({ reason: "host-not-listed" });
};

export const listIncidents: Answer<RouteOf<"GET /v1/admin/incidents">> = async (_asked, c) => {
  const { incidents, approvals } = await deskOf(c.env).overview();
  return reply(200, { incidents, approvals });
};

export const showIncident: Answer<RouteOf<"GET /v1/admin/incidents/:id">> = async ({ params }, c) => {
  const reads = readsOf(c.env);
  const found = await reads.desk.incident(params.id);
  if (found === null) return refuse({ reason: "not-found" });
  return reply(200, { ...found, lastWords: await wordsOfIncident(reads, found) });
};
