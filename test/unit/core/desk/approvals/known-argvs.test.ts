// What a host's actions would run, as the newest proposal of each said.
import { expect, it } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { knownArgvsOn } from "../../../../../control-plane/src/core/desk/approvals/known-argvs.ts";
import { Desk, HOST, SERVICE } from "../desk-fixtures.ts";

it("is what was proposed last, of this host alone", () => {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  const approval = desk.approval();
  const newer = {
    ...approval,
    approvalId: "apr_2",
    requestedAt: approval.requestedAt + 1,
    proposal: { ...approval.proposal, argv: ["/usr/bin/newer"] },
  };
  const elsewhere = { ...approval, approvalId: "apr_3", subject: { ...SERVICE, hostId: "host_other" } };
  const approvals = recordsFrom([approval, newer, elsewhere].map((each) => [each.approvalId, each]));
  expect(knownArgvsOn({ approvals }, HOST.hostId)).toEqual([
    { service: SERVICE.service, action: approval.proposal.action, argv: ["/usr/bin/newer"] },
  ]);
});
