// Approvers to be over the operator's API: what waits, and what the admin token may do about it. What a reader would get wrong: it can hand over a next
// version and forget all of them, and neither adds anybody on a host.
import { decodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { assert, ok, refuse, type Result } from "@countersign/shared/values/result";
import { TRUST_REFUSALS } from "@countersign/shared/wire/trust-chain";
import { byAdmin } from "../../core/words/actor.ts";
import { rolesOf } from "../../core/words/roles.ts";
import { type Ctx, deskOf } from "../../http/context.ts";
import { policyNow } from "../../http/policy-now.ts";
import type { TrustAct, TrustActRefusal, TrustDone } from "../../platform/approvers-rpc.ts";
import { APPROVER_ROUTES } from "../table/approver-routes.ts";
import type { RouteOf } from "../table/routes.ts";
import { TRUST_ROUTES } from "../table/trust-routes.ts";
import { type Answer, reply } from "./answer.ts";

export const showApprovers: Answer<RouteOf<"GET /v1/admin/approvers">> = async (_asked, c) => {
  const desk = deskOf(c.env);
  const [now, policy] = await Promise.all([desk.approversNow(), policyNow(desk, c.env.POLICY)]);
  const people = (policy?.responders ?? []).map(({ id, name }) => ({
    person: id,
    name,
    roles: policy === null ? [] : rolesOf(policy, id),
  }));
  const drafts = now.drafts.map(({ by, expiresAt, hash, madeAt, missing, signed, text }) => ({
    hash,
    text,
    by,
    madeAt,
    expiresAt,
    signed,
    missing,
  }));
  return reply(200, { ...now, drafts, people });
};

export const withdrawCandidate: Answer<RouteOf<"DELETE /v1/admin/candidates/:id">> = async (
  { params },
  c,
) => {
  const { problems } = APPROVER_ROUTES["DELETE /v1/admin/candidates/:id"];
  const done = await act(c, { kind: "withdraw-passkey", credentialId: params.id }, { problems });
  return done.ok ? reply(200, { ok: true }) : done;
};

export const draftTrust: Answer<RouteOf<"POST /v1/admin/trust/drafts">> = async (
  { body: { by, text } },
  c,
) => {
  const { problems } = APPROVER_ROUTES["POST /v1/admin/trust/drafts"];
  const done = await act(c, { kind: "draft-trust", text }, { by, problems });
  if (!done.ok) return done;
  const bytes = decodeBase64(text);
  assert(bytes !== null, "the desk took a text that can be read");
  return reply(201, { hash: sha256Hex(bytes), missing: done.value.missing ?? 0 });
};

export const dropDraft: Answer<RouteOf<"DELETE /v1/admin/trust/drafts/:hash">> = async ({ params }, c) => {
  const { problems } = APPROVER_ROUTES["DELETE /v1/admin/trust/drafts/:hash"];
  const done = await act(c, { kind: "drop-draft", hash: params.hash }, { problems });
  return done.ok ? reply(200, { ok: true }) : done;
};

export const chooseDomain: Answer<RouteOf<"POST /v1/admin/trust/domain">> = async (
  { body: { by, rpId } },
  c,
) => {
  const { problems } = TRUST_ROUTES["POST /v1/admin/trust/domain"];
  const done = await act(c, { kind: "choose-domain", rpId }, { by, problems });
  return done.ok ? reply(200, { ok: true }) : done;
};

export const beginAnew: Answer<RouteOf<"POST /v1/admin/trust/begin-anew">> = async (
  { body: { by, why } },
  c,
) => {
  const { problems } = TRUST_ROUTES["POST /v1/admin/trust/begin-anew"];
  const done = await act(c, { kind: "begin-anew", why }, { by, problems });
  return done.ok ? reply(200, { ok: true }) : done;
};

/** What is wrong with a version, which its sentence says better than the reason does. */
const TOLD_IN_DETAIL = [...TRUST_REFUSALS, "responder-unknown"] as const;

/** Does it by the admin token; what only a person can be refused for is not heard here. */
async function act<Reason extends TrustActRefusal["reason"] | "responder-unknown">(
  c: Ctx,
  asked: TrustAct,
  { by, problems }: { readonly by?: string | undefined; readonly problems: readonly Reason[] },
): Promise<Result<TrustDone, { readonly reason: Reason; readonly detail?: string }>> {
  const done = await deskOf(c.env).trustAct(asked, byAdmin(by));
  if (done.ok) return ok(done.value);
  const { detail } = done.error;
  // The admin token is no person, so what wants people of the policy means those whom the version lets in.
  const reason = done.error.reason === "people-only" ? "responder-unknown" : done.error.reason;
  const told = problems.find((problem) => problem === reason);
  assert(told !== undefined, `the admin token is refused for what its line says, not for ${reason}`);
  const isOfVersion = TOLD_IN_DETAIL.some((refusal) => refusal === reason);
  return refuse({ reason: told, ...(isOfVersion ? { detail: `${detail}. Nothing was changed.` } : {}) });
}
