// What holds the desk back, at its edges: freezes, silences, inhibition, flapping, and the rules that the desk decides itself.
import { describe, expect, it } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { SILENCE_MAX_MS } from "../../../../control-plane/src/core/desk/acts/silence.ts";
import { FLAP_QUIET_MS, FLAP_WINDOW_MS } from "../../../../control-plane/src/core/desk/paging/flapping.ts";
import { INHIBITION_SETTLE_MS } from "../../../../control-plane/src/core/desk/paging/inhibition.ts";
import { SILENCES_MAX } from "../../../../control-plane/src/core/desk/records/silence.ts";
import type { SilenceMatcher } from "../../../../control-plane/src/core/desk/records/silence.ts";
import { freezeOver } from "../../../../control-plane/src/core/desk/state/freeze-scope.ts";
import { byPerson, byRule } from "../../../../control-plane/src/core/words/actor.ts";
import type { PageReason } from "../../../../control-plane/src/core/words/signal.ts";
import {
  FLEET,
  placeNameOf,
  type Scope,
  type ServiceSubject,
  type Subject,
  subjectKeyOf,
} from "../../../../control-plane/src/core/words/subject.ts";
import { Desk, HOST, isTold, POLICY, SERVICE, START_AT } from "./desk-fixtures.ts";

const OTHER: ServiceSubject = { ...SERVICE, service: "other" };
const ELSEWHERE: ServiceSubject = {
  kind: "service",
  hostId: `host_${"b".repeat(32)}`,
  hostName: "web-2",
  service: "demo",
};
const OF_SHARD: Subject = { kind: "fleet", shard: "shard-0" };

function freeze(desk: Desk, scope: Scope, by = "alice") {
  return desk.act(by, { kind: "freeze", scope, why: "looking" }).answer;
}

function lift(desk: Desk, scope: Scope, options: { by?: string; why?: string } = {}) {
  const { by = "alice", why = "done" } = options;
  return desk.act(by, { kind: "lift-freeze", scope, why }).answer;
}

function silence(desk: Desk, options: Partial<SilenceMatcher> & { startsAt?: number; endsAt?: number } = {}) {
  const { startsAt = desk.now, endsAt = desk.now + 600_000, ...parts } = options;
  const matcher = { hostId: null, service: null, reason: null, ...parts };
  return desk.act("alice", { kind: "silence", matcher, why: "planned", startsAt, endsAt }).answer;
}

function openIncident(desk: Desk, reason: PageReason) {
  return desk.state.incidents
    .values()
    .find((incident) => incident.reason === reason && incident.state !== "resolved");
}

describe("a freeze", () => {
  it.each([
    { scope: FLEET, subject: SERVICE, holds: true },
    { scope: FLEET, subject: ELSEWHERE, holds: true },
    { scope: HOST, subject: SERVICE, holds: true },
    { scope: HOST, subject: ELSEWHERE, holds: false },
    { scope: SERVICE, subject: SERVICE, holds: true },
    { scope: SERVICE, subject: OTHER, holds: false },
    { scope: SERVICE, subject: HOST, holds: false },
  ])("of $scope.hostName/$scope.service holds $subject.hostName/$subject.service: $holds", (row) => {
    const desk = new Desk();
    freeze(desk, row.scope);
    expect(freezeOver(desk.state, row.subject) !== null).toBe(row.holds);
  });

  it("refuses proposals and approvals with a reason, and hands no grant over", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.approve();
    freeze(desk, HOST);
    expect(desk.tickAfter(2_000).effects.filter(({ kind }) => kind === "deliver-grant")).toEqual([]);
    const other = new Desk();
    freeze(other, FLEET);
    other.fire({ proposalRequestId: "prq_1" });
    other.propose();
    expect(other.state.approvals).toEqual({});
    expect(other.audited()).toContain("proposal-ignored");
    expect(other.attempts()).toContainEqual(expect.stringContaining("inc_2:firing"));
  });

  it("is refused to an approval that came to be anyhow", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.state = {
      ...desk.state,
      freezes: recordsFrom([["fleet", { scope: FLEET, at: desk.now, by: byPerson("bob"), why: "x" }]]),
    };
    expect(desk.approve().answer).toEqual({ ok: false, error: { reason: "automation-frozen" } });
  });

  it.each([
    { by: "alice", why: "done", reason: null },
    { by: "alice", why: " ", reason: "reason-missing" },
    { by: "rule:fleet-silent", why: "over", reason: "people-only" },
    { by: "desk", why: "over", reason: "people-only" },
    { by: "mallory", why: "over", reason: "people-only" },
  ])('lifted by $by because of "$why": $reason', ({ by, why, reason }) => {
    const desk = new Desk();
    freeze(desk, HOST);
    const answer = lift(desk, HOST, { by, why });
    expect(answer.ok ? null : answer.error.reason).toBe(reason);
    expect(freezeOver(desk.state, SERVICE) === null).toBe(reason === null);
  });

  it("that is not there cannot be lifted, and lifting tells the shards once", () => {
    const desk = new Desk();
    expect(lift(desk, HOST)).toMatchObject({ error: { reason: "freeze-unknown" } });
    freeze(desk, HOST);
    lift(desk, HOST);
    lift(desk, HOST);
    expect(desk.effects.filter(({ kind }) => kind === "freeze-lifted")).toHaveLength(1);
  });

  it("set by a rule covers the fleet for what one shard has of it, outlives the cause, and is not paged beside it", () => {
    const desk = new Desk();
    desk.fire({ reason: "fleet-silent", subject: OF_SHARD, freezes: true });
    expect(freezeOver(desk.state, ELSEWHERE)).toMatchObject({ by: byRule("fleet-silent") });
    desk.deliverPages();
    desk.take({
      kind: "signal",
      signal: {
        ...desk.signalBase(),
        kind: "cleared",
        subject: OF_SHARD,
        reason: "fleet-silent",
        evidence: [],
      },
    });
    desk.tickAfter(86_400_000);
    expect(freezeOver(desk.state, ELSEWHERE)).not.toBeNull();
    expect(isTold(desk, openIncident(desk, "automation-frozen")?.incidentId ?? "")).toBe(false);
    expect(desk.attempts().filter((attempt) => attempt.includes(":firing:"))).toHaveLength(1);
  });
});

describe("a silence", () => {
  it.each([
    { why: "of nothing in particular", options: {}, reason: "silence-too-wide" },
    { why: "that is over", options: { service: "demo", endsAt: START_AT }, reason: "silence-bounds" },
    { why: "of a moment", options: { service: "demo", endsAt: START_AT + 1 }, reason: null },
    { why: "of thirty days", options: { service: "demo", endsAt: START_AT + SILENCE_MAX_MS }, reason: null },
    {
      why: "of longer",
      options: { service: "demo", endsAt: START_AT + SILENCE_MAX_MS + 1 },
      reason: "silence-bounds",
    },
  ])("$why: $reason", ({ options, reason }) => {
    const answer = silence(new Desk(), options);
    expect(answer.ok ? null : answer.error.reason).toBe(reason);
  });

  it("is refused beyond the most that are kept", () => {
    const desk = new Desk();
    for (let count = 0; count < SILENCES_MAX; count += 1)
      expect(silence(desk, { service: "demo" }).ok).toBe(true);
    expect(silence(desk, { service: "demo" }).ok).toBe(false);
  });

  it.each([
    { matcher: { service: "demo" }, isHeld: true },
    { matcher: { service: "other" }, isHeld: false },
    { matcher: { hostId: HOST.hostId }, isHeld: true },
    { matcher: { hostId: ELSEWHERE.hostId }, isHeld: false },
    { matcher: { reason: "check-failing" as const }, isHeld: true },
    { matcher: { service: "demo", reason: "no-progress" as const }, isHeld: false },
  ])("of $matcher holds the page: $isHeld", ({ matcher, isHeld }) => {
    const desk = new Desk();
    silence(desk, matcher);
    desk.fire();
    expect(desk.attempts()).toHaveLength(isHeld ? 0 : 1);
    expect(openIncident(desk, "check-failing")).toBeDefined();
    desk.tickAfter(600_000);
    expect(desk.attempts().length).toBeGreaterThan(0);
    expect(desk.state.silences).toEqual({});
  });

  it("that begins later, or two in a row, hold until the last one ends", () => {
    const desk = new Desk();
    silence(desk, { service: "demo", endsAt: START_AT + 1_000 });
    silence(desk, { service: "demo", startsAt: START_AT + 1_000, endsAt: START_AT + 5_000 });
    expect(desk.fire().alarmAt).toBe(START_AT + 1_000);
    expect(desk.tickAfter(4_999).alarmAt).toBe(START_AT + 5_000);
    expect(desk.attempts()).toEqual([]);
    desk.tickAfter(1);
    expect(desk.attempts()).toHaveLength(1);
  });

  it("ends early by a person", () => {
    const desk = new Desk();
    silence(desk, { service: "demo" });
    desk.fire();
    const silenceId = desk.state.silences.ids()[0] ?? "";
    desk.act("bob", { kind: "end-silence", silenceId });
    expect(desk.attempts()).toHaveLength(1);
    expect(desk.audited()).toContain("silence-ended");
    expect(desk.act("bob", { kind: "end-silence", silenceId }).answer.ok).toBe(false);
  });
});

describe("inhibition", () => {
  it.each([
    { afterMs: INHIBITION_SETTLE_MS - 1, pages: 0 },
    { afterMs: INHIBITION_SETTLE_MS, pages: 1 },
  ])("a service of a silent host is paged $pages times $afterMs ms after the host is back", (row) => {
    const desk = new Desk();
    desk.fire({ reason: "host-silent" });
    desk.fire();
    desk.deliverPages();
    desk.tickAfter(3_600_000);
    desk.deliverPages();
    desk.clear("host-silent");
    desk.tickAfter(row.afterMs);
    const { incidentId } = openIncident(desk, "check-failing") ?? { incidentId: "none" };
    expect(desk.attempts().filter((attempt) => attempt.startsWith(incidentId))).toHaveLength(row.pages);
  });

  it.each([
    { happenedAt: START_AT - 1, pages: 1 },
    { happenedAt: START_AT, pages: 0 },
  ])("a host silent since $happenedAt is paged $pages times beside a fleet silent since the start", (row) => {
    const desk = new Desk();
    desk.fire({ reason: "fleet-silent", subject: OF_SHARD });
    desk.fire({ reason: "host-silent", happenedAt: row.happenedAt });
    const { incidentId } = desk.incident();
    expect(desk.attempts().filter((attempt) => attempt.startsWith(incidentId))).toHaveLength(row.pages);
  });
});

describe("flapping", () => {
  it("begins with the third beginning within an hour, and ends when it was quiet for half an hour", () => {
    const desk = new Desk();
    for (let count = 0; count < 3; count += 1) {
      desk.fire();
      desk.deliverPages();
      desk.clear();
      desk.tickAfter(POLICY.incident.resolveAfterMs);
      desk.deliverPages();
    }
    expect(openIncident(desk, "check-failing")).toMatchObject({
      beginningsAt: expect.objectContaining({ length: 3 }),
    });
    desk.tickAfter(FLAP_QUIET_MS - POLICY.incident.resolveAfterMs - 1);
    expect(openIncident(desk, "check-failing")).toBeDefined();
    desk.tickAfter(1);
    expect(openIncident(desk, "check-failing")).toBeUndefined();
  });

  it("is not what lies more than an hour apart", () => {
    const desk = new Desk();
    for (let count = 0; count < 3; count += 1) {
      desk.fire();
      desk.clear();
      desk.tickAfter(FLAP_WINDOW_MS / 2);
    }
    expect(desk.incident().beginningsAt.length).toBeLessThan(3);
  });
});

describe("approval-unanswered", () => {
  it.each([
    { afterMs: 899_999, isOpen: false },
    { afterMs: 900_000, isOpen: true },
  ])("after $afterMs ms: $isOpen", ({ afterMs, isOpen }) => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    expect(desk.propose().alarmAt).toBeLessThanOrEqual(START_AT + 900_000);
    desk.tickAfter(afterMs);
    expect(openIncident(desk, "approval-unanswered") !== undefined).toBe(isOpen);
  });

  it.each(["approve", "deny", "acknowledge", "clear"] as const)("ends at once by: %s", (how) => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.tickAfter(900_000);
    const { incidentId } = openIncident(desk, "check-failing") ?? { incidentId: "none" };
    if (how === "approve") desk.approve();
    if (how === "deny") desk.act("bob", { kind: "deny", approvalId: desk.approvalId() });
    if (how === "acknowledge") desk.act("bob", { kind: "acknowledge", incidentId });
    if (how === "clear") desk.clear();
    expect(openIncident(desk, "approval-unanswered")).toBeUndefined();
  });

  it("goes on over an expired request and the one that follows it: the waiting does not start anew", () => {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    desk.propose();
    desk.tickAfter(1_800_000);
    expect(desk.approval().state).toBe("expired");
    const { incidentId } = openIncident(desk, "approval-unanswered") ?? { incidentId: "none" };
    desk.propose({ requestId: "prq_2" });
    expect(openIncident(desk, "approval-unanswered")?.incidentId).toBe(incidentId);
  });
});

describe("page-undelivered", () => {
  it("is paged to everybody else after two minutes, not before every channel was tried, and never about itself", () => {
    const desk = new Desk();
    desk.fire();
    for (let elapsed = 0; elapsed < 119_000; elapsed += 1_000) desk.tickAfter(1_000);
    expect(openIncident(desk, "page-undelivered")).toBeUndefined();
    desk.tickAfter(1_000);
    const found = openIncident(desk, "page-undelivered");
    expect(found).toMatchObject({ severity: "critical", subject: { kind: "person", responder: "alice" } });
    const keys = desk.state.pages.ids().filter((key) => key.startsWith(found?.incidentId ?? "none"));
    expect(keys).toEqual([`${found?.incidentId}:firing:0:0:bob`]);
    for (let elapsed = 0; elapsed < 7_200_000; elapsed += 60_000) desk.tickAfter(60_000);
    const subjects = desk.state.incidents
      .values()
      .filter(({ reason }) => reason === "page-undelivered")
      .map(({ subject }) => subjectKeyOf(subject));
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});

describe("route-missing", () => {
  it("is found when the last channel of a person breaks, and over when one works", () => {
    const desk = new Desk();
    const check = (channel: string, problem: string | null) =>
      desk.take({ kind: "route-checked", channel, problem });
    check("text", "not set");
    expect(openIncident(desk, "route-missing")).toBeUndefined();
    check("push", "not set");
    const names = desk.state.incidents.values().map(({ subject }) => placeNameOf(subject));
    expect(names).toEqual(["Alice", "Bob"]);
    check("push", "not set");
    expect(desk.audited().filter((act) => act === "route-broken")).toHaveLength(2);
    check("text", null);
    expect(openIncident(desk, "route-missing")?.subject).toMatchObject({ kind: "person", name: "Bob" });
  });
});
