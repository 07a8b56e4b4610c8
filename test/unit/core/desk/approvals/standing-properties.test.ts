// What runs without a person's yes, whatever the policy says: random histories of yes in advance, proposals and ends.
import fc from "fast-check";
import { expect, test } from "vitest";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk } from "../desk-fixtures.ts";
import { give, type Level, POLICY_PEOPLE, propose } from "./standing-desk.ts";

const level = fc.constantFrom<Level>(1, 2, 3, 4, 5);
const step = fc.oneof(
  fc.record({ kind: fc.constant("propose" as const), level, unattended: fc.boolean() }),
  fc.record({ kind: fc.constantFrom("give" as const, "revoke" as const, "approve" as const) }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 60_000, 1_800_000, 3_600_000) }),
  fc.record({ kind: fc.constantFrom("ineffective" as const, "clear" as const) }),
);
const policy = fc.record({
  shadow: fc.boolean(),
  remediations: fc.array(
    fc.record({
      reason: fc.constant("check-failing"),
      action: fc.constantFrom("restart", "retry"),
      unattended: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
});

test("whatever the policy says, level 4 and above run only with a person's yes", () => {
  fc.assert(
    fc.property(policy, fc.array(step, { maxLength: 30 }), (settings, steps) => {
      const desk = new Desk(Policy.parse({ ...settings, version: 1, responders: POLICY_PEOPLE }));
      steps.forEach((next, index) => {
        const before = desk.state;
        const seen = desk.effects.length;
        perform(desk, next, index);
        for (const effect of desk.effects.slice(seen)) {
          if (effect.kind !== "deliver-grant" || effect.approval.proposal.level < 4) continue;
          const { approvalId, decidedBy } = effect.approval;
          expect([byPerson("alice"), byPerson("bob")]).toContainEqual(decidedBy);
          // Handed over again, it was decided before.
          if (typeof before.approvals.get(approvalId)?.grantId === "string" || next.kind === "approve")
            continue;
          expect(effect.approval.proposal.level).toBe(4);
          const valid = before.standing
            .values()
            .filter(({ untilAt, usesCount, usesMax }) => desk.now < untilAt && usesCount < usesMax);
          expect(valid.length).toBeGreaterThan(0);
        }
      });
      for (const { usesCount, usesMax } of desk.state.standing.values())
        expect(usesCount).toBeLessThanOrEqual(usesMax);
    }),
    { numRuns: 300 },
  );
});

function perform(desk: Desk, next: typeof step extends fc.Arbitrary<infer S> ? S : never, index: number) {
  const approval = desk.state.approvals.values().at(-1);
  switch (next.kind) {
    case "propose":
      return propose(desk, { level: next.level, unattended: next.unattended, requestId: `prq_${index}` });
    case "give":
      return give(desk, { untilAt: desk.now + 3_600_000 });
    case "revoke": {
      const standingId = desk.state.standing.ids()[0] ?? "";
      return desk.act("alice", { kind: "revoke-standing", standingId });
    }
    case "approve":
      return desk.act("alice", {
        kind: "approve",
        approvalId: approval?.approvalId ?? "apr_none",
        proposalHash: approval?.proposalHash ?? "",
      });
    case "wait":
      return desk.tickAfter(next.ms);
    case "ineffective":
      return typeof approval?.grantId === "string" ? desk.verify("ineffective") : null;
    case "clear":
      return desk.clear();
  }
}
