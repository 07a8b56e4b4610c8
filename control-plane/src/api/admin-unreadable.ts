// What could not be read, over the operator's API: the list that people are told of, the rows as they were put aside by the desk or one
// shard, and the act by which a person says that one is dealt with.
import * as z from "zod";
import { type Ctx, deskOf, shardOf } from "../http/context.ts";
import { readJsonBody } from "../http/json-body.ts";
import { problem } from "../http/problem.ts";
import { actorOf } from "./admin-policy.ts";

const DiscardRequest = z.strictObject({
  recordKey: z.string().min(1).max(600),
  by: z
    .string()
    .regex(/^[\w.@ -]{1,60}$/)
    .optional(),
});

/** The records that are told of, and what `?part=` (the desk where absent) put aside, newest first. */
export async function listUnreadable(c: Ctx): Promise<Response> {
  const desk = deskOf(c.env);
  const part = c.req.query("part") ?? "desk";
  if (part === "desk") return c.json(await desk.unreadable());
  const shards = await desk.shardNames();
  if (!shards.includes(part)) return problem("not-found");
  const { records } = await desk.unreadable();
  return c.json({ records, putAside: await shardOf(c.env, part).putAside() });
}

export async function discardRecord(c: Ctx): Promise<Response> {
  const body = await readJsonBody(c.req.raw, DiscardRequest);
  if (!body.ok)
    return problem(body.error.reason, body.error.detail === undefined ? {} : { detail: body.error.detail });
  const { by, recordKey } = body.value;
  const discarded = await deskOf(c.env).discardRecord(recordKey, actorOf(by));
  return discarded.ok ? c.json({ ok: true }) : problem("not-found");
}
