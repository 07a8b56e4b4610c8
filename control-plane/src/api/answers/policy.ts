// The policy over the operator's API: read it with its versions, apply another one to the version that was seen, undo; and what rules
// in shadow found. Whoever holds the admin token says who they are: the audit names the token and that name.
import { refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { type Ctx, deskOf } from "../../http/context.ts";
import type { PolicyAct } from "../../platform/desk/desk-policies.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const showPolicy: Answer<RouteOf<"GET /v1/admin/policy">> = async (_asked, c) =>
  reply(200, await deskOf(c.env).showPolicy());

export const applyPolicy: Answer<RouteOf<"PUT /v1/admin/policy">> = ({ body: { by, ...asked } }, c) =>
  act(c, { ...asked, by: byAdmin(by) });

/** What an apply or undo would do. */
export const dryRunPolicy: Answer<RouteOf<"POST /v1/admin/policy/dry-run">> = async ({ body }, c) => {
  const planned = await deskOf(c.env).planPolicy({ ...body, by: byAdmin(), why: "" });
  if (planned.ok) return reply(200, planned.value);
  const { reason, ...members } = planned.error;
  return refuse({ reason, members });
};

export const undoPolicy: Answer<RouteOf<"POST /v1/admin/policy/undo">> = ({ body: { by, ...asked } }, c) =>
  act(c, { ...asked, by: byAdmin(by), text: null });

/** Counts by reason, and the findings: all that fire, and the newest that are over. */
export const showShadow: Answer<RouteOf<"GET /v1/admin/shadow">> = async (_asked, c) =>
  reply(200, await deskOf(c.env).shadow());

export const markFalseAlarm: Answer<RouteOf<"POST /v1/admin/shadow/false-alarms">> = async ({ body }, c) => {
  const marked = await deskOf(c.env).act({
    act: { kind: "mark-false-alarm", findingId: body.findingId },
    by: byAdmin(body.by),
  });
  return marked.ok ? reply(200, { ok: true }) : refuse({ reason: "finding-unknown" });
};

async function act(c: Ctx, asked: PolicyAct) {
  const applied = await deskOf(c.env).applyPolicy(asked);
  if (applied.ok) return reply(200, applied.value);
  const { reason, ...members } = applied.error;
  return refuse({ reason, members });
}
