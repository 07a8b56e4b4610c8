// The approval view and its two answers. GET never acts: it only records, for a person's own opening on a signed-in device, that
// the request was seen. The desk decides each answer; an old link's POST gets the reason and executes nothing.
import { Hono } from "hono";
import { deskOf, type Bound, type Ctx } from "../../http/context.ts";
import { visitorOf, type Visitor } from "../../http/visitor.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import { admitForm } from "../frame/form.ts";
import { isOpenedByPerson } from "../frame/opened-by-person.ts";
import {
  csrfTokenOf,
  frameOf,
  askToSignIn,
  seeOther,
  sendNotFound,
  sendView,
  sendRefusal,
} from "../frame/respond.tsx";
import { ApprovalView } from "./approval-view.tsx";

export const approvalRoutes = new Hono<Bound>();

approvalRoutes.get("/approvals/:id", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  return showApproval(c, visitor, c.req.param("id"));
});

approvalRoutes.post("/approvals/:id/approve", (c) => answer(c, c.req.param("id"), "approve"));
approvalRoutes.post("/approvals/:id/deny", (c) => answer(c, c.req.param("id"), "deny"));

async function showApproval(c: Ctx, visitor: Visitor, approvalId: string): Promise<Response> {
  const desk = deskOf(c.env);
  const found = await desk.approval(approvalId);
  if (found === null) return sendNotFound(c, visitor);
  const { approval, incident } = found;
  if (isOpenedByPerson(c.req.raw)) await desk.markSeen(approvalId, visitor.signIn.responder);
  const { approvals } = (await desk.incident(incident.incidentId)) ?? { approvals: [] };
  const policy = loadFirstGood(
    [(await desk.policyFor(null))?.text ?? c.env.POLICY, c.env.POLICY],
    loadPolicy,
  ).policy;
  const act = { subject: approvalId, proposalHash: approval.proposalHash };
  return sendView(
    c,
    <ApprovalView
      frame={await frameOf(visitor)}
      approval={approval}
      incident={incident}
      earlier={approvals.filter((other) => other.approvalId !== approvalId)}
      stabilityMs={policy.verify.stabilityMs}
      grantValidMs={policy.approval.grantValidMs}
      tokens={{
        approve: await csrfTokenOf(visitor, { purpose: "approve", ...act }),
        deny: await csrfTokenOf(visitor, { purpose: "deny", ...act }),
      }}
    />,
  );
}

async function answer(c: Ctx, approvalId: string, purpose: "approve" | "deny"): Promise<Response> {
  const path = `/approvals/${encodeURIComponent(approvalId)}`;
  const admitted = await admitForm(c, { purpose, subject: approvalId });
  if (!admitted.ok) {
    if (admitted.error.reason === "not-signed-in") return askToSignIn(c);
    return sendRefusal(c, admitted.error.reason, { visitor: admitted.error.visitor, backPath: path });
  }
  const { visitor, proposalHash } = admitted.value;
  const { responder } = visitor.signIn;
  const desk = deskOf(c.env);
  const answered =
    purpose === "approve"
      ? await desk.approve(approvalId, responder, proposalHash)
      : await desk.deny(approvalId, responder);
  return answered.ok ? seeOther(c, path) : sendRefusal(c, answered.error.reason, { visitor, backPath: path });
}
