// The approval view and its two answers. Opening it records, for a person's own opening on a signed-in device, that the request was seen.
// The desk decides each answer; an old link's form gets the reason and executes nothing.
import { ok } from "@countersign/shared/values/result";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Liveness } from "../../core/shard/host/shard-state.ts";
import { hostNow } from "../../http/host-now.ts";
import type { Reads } from "../../http/reads.ts";
import type { IncidentDeskRpc } from "../../platform/rpc.ts";
import { loadFirstGood, loadPolicy } from "../../policy/load-policy.ts";
import { whyOf } from "../frame/fields.ts";
import { act, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, seeOther, sendNotFound, sendView } from "../frame/respond.tsx";
import { ApprovalView } from "./approval-view.tsx";
import { statusOf } from "./approval-words.ts";

export const approvalRoutes: readonly PeopleRoute[] = [
  view("/approvals/:id", async (c) => {
    const { frame, visitor } = c.var;
    const { desk } = c.var.reads;
    const approvalId = c.req.param("id");
    const found = await desk.approval(approvalId);
    if (found === null) return sendNotFound(c, frame);
    const { approval, cannotRun, earlier, finding, incident, successor } = found;
    // One link for one question: an older proposal's leads to the one that stands for it now.
    if (successor !== null) return seeOther(c, pathOf(successor.approvalId, approvalId));
    await c.var.noteSeen(approvalId);
    const older = await olderOf(c.req.query("instead"), approval, desk);
    const liveness = statusOf(approval, frame.now).isOpen ? await livenessOf(c.var.reads, approval) : null;
    const inForce = (await desk.policyFor(null))?.text ?? c.env.POLICY;
    const { policy } = loadFirstGood([inForce, c.env.POLICY], loadPolicy);
    const asked = { subject: approvalId, proposalHash: approval.proposalHash };
    return sendView(
      c,
      <ApprovalView
        frame={frame}
        approval={approval}
        incident={incident}
        finding={finding}
        older={older}
        earlier={earlier}
        cannotRun={cannotRun}
        liveness={liveness}
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

/** Where an approval is shown; `instead`: of which older one of the same question. */
function pathOf(approvalId: string, instead?: string): string {
  const path = `/approvals/${encodeURIComponent(approvalId)}`;
  return instead === undefined ? path : `${path}?instead=${encodeURIComponent(instead)}`;
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

/** As its shard knows it now, which may be late before anybody is paged; null: it is not known. */
async function livenessOf({ desk, shard }: Reads, { subject }: Approval): Promise<Liveness | null> {
  const [host] = await desk.registered([subject.hostId]);
  if (host === undefined) return null;
  const asked = await hostNow(shard, host);
  return asked.ok ? (asked.value?.liveness ?? null) : null;
}
