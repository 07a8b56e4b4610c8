// The failures of neighbours that concern the desk (PLATFORM), and the brake, as properties over random histories.
import fc from "fast-check";
import { expect, test } from "vitest";
import { freezeOver } from "../../../../control-plane/src/core/desk/state/freeze-scope.ts";
import { subjectKeyOf } from "../../../../control-plane/src/core/words/subject.ts";
import { Desk, HOST, POLICY, SERVICE, isTold } from "./desk-fixtures.ts";
import { command, pagesOf, perform, play, POLICIES } from "./desk-histories.ts";

test("a freeze is lifted by a person's act and by nothing else", { timeout: 30_000 }, () => {
  play((desk, before, { next }) => {
    for (const key of before.freezes.ids()) {
      if (desk.state.freezes.get(key) !== undefined) continue;
      expect(next.kind).toBe("lift");
      expect(["alice", "bob"]).toContain(next.kind === "lift" ? next.by : "");
    }
  });
});

test("while it is frozen nothing is asked, approved or handed over", { timeout: 30_000 }, () => {
  play((desk, before, { made }) => {
    if (freezeOver(before, SERVICE) === null || freezeOver(desk.state, SERVICE) === null) return;
    expect(desk.state.approvals.ids()).toEqual(before.approvals.ids());
    expect(made.filter(({ kind }) => kind === "deliver-grant")).toEqual([]);
    for (const { approvalId, grantId } of desk.state.approvals.values())
      expect(grantId).toBe(before.approvals.get(approvalId)?.grantId);
  });
});

test("an apply or a restart unpauses nothing that a person paused", { timeout: 30_000 }, () => {
  play((desk, before, { next }) => {
    if (next.kind !== "apply" && next.kind !== "restart") return;
    expect(desk.state.freezes).toEqual(before.freezes);
    expect(desk.state.silences).toEqual(before.silences);
    for (const [incidentId, { state, acknowledgedUntilAt }] of before.incidents.entries())
      if (state === "acknowledged" && (acknowledgedUntilAt ?? 0) > desk.now)
        expect(["acknowledged", "resolved"]).toContain(desk.state.incidents.get(incidentId)?.state);
  });
});

test("a restart repeats no page", { timeout: 30_000 }, () => {
  play((_desk, _before, { next, made }) => {
    if (next.kind === "restart") expect(pagesOf(made)).toEqual([]);
  });
});

test("changed words are no new incident", { timeout: 30_000 }, () => {
  play((desk) => {
    const open = desk.state.incidents.values().filter(({ state }) => state !== "resolved");
    const subjects = open.map(({ reason, subject }) => `${reason} ${subjectKeyOf(subject)}`);
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});

test("a silenced or acknowledged incident is not paged as firing anew", { timeout: 30_000 }, () => {
  play((desk, before, { made }) => {
    for (const page of pagesOf(made)) {
      const incident = desk.state.incidents.get(page.incidentId);
      if (page.kind !== "firing" || before.pages.get(page.key) !== undefined) continue;
      expect(incident?.state).not.toBe("acknowledged");
      const isSilenced = desk.state.silences
        .values()
        .some(({ endsAt, matcher }) => matcher.reason === incident?.reason && endsAt > desk.now);
      expect(isSilenced).toBe(false);
    }
  });
});

test(
  "time that ran out is nobody's no, and a recovery is told only to whom a failure was told",
  { timeout: 30_000 },
  () => {
    play((desk, before, { made, next }) => {
      for (const { approvalId, decidedBy, state } of desk.state.approvals.values()) {
        if (state === "expired") expect(decidedBy).toBeNull();
        if (state === "denied" && before.approvals.get(approvalId)?.state !== "denied")
          expect(next.kind).toBe("deny");
      }
      for (const page of pagesOf(made).filter(({ kind }) => kind === "recovered"))
        expect(
          desk.state.pages
            .values()
            .some(
              ({ incidentId, kind, responder, state }) =>
                incidentId === page.incidentId &&
                responder === page.responder &&
                state === "delivered" &&
                kind !== "recovered",
            ),
        ).toBe(true);
    });
  },
);

test("what is down is cleared in the end, and whoever was told is told so", { timeout: 30_000 }, () => {
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
        const recovered = desk.state.pages
          .values()
          .some((page) => page.incidentId === incidentId && page.kind === "recovered");
        expect(recovered).toBe(isTold(desk, incidentId));
      }
    }),
    { numRuns: 100 },
  );
});

test("the first failure that a desk ever hears of is paged, and so is the first one after a rule is turned on", () => {
  const desk = new Desk();
  expect(pagesOf(desk.fire().effects)).toHaveLength(1);
  const off = new Desk(POLICIES[2]);
  off.act("alice", { kind: "freeze", scope: HOST, why: "looking" });
  expect(off.state.incidents).toEqual({});
  off.policy = POLICY;
  expect(pagesOf(off.take({ kind: "tick" }).effects)).toHaveLength(1);
});
