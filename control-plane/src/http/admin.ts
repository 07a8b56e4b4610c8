// The operator's API below /v1/admin: tokens to bring hosts and people in, and reading. It can approve nothing.
import { ItemName } from "@countersign/shared/ids";
import { z } from "zod";
import { CHAIN_START, findChainBreak } from "../actors/audit-chain.ts";
import type { ChainedAuditEntry } from "../actors/rpc.ts";
import { parsePublicUrl } from "../public-url.ts";
import { type Ctx, deskOf, shardOf } from "./context.ts";
import { readJsonBody } from "./json-body.ts";
import { problem } from "./problem.ts";

/** Whom the audit names for what the admin token did. */
const ADMIN = "admin";
const AUDIT_PAGE_ROWS = 100;
const VERIFY_PAGE_ROWS = 500;

const SignInTokenRequest = z.strictObject({ responder: ItemName });

export async function createEnrolmentToken(c: Ctx): Promise<Response> {
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return problem(base.error.reason);
  return c.json(await deskOf(c.env).createEnrolmentToken(ADMIN), 201);
}

/** 201 with the `url` that opens the sign-in page, while nobody is signed in; else 202: the link was sent to the person it is for. */
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
  const { shards } = await deskOf(c.env).overview();
  const snapshots = await Promise.all(shards.map((shard) => shardOf(c.env, shard).snapshot()));
  return c.json({ hosts: snapshots.flat() });
}

export async function listIncidents(c: Ctx): Promise<Response> {
  const { incidents, approvals } = await deskOf(c.env).overview();
  return c.json({ incidents, approvals });
}

export async function showIncident(c: Ctx): Promise<Response> {
  const found = await deskOf(c.env).incident(c.req.param("id") ?? "");
  return found === null ? problem("not-found") : c.json(found);
}

/** Newest first; `nextBefore` asks for the page after this one, null: there is none. */
export async function listAudit(c: Ctx): Promise<Response> {
  const before = z.coerce
    .number()
    .int()
    .min(1)
    .nullable()
    .safeParse(c.req.query("before") ?? null);
  if (!before.success)
    return problem("body-malformed", { detail: "Give ?before= as an audit row's sequence number." });
  const rows = await deskOf(c.env).auditRows({ before: before.data, limit: AUDIT_PAGE_ROWS });
  const last = rows.at(-1);
  return c.json({ rows, nextBefore: last === undefined || last.sequence === 1 ? null : last.sequence });
}

/** Walks the whole chain from its newest row to its first. */
export async function verifyAudit(c: Ctx): Promise<Response> {
  const desk = deskOf(c.env);
  let newer: ChainedAuditEntry[] = [];
  let rowCount = 0;
  let before: number | null = null;
  for (;;) {
    const page: readonly ChainedAuditEntry[] = await desk.auditRows({ before, limit: VERIFY_PAGE_ROWS });
    const stretch = [...page].reverse().concat(newer.slice(0, 1));
    const brokenAt = firstBreakOf(stretch, page.length < VERIFY_PAGE_ROWS);
    if (brokenAt !== null) return c.json({ ok: false, brokenAt });
    rowCount += page.length;
    const oldest = page.at(-1);
    if (oldest === undefined || page.length < VERIFY_PAGE_ROWS)
      return c.json({ ok: true, rowCount, brokenAt: null });
    newer = [...page].reverse();
    before = oldest.sequence;
  }
}

/** A stretch that is not the chain's beginning starts from what its first row says came before it. */
function firstBreakOf(rows: readonly ChainedAuditEntry[], isBeginning: boolean): number | null {
  const [first] = rows;
  if (first === undefined) return null;
  const end = isBeginning
    ? { sequence: 0, hash: CHAIN_START }
    : { sequence: first.sequence - 1, hash: first.previousHash };
  return findChainBreak(rows, end);
}
