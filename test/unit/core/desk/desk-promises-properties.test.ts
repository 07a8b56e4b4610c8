// Promises of the desk, and failures of its neighbours, that the other properties leave open, over the same histories:
// no page is lost in a crash, what is over stays over, every change says why, and nothing runs without somebody's yes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Records } from "@countersign/shared/values/records";
import { LIKE_WAIT_MS } from "../../../../control-plane/src/core/desk/paging/stream.ts";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskEffect } from "../../../../control-plane/src/core/desk/state/desk-events.ts";
import type { AuditEntry, DeskState } from "../../../../control-plane/src/core/desk/state/desk-state.ts";
import { freezeOver } from "../../../../control-plane/src/core/desk/state/freeze-scope.ts";
import { actorNameOf, byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { Desk, HOST_ID, POLICY, SERVICE } from "./desk-fixtures.ts";
import { type Command, command, pagesOf, perform, play } from "./desk-histories.ts";
import { restoredDesk } from "./restored-desk.ts";

const SLOW = { timeout: 120_000 };

function auditOf(made: readonly DeskEffect[]): readonly AuditEntry[] {
  return made.flatMap((effect) => (effect.kind === "audit" ? [effect.entry] : []));
}

describe("every decision carries its reason", () => {
  test("each audit row says who, what, about what and why, at the instant of the decision", SLOW, () => {
    play((desk, _before, { made }) => {
      for (const { act, actor, at, subject, why } of auditOf(made)) {
        for (const text of [act, actorNameOf(actor), subject, why]) expect(text.trim()).not.toBe("");
        expect(at).toBe(desk.now);
      }
    });
  });

  test("and nothing that people decide about changes without one", SLOW, () => {
    play((desk, before, { made }) => {
      const about = auditOf(made).map(({ refs }) => refs[0]);
      for (const { incidentId, state } of desk.state.incidents.values())
        if (before.incidents.get(incidentId)?.state !== state)
          expect(about).toContainEqual({ kind: "incident", incidentId });
      for (const { approvalId, state } of desk.state.approvals.values()) {
        // A page that carries it was delivered, which has a row of its own.
        if (state === "delivered" || before.approvals.get(approvalId)?.state === state) continue;
        expect(about).toContainEqual({ kind: "approval", approvalId });
      }
      for (const key of changedKeys(before.freezes, desk.state.freezes)) {
        const freeze = desk.state.freezes.get(key) ?? before.freezes.get(key);
        expect(about).toContainEqual({ kind: "freeze", scope: freeze?.scope });
      }
      for (const silenceId of changedKeys(before.silences, desk.state.silences))
        expect(about).toContainEqual({ kind: "silence", silenceId });
      for (const standingId of changedKeys(before.standing, desk.state.standing))
        expect(about).toContainEqual({ kind: "standing", standingId, use: null });
    });
  });
});

function changedKeys(before: Records<unknown>, after: Records<unknown>) {
  const keys = new Set([...before.ids(), ...after.ids()]);
  return [...keys].filter((key) => before.has(key) !== after.has(key));
}

/** A history in which some decisions are stored and then nothing of them is performed: the desk died. */
const crashing = fc.array(fc.tuple(command, fc.boolean()), { maxLength: 40, size: "max" });

// healthchecks: a flip was marked processed before it was notified, so a crash between lost the page.
test(
  "a page is lost in no crash: whatever was stored and never sent is sent afterwards, with the same key",
  SLOW,
  () => {
    fc.assert(
      fc.property(crashing, (history) => {
        const desk = new Desk();
        const taken = new Map<string, string>();
        let requests = 0;
        const send = (made: readonly DeskEffect[]) => {
          for (const page of pagesOf(made)) {
            const text = `${page.title}\n${page.body}`;
            expect(taken.get(page.key) ?? text, "one text for one key").toBe(text);
            taken.set(page.key, text);
            desk.receipt(page.key, page.channels[page.channelIndex] ?? "", "delivered");
          }
        };
        const queued = new Set<string>();
        const remember = () => desk.state.pages.ids().forEach((key) => queued.add(key));
        for (const [next, isCrash] of history) {
          if (next.kind === "deliver") continue;
          const done = desk.effects.length;
          perform(desk, next, () => (requests += 1));
          remember();
          if (isCrash) desk.state = restoredDesk(JSON.stringify(desk.state));
          else send(desk.effects.slice(done));
        }
        for (let minute = 0; minute < 90; minute += 1) {
          const done = desk.effects.length;
          desk.tickAfter(60_000);
          remember();
          send(desk.effects.slice(done));
        }
        const told = new Set(
          auditOf(desk.effects).flatMap(({ act, subject }) =>
            act === "page-withdrawn" || act === "page-undeliverable" ? [subject] : [],
          ),
        );
        for (const key of queued)
          expect(taken.has(key) || told.has(`page:${key}`), `${key} was sent, or given up aloud`).toBe(true);
      }),
      { numRuns: 150 },
    );
  },
);

// oncall: an acknowledged alert paged again months later.
test("what is over pages nobody any more, however long one waits", SLOW, () => {
  fc.assert(
    fc.property(
      fc.array(command, { maxLength: 40, size: "max" }),
      fc.integer({ min: 1, max: 200 }),
      (commands, days) => {
        const desk = new Desk();
        let requests = 0;
        for (const next of commands) perform(desk, next, () => (requests += 1));
        const over = desk.state.incidents.values().filter(({ state }) => state === "resolved");
        const known = new Set(desk.state.pages.ids());
        for (let day = 0; day < 3; day += 1) desk.tickAfter((days * 86_400_000) / 3);
        for (const { incidentId } of over) {
          expect(desk.state.incidents.get(incidentId)?.state).toBe("resolved");
          const later = desk.state.pages
            .values()
            .filter(
              (page) => page.incidentId === incidentId && page.kind !== "recovered" && !known.has(page.key),
            );
          expect(later).toEqual([]);
        }
      },
    ),
    { numRuns: 150 },
  );
});

// komari: the first outage after a notification was enabled was dropped.
test(
  "whatever came before, the next new thing that fails is told at its first step, or once it has waited for its like",
  SLOW,
  () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40, size: "max" }), (commands) => {
        const desk = new Desk();
        let requests = 0;
        for (const next of commands) perform(desk, next, () => (requests += 1));
        const subject = { kind: "service", hostId: HOST_ID, hostName: "web-1", service: "another" } as const;
        const done = desk.effects.length;
        desk.fire({ reason: "stale-code", subject });
        const { incidentId } = desk.incident();
        desk.tickAfter(Math.max(LIKE_WAIT_MS, desk.policy.escalation.steps[0]?.afterMs ?? 0));
        const told = pagesOf(desk.effects.slice(done)).some((page: Page) => page.incidentId === incidentId);
        expect(told).toBe(true);
      }),
      { numRuns: 200 },
    );
  },
);

/** Histories in which yeses are given, now and in advance, used, and stopped by the brake. */
const MOSTLY_GRANTS: fc.Arbitrary<Command> = fc.oneof(
  { weight: 1, arbitrary: command },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Command>(
      { kind: "fire", words: "", freezes: false, severity: "error", restarts: 1 },
      { kind: "fire", words: "", freezes: false, severity: "error", restarts: 3 },
      { kind: "give", uses: 1, ms: 3_000_000, by: "alice" },
      { kind: "propose", level: 4 },
      { kind: "propose", level: 5 },
      { kind: "outcome", status: "failed" },
      { kind: "approve" },
      { kind: "freeze", scope: 0, by: "bob" },
      { kind: "lift", scope: 0, by: "bob" },
      { kind: "wait", ms: 3_000 },
      { kind: "wait", ms: 1_790_000 },
    ),
  },
);

describe("an approval", () => {
  test("expires neither early nor late, and counts for nothing afterwards", SLOW, () => {
    play((desk, before, { next }) => {
      for (const approval of desk.state.approvals.values()) {
        const was = before.approvals.get(approval.approvalId);
        if (approval.state === "expired" && was?.state !== "expired" && next.kind !== "propose")
          expect(desk.now).toBeGreaterThanOrEqual(approval.expiresAt);
        if (["requested", "delivered", "seen"].includes(approval.state)) {
          expect(approval.expiresAt).toBeGreaterThan(desk.now);
          // long enough for a phone in a pocket, and not for ever
          const lifeMs = approval.expiresAt - approval.requestedAt;
          expect(lifeMs).toBe(Math.min(POLICY.approval.expiresAfterMs, approval.proposal.lifetimeMs));
        }
      }
    }, MOSTLY_GRANTS);
  });

  test(
    "becomes a grant by a responder's yes to it, or by one in advance: bounded, never for level 5",
    SLOW,
    () => {
      const uses = new Map<string, number>();
      play((desk, before, { made, next }) => {
        for (const approval of desk.state.approvals.values()) {
          if (
            approval.grantId === null ||
            before.approvals.get(approval.approvalId)?.grantId === approval.grantId
          )
            continue;
          expect([byPerson("alice"), byPerson("bob")]).toContainEqual(approval.decidedBy);
          if (next.kind === "approve") continue;
          expectStanding(before, approval, { next, now: desk.now });
        }
        for (const { act, why } of auditOf(made)) {
          const [, standingId = "", use = "", max = ""] =
            /\((std_\w+), use (\d+) of (\d+)\)/.exec(act === "approved-by-standing" ? why : "") ?? [];
          if (standingId === "") continue;
          expect(Number(use)).toBeLessThanOrEqual(Number(max));
          uses.set(standingId, Number(use));
        }
      }, MOSTLY_GRANTS);
      expect(uses.size, "standing approvals are used in some histories").toBeGreaterThan(0);
    },
  );

  test("hands over a grant only while it is valid, and not over a freeze", SLOW, () => {
    play((desk, _before, { made }) => {
      for (const effect of made) {
        if (effect.kind !== "deliver-grant") continue;
        expect(effect.approval.state).toBe("approved");
        expect(effect.approval.grantExpiresAt).toBeGreaterThan(desk.now);
        const { grantExpiresAt, proposal, requestedAt } = effect.approval;
        expect(grantExpiresAt).toBeLessThanOrEqual(requestedAt + proposal.lifetimeMs);
        expect(freezeOver(desk.state, SERVICE)).toBeNull();
      }
    }, MOSTLY_GRANTS);
  });
});

function expectStanding(
  before: DeskState,
  { decidedBy, proposal }: Approval,
  step: { readonly next: Command; readonly now: number },
): void {
  expect(step.next.kind).toBe("propose");
  expect(proposal.level).toBeLessThanOrEqual(4);
  const covering = before.standing
    .values()
    .filter(
      ({ by, untilAt, usesCount, usesMax }) => by === decidedBy && untilAt > step.now && usesCount < usesMax,
    );
  expect(covering.length).toBeGreaterThan(0);
  const restarts = before.findings
    .values()
    .find(({ endedAt, reason }) => reason === "check-failing" && endedAt === null)?.restarts;
  expect((restarts?.count ?? 0) < (restarts?.max ?? 1)).toBe(true);
}

test("what the desk keeps of one incident is bounded, however often it turns", SLOW, () => {
  const turn = fc.record({ words: fc.string({ maxLength: 5 }), lines: fc.integer({ min: 0, max: 60 }) });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 60, maxLength: 120 }), (turns) => {
      const desk = new Desk();
      for (const { lines, words } of turns) {
        const evidence = Array.from({ length: lines }, (_, line) => ({ at: desk.now, text: `line ${line}` }));
        desk.fire({ title: words, evidence });
        expect(desk.finding().evidence.length).toBeLessThanOrEqual(20);
        desk.deliverPages();
        desk.clear();
        desk.tickAfter(1_000);
      }
      expect(desk.state.incidents.ids()).toHaveLength(1);
      expect(desk.state.findings.ids()).toHaveLength(1);
      expect(desk.finding().beginningsAt).toHaveLength(20);
      expect(desk.incident().timeline).toHaveLength(100);
    }),
    { numRuns: 20 },
  );
});
