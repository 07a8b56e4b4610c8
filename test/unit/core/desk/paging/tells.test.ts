// What one page says about which findings: the gravest news first, each with whether anybody was told of it before; bounded.
import { describe, expect, it } from "vitest";
import { tellsOf } from "../../../../../control-plane/src/core/desk/paging/tells.ts";
import { TOLD_MAX } from "../../../../../control-plane/src/core/desk/records/pages/page.ts";
import { newsOf } from "../../../../../control-plane/src/core/desk/state/finding-index.ts";
import { Desk, POLICY, SERVICE } from "../desk-fixtures.ts";
import { serviceAt } from "../fleet.ts";

function tells(desk: Desk, kind: "ring" | "update" = "ring", isResult = false) {
  const incident = desk.incident();
  const news = newsOf(desk.state, incident.incidentId);
  return tellsOf(desk.state, { incident, news, kind, isResult, now: desk.now }).map(
    ({ isFirst, isTitle, reason, what }) => `${isTitle ? "*" : ""}${reason} ${what}${isFirst ? "!" : ""}`,
  );
}

/** A service that fails, makes no progress and runs old code, of which Alice knows. */
function toldDesk(): Desk {
  const desk = new Desk();
  desk.fire();
  desk.fire({ reason: "no-progress", subject: SERVICE, severity: "critical" });
  desk.fire({ reason: "stale-code", subject: SERVICE, severity: "warning" });
  desk.settle();
  desk.deliverPages();
  return desk;
}

describe("a page", () => {
  it("tells all that is new, the gravest first, and is about that", () => {
    const desk = new Desk();
    desk.fire();
    desk.fire({ reason: "stale-code", subject: SERVICE, severity: "warning" });
    desk.fire({ reason: "no-progress", subject: SERVICE, severity: "critical" });
    expect(tells(desk)).toEqual(["*no-progress began!", "check-failing began!", "stale-code began!"]);
  });

  it("that only repeats tells the gravest", () => {
    expect(tells(toldDesk())).toEqual(["*no-progress goes-on"]);
  });

  it("that only repeats tells the gravest that is not silenced", () => {
    const desk = toldDesk();
    const matcher = { hostId: null, service: null, reason: "no-progress" } as const;
    const endsAt = desk.now + 3_600_000;
    desk.act("alice", { kind: "silence", matcher, why: "known", startsAt: desk.now, endsAt });
    expect(tells(desk)).toEqual(["*check-failing goes-on"]);
    desk.now = endsAt;
    expect(tells(desk)).toEqual(["*no-progress goes-on"]);
  });

  it("about what rose says so, and is about it", () => {
    const desk = toldDesk();
    desk.fire({ severity: "critical" });
    expect(tells(desk)).toEqual(["*check-failing rose"]);
  });

  it("about a result is about what the act was for, and tells what is new beside it", () => {
    const desk = toldDesk();
    desk.propose();
    desk.approve();
    desk.end({ status: "failed" });
    desk.fire({ reason: "latency-high", subject: SERVICE });
    expect(tells(desk, "ring", true)).toEqual(["*check-failing result", "latency-high began!"]);
  });

  it("that rings is not about what ended, and tells it; an update about nothing else is", () => {
    const desk = toldDesk();
    desk.clear("stale-code", SERVICE);
    desk.now += POLICY.incident.resolveAfterMs;
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    expect(tells(desk)).toEqual(["*no-progress goes-on", "stale-code ended"]);
    expect(tells(desk, "update")).toEqual(["*stale-code ended"]);
  });

  it("does not tell the end of what has begun anew", () => {
    const desk = toldDesk();
    desk.clear("stale-code", SERVICE);
    desk.now += POLICY.incident.resolveAfterMs;
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.fire({ reason: "stale-code", subject: SERVICE, severity: "warning" });
    expect(tells(desk, "update")).toEqual(["*stale-code began!"]);
  });

  it("tells an unanswered question beside what it is about, and is never about it", () => {
    const desk = new Desk();
    desk.fire();
    desk.propose();
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(5 * 60_000);
    desk.deliverPages();
    desk.now += 10 * 60_000;
    desk.take({ kind: "tick" });
    expect(tells(desk)).toEqual(["*check-failing goes-on", "approval-unanswered began!"]);
  });

  it(`names at most ${TOLD_MAX} findings`, () => {
    for (const count of [TOLD_MAX, TOLD_MAX + 1]) {
      const desk = new Desk();
      for (let host = 1; host <= count; host += 1) desk.fire({ subject: serviceAt(host) });
      const wide = desk.incidentOf("check-failing", serviceAt(1));
      const news = newsOf(desk.state, wide.incidentId);
      expect(news).toHaveLength(count);
      expect(
        tellsOf(desk.state, { incident: wide, news, kind: "ring", isResult: false, now: desk.now }),
      ).toHaveLength(TOLD_MAX);
    }
  });
});

it("whoever is told of a finding is told of it as grave as it is, and it is news no more", () => {
  const desk = toldDesk();
  expect(desk.state.findings.values().map(({ newsAt, reason, told }) => [reason, told, newsAt])).toEqual([
    ["check-failing", "error", null],
    ["no-progress", "critical", null],
    ["stale-code", "warning", null],
  ]);
  desk.fire({ reason: "no-progress", subject: SERVICE, severity: "info" });
  expect(desk.findingOf("no-progress")).toMatchObject({ severity: "info", told: "critical", newsAt: null });
});
