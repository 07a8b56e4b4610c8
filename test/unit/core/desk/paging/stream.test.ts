// One incident is one stream of pages with one pace: which news rings, which is an update, and when each goes out; both sides of each bound.
import { describe, expect, it } from "vitest";
import { LIKE_WAIT_MS, UPDATE_AFTER_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { joiningOf, kindOf, PAGE_REASONS } from "../../../../../control-plane/src/core/words/reason-kinds.ts";
import { Desk, POLICY, SERVICE, START_AT } from "../desk-fixtures.ts";
import { hostAt, serviceAt } from "../fleet.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const STUCK = { reason: "no-progress", subject: SERVICE, title: "demo is stuck" } as const;
/** The first of two steps is Alice; the other comes after any update could. */
const LATE_BOB = {
  ...POLICY,
  escalation: {
    steps: [
      { notify: ["alice"], afterMs: 0 },
      { notify: ["bob"], afterMs: 20 * MINUTE },
    ],
    repeatMs: 60 * MINUTE,
  },
};

/** Alice was rung that the service makes no progress. */
function stuckDesk(): Desk {
  const desk = new Desk(LATE_BOB);
  desk.fire(STUCK);
  desk.settle();
  desk.deliverPages();
  return desk;
}

/** What came after the first ring, within three seconds and within five minutes. */
function sentAfter(desk: Desk): { readonly soon: readonly string[]; readonly later: readonly string[] } {
  const known = desk.sent().length;
  desk.settle();
  const soon = desk.sent().slice(known);
  desk.deliverPages();
  desk.tickAfter(UPDATE_AFTER_MS);
  return { soon, later: desk.sent().slice(known + soon.length) };
}

describe("what joins an incident of which people know", () => {
  const troubles = PAGE_REASONS.filter(
    (reason) => kindOf(reason) === "trouble" && !reason.startsWith("host-"),
  );
  const joiners = troubles.filter(
    (reason) => !["fleet-silent", "no-progress", "approval-unanswered"].includes(reason),
  );

  it.each(joiners)("%s, while nobody has it", (reason) => {
    const desk = stuckDesk();
    desk.fire({ reason, subject: SERVICE, title: reason });
    const rings = joiningOf(reason) !== "updates";
    expect(sentAfter(desk)).toEqual(
      rings ? { soon: ["inc_1:ring:2:alice"], later: [] } : { soon: [], later: ["inc_1:update:2:alice"] },
    );
    const [, page] = desk.state.pages.values();
    expect(page?.tells).toMatchObject([{ reason, what: "began", isFirst: true, isTitle: true }]);
  });

  it.each(joiners)("%s, while somebody has it", (reason) => {
    const desk = stuckDesk();
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.fire({ reason, subject: SERVICE, title: reason });
    const joining = joiningOf(reason);
    const both = (kind: string) => [`inc_1:${kind}:2:alice`, `inc_1:${kind}:2:bob`];
    expect(sentAfter(desk)).toEqual(
      joining === "rings" || joining === "rings-always"
        ? { soon: both("ring"), later: [] }
        : { soon: [], later: both("update") },
    );
    expect(desk.incident().state).toBe(joining === "rings" ? "open" : "acknowledged");
  });

  it("a notice is an update", () => {
    const desk = stuckDesk();
    desk.fire({ reason: "stale-code", subject: SERVICE, severity: "warning" });
    expect(sentAfter(desk)).toEqual({ soon: [], later: ["inc_1:update:2:alice"] });
  });

  it("three seconds and not before: a ring waits for its like, and is one", () => {
    const desk = stuckDesk();
    desk.fire();
    desk.now += LIKE_WAIT_MS - 1;
    desk.fire({ reason: "startup-death", subject: SERVICE, title: "it dies" });
    expect(desk.sent()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.sent().slice(1)).toEqual(["inc_1:ring:2:alice"]);
    const told = desk.state.pages.get("inc_1:ring:2:alice")?.tells.map(({ reason }) => reason);
    expect(told).toEqual(["check-failing", "startup-death"]);
    desk.settle();
    expect(desk.sent()).toHaveLength(2);
  });

  it("and clears before it is told is told by nobody, unless it fires again", () => {
    const desk = stuckDesk();
    desk.fire();
    desk.now += LIKE_WAIT_MS - 1;
    desk.clear();
    expect(sentAfter(desk)).toEqual({ soon: [], later: [] });
    desk.fire();
    desk.settle();
    expect(desk.sent().slice(1)).toEqual(["inc_1:ring:2:alice"]);
  });
});

describe("an update", () => {
  it.each([
    ["waits for five minutes after the last thing that was sent", 0, UPDATE_AFTER_MS],
    ["waits for what is left of them", 2 * MINUTE, UPDATE_AFTER_MS - 2 * MINUTE],
    ["goes out after three seconds when that is longer ago", UPDATE_AFTER_MS, LIKE_WAIT_MS],
  ])("%s", (_what, passedMs, waitMs) => {
    const desk = stuckDesk();
    desk.tickAfter(passedMs);
    desk.fire({ reason: "latency-high", subject: SERVICE });
    desk.tickAfter(waitMs - 1);
    expect(desk.sent()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.sent().slice(1)).toEqual(["inc_1:update:2:alice"]);
  });

  it("tells all of it in one: what joined, what rose and what ended", () => {
    const desk = stuckDesk();
    desk.fire({ reason: "latency-high", subject: SERVICE, severity: "warning" });
    desk.fire({ reason: "check-stale", subject: SERVICE, severity: "info" });
    desk.tickAfter(UPDATE_AFTER_MS);
    desk.deliverPages();
    desk.clear("check-stale", SERVICE);
    desk.tickAfter(POLICY.incident.resolveAfterMs - 1);
    desk.fire({ reason: "latency-high", subject: SERVICE, severity: "error" });
    desk.fire({ reason: "stale-code", subject: SERVICE, severity: "warning" });
    desk.settle();
    expect(desk.sent().slice(1)).toEqual(["inc_1:update:2:alice", "inc_1:update:3:alice"]);
    const told = desk.state.pages.get("inc_1:update:3:alice")?.tells;
    expect(told?.map(({ reason, what, isFirst }) => [reason, what, isFirst])).toEqual([
      ["latency-high", "rose", false],
      ["stale-code", "began", true],
      ["check-stale", "ended", false],
    ]);
  });

  it("is none while nothing is new", () => {
    const desk = stuckDesk();
    for (let minute = 0; minute < 19; minute += 1) {
      desk.fire(STUCK);
      desk.tickAfter(MINUTE);
    }
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
  });

  it("puts no step of the escalation off", () => {
    const desk = stuckDesk();
    desk.tickAfter(16 * MINUTE);
    desk.fire({ reason: "latency-high", subject: SERVICE });
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(START_AT + LIKE_WAIT_MS + 20 * MINUTE - desk.now - 1);
    expect(desk.sent()).toHaveLength(2);
    desk.tickAfter(1);
    expect(desk.sent().at(-1)).toBe("inc_1:ring:3:bob");
  });
});

describe("a silence", () => {
  const silence = (desk: Desk, matcher: object, durationMs: number) =>
    desk.act("alice", {
      kind: "silence",
      matcher: { hostId: null, service: null, reason: null, ...matcher },
      why: "planned",
      startsAt: desk.now,
      endsAt: desk.now + durationMs,
    });

  it("of a day lets nothing of a service out, whatever happens, and what still fires rings when it ends", () => {
    const desk = new Desk();
    silence(desk, { service: "demo" }, DAY);
    desk.fire({ proposalRequestId: "prq_1" });
    for (let hour = 0; hour < 24; hour += 1) {
      desk.propose({ requestId: `prq_${hour}` });
      desk.fire({ severity: hour === 12 ? "critical" : "error" });
      if (hour === 6) desk.fire({ reason: "startup-death", subject: SERVICE });
      if (hour < 23) desk.liveFor(60 * MINUTE);
    }
    desk.tickAfter(60 * MINUTE - 1);
    expect(desk.sent()).toEqual([]);
    desk.tickAfter(1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
  });

  it("matches findings: what it covers in an incident is not told, and the others are", () => {
    const desk = new Desk(LATE_BOB);
    silence(desk, { reason: "check-failing" }, DAY);
    desk.fire();
    desk.settle();
    expect(desk.sent()).toEqual([]);
    desk.fire(STUCK);
    desk.settle();
    expect(desk.state.pages.values()).toMatchObject([
      { key: "inc_1:ring:1:alice", tells: [{ reason: "no-progress", what: "began" }] },
    ]);
    expect(desk.findingOf("check-failing")).toMatchObject({ told: null });
  });

  it("holds what joins until it ends; then that rings at once", () => {
    const desk = stuckDesk();
    silence(desk, { reason: "check-failing" }, 10 * MINUTE);
    desk.fire();
    desk.tickAfter(10 * MINUTE - 1);
    expect(desk.sent()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.sent().slice(1)).toEqual(["inc_1:ring:2:alice"]);
  });

  it.each([
    { reason: "identity-conflict", subject: { kind: "identity", shard: "shard-0", name: "bot" } },
    { reason: "provider-failing", subject: { kind: "provider", shard: "shard-0", name: "api" } },
  ] as const)("by reason covers what has no host: $reason", ({ reason, subject }) => {
    const desk = new Desk();
    silence(desk, { reason }, 10 * MINUTE);
    desk.fire({ reason, subject });
    desk.tickAfter(10 * MINUTE - 1);
    expect(desk.sent()).toEqual([]);
    desk.tickAfter(1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
  });
});

describe("a wide incident", () => {
  /** The check fails on so many hosts, a second after each other. */
  function failOn(desk: Desk, from: number, to: number): void {
    for (let host = from; host <= to; host += 1) {
      desk.fire({ subject: serviceAt(host), title: `demo fails on web-${host}` });
      desk.tickAfter(1_000);
    }
  }

  it("tells of hosts that join when their number has doubled, and rings for none of them", () => {
    const desk = new Desk(LATE_BOB);
    failOn(desk, 1, 3);
    desk.settle();
    desk.deliverPages();
    const wide = desk.incidentOf("check-failing", serviceAt(1)).incidentId;
    expect(desk.incident().membersTold).toBe(3);
    failOn(desk, 4, 5);
    desk.tickAfter(UPDATE_AFTER_MS);
    expect(desk.sent().filter((key) => key.startsWith(`${wide}:update`))).toEqual([]);
    failOn(desk, 6, 6);
    desk.settle();
    desk.deliverPages();
    expect(desk.sent().at(-1)).toBe(`${wide}:update:2:alice`);
    expect(desk.state.incidents.get(wide)).toMatchObject({ membersTold: 6 });
    failOn(desk, 7, 11);
    desk.tickAfter(UPDATE_AFTER_MS);
    expect(desk.sent().at(-1)).toBe(`${wide}:update:2:alice`);
    failOn(desk, 12, 12);
    desk.settle();
    expect(desk.sent().at(-1)).toBe(`${wide}:update:3:alice`);
    expect(desk.sent().filter((key) => key.startsWith(`${wide}:ring`))).toEqual([`${wide}:ring:1:alice`]);
  });

  it("rings when one of its hosts is graver than anything told", () => {
    const desk = new Desk(LATE_BOB);
    failOn(desk, 1, 3);
    desk.settle();
    desk.deliverPages();
    desk.fire({ subject: serviceAt(2), severity: "critical", title: "worse" });
    desk.settle();
    expect(desk.sent().at(-1)).toMatch(/:ring:2:alice$/);
  });
});

it("what lies beneath a host that is down is told by nobody", () => {
  const desk = new Desk();
  desk.fire({ reason: "host-silent", subject: hostAt(1), severity: "critical" });
  desk.settle();
  desk.deliverPages();
  desk.fire({ subject: serviceAt(1), severity: "critical" });
  desk.tickAfter(UPDATE_AFTER_MS - 1);
  expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
});
