// The approval view, its two answers, and on views of their own a no with a reason and the yes to what is protected. Opening it records, for a
// person's own opening on a signed-in device, that the request was seen. The desk decides each answer; an old link's form gets the reason and
// executes nothing. `current` is what a script asks at the tap: it says how the question stands, and records nothing.
import type { Context } from "hono";
import { ok } from "@countersign/shared/values/result";
import type { Approval } from "../../core/desk/records/approval.ts";
import { hostNow } from "../../http/host-now.ts";
import { wordsInIncident } from "../../http/last-words-now.ts";
import type { Reads } from "../../http/reads.ts";
import { trustOf } from "../../http/trust-now.ts";
import type { IncidentDeskRpc } from "../../platform/rpc.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import { whyOf } from "../frame/fields.ts";
import type { ViewBound } from "../frame/people-bound.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, seeOther, sendNotFound, sendView } from "../frame/respond.tsx";
import { whereToSign } from "../signing/where-to-sign.ts";
import { isOpen } from "./approval-parts.tsx";
import { ApprovalView } from "./approval-view.tsx";
import { healthNow, type HostAnswer } from "./shown-approval.ts";
import type { ShownApproval } from "./shown-approval.ts";
import { ConfirmView } from "./signing/confirm-view.tsx";
import { currentAnswer } from "./signing/current-answer.ts";
import { signingOf } from "./signing/who-must-sign.ts";
import { DenyView } from "./waiting/deny-view.tsx";
import type { PagingNow } from "./who-is-paged.tsx";

/** What is read of what a person typed as a name. */
const TYPED_CHARS_MAX = 200;

export const approvalRoutes: readonly PeopleRoute[] = [
  view("/approvals/:id", async (c) => {
    const { frame, reads, visitor } = c.var;
    const approvalId = c.req.param("id");
    const found = await reads.desk.approval(approvalId);
    if (found === null) return sendNotFound(c, frame);
    // One link for one question: an older proposal's leads to the one that stands for it now.
    if (found.successor !== null) return seeOther(c, pathOf(found.successor.approvalId, approvalId));
    await c.var.noteSeen(approvalId);
    const shown = await shownOf(c, found);
    const { incident } = shown;
    const asked = { subject: approvalId, proposalHash: shown.approval.proposalHash };
    const isTakable = incident.state === "open" || incident.state === "acknowledged";
    const tokens = {
      approve: await csrfTokenOf(visitor, { purpose: "approve", ...asked }),
      deny: await csrfTokenOf(visitor, { purpose: "deny", ...asked }),
      take: isTakable
        ? await csrfTokenOf(visitor, { purpose: "acknowledge", subject: incident.incidentId })
        : null,
    };
    return sendView(c, <ApprovalView shown={shown} tokens={tokens} paging={await pagingOf(reads, shown)} />);
  }),

  view("/approvals/:id/deny", async (c) => {
    const { frame, visitor } = c.var;
    const approvalId = c.req.param("id");
    const shown = await openOr(c, approvalId);
    if (shown instanceof Response) return shown;
    if (!frame.roles.includes("answer")) return seeOther(c, pathOf(approvalId));
    const { proposalHash } = shown.approval;
    const token = await csrfTokenOf(visitor, { purpose: "deny", subject: approvalId, proposalHash });
    return sendView(c, <DenyView shown={shown} token={token} />);
  }),

  view("/approvals/:id/confirm", async (c) => {
    const { frame, visitor } = c.var;
    const approvalId = c.req.param("id");
    const shown = await openOr(c, approvalId);
    if (shown instanceof Response) return shown;
    const { proposal, proposalHash } = shown.approval;
    const isAsked = proposal.isProtected === true && frame.roles.includes("approve");
    if (!isAsked) return seeOther(c, pathOf(approvalId));
    const token = await csrfTokenOf(visitor, { purpose: "approve", subject: approvalId, proposalHash });
    return sendView(c, <ConfirmView shown={shown} token={token} />);
  }),

  view("/approvals/:id/current", async (c) => {
    const { frame, reads, visitor } = c.var;
    const read = await reads.desk.approval(c.req.param("id"));
    if (read === null) return sendNotFound(c, frame);
    const newest = read.successor === null ? read : await reads.desk.approval(read.successor.approvalId);
    const { approval, cannotRun } = newest ?? read;
    const { approvalId, proposalHash } = approval;
    const { signing } = await signingNow(c, approval);
    const token = await csrfTokenOf(visitor, { purpose: "approve", subject: approvalId, proposalHash });
    const { now } = frame;
    return c.json(currentAnswer({ read: read.approval, approval, cannotRun, signing, now, token }));
  }),

  act("/approvals/:id/approve", {
    kind: "approve",
    subject: (c) => c.req.param("id"),
    backPath: (c) => pathOf(c.req.param("id")),
    says: (c) => {
      const typed = c.var.form.get("typed");
      const named = { approvalId: c.req.param("id"), proposalHash: c.var.proposalHash };
      return ok(typed === null ? named : { ...named, typed: typed.slice(0, TYPED_CHARS_MAX) });
    },
  }),

  act("/approvals/:id/deny", {
    kind: "deny",
    subject: (c) => c.req.param("id"),
    backPath: (c) => pathOf(c.req.param("id")),
    says: (c) => ok({ approvalId: c.req.param("id"), why: whyOf(c.var.form) }),
  }),
];

/** Where an approval is shown; `instead`: of which older one of the same question. */
function pathOf(approvalId: string, instead?: string): string {
  const path = `/approvals/${encodeURIComponent(approvalId)}`;
  return instead === undefined ? path : `${path}?instead=${encodeURIComponent(instead)}`;
}

type Found = NonNullable<Awaited<ReturnType<IncidentDeskRpc["approval"]>>>;

/** A question that still waits, for a view beside its own; else the answer that leads to where it stands. */
async function openOr(c: Context<ViewBound>, approvalId: string): Promise<ShownApproval | Response> {
  const { frame, reads } = c.var;
  const found = await reads.desk.approval(approvalId);
  if (found === null) return sendNotFound(c, frame);
  if (found.successor !== null) return seeOther(c, pathOf(found.successor.approvalId, approvalId));
  const shown = await shownOf(c, found);
  return isOpen(shown) ? shown : seeOther(c, pathOf(approvalId));
}

async function shownOf(c: Context<ViewBound>, found: Found): Promise<ShownApproval> {
  const { frame, reads } = c.var;
  const { approval, cannotRun, earlier, finding, incident } = found;
  const [older, answer, lastWords, { mayApprove, policy, signing, trust }] = await Promise.all([
    olderOf(c.req.query("instead"), approval, reads.desk),
    hostAnswer(reads, approval),
    wordsInIncident(reads, approval.subject, incident),
    signingNow(c, approval),
  ]);
  const reader = frame.signIn.responder;
  const credentials = (trust?.trust.approvers ?? []).flatMap((approver) => approver.credentials);
  return {
    frame,
    approval,
    incident,
    finding,
    older,
    earlier,
    cannotRun,
    health: healthNow(answer, approval.subject.service),
    lastWords,
    readers: {
      reader,
      names: new Map(policy.responders.map(({ id, name }) => [id, name])),
    },
    signing,
    mayApprove,
    passkeyNames: new Map(credentials.map(({ credentialId, name }) => [credentialId, name])),
    stabilityMs: policy.verify.stabilityMs,
    grantValidMs: policy.approval.grantValidMs,
    takenForMs: policy.incident.acknowledgementMs,
  };
}

/** Who must sign it, by the fleet's list and the policy of this moment. */
async function signingNow(c: Context<ViewBound>, approval: Approval) {
  const { frame, reads } = c.var;
  const [policy, { party, trust }] = await Promise.all([policyInForce(c), trustOf(reads.desk)]);
  const able = policy.responders.filter(({ roles }) => roles.includes("approve"));
  const mayApprove = able.map(({ id }) => id);
  const where = whereToSign(party, c.req.url, c.env.PUBLIC_URL);
  const now = { trust, where, mayApprove: new Set(mayApprove) };
  return { mayApprove, policy, trust, signing: signingOf(approval, now, frame.signIn.responder) };
}

async function policyInForce(c: Context<ViewBound>): Promise<Policy> {
  const inForce = (await c.var.reads.desk.policyFor(null))?.text ?? c.env.POLICY;
  return loadFirstGood([inForce, c.env.POLICY], loadPolicy).policy;
}

/** The proposal that a person came from, if it is of the same question; null: they came straight here. */
async function olderOf(
  approvalId: string | undefined,
  current: Approval,
  desk: Pick<IncidentDeskRpc, "approval">,
): Promise<Approval | null> {
  const found = approvalId === undefined ? null : await desk.approval(approvalId);
  return found?.approval.findingId === current.findingId ? found.approval : null;
}

/** Its host, as its shard knows it now. */
async function hostAnswer({ desk, shard }: Reads, { subject }: Approval): Promise<HostAnswer> {
  const [host] = await desk.registered([subject.hostId]);
  if (host === undefined) return { kind: "gone" };
  const asked = await hostNow(shard, host);
  if (!asked.ok) return { kind: "silent" };
  return asked.value === null ? { kind: "new" } : { kind: "known", host: asked.value };
}

/** Who was paged and who is next, where nothing runs and it is not over. */
async function pagingOf({ desk }: Reads, shown: ShownApproval): Promise<PagingNow | null> {
  const { approval, incident, readers } = shown;
  const isUnderWay = approval.state === "approved" || approval.state === "executing";
  if (isUnderWay || incident.state === "resolved" || incident.state === "merged") return null;
  const found = await desk.incident(incident.incidentId);
  if (found === null) return null;
  const own = found.pages.filter(({ kind, responder }) => kind === "ring" && responder === readers.reader);
  return {
    next: found.next,
    pagedAt: own.findLast(({ deliveredAt }) => deliveredAt !== null)?.deliveredAt ?? null,
  };
}
