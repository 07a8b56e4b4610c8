// What the views say: exact texts, relative times, and how an approval stands at each side of its expiry.
import { describe, expect, it } from "vitest";
import type { ApprovalEnd } from "../../../../control-plane/src/core/desk/records/approval-end.ts";
import type { Approval, ApprovalState } from "../../../../control-plane/src/core/desk/records/approval.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { exactSegmentsOf } from "../../../../control-plane/src/core/words/exact-text.ts";
import { statusOf } from "../../../../control-plane/src/web/approvals/approval-words.ts";
import { formatInstant, formatRelative } from "../../../../control-plane/src/web/frame/when.ts";

const NOW = Date.UTC(2026, 10, 22, 2, 36, 32);

describe("an exact text", () => {
  it.each([
    ["web.service", "web.service"],
    ["two  spaces", "two  spaces"],
    ["tool\u202Egpj.sh", "tool[U+202E]gpj.sh"],
    ["a\u200Bb", "a[U+200B]b"],
    ["a\u00A0b", "a[U+00A0]b"],
    ["line\nbreak", "line[U+000A]break"],
    ["e\u0301", "e[U+0301]"],
    ["\u00E9", "\u00E9"],
    ["\u{E0041}", "[U+E0041]"],
    ["\uFE0F", "[U+FE0F]"],
    ["", ""],
  ])("%j is shown as %s", (text, shown) => {
    const parts = exactSegmentsOf(text).map(({ text: part, isEscaped }) => (isEscaped ? `[${part}]` : part));
    expect(parts.join("")).toBe(shown);
  });
});

describe("an instant", () => {
  it("is written in UTC", () => expect(formatInstant(NOW)).toBe("2026-11-22 02:36:32 UTC"));
  it.each([
    [-999, "now"],
    [999, "now"],
    [1_000, "1s ago"],
    [-1_000, "in 1s"],
    [3_723_000, "1h 2m ago"],
  ])("%d ms away reads %s", (awayMs, words) => expect(formatRelative(NOW - awayMs, NOW)).toBe(words));
});

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
});
