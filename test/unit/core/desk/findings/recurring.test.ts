// What begins again and again stays one episode until it has stayed well for as long as it usually takes to come back; both sides of each bound.
import { describe, expect, it } from "vitest";
import {
  addBeginning,
  FLAP_QUIET_MS,
  FLAP_WINDOW_MS,
  wellForMs,
} from "../../../../../control-plane/src/core/desk/findings/recurring.ts";
import {
  FLAP_QUIET_MAX_MS,
  isFlapping,
} from "../../../../../control-plane/src/core/desk/incidents/flapping.ts";
import { Desk, HOST, POLICY } from "../desk-fixtures.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const RESOLVE_AFTER_MS = POLICY.incident.resolveAfterMs;

/** Bad for so long, and well for so long, so many times. */
function flap(desk: Desk, { badMs, count, wellMs }: { badMs: number; wellMs: number; count: number }): void {
  for (let turn = 0; turn < count; turn += 1) {
    desk.fire();
    desk.liveFor(badMs);
    desk.clear();
    desk.liveFor(wellMs);
  }
}

const ends = (desk: Desk) => desk.sent().filter((key) => key.includes("recovered"));

describe("the beginnings", () => {
  it("are kept up to twenty, the newest", () => {
    const all = Array.from({ length: 25 }, (_, at) => at).reduce<readonly number[]>(addBeginning, []);
    expect(all).toEqual(Array.from({ length: 20 }, (_, at) => at + 5));
  });

  it.each([
    ["two of them", [0, HOUR], false],
    ["three of them", [0, HOUR, 2 * HOUR], true],
    ["three that come as slowly as may be", [0, FLAP_QUIET_MAX_MS, 2 * FLAP_QUIET_MAX_MS], true],
    ["three that come more slowly", [0, FLAP_QUIET_MAX_MS, 2 * FLAP_QUIET_MAX_MS + 2], false],
  ])("%s are flapping: %s", (_what, beginningsAt, is) => {
    expect(isFlapping({ beginningsAt })).toBe(is);
  });
});

describe("how long it must stay well", () => {
  it.each<[string, readonly number[], number]>([
    ["the first time", [0], RESOLVE_AFTER_MS],
    ["the second time", [0, HOUR], RESOLVE_AFTER_MS],
    ["coming back every ten minutes", [0, 10 * MINUTE, 20 * MINUTE], FLAP_QUIET_MS],
    ["coming back every half an hour", [0, FLAP_QUIET_MS, 2 * FLAP_QUIET_MS], FLAP_QUIET_MS],
    ["coming back a little more slowly", [0, FLAP_QUIET_MS + 2, 2 * FLAP_QUIET_MS + 4], FLAP_QUIET_MS + 2],
    ["coming back every seventy minutes", [0, 70 * MINUTE, 140 * MINUTE], 70 * MINUTE],
    ["as it did lately, and not as it did before", [0, 6 * HOUR, 7 * HOUR, 8 * HOUR], HOUR],
    ["coming back every twelve hours", [0, 12 * HOUR, 24 * HOUR], FLAP_QUIET_MAX_MS],
    ["coming back more slowly, it is new each time", [0, 12 * HOUR, 24 * HOUR + 2], RESOLVE_AFTER_MS],
  ])("%s", (_when, beginningsAt, ms) => {
    expect(wellForMs({ beginningsAt }, { policy: POLICY })).toBe(ms);
  });

  it("is never less than the policy says", () => {
    const policy = { ...POLICY, incident: { ...POLICY.incident, resolveAfterMs: 2 * HOUR } };
    expect(wellForMs({ beginningsAt: [0, MINUTE, 2 * MINUTE] }, { policy })).toBe(2 * HOUR);
  });
});

describe("a service that is bad for an hour and well for ten minutes and a little more, for a day", () => {
  const desk = new Desk();
  flap(desk, { badMs: HOUR, wellMs: RESOLVE_AFTER_MS + 1_000, count: 20 });

  it("is told as over twice, and from the third time on it stays one episode", () => {
    expect(desk.state.incidents.values().map(({ state }) => state)).toEqual(["resolved", "resolved", "open"]);
    expect(ends(desk)).toHaveLength(4);
    expect(new Set(ends(desk).map((key) => key.split(":")[0]))).toEqual(new Set(["inc_1", "inc_2"]));
  });

  it("says so in its pages", () => {
    expect(desk.state.pages.values().at(-1)?.body).toContain("Flapping: it has begun ");
  });

  it("is over when it has stayed well for as long as it takes to come back", () => {
    const { beginningsAt, clearedAt } = desk.finding();
    const wellMs = (beginningsAt.at(-1)! - beginningsAt.at(-3)!) / 2;
    expect(wellMs).toBe(HOUR + RESOLVE_AFTER_MS + 1_000);
    desk.liveFor(clearedAt! + wellMs - desk.now - 1);
    expect(desk.incident().state).toBe("open");
    desk.liveFor(1);
    expect(desk.incident().state).toBe("resolved");
  });
});

describe("a no", () => {
  it("outlives the pauses of what flaps slowly", () => {
    const desk = new Desk();
    flap(desk, { badMs: HOUR, wellMs: 11 * MINUTE, count: 2 });
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.act("bob", { kind: "deny", approvalId: desk.approvalId() });
    desk.liveFor(HOUR);
    desk.clear();
    desk.liveFor(11 * MINUTE);
    desk.fire({ proposalRequestId: "prq_2" });
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ state }) => state)).toEqual(["denied"]);
  });
});

describe("what is remembered of what is over", () => {
  it.each([
    [FLAP_WINDOW_MS - 1, 1, 2],
    [FLAP_WINDOW_MS, 0, 1],
  ])("is forgotten a day after its end: after %i ms %i", (afterMs, count, beginnings) => {
    const desk = new Desk();
    desk.fire();
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    expect(desk.state.recurrences.size).toBe(1);
    desk.tickAfter(afterMs);
    expect(desk.state.recurrences.size).toBe(count);
    desk.fire();
    expect(desk.finding().beginningsAt).toHaveLength(beginnings);
  });

  it("leaves nothing undone where it lasted for longer than a day, however it ended", () => {
    const desk = new Desk();
    desk.act("alice", { kind: "freeze", scope: HOST, why: "looking" });
    desk.tickAfter(FLAP_WINDOW_MS);
    desk.act("alice", { kind: "lift-freeze", scope: HOST, why: "done" });
    expect(desk.incident().state).toBe("resolved");
  });
});
