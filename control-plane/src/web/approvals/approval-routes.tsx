// The approval view and its two answers. Opening it records, for a person's own opening on a signed-in device, that the request was seen.
// The desk decides each answer; an old link's form gets the reason and executes nothing.
import { ok } from "@countersign/shared/values/result";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import { whyOf } from "../frame/fields.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { ApprovalView } from "./approval-view.tsx";

export const approvalRoutes: readonly PeopleRoute[] = [
  view("/approvals/:id", async (c) => {
    const { frame, visitor } = c.var;
    const { desk } = c.var.reads;
    const approvalId = c.req.param("id");
    const found = await desk.approval(approvalId);
    if (found === null) return sendNotFound(c, frame);
    const { approval, incident } = found;
    await c.var.noteSeen(approvalId);
    const { approvals } = (await desk.incident(incident.incidentId)) ?? { approvals: [] };
    const inForce = (await desk.policyFor(null))?.text ?? c.env.POLICY;
    const { policy } = loadFirstGood([inForce, c.env.POLICY], loadPolicy);
    const asked = { subject: approvalId, proposalHash: approval.proposalHash };
    return sendView(
      c,
      <ApprovalView
        frame={frame}
        approval={approval}
        incident={incident}
        earlier={approvals.filter((other) => other.approvalId !== approvalId)}
        stabilityMs={policy.verify.stabilityMs}
        grantValidMs={policy.approval.grantValidMs}
        tokens={{
          approve: await csrfTokenOf(visitor, { purpose: "approve", ...asked }),
          deny: await csrfTokenOf(visitor, { purpose: "deny", ...asked }),
        }}
      />,
    );
  }),

  act("/approvals/:id/approve", {
    kind: "approve",
    subject: (c) => c.req.param("id"),
    backPath: (c) => pathOf(c.req.param("id")),
    says: (c) => ok({ approvalId: c.req.param("id"), proposalHash: c.var.proposalHash }),
  }),

  act("/approvals/:id/deny", {
    kind: "deny",
    subject: (c) => c.req.param("id"),
    backPath: (c) => pathOf(c.req.param("id")),
    says: (c) => ok({ approvalId: c.req.param("id"), why: whyOf(c.var.form) }),
  }),
];

function pathOf(approvalId: string): string {
  return `/approvals/${encodeURIComponent(approvalId)}`;
}
