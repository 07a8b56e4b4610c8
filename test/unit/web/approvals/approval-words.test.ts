// How an approval stands at each side of its expiry, and what its view says of how it was renewed, lapsed or ended.
import { describe, expect, it } from "vitest";
import type { Proposal } from "@countersign/shared/wire/proposal";
import type { ApprovalEnd } from "../../../../control-plane/src/core/desk/records/approval-end.ts";
import type { Approval, ApprovalState } from "../../../../control-plane/src/core/desk/records/approval.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import {
  APPROVAL_REFUSALS,
  lapseWords,
  renewedWords,
  statusOf,
} from "../../../../control-plane/src/web/approvals/approval-words.ts";
import { PROPOSAL } from "../../core/desk/desk-fixtures.ts";
import { anApproval, NOW, READERS } from "./an-approval.ts";

describe("an approval's status", () => {
  it.each<ApprovalState>(["requested", "delivered", "seen"])("%s is open until it expires", (state) => {
    const approval = anApproval({ state, expiresAt: NOW });
    expect(statusOf(approval, NOW - 1)).toMatchObject({ isOpen: true, kind: "asks" });
    expect(statusOf(approval, NOW)).toMatchObject({ isOpen: false, label: "Nobody answered" });
  });

  it.each<[ApprovalState, string, boolean]>([
    ["approved", "Running", true],
    ["executing", "Must stay well", true],
    ["verified", "Fixed", false],
    ["denied", "Denied", false],
    ["expired", "Nobody answered", false],
    ["superseded", "No longer asked", false],
  ])("%s has no buttons: %s", (state, label, isMoving) => {
    expect(statusOf(anApproval({ state }), NOW)).toMatchObject({ isOpen: false, label, isMoving });
  });

  it.each<[ApprovalEnd, Approval["outcome"], string]>([
    [{ reason: "grant-undelivered" }, null, "Did not run"],
    [{ reason: "recalled", by: byPerson("bob") }, null, "Called back"],
    [{ reason: "no-outcome" }, null, "Not known"],
    [{ reason: "verification-missing" }, null, "Not known"],
    [{ reason: "ineffective" }, null, "Did not help"],
    [{ reason: "host-retired", by: byPerson("bob") }, null, "Not known"],
  ])("a failure by %j is told in bad news' colour: %3$s", (end, outcome, label) => {
    expect(statusOf(anApproval({ state: "failed", end, outcome }), NOW)).toMatchObject({
      label,
      kind: "failed",
    });
  });

  it("nothing but a success is told in the colour of good news", () => {
    const states = ["approved", "executing", "denied", "expired", "superseded", "failed"] as const;
    for (const state of states) expect(statusOf(anApproval({ state }), NOW).kind, state).not.toBe("done");
    expect(statusOf(anApproval({ state: "verified" }), NOW).kind).toBe("done");
  });

  it("a recalled grant that may have reached the host still moves", () => {
    const status = statusOf(anApproval({ state: "approved", recalledBy: byPerson("bob") }), NOW);
    expect(status).toMatchObject({ label: "Called back", isMoving: true });
  });

  it("an expiry is never worded as a no", () => {
    expect(JSON.stringify(APPROVAL_REFUSALS["approval-expired"])).not.toMatch(/den(y|ied)|said no/i);
  });
});

describe("why nobody is asked any more", () => {
  it.each<[ApprovalEnd, string]>([
    [{ reason: "brake-pulled", by: byPerson("omar") }, "Omar froze automation."],
    [{ reason: "host-retired", by: byPerson("alice") }, "You retired the host."],
    [{ reason: "recovered" }, "The service recovered by itself."],
    [{ reason: "newer-proposal" }, "The host made a newer proposal."],
  ])("%j", (end, words) => {
    expect(lapseWords(anApproval({ state: "superseded", end }), READERS)).toBe(words);
  });
});

describe("one line for who holds the link of an older proposal", () => {
  const again = { ...PROPOSAL, nonce: "m".repeat(22) };
  it.each<[string, Proposal, string]>([
    ["the same", again, "The host has made it anew since you were asked. It reads the same."],
    [
      "another state",
      { ...again, unitState: { ...PROPOSAL.unitState, activeState: "active", result: "success" } },
      "This has changed since you were asked: it was failed (exit-code) and is active (success) now. Read it again.",
    ],
    [
      "another start in the same words",
      { ...again, unitState: { ...PROPOSAL.unitState, invocationId: "2".repeat(32) } },
      "This has changed since you were asked: somebody started it anew. Read it again.",
    ],
    [
      "another command and action",
      { ...again, action: "failover", argv: ["/bin/true"] },
      "This has changed since you were asked: it was “restart” and is “failover” now; the command is another one. Read it again.",
    ],
  ])("%s", (_what, current, words) => {
    expect(renewedWords(PROPOSAL, current)).toBe(words);
  });
});
