// The promises about storms, held to desks that break them: they must be able to fail at each of what is never held.
import { describe, expect, test } from "vitest";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { Desk } from "../../unit/core/desk/desk-fixtures.ts";
import type { DeskDecisionSeen } from "../world/observer.ts";
import type { SimulatedFleet } from "../world/simulated-fleet.ts";
import { firstsAreNeverHeld } from "./never-held.ts";
import { nobodyIsFlooded } from "./storm-numbers.ts";

/** Alice was rung, said yes, and what ran failed. */
function failedAct() {
  const desk = new Desk();
  desk.fire({ proposalRequestId: "prq_1" });
  desk.propose();
  desk.settle();
  desk.deliverPages();
  desk.approve();
  desk.end({ status: "failed" });
  const [first] = desk.state.pages.values();
  const [approval] = desk.state.approvals.values();
  if (first === undefined || approval === undefined) throw new Error("nothing was asked");
  return { approval, first, now: desk.now, state: desk.state };
}

const { approval, first, now, state } = failedAct();
const simulation = { clock: { now: now + 1 } } as SimulatedFleet;
const tells = first.tells.map((told) => ({ ...told, what: "result" as const }));
const ring = (number: number, over: Partial<Page> = {}): Page => ({
  ...first,
  key: `inc_1:ring:${number}:alice`,
  createdAt: now + number,
  approvalId: null,
  ...over,
});
const question = { approvalId: "apr_1" };

/** A step that queues one page, beside what was there. */
function step(page: Page, before: DeskState = state): DeskDecisionSeen {
  const after = { ...before, pages: before.pages.with(page.key, page) };
  const effects = page.state === "held" ? [] : [{ kind: "send-page", page, earlier: null } as const];
  return { events: [], before, after, effects, armedAt: null };
}

const withApproval = (over: Partial<Approval>): DeskState => ({
  ...state,
  approvals: state.approvals.with(approval.approvalId, { ...approval, ...over }),
});
const notAsked: DeskState = { ...state, pages: state.pages.with(first.key, { ...first, approvalId: null }) };

describe("what waits for a digest", () => {
  const judge = (page: Partial<Page>, before?: DeskState) =>
    firstsAreNeverHeld().onDesk?.(step(ring(2, { ...page, state: "held" }), before), simulation);

  test("must not be the first ring, a result to who approved it, or the first question", () => {
    const unrung = { ...state, pages: state.pages.without(first.key) };
    expect(judge({}, unrung)).toContain("waits for a digest");
    expect(judge({ tells })).toContain("waits for a digest");
    expect(judge(question, notAsked)).toContain("waits for a digest");
  });

  test("may be a repeat, a result to others or told before, a second question", () => {
    expect(judge({})).toBeNull();
    expect(judge({ tells }, withApproval({ signatures: [], decidedBy: null }))).toBeNull();
    const told = { ...state, pages: state.pages.with("inc_1:ring:1b:alice", ring(1, { key: "b", tells })) };
    expect(judge({ tells }, told)).toBeNull();
    expect(judge(question)).toBeNull();
  });
});

describe("seven within a minute", () => {
  function judge(seventh: Partial<Page>, before?: DeskState) {
    const flood = nobodyIsFlooded();
    for (let number = 2; number <= 7; number += 1) flood.onDesk?.(step(ring(number)), simulation);
    return flood.onDesk?.(step(ring(8, seventh), before), simulation);
  }

  test("are too many", () => {
    expect(judge({})).toContain("7th message");
    expect(judge({ tells }, withApproval({ signatures: [], decidedBy: null }))).toContain("7th message");
    expect(judge(question)).toContain("7th message");
  });

  test("are not where the last is one that is never held", () => {
    expect(judge({ tells })).toBeNull();
    expect(judge(question, notAsked)).toBeNull();
  });
});
