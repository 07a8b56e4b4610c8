// What holds the desk back, at its edges: freezes and silences; and the rules that the desk decides itself.
import { describe, expect, it } from "vitest";
import { recordsFrom } from "@countersign/shared/values/records";
import { SILENCE_MAX_MS } from "../../../../control-plane/src/core/desk/acts/silence.ts";
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
import { Desk, HOST, POLICY, SERVICE, START_AT } from "./desk-fixtures.ts";
import { serviceAt } from "./fleet.ts";

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

function openFinding(desk: Desk, reason: PageReason) {
  return desk.state.findings
    .values()
    .find((finding) => finding.reason === reason && finding.endedAt === null);
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
    other.settle();
    const page = other.state.pages.get("inc_2:ring:1:alice");
    expect(page?.body).toContain("Automation on the fleet is frozen by alice: looking");
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
    desk.fire({ reason: "provider-failing", subject: OF_SHARD, freezes: true });
    expect(freezeOver(desk.state, ELSEWHERE)).toMatchObject({ by: byRule("provider-failing") });
    desk.settle();
    desk.deliverPages();
    desk.clear("provider-failing", OF_SHARD);
    desk.liveFor(86_400_000);
    expect(freezeOver(desk.state, ELSEWHERE)).not.toBeNull();
    expect(desk.incidentOf("automation-frozen").state).toBe("open");
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:recovered:0:alice"]);
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
    desk.settle();
    expect(desk.attempts()).toHaveLength(isHeld ? 0 : 1);
    expect(openFinding(desk, "check-failing")).toBeDefined();
    desk.tickAfter(600_000);
    expect(desk.attempts().length).toBeGreaterThan(0);
    expect(desk.state.silences).toEqual({});
  });

  it("that begins later, or two in a row, hold until the last one ends", () => {
    const desk = new Desk();
    silence(desk, { service: "demo", endsAt: START_AT + 10_000 });
    silence(desk, { service: "demo", startsAt: START_AT + 10_000, endsAt: START_AT + 50_000 });
    desk.fire();
    expect(desk.settle().alarmAt).toBe(START_AT + 10_000);
    expect(desk.tickAfter(46_999).alarmAt).toBe(START_AT + 50_000);
    expect(desk.attempts()).toEqual([]);
    desk.tickAfter(1);
    expect(desk.attempts()).toHaveLength(1);
  });

  it("ends early by a person", () => {
    const desk = new Desk();
    silence(desk, { service: "demo" });
    desk.fire();
    desk.settle();
    const silenceId = desk.state.silences.ids()[0] ?? "";
    desk.act("bob", { kind: "end-silence", silenceId });
    expect(desk.attempts()).toHaveLength(1);
    expect(desk.audited()).toContain("silence-ended");
    expect(desk.act("bob", { kind: "end-silence", silenceId }).answer.ok).toBe(false);
  });
});

describe("approval-unanswered", () => {
  /** A question that Alice was rung about. */
  function askedDesk(): Desk {
    const desk = new Desk();
    desk.fire({ proposalRequestId: "prq_1" });
    expect(desk.propose().alarmAt).toBeLessThanOrEqual(START_AT + 900_000);
    desk.settle();
    desk.deliverPages();
    return desk;
  }

  it.each([
    { afterMs: 899_999, isOpen: false },
    { afterMs: 900_000, isOpen: true },
  ])("$afterMs ms after the question: $isOpen, in the incident that it is about", ({ afterMs, isOpen }) => {
    const desk = askedDesk();
    desk.liveFor(START_AT + afterMs - desk.now);
    expect(openFinding(desk, "approval-unanswered")?.incidentId).toBe(isOpen ? "inc_1" : undefined);
    expect(desk.state.incidents.size).toBe(1);
  });

  it("is told by the next page of its incident, and by none of its own", () => {
    const desk = askedDesk();
    desk.liveFor(1_200_000 - 1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:2:bob"]);
    desk.liveFor(1);
    expect(desk.sent().at(-1)).toBe("inc_1:ring:3:alice");
    const page = desk.state.pages.get("inc_1:ring:3:alice");
    expect(page?.tells.map(({ isTitle, reason }) => [reason, isTitle])).toEqual([
      ["check-failing", true],
      ["approval-unanswered", false],
    ]);
    expect(page?.body).toContain("Also: Nobody answered: may restart run for demo on web-1?");
  });

  it.each(["approve", "deny", "acknowledge", "clear"] as const)(
    "ends at once by: %s, and nobody is told",
    (how) => {
      const desk = askedDesk();
      desk.liveFor(1_300_000);
      const told = desk.sent().length;
      expect(openFinding(desk, "approval-unanswered")?.told).toBe("error");
      if (how === "approve") desk.approve();
      if (how === "deny") desk.act("bob", { kind: "deny", approvalId: desk.approvalId() });
      if (how === "acknowledge") desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
      if (how === "clear") desk.clear();
      expect(openFinding(desk, "approval-unanswered")).toBeUndefined();
      desk.settle();
      expect(desk.sent()).toHaveLength(told);
    },
  );

  it("goes on over an expired request and the one that follows it: the waiting does not start anew", () => {
    const desk = askedDesk();
    desk.liveFor(1_800_000);
    expect(desk.approval().state).toBe("expired");
    const { findingId } = openFinding(desk, "approval-unanswered") ?? { findingId: "none" };
    desk.propose({ requestId: "prq_2" });
    expect(openFinding(desk, "approval-unanswered")).toMatchObject({ findingId, happenedAt: START_AT });
  });

  it("is not said of what is wide, where nobody owes an answer", () => {
    const desk = askedDesk();
    for (const host of [2, 3]) desk.fire({ subject: serviceAt(host) });
    desk.liveFor(1_200_000);
    expect(openFinding(desk, "approval-unanswered")).toBeUndefined();
  });
});

describe("page-undelivered", () => {
  /** Nothing that goes to Alice arrives. */
  function deafDesk(): Desk {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    for (let elapsed = 0; elapsed < 120_000; elapsed += 1_000) desk.tickAfter(1_000);
    return desk;
  }

  it("is rung to everybody else after two minutes, not before every channel was tried, and never about itself", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    for (let elapsed = 0; elapsed < 119_000; elapsed += 1_000) desk.tickAfter(1_000);
    expect(openFinding(desk, "page-undelivered")).toBeUndefined();
    desk.tickAfter(1_000);
    const found = openFinding(desk, "page-undelivered");
    expect(found).toMatchObject({ severity: "critical", subject: { kind: "person", responder: "alice" } });
    expect(desk.incidentOf("page-undelivered").place.kind).toBe("alone");
    desk.settle();
    const keys = desk.state.pages.ids().filter((key) => key.startsWith(found?.incidentId ?? "none"));
    expect(keys).toEqual([`${found?.incidentId}:ring:1:bob`]);
    for (let elapsed = 0; elapsed < 7_200_000; elapsed += 60_000) desk.tickAfter(60_000);
    const subjects = desk.state.findings
      .values()
      .filter(({ endedAt, reason }) => reason === "page-undelivered" && endedAt === null)
      .map(({ subject }) => subjectKeyOf(subject));
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it("does not end when the page is moot, or the incident over: the person is as deaf as before", () => {
    const desk = deafDesk();
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.tickAfter(300_000);
    expect(openFinding(desk, "page-undelivered")).toBeDefined();
    desk.clear();
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    expect(desk.state.incidents.get("inc_1")?.state).toBe("resolved");
    expect(openFinding(desk, "page-undelivered")).toBeDefined();
  });

  it.each<[string, (desk: Desk) => void]>([
    [
      "any page has reached them",
      (desk) => {
        desk.now += 1_000;
        desk.fire({ reason: "host-flooding", subject: HOST });
        desk.settle();
        const page = desk.state.pages.values().findLast(({ responder }) => responder === "alice");
        desk.receipt(page?.key ?? "", "push", "delivered");
      },
    ],
    [
      "they left the policy",
      (desk) => {
        desk.policy = { ...POLICY, responders: POLICY.responders.filter(({ id }) => id !== "alice") };
        desk.take({ kind: "tick" });
      },
    ],
    [
      "their channels are others",
      (desk) => {
        desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
        desk.tickAfter(300_000);
        desk.policy = {
          ...POLICY,
          responders: [
            { id: "alice", name: "Alice", channels: ["text"], roles: ["approve"] },
            ...POLICY.responders.slice(1),
          ],
        };
        desk.take({ kind: "tick" });
      },
    ],
  ])("ends when %s", (_when, play) => {
    const desk = deafDesk();
    play(desk);
    expect(openFinding(desk, "page-undelivered")).toBeUndefined();
  });
});

describe("route-missing", () => {
  it("is found when the last channel of a person breaks, and over when one works", () => {
    const desk = new Desk();
    const check = (channel: string, problem: string | null) =>
      desk.take({ kind: "route-checked", channel, problem });
    check("text", "not set");
    expect(openFinding(desk, "route-missing")).toBeUndefined();
    check("push", "not set");
    const names = desk.state.incidents.values().map(({ subject }) => placeNameOf(subject));
    expect(names).toEqual(["Alice", "Bob"]);
    check("push", "not set");
    expect(desk.audited().filter((act) => act === "route-broken")).toHaveLength(2);
    check("text", null);
    expect(openFinding(desk, "route-missing")?.subject).toMatchObject({ kind: "person", name: "Bob" });
  });
});
