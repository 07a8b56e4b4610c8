// Who is told next and when, as the incident's view says it: what is foretold is what then goes out.
import { describe, expect, it } from "vitest";
import { nextSendingsOf } from "../../../../../control-plane/src/core/desk/paging/next-sending.ts";
import { LIKE_WAIT_MS, UPDATE_AFTER_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { Desk, POLICY, SERVICE, START_AT } from "../desk-fixtures.ts";

const MINUTE_MS = 60_000;

function nextOf(desk: Desk) {
  const incident = desk.state.incidents.values()[0];
  if (incident === undefined) throw new Error("there is no incident");
  return nextSendingsOf(desk.state, { now: desk.now, policy: desk.policy }, incident);
}

function sentAt(desk: Desk) {
  return desk.state.pages
    .values()
    .map(({ createdAt, kind, responder }) => [kind, createdAt - START_AT, responder] as const);
}

function failing(): Desk {
  const desk = new Desk();
  desk.fire();
  return desk;
}

describe("what is sent next", () => {
  it("is the first ring, to the first step, after the wait for its like", () => {
    const desk = failing();
    expect(nextOf(desk)).toEqual([{ kind: "ring", at: START_AT + LIKE_WAIT_MS, to: ["alice"] }]);
    desk.settle();
    expect(sentAt(desk)).toEqual([["ring", LIKE_WAIT_MS, "alice"]]);
  });

  it("is each step and then the round anew, as they then go out", () => {
    const desk = failing();
    for (let count = 0; count < 6; count += 1) {
      const [next] = nextOf(desk);
      if (next === undefined) throw new Error("nothing is next");
      desk.tickAfter(next.at - desk.now - 1);
      const before = sentAt(desk).length;
      desk.tickAfter(1);
      const sent = sentAt(desk).slice(before);
      expect(sent).toEqual(next.to.map((responder) => [next.kind, next.at - START_AT, responder]));
    }
  });

  it("is an update before the next ring when something joined, and rides on one that comes first", () => {
    const desk = failing();
    desk.settle();
    desk.tickAfter(UPDATE_AFTER_MS);
    desk.tickAfter(MINUTE_MS);
    desk.fire({ subject: SERVICE, reason: "stale-code", severity: "warning", title: "old code" });
    const at = START_AT + LIKE_WAIT_MS + 2 * UPDATE_AFTER_MS;
    const [update, ring] = nextOf(desk);
    expect(update).toEqual({ kind: "update", at, to: ["alice", "bob"] });
    expect(ring?.kind).toBe("ring");
    const early = failing();
    early.settle();
    early.fire({ subject: SERVICE, reason: "stale-code", severity: "warning", title: "old code" });
    expect(nextOf(early).map(({ kind }) => kind)).toEqual(["ring"]);
  });

  it("is no ring while somebody has it, and while it is well", () => {
    const taken = failing();
    taken.settle();
    taken.act("alice", { kind: "acknowledge", incidentId: taken.incident().incidentId });
    expect(nextOf(taken)).toEqual([]);
    const well = failing();
    well.settle();
    well.clear();
    expect(nextOf(well).filter(({ kind }) => kind === "ring")).toEqual([]);
  });

  it("waits for the end of a silence", () => {
    const desk = failing();
    const matcher = { hostId: null, service: "demo", reason: null };
    const endsAt = desk.now + 10 * MINUTE_MS;
    desk.act("alice", { kind: "silence", matcher, why: "planned", startsAt: desk.now, endsAt });
    expect(nextOf(desk)).toEqual([{ kind: "ring", at: endsAt, to: ["alice"] }]);
  });

  it("names nobody who left the policy", () => {
    const desk = failing();
    const responders = POLICY.responders.filter(({ id }) => id !== "alice");
    desk.policy = { ...POLICY, responders };
    expect(nextOf(desk)[0]?.to).toEqual([]);
  });
});
