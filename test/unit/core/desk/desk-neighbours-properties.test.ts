// The failures of neighbours that concern the desk (PLATFORM), and the brake, as properties over random histories.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isGraver } from "../../../../control-plane/src/core/desk/incidents/graver.ts";
import { keyOfFinding } from "../../../../control-plane/src/core/desk/state/finding-index.ts";
import { freezeOver } from "../../../../control-plane/src/core/desk/state/freeze-scope.ts";
import { Desk, HOST, POLICY, SERVICE, isTold, mayKnow } from "./desk-fixtures.ts";
import { command, fleetCommand, pagesOf, perform, play, POLICIES } from "./desk-histories.ts";

test("a freeze is lifted by a person's act and by nothing else", { timeout: 120_000 }, () => {
  play((desk, before, { next }) => {
    for (const key of before.freezes.ids()) {
      if (desk.state.freezes.get(key) !== undefined) continue;
      expect(next.kind).toBe("lift");
      expect(["alice", "bob"]).toContain(next.kind === "lift" ? next.by : "");
    }
  });
});

test("while it is frozen nothing is asked, approved or handed over", { timeout: 120_000 }, () => {
  play((desk, before, { made }) => {
    if (freezeOver(before, SERVICE) === null || freezeOver(desk.state, SERVICE) === null) return;
    expect(desk.state.approvals.ids()).toEqual(before.approvals.ids());
    expect(made.filter(({ kind }) => kind === "deliver-grant")).toEqual([]);
    for (const { approvalId, grantId } of desk.state.approvals.values())
      expect(grantId).toBe(before.approvals.get(approvalId)?.grantId);
  });
});

test("an apply or a restart unpauses nothing that a person paused", { timeout: 120_000 }, () => {
  play((desk, before, { next }) => {
    if (next.kind !== "apply" && next.kind !== "restart") return;
    expect(desk.state.freezes).toEqual(before.freezes);
    expect(desk.state.silences).toEqual(before.silences);
    for (const [incidentId, { state, acknowledgedUntilAt }] of before.incidents.entries())
      if (state === "acknowledged" && (acknowledgedUntilAt ?? 0) > desk.now)
        expect(["acknowledged", "resolved"]).toContain(desk.state.incidents.get(incidentId)?.state);
  });
});

test("a restart repeats no page", { timeout: 120_000 }, () => {
  play((_desk, _before, { next, made }) => {
    if (next.kind === "restart") expect(pagesOf(made)).toEqual([]);
  });
});

test("changed words are no new finding, and no finding is lost", { timeout: 120_000 }, () => {
  play((desk, before) => {
    const open = desk.state.findings.values().filter(({ endedAt }) => endedAt === null);
    const subjects = open.map(keyOfFinding);
    expect(new Set(subjects).size).toBe(subjects.length);
    for (const { findingId } of before.findings.values())
      expect(desk.state.findings.has(findingId)).toBe(true);
    for (const { incidentId } of open)
      expect(["open", "acknowledged"]).toContain(desk.state.incidents.get(incidentId)?.state);
  }, fleetCommand);
});

test("what is merged leads on to what holds all that it had", { timeout: 120_000 }, () => {
  play((desk) => {
    for (const { incidentId, mergedInto, state } of desk.state.incidents.values()) {
      expect(mergedInto !== null).toBe(state === "merged");
      if (mergedInto === null) continue;
      expect(desk.state.incidents.has(mergedInto)).toBe(true);
      const left = desk.state.findings.values().filter((finding) => finding.incidentId === incidentId);
      expect(left.every(({ endedAt }) => endedAt !== null)).toBe(true);
      expect(
        desk.state.pages
          .values()
          .filter((page) => page.incidentId === incidentId && page.state === "pending"),
      ).toEqual([]);
    }
    for (const { findingId, incidentId } of desk.state.approvals.values())
      expect(desk.state.findings.get(findingId)?.incidentId).toBe(incidentId);
  }, fleetCommand);
});

test("a silenced finding is told by no page", { timeout: 120_000 }, () => {
  play((desk, before, { made }) => {
    for (const page of pagesOf(made)) {
      if (page.kind === "recovered" || before.pages.get(page.key) !== undefined) continue;
      const news = page.tells.filter(({ what }) => what === "began" || what === "rose");
      const silenced = news.filter(({ reason }) =>
        desk.state.silences
          .values()
          .some(
            ({ endsAt, matcher, startsAt }) =>
              matcher.reason === reason && startsAt <= desk.now && endsAt > desk.now,
          ),
      );
      expect(silenced).toEqual([]);
    }
  }, fleetCommand);
});

test("what is acknowledged rings for nothing but what did not help", { timeout: 120_000 }, () => {
  play((desk, before, { made }) => {
    for (const page of pagesOf(made)) {
      if (page.kind !== "ring" || before.pages.get(page.key) !== undefined) continue;
      const { state } = desk.state.incidents.get(page.incidentId) ?? {};
      const isResult = page.tells.some(
        ({ reason, what }) => what === "result" || reason === "remediation-ineffective",
      );
      expect(state === "acknowledged" && !isResult).toBe(false);
    }
  }, fleetCommand);
});

test(
  "time that ran out is nobody's no, and a recovery is told only to whom a failure was told",
  { timeout: 120_000 },
  () => {
    play((desk, before, { made, next }) => {
      for (const { approvalId, decidedBy, state } of desk.state.approvals.values()) {
        if (state === "expired") expect(decidedBy).toBeNull();
        if (state === "denied" && before.approvals.get(approvalId)?.state !== "denied")
          expect(next.kind).toBe("deny");
      }
      for (const page of pagesOf(made).filter(({ kind }) => kind === "recovered"))
        expect(mayKnow(desk, page)).toBe(true);
    });
  },
);

test("what is down is cleared in the end, and whoever was told is told so", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40, size: "max" }), (commands) => {
      const desk = new Desk();
      let requests = 0;
      for (const next of commands) perform(desk, next, () => (requests += 1));
      desk.clear();
      for (let rings = 0; rings < 120; rings += 1) {
        desk.deliverPages();
        desk.tickAfter(60_000);
      }
      const failing = desk.state.incidents.values().filter(({ reason }) => reason === "check-failing");
      for (const { incidentId, state } of failing) {
        expect(state).toBe("resolved");
        const ends = desk.state.pages
          .values()
          .filter((page) => page.incidentId === incidentId && page.kind === "recovered");
        if (isTold(desk, incidentId)) expect(ends).not.toEqual([]);
        expect(ends.every((end) => mayKnow(desk, end))).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test("the first failure that a desk ever hears of is paged, and so is the first one after a rule is turned on", () => {
  const desk = new Desk();
  desk.fire();
  expect(pagesOf(desk.settle().effects)).toHaveLength(1);
  const off = new Desk(POLICIES[2]);
  off.act("alice", { kind: "freeze", scope: HOST, why: "looking" });
  expect(off.state.incidents).toEqual({});
  off.policy = POLICY;
  off.take({ kind: "tick" });
  expect(pagesOf(off.settle().effects)).toHaveLength(1);
});

test(
  "what still fires is known to people in the end, as grave as it is, whatever came before",
  { timeout: 120_000 },
  () => {
    fc.assert(
      fc.property(fc.array(fleetCommand, { maxLength: 40, size: "max" }), (commands) => {
        const desk = new Desk();
        let requests = 0;
        for (const next of commands) perform(desk, next, () => (requests += 1));
        desk.liveFor(2 * 86_400_000);
        for (const { clearedAt, endedAt, severity, standing, told } of desk.state.findings.values())
          if (endedAt === null && clearedAt === null && standing !== "beneath") {
            expect(told).not.toBeNull();
            expect(isGraver(severity, told)).toBe(false);
          }
      }),
      { numRuns: 60 },
    );
  },
);
