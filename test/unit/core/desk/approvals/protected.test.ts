// A service that its host protects: nobody says yes to it in passing, and nothing of it runs without somebody's yes of that moment.
import { describe, expect, it } from "vitest";
import { DESK_ALONE, ONE_PERSON } from "@countersign/shared/wire/level-rule";
import { standInSignature } from "../../../../../control-plane/replay/world/stand-in.ts";
import type { Policy } from "../../../../../control-plane/src/policy/policy.ts";
import { Desk, POLICY, proposalText } from "../desk-fixtures.ts";
import { give } from "./standing-desk.ts";

const UNATTENDED: Policy = {
  ...POLICY,
  remediations: [{ reason: "check-failing", action: "restart", unattended: true }],
};

/** Its host proposes for `demo`. */
function asked(desk: Desk, given: Parameters<typeof proposalText>[0] = {}, unattended = false): Desk {
  const requires = given.requires ?? ONE_PERSON;
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose({
    asked: { action: "restart", level: given.level ?? 4 },
    proposal: proposalText({ ...given, requires, isProtected: true }),
    ...(unattended ? { unattended: { action: "restart", tags: [] } } : {}),
  });
  return desk;
}

describe("a yes to a protected service", () => {
  it.each([
    [undefined, "approval-name-untyped"],
    ["", "approval-name-untyped"],
    ["Demo", "approval-name-untyped"],
    ["demo2", "approval-name-untyped"],
    [" demo ", null],
    ["demo", null],
  ])("with %j typed: %s", (typed, reason) => {
    for (const requires of [ONE_PERSON, DESK_ALONE]) {
      const desk = asked(new Desk(), { requires });
      const { proposalHash } = desk.approval();
      const { answer } = desk.act("alice", {
        kind: "approve",
        approvalId: desk.approvalId(),
        proposalHash,
        ...(typed === undefined ? {} : { typed }),
        ...(requires.people > 0 ? { signature: standInSignature("alice", proposalHash) } : {}),
      });
      expect(answer.ok ? null : answer.error.reason).toBe(reason);
      expect(desk.approval().state).toBe(reason === null ? "approved" : "requested");
    }
  });

  it("is given by nobody in advance", () => {
    const desk = new Desk();
    give(desk);
    expect(asked(desk).approval().state).toBe("requested");
  });

  it("is waited for, whatever the policy lets run by itself", () => {
    const desk = asked(new Desk(UNATTENDED), { level: 1, requires: DESK_ALONE }, true);
    expect(desk.approval().state).toBe("requested");
  });
});
