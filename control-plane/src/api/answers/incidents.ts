// Incidents over the operator's API beside what is open now: all of them by what is asked of them, notes, and the draft of a
// post-mortem.
import { refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf } from "../../http/context.ts";
import * as lists from "../../http/desk-lists.ts";
import { postMortemOf } from "../../http/post-mortem.ts";
import { readsOf } from "../../http/reads.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const listHistory: Answer<RouteOf<"GET /v1/admin/history">> = async ({ query }, c) => {
  const { after = null, from, host = null, limit, q, reason = null, service = null, severity = null } = query;
  const [fromAt, toAt] = [instantOf(from), instantOf(query.to)];
  const standing = query.state ?? null;
  const filter = { standing, severity, reason, host, service, search: q, fromAt, toAt };
  const part = await lists.listIncidents(readsOf(c.env), { filter, after, limit });
  return reply(200, { incidents: part.rows, next: part.next, asOf: part.asOf });
};

/** Whoever holds the admin token writes it, under the name that they give. */
export const addIncidentNote: Answer<RouteOf<"POST /v1/admin/incidents/:id/notes">> = async (
  { params, body: { by, text } },
  c,
) => {
  const act = { kind: "add-note", incidentId: params.id, text } as const;
  const added = await deskOf(c.env).act({ act, by: byAdmin(by) });
  if (added.ok) return reply(200, { ok: true });
  return refuse({ reason: added.error.reason === "notes-full" ? "notes-full" : "not-found" });
};

export const draftPostMortem: Answer<RouteOf<"GET /v1/admin/incidents/:id/post-mortem">> = async (
  { params },
  c,
) => {
  const found = await deskOf(c.env).incident(params.id);
  if (found === null) return refuse({ reason: "not-found" });
  return reply(200, { markdown: postMortemOf(found, Date.now()) });
};

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
