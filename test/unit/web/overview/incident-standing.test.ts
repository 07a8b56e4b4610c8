// How open incidents stand for who looks at all of them, and what the desk's front is called by it.
import { describe, expect, it } from "vitest";
import type { IncidentNow } from "../../../../control-plane/src/core/desk/incidents-now.ts";
import type { Approval } from "../../../../control-plane/src/core/desk/records/approval.ts";
import type { Incident } from "../../../../control-plane/src/core/desk/records/incident.ts";
import {
  headlineOf,
  needsSomebody,
  restOf,
  standingsOf,
} from "../../../../control-plane/src/web/overview/incident-standing.ts";
import { theNight, wideNight } from "../../../gallery/records/overview-night.ts";
import { NOW } from "../../../gallery/shown-state.ts";

const { approvals, incidents, known } = theNight().shown;

/** The standings of the night, in which these differ. */
function standingsWith(given: {
  readonly incident?: Partial<Incident>;
  readonly known?: Partial<IncidentNow>;
  readonly approvals?: readonly Approval[];
}) {
  const [rings] = incidents;
  const its = known.filter(({ incidentId }) => incidentId === rings?.incidentId);
  return standingsOf([{ ...rings!, ...given.incident }], given.approvals ?? approvals, {
    known: its.map((one) => ({ ...one, ...given.known })),
    now: NOW,
  });
}

describe("of the night", () => {
  const open = standingsOf(incidents, approvals, { known, now: NOW });

  it("one rings and is asked about, one is taken, one is silenced, in this order", () => {
    expect(open.map(({ standing, waiting }) => [standing, waiting !== null])).toEqual([
      ["rings", true],
      ["taken", false],
      ["silenced", false],
    ]);
    expect([headlineOf(open), restOf(open)]).toEqual([
      "1 incident needs you",
      "2 more are open: one is taken, one is silenced.",
    ]);
  });

  it("is told of in part where the desk was not asked about all", () => {
    const unasked = standingsOf(
      [...incidents, ...incidents.map((one) => ({ ...one, incidentId: `${one.incidentId}-2` }))],
      [],
      {
        known,
        now: NOW,
      },
    );
    expect(headlineOf(unasked, false)).toBe("At least 1 of 6 incidents need you");
    expect(headlineOf(standingsOf(incidents, [], { known: [], now: NOW }), false)).toBe(
      "3 incidents are open",
    );
  });

  it("nothing needs anybody once the one that rings is taken, but what is asked does", () => {
    const others = open.slice(1);
    expect([headlineOf(others), restOf(others)]).toEqual([
      "Nothing needs you now",
      "2 are open: one is taken, one is silenced.",
    ]);
    const [asked] = standingsWith({ incident: { state: "acknowledged" } });
    expect([asked?.standing, asked !== undefined && needsSomebody(asked)]).toEqual(["taken", true]);
  });
});

describe("an incident", () => {
  const silence = { endsAt: NOW + 1, why: "", by: { responder: "alice", name: "Alice" } };

  it.each([
    ["held", { incident: { clearedAt: NOW } }],
    ["silenced", { known: { silence } }],
    ["taken", { incident: { state: "acknowledged" as const } }],
    ["frozen", { incident: { reason: "automation-frozen" as const } }],
    ["told", { known: { next: null } }],
    ["rings", { known: { next: null }, incident: { sentCount: 0 } }],
    [
      "runs",
      { known: { next: null }, approvals: approvals.map((one) => ({ ...one, state: "executing" as const })) },
    ],
    // something else broke while it runs, and rings
    ["rings", { approvals: approvals.map((one) => ({ ...one, state: "executing" as const })) }],
    ["rings", { approvals: approvals.map((one) => ({ ...one, state: "denied" as const })) }],
  ])("is %s", (standing, given) => {
    expect(standingsWith(given).map((open) => open.standing)).toEqual([standing]);
  });

  it("whose question is over asks nothing", () => {
    const over = approvals.map((one) => ({ ...one, expiresAt: NOW }));
    expect(standingsWith({ approvals: over })[0]?.waiting).toBeNull();
  });

  it("that many share is one that needs somebody", () => {
    const wide = wideNight().shown;
    const open = standingsOf(wide.incidents, wide.approvals, { known: wide.known, now: NOW });
    expect([open.length, headlineOf(open), restOf(open)]).toEqual([1, "1 incident needs you", null]);
  });
});
