// The policy over the operator's API: read it with its versions, apply another one to the version that was seen, undo; and what rules
// in shadow found. Whoever holds the admin token says who they are: the audit names the token and that name.
import * as z from "zod";
import { YAML_FILE_BYTES_MAX } from "@countersign/shared/values/limits";
import { type Actor, byAdmin } from "../core/words/actor.ts";
import { type Ctx, deskOf } from "../http/context.ts";
import { readJsonBody } from "../http/json-body.ts";
import { problem } from "../http/problem.ts";
import type { PolicyAct } from "../platform/desk/desk-policies.ts";

/** JSON may write one byte of text as six. */
const BODY_BYTES_MAX = 6 * YAML_FILE_BYTES_MAX + 4_096;

/** Who holds the admin token, as they say themselves. */
export const Person = z
  .string()
  .regex(/^[\w.@ -]{1,60}$/, { error: "expected a name of letters, digits and . @ - _" });
const act = {
  /** the version that was seen; another one in force is answered with 409 */
  expectedVersion: z.int().min(0),
  by: Person.optional(),
  why: z.string().max(300).default(""),
  /** done also when nobody who is signed in stays so */
  confirm: z.boolean().default(false),
};
const ApplyRequest = z.strictObject({ ...act, text: z.string().max(YAML_FILE_BYTES_MAX) });
const UndoRequest = z.strictObject(act);
const FalseAlarmRequest = z.strictObject({ findingId: z.string().min(1).max(400), by: Person.optional() });

/** The newest version's text and the history, newest first; `problem` says why an older one is in force instead. */
export async function showPolicy(c: Ctx): Promise<Response> {
  return c.json(await deskOf(c.env).showPolicy());
}

export async function applyPolicy(c: Ctx): Promise<Response> {
  const body = await readJsonBody(c.req.raw, ApplyRequest, BODY_BYTES_MAX);
  if (!body.ok) return problem(body.error.reason, { detail: body.error.detail ?? TOO_LARGE });
  const { by, ...asked } = body.value;
  return answerAct(c, { ...asked, by: actorOf(by) });
}

export async function undoPolicy(c: Ctx): Promise<Response> {
  const body = await readJsonBody(c.req.raw, UndoRequest);
  if (!body.ok)
    return problem(body.error.reason, body.error.detail === undefined ? {} : { detail: body.error.detail });
  const { by, ...asked } = body.value;
  return answerAct(c, { ...asked, by: actorOf(by), text: null });
}

/** Counts by reason, and the findings: all that fire, and the newest that are over. */
export async function showShadow(c: Ctx): Promise<Response> {
  return c.json(await deskOf(c.env).shadow());
}

export async function markFalseAlarm(c: Ctx): Promise<Response> {
  const body = await readJsonBody(c.req.raw, FalseAlarmRequest);
  if (!body.ok)
    return problem(body.error.reason, body.error.detail === undefined ? {} : { detail: body.error.detail });
  const marked = await deskOf(c.env).markFalseAlarm(body.value.findingId, actorOf(body.value.by));
  return marked.ok ? c.json({ ok: true }) : problem("finding-unknown");
}

const TOO_LARGE = `Send at most ${YAML_FILE_BYTES_MAX} bytes of policy.`;

async function answerAct(c: Ctx, asked: PolicyAct): Promise<Response> {
  const applied = await deskOf(c.env).applyPolicy(asked);
  if (applied.ok) return c.json(applied.value);
  const { reason, ...members } = applied.error;
  return problem(reason, { members });
}

/** Whom the audit names. */
export function actorOf(by: string | undefined): Actor {
  return byAdmin(by ?? null);
}
