// The operator's API below /v1/admin: tokens to bring hosts and people in, and reading. It can approve nothing.
import * as z from "zod";
import { ItemName } from "@countersign/shared/values/ids";
import { ok } from "@countersign/shared/values/result";
import { byAdmin } from "../core/words/actor.ts";
import { type Ctx, deskOf, shardOf } from "../http/context.ts";
import { readJsonBody } from "../http/json-body.ts";
import { problem } from "../http/problem.ts";
import { parsePublicUrl } from "../public-url.ts";
import { actorOf, Person } from "./admin-policy.ts";

/** Whom the audit names for what the admin token did. */
const ADMIN = byAdmin();

const RetireRequest = z.strictObject({ by: Person.optional(), why: z.string().max(300).default("") });
const SignInTokenRequest = z.strictObject({ responder: ItemName });

export async function createEnrolmentToken(c: Ctx): Promise<Response> {
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return problem(base.error.reason);
  return c.json(await deskOf(c.env).createEnrolmentToken(ADMIN), 201);
}

/** 201 with the `url` that opens the sign-in view, while nobody is signed in; else 202: the link was sent to the person it is for. */
export async function createSignInToken(c: Ctx): Promise<Response> {
  const body = await readJsonBody(c.req.raw, SignInTokenRequest);
  if (!body.ok) return problem(body.error.reason, { detail: body.error.detail });
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return problem(base.error.reason);
  const invited = await deskOf(c.env).inviteToSignIn(body.value.responder, ADMIN);
  if (!invited.ok) return problem(invited.error.reason);
  if (invited.value.delivery === "paged") return c.json(invited.value, 202);
  const { token, expiresAt, delivery } = invited.value;
  return c.json({ delivery, token, expiresAt, url: `${base.value}/sign-in/${token}` }, 201);
}

export async function listHosts(c: Ctx): Promise<Response> {
  const shards = await deskOf(c.env).shardNames();
  const snapshots = await Promise.all(shards.map((shard) => shardOf(c.env, shard).snapshot()));
  return c.json({ hosts: snapshots.flat() });
}

/** The body may be absent; `by` and `why` are for the audit. */
export async function retireHost(c: Ctx): Promise<Response> {
  const isBare = c.req.raw.body === null || c.req.header("content-length") === "0";
  const body = isBare ? ok({ why: "" }) : await readJsonBody(c.req.raw, RetireRequest);
  if (!body.ok) return problem(body.error.reason, { detail: body.error.detail });
  const { by, why }: z.infer<typeof RetireRequest> = body.value;
  const hostId = c.req.param("id") ?? "";
  const retired = await deskOf(c.env).retireHost({ hostId, by: actorOf(by), why });
  return retired.ok ? c.json({ hostId, state: "retired" }) : problem("host-unknown");
}

export async function listIncidents(c: Ctx): Promise<Response> {
  const { incidents, approvals } = await deskOf(c.env).overview();
  return c.json({ incidents, approvals });
}

export async function showIncident(c: Ctx): Promise<Response> {
  const found = await deskOf(c.env).incident(c.req.param("id") ?? "");
  return found === null ? problem("not-found") : c.json(found);
}
