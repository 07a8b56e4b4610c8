// What is over, over the operator's API: from D1, with the instant until which D1 holds what the desk did.
import * as lists from "../../http/desk-lists.ts";
import { readsOf } from "../../http/reads.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const listResolved: Answer<RouteOf<"GET /v1/admin/resolved">> = async ({ query }, c) => {
  const { after = null, host = null, limit } = query;
  const part = await lists.listResolved(readsOf(c.env), { hostId: host, after, limit });
  return reply(200, { incidents: part.rows, next: part.next, asOf: part.asOf });
};

export const listPages: Answer<RouteOf<"GET /v1/admin/pages">> = async ({ query }, c) => {
  const { after = null, incident = null, limit, responder = null } = query;
  const part = await lists.listPages(readsOf(c.env), { incidentId: incident, responder, after, limit });
  return reply(200, { pages: part.rows, next: part.next, asOf: part.asOf });
};
