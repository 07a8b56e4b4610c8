// How an approval stands at each side of its expiry, and what its view says of its end.
import { describe, expect, it } from "vitest";
import type { Proposal } from "@countersign/shared/wire/grant";
import type { ApprovalEnd } from "../../../../control-plane/src/core/desk/records/approval-end.ts";
import type { Approval, ApprovalState } from "../../../../control-plane/src/core/desk/records/approval.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { renewedWords, statusOf } from "../../../../control-plane/src/web/approvals/approval-words.ts";
import { PROPOSAL } from "../../core/desk/desk-fixtures.ts";

const NOW = Date.UTC(2026, 10, 22, 2, 36, 32);

describe("an approval's status", () => {
  const approval = {
    state: "seen",
    expiresAt: NOW,
    decidedBy: byPerson("alice"),
    decidedAt: NOW - 1_000,
    grantExpiresAt: NOW + 119_000,
    isGrantDelivered: true,
    outcome: null,
    end: null,
  } as unknown as Approval;

  it.each<ApprovalState>(["requested", "delivered", "seen"])("%s is open until it expires", (state) => {
    expect(statusOf({ ...approval, state }, NOW - 1).isOpen).toBe(true);
    expect(statusOf({ ...approval, state }, NOW)).toMatchObject({ isOpen: false, label: "Expired" });
  });

  it.each<[ApprovalState, string]>([
    [
      "approved",
      "alice approved this. The grant was handed over; the host may use it for 2m from the approval.",
    ],
    ["executing", "alice approved this. The host is executing it."],
    ["denied", "alice denied this. Nothing was executed."],
    ["verified", "The action ran, and health held for the whole stability window."],
  ])("%s has no buttons and says so", (state, sentence) => {
    expect(statusOf({ ...approval, state }, NOW - 1)).toMatchObject({ isOpen: false, sentence });
  });

  it("never words an expiry as a no", () => {
    const { sentence } = statusOf({ ...approval, state: "expired" }, NOW);
    expect(sentence).toContain("Nothing was executed");
    expect(sentence).not.toMatch(/denied/i);
  });

  it.each<[ApprovalEnd, string]>([
    [{ reason: "grant-undelivered" }, "Nothing was executed."],
    [
      { reason: "recalled", by: byPerson("bob") },
      "automation was frozen by bob before it ran. Nothing was executed.",
    ],
    [{ reason: "no-outcome" }, "unknown whether it ran"],
    [{ reason: "verification-missing" }, "nobody could tell whether health held"],
  ])("a failure by %j says what is known", (end, words) => {
    expect(statusOf({ ...approval, state: "failed", end }, NOW).sentence).toContain(words);
  });

  it("a recalled grant that may have reached the host is not said to be undone", () => {
    const { sentence } = statusOf({ ...approval, state: "approved", recalledBy: byPerson("bob") }, NOW);
    expect(sentence).toContain(
      "frozen by bob, so the grant is recalled. If the host has it already, it runs.",
    );
  });

  it("a refusal of the host keeps its reason for the audit", () => {
    const outcome = { status: "refused", refusal: "budget-exhausted" } as unknown as Approval["outcome"];
    const refused = {
      ...approval,
      state: "failed",
      end: { reason: "outcome", status: "refused", refusal: "budget-exhausted" },
      outcome,
    } as Approval;
    expect(statusOf(refused, NOW).sentence).not.toContain("budget");
  });

  it.each([
    ["systemd refused the start: its start limit is used up", "It failed."],
    ["", "It ran and failed."],
  ])("an outcome that failed with %j claims no more than the host's words below it", (detail, sentence) => {
    const outcome = { status: "failed", refusal: null, detail } as unknown as Approval["outcome"];
    const end = { reason: "outcome", status: "failed", refusal: null } as const;
    expect(statusOf({ ...approval, state: "failed", end, outcome }, NOW).sentence).toContain(sentence);
  });
});

describe("one line for who holds the link of an older proposal", () => {
  const again = { ...PROPOSAL, nonce: "m".repeat(22) };
  it.each<[string, Proposal, string]>([
    ["the same", again, "The host has made its proposal anew since. It reads the same."],
    [
      "another state",
      { ...again, unitState: { ...PROPOSAL.unitState, activeState: "active", result: "success" } },
      "This has changed since: the unit was failed (exit-code) and is active (success) now. Read it again.",
    ],
    [
      "another start in the same words",
      { ...again, unitState: { ...PROPOSAL.unitState, invocationId: "2".repeat(32) } },
      "This has changed since: the unit was started anew. Read it again.",
    ],
    [
      "another command and action",
      { ...again, action: "failover", argv: ["/bin/true"] },
      "This has changed since: the action was restart (level 4) and is failover (level 4) now; the command is another one. Read it again.",
    ],
  ])("%s", (_what, current, words) => {
    expect(renewedWords(PROPOSAL, current)).toBe(words);
  });
});
