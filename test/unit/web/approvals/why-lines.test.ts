// Why a question is asked, and what makes it hard to answer: only what the records say.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../../control-plane/src/core/desk/records/finding.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { doubtOf, happenedWords } from "../../../../control-plane/src/web/approvals/why-lines.ts";
import { PROPOSAL, UNIT_STATE } from "../../core/desk/desk-fixtures.ts";
import { anApproval, MINUTE_MS, NOW, READERS } from "./an-approval.ts";

describe("what happened", () => {
  it.each([
    ["failed", "core-dump", "crashed"],
    ["failed", "exit-code", "ended with an error"],
    ["failed", "toString", "failed"],
    ["inactive", "success", "is stopped"],
    ["active", "success", "runs, and fails its checks"],
    ["unknown", "", "fails its checks"],
  ] as const)("%s (%s): it %s", (activeState, result, words) => {
    const proposal = { ...PROPOSAL, unitState: { ...UNIT_STATE, activeState, result } };
    expect(happenedWords({ proposal })).toBe(words);
  });
});

describe("what makes it hard", () => {
  const restartsOf = (count: number) => ({ count, max: 6, windowMs: 60 * MINUTE_MS });
  const earlier = (given: Partial<Approval>) =>
    anApproval({
      approvalId: "apr_0",
      decidedAt: NOW - 20 * MINUTE_MS,
      decidedBy: byPerson("omar"),
      ...given,
    });

  it.each<[string | null, Partial<Finding> | null, readonly Approval[]]>([
    [null, null, []],
    [null, { restarts: restartsOf(0) }, []],
    ["Restarted once already, within an hour.", { restarts: restartsOf(1) }, []],
    ["Restarted 3 times in an hour: it may not last.", { restarts: restartsOf(3) }, []],
    ["It began to fail 4 times: it may not last.", { restarts: null, beginningsAt: [1, 2, 3, 4] }, []],
    ["Omar denied it 20 min ago.", { restarts: restartsOf(3) }, [earlier({ state: "denied" })]],
    [
      "The last restart, 20 min ago, did not help.",
      { restarts: restartsOf(1) },
      [earlier({ state: "failed" })],
    ],
    // a no to another trouble, and another act, say nothing of this one
    [null, { restarts: restartsOf(0) }, [earlier({ state: "denied", findingId: "fnd_0" })]],
    [
      null,
      { restarts: restartsOf(0) },
      [earlier({ state: "failed", proposal: { ...PROPOSAL, action: "reload" } })],
    ],
  ])("%s", (words, given, before) => {
    const finding = given === null ? null : ({ beginningsAt: [NOW], ...given } as Finding);
    const asked = { finding, earlier: before, approval: anApproval(), readers: READERS, now: NOW };
    expect(doubtOf(asked)).toBe(words);
  });
});
