// Incidents of the desk's core: grouping, clearing, re-opening, resolving, acknowledging; both sides of each bound.
import { describe, expect, test } from "vitest";
import { Desk, HOST, isTold, SERVICE, START_AT } from "../desk-fixtures.ts";

const RESOLVE_AFTER_MS = 600_000;
const ACKNOWLEDGEMENT_MS = 3_600_000;

describe("opening", () => {
  test("205 identical failures are one incident and one page", () => {
    const desk = new Desk();
    for (let count = 0; count < 205; count += 1) {
      desk.now += 1_000;
      desk.fire();
      desk.deliverPages();
    }
    expect(desk.state.incidents.ids()).toHaveLength(1);
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push"]);
    expect(desk.audited()).toEqual(["incident-opened", "page-delivered"]);
  });

  test("a changed text is not a new incident, and the timeline says so once", () => {
    const desk = new Desk();
    desk.fire({ title: "demo is failing: 500" });
    desk.fire({ title: "demo is failing: 502" });
    desk.fire({ title: "demo is failing: 502" });
    expect(desk.state.incidents.ids()).toHaveLength(1);
    expect(desk.incident().title).toBe("demo is failing: 502");
    expect(desk.incident().timeline.map(({ text }) => text)).toEqual([
      "Opened: demo is failing: 500",
      "Now: demo is failing: 502",
    ]);
  });

  test("another service or host is another incident; another reason or host name is not", () => {
    const desk = new Desk();
    desk.fire();
    desk.fire({ reason: "stale-code", subject: SERVICE });
    desk.fire({ subject: { ...SERVICE, service: "other" } });
    desk.fire({ subject: { ...SERVICE, hostId: `host_${"b".repeat(32)}` } });
    desk.fire({ subject: { ...SERVICE, hostName: "renamed" } });
    expect(desk.state.incidents.ids()).toHaveLength(3);
    expect(desk.state.findings.ids()).toHaveLength(4);
  });
});

describe("clearing and resolving", () => {
  test.each([
    [RESOLVE_AFTER_MS - 1, "open"],
    [RESOLVE_AFTER_MS, "resolved"],
  ])("%i ms after clearing it is %s", (afterMs, state) => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.deliverPages();
    desk.clear();
    expect(desk.last?.alarmAt).toBe(desk.now + RESOLVE_AFTER_MS);
    desk.tickAfter(afterMs);
    expect(desk.incident().state).toBe(state);
    expect(desk.attempts().includes("inc_1:recovered:0:alice push")).toBe(state === "resolved");
  });

  test("what the same batch says is over pages nobody: the desk could not be reached meanwhile", () => {
    const desk = new Desk();
    const about = { subject: HOST, reason: "host-silent" } as const;
    const told = {
      severity: "critical",
      title: "web-1 is silent",
      proposalRequestId: null,
      restarts: null,
    } as const;
    const evidence = [{ at: START_AT, text: "seen" }];
    desk.take({
      kind: "signals",
      signals: [
        { ...desk.signalBase(), ...about, ...told, kind: "firing", evidence },
        { ...desk.signalBase(), ...about, kind: "cleared", evidence },
      ],
    });
    desk.tickAfter(RESOLVE_AFTER_MS);
    expect(desk.incident().state).toBe("resolved");
    expect(desk.attempts()).toEqual([]);
  });

  test("but our own blindness is told afterwards, once", () => {
    const desk = new Desk();
    const about = { subject: HOST, reason: "control-plane-gap" } as const;
    const told = {
      severity: "warning",
      title: "saw nothing",
      proposalRequestId: null,
      restarts: null,
    } as const;
    const evidence = [{ at: START_AT, text: "awake again" }];
    desk.take({
      kind: "signals",
      signals: [
        { ...desk.signalBase(), ...about, ...told, kind: "firing", evidence },
        { ...desk.signalBase(), ...about, kind: "cleared", evidence },
      ],
    });
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(60_000);
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push"]);
  });

  test("fires again before it resolved: same incident and episode, no second page to who was paged, nothing resolves", () => {
    const desk = new Desk();
    desk.fire({ reason: "host-silent" });
    desk.settle();
    desk.deliverPages();
    desk.clear("host-silent");
    desk.tickAfter(RESOLVE_AFTER_MS - 1);
    desk.fire({ reason: "host-silent" });
    expect(desk.state.incidents.ids()).toHaveLength(1);
    expect(desk.state.findings.ids()).toHaveLength(1);
    expect(desk.incident()).toMatchObject({ state: "open", clearedAt: null });
    // Alice is not paged again; Bob's step was held while it looked well, and is overdue.
    expect(desk.attempts()).toEqual(["inc_1:ring:1:alice push", "inc_1:ring:2:bob push"]);
    expect(desk.audited()).toContain("finding-again");
  });

  test("fires again after it resolved: a new incident with its own page", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.deliverPages();
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    desk.fire();
    desk.settle();
    expect(desk.attempts().at(-1)).toBe("inc_2:ring:1:alice push");
  });

  test("while cleared no step goes out; a step that fell due goes out when it fires again", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(250_000);
    desk.clear();
    desk.tickAfter(60_000);
    expect(desk.attempts()).toHaveLength(1);
    desk.fire();
    expect(desk.attempts().at(-1)).toBe("inc_1:ring:2:bob push");
  });

  test("no recovered page for somebody to whom no page was delivered", () => {
    const desk = new Desk();
    desk.fire();
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    expect(desk.incident()).toMatchObject({ state: "resolved" });
    expect(isTold(desk, "inc_1")).toBe(false);
    expect(desk.attempts().some((attempt) => attempt.includes("recovered"))).toBe(false);
  });

  test("a down page that arrives after the end is followed by its recovered page", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    desk.receipt("inc_1:ring:1:alice", "push", "delivered");
    expect(desk.attempts().at(-1)).toBe("inc_1:recovered:0:alice push");
  });
});

test("one recovered page for somebody with two down pages, also when the second arrives after the end", () => {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  desk.deliverPages();
  desk.fire({ severity: "critical" });
  desk.settle();
  desk.clear();
  desk.tickAfter(RESOLVE_AFTER_MS);
  desk.deliverPages();
  desk.receipt("inc_1:ring:2:alice", "push", "delivered");
  expect(desk.attempts().filter((attempt) => attempt.startsWith("inc_1:recovered"))).toEqual([
    "inc_1:recovered:0:alice push",
  ]);
});

describe("acknowledging", () => {
  test("pauses paging until it lapses, then a new round begins", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.deliverPages();
    expect(desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" }).answer.ok).toBe(true);
    desk.tickAfter(ACKNOWLEDGEMENT_MS - 1);
    expect(desk.incident().state).toBe("acknowledged");
    expect(desk.attempts()).toHaveLength(1);
    desk.tickAfter(1);
    expect(desk.incident()).toMatchObject({ state: "open", acknowledgedBy: null });
    expect(desk.attempts().at(-1)).toBe("inc_1:ring:2:alice push");
    expect(desk.audited()).toContain("acknowledgement-lapsed");
  });

  test("of what is told once does not make it be told again", () => {
    const desk = new Desk();
    desk.act("alice", { kind: "freeze", scope: HOST, why: "looking" });
    desk.settle();
    desk.deliverPages();
    desk.act("alice", { kind: "acknowledge", incidentId: desk.incident().incidentId });
    desk.tickAfter(ACKNOWLEDGEMENT_MS);
    expect(desk.incident().state).toBe("open");
    expect(desk.attempts()).toEqual(["inc_1:update:1:bob push"]);
  });

  test("withdraws a page that is still being retried", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.receipt("inc_1:ring:1:alice", "push", "failed");
    expect(desk.attempts()).toHaveLength(1);
    expect(desk.audited()).toContain("page-withdrawn");
    expect(desk.state.pages).toEqual({});
  });

  test.each([
    ["inc_9", "incident-unknown"],
    ["inc_1", "incident-resolved"],
  ])("of %s is refused as %s and audited", (incidentId, reason) => {
    const desk = new Desk();
    desk.fire();
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    const { answer } = desk.act("alice", { kind: "acknowledge", incidentId });
    expect(answer).toEqual({ ok: false, error: { reason } });
    expect(desk.audited().at(-1)).toBe("acknowledgement-refused");
  });
});
