// What grows worse: people are rung for what is graver than anything they were told of, once; an acknowledgement covers the severity that it was
// given for; and what becomes less grave pages nobody.
import { describe, expect, it } from "vitest";
import { Severity } from "@countersign/shared/wire/service-report";
import { graverOf, isGraver } from "../../../../../control-plane/src/core/desk/incidents/graver.ts";
import { repeatPauseMs } from "../../../../../control-plane/src/core/desk/paging/escalation-pace.ts";
import { LIKE_WAIT_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { Desk, HOST, POLICY, SERVICE, START_AT } from "../desk-fixtures.ts";

const SEVERITIES = Severity.options;
const MINUTE = 60_000;

/** Alice was told of an error, three seconds after it began. */
function toldDesk(severity: Severity = "error"): Desk {
  const desk = new Desk();
  desk.fire({ severity });
  desk.settle();
  desk.deliverPages();
  return desk;
}

describe("which is graver", () => {
  it.each(SEVERITIES.flatMap((severity) => [null, ...SEVERITIES].map((than) => ({ severity, than }))))(
    "$severity than $than",
    ({ severity, than }) => {
      const rank = than === null ? -1 : SEVERITIES.indexOf(than);
      const isGraverThan = SEVERITIES.indexOf(severity) > rank;
      expect(isGraver(severity, than)).toBe(isGraverThan);
      expect(graverOf(severity, than)).toBe(isGraverThan ? severity : than);
    },
  );
});

describe("an open incident that grows worse", () => {
  it("rings who was rung three seconds later, and says what it was before", () => {
    const desk = toldDesk();
    desk.fire({ severity: "critical" });
    desk.tickAfter(LIKE_WAIT_MS - 1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
    desk.tickAfter(1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:2:alice"]);
    const page = desk.state.pages.get("inc_1:ring:2:alice");
    expect(page).toMatchObject({
      severity: "critical",
      title: "web-1/demo: worse: failing since 02:00 UTC",
      tells: [{ reason: "check-failing", what: "rose", isFirst: false, isTitle: true }],
    });
    expect(page?.body).toContain("It grew worse: error before, critical now.");
    expect(desk.finding()).toMatchObject({ told: "critical", newsAt: null });
  });

  it("does not move the steps of its round: Bob's comes when it would have come, with the new severity", () => {
    const desk = toldDesk();
    desk.fire({ severity: "critical" });
    desk.settle();
    desk.deliverPages();
    desk.tickAfter(5 * MINUTE - LIKE_WAIT_MS - 1);
    expect(desk.sent()).toHaveLength(2);
    desk.tickAfter(1);
    expect(desk.sent().at(-1)).toBe("inc_1:ring:3:bob");
    expect(desk.state.pages.get("inc_1:ring:3:bob")?.severity).toBe("critical");
  });

  it("and whose step is due in the same moment is one ring to each", () => {
    const desk = toldDesk();
    desk.now += 5 * MINUTE - LIKE_WAIT_MS;
    desk.fire({ severity: "critical" });
    desk.settle();
    expect(desk.sent().slice(1)).toEqual(["inc_1:ring:2:bob", "inc_1:ring:2:alice"]);
  });

  it("rings nobody twice for one severity, whatever comes in between", () => {
    const desk = toldDesk();
    for (const severity of ["critical", "warning", "critical", "info", "error", "critical"] as const) {
      desk.fire({ severity });
      desk.settle();
    }
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:2:alice"]);
  });

  it("for a moment is not told: what is as grave as before after three seconds is no news", () => {
    const desk = toldDesk();
    desk.fire({ severity: "critical" });
    desk.now += LIKE_WAIT_MS - 1;
    desk.fire({ severity: "error" });
    desk.settle();
    expect(desk.sent()).toHaveLength(1);
  });

  it("before its first page is told once, as grave as it is then", () => {
    const desk = new Desk();
    desk.fire({ severity: "error" });
    desk.now += LIKE_WAIT_MS - 1;
    desk.fire({ severity: "critical" });
    desk.tickAfter(1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
    expect(desk.state.pages.get("inc_1:ring:1:alice")?.severity).toBe("critical");
    desk.settle();
    expect(desk.sent()).toHaveLength(1);
  });

  it("is held by a silence, and told when that ends", () => {
    const desk = toldDesk();
    silence(desk, 10 * MINUTE);
    desk.fire({ severity: "critical" });
    desk.tickAfter(10 * MINUTE - (desk.now - START_AT) - 1);
    expect(desk.sent()).toHaveLength(1);
    desk.tickAfter(1);
    desk.settle();
    expect(desk.state.pages.values().map(({ severity }) => severity)).toContain("critical");
  });

  it("goes on at the pause that had been reached, not at the first", () => {
    const desk = toldDesk();
    desk.liveFor(48 * 60 * MINUTE);
    const reached = desk.incident().nextStep?.repeats ?? 0;
    expect(reached).toBeGreaterThan(6);
    desk.fire({ severity: "critical" });
    desk.settle();
    expect(desk.incident().nextStep).toMatchObject({
      step: 0,
      repeats: reached,
      dueAt: desk.now + repeatPauseMs(reached - 1, POLICY.escalation),
    });
  });

  it("is no ring where another finding of it was told as grave: an update tells the rise", () => {
    const desk = new Desk();
    desk.fire({ severity: "critical" });
    desk.fire({ reason: "no-progress", subject: SERVICE, severity: "warning", title: "demo is stuck" });
    desk.settle();
    desk.deliverPages();
    desk.fire({ reason: "no-progress", subject: SERVICE, severity: "error", title: "demo is stuck" });
    desk.tickAfter(5 * MINUTE);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:2:bob", "inc_1:update:2:alice"]);
    for (const key of desk.sent().slice(1))
      expect(desk.state.pages.get(key)?.tells).toMatchObject([{ reason: "no-progress", what: "rose" }]);
  });
});

describe("an acknowledged incident", () => {
  const acknowledge = (desk: Desk) => desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });

  it.each(["info", "warning", "error"] as const)("that was an error and is %s stays quiet", (severity) => {
    const desk = toldDesk();
    acknowledge(desk);
    desk.fire({ severity });
    desk.settle();
    expect(desk.incident().state).toBe("acknowledged");
    expect(desk.sent()).toHaveLength(1);
  });

  it("that becomes critical is open again and rings who was rung, and who had it", () => {
    const desk = toldDesk();
    acknowledge(desk);
    desk.now += 1_000;
    desk.fire({ severity: "critical" });
    desk.settle();
    expect(desk.incident()).toMatchObject({ state: "open", acknowledgedBy: null, acknowledgedUntilAt: null });
    expect(desk.sent().slice(1)).toEqual(["inc_1:ring:2:alice", "inc_1:ring:2:bob"]);
    expect(desk.state.pages.get("inc_1:ring:2:alice")?.title).toBe(
      "web-1/demo: worse: failing since 02:00 UTC",
    );
    expect(desk.audited()).toContain("acknowledgement-outgrown");
    expect(desk.incident().timeline.at(-1)?.text).toContain("the acknowledgement by bob was for error");
  });

  it("that became critical and is acknowledged again is quiet for the whole time", () => {
    const desk = toldDesk();
    acknowledge(desk);
    desk.fire({ severity: "critical" });
    desk.settle();
    desk.deliverPages();
    acknowledge(desk);
    const { length } = desk.sent();
    for (const severity of ["error", "critical"] as const) desk.fire({ severity });
    desk.tickAfter(POLICY.incident.acknowledgementMs - 1);
    expect(desk.sent()).toHaveLength(length);
    desk.tickAfter(1);
    expect(desk.sent()).toHaveLength(length + 1);
  });

  it("before anybody was rung is covered as grave as it was then", () => {
    const desk = new Desk();
    desk.fire({ severity: "error" });
    acknowledge(desk);
    expect(desk.finding()).toMatchObject({ told: "error", newsAt: null });
    desk.tickAfter(10 * MINUTE);
    expect(desk.sent()).toEqual([]);
    desk.fire({ severity: "critical" });
    desk.settle();
    expect(desk.incident().state).toBe("open");
    expect(desk.sent().toSorted()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:1:bob"]);
  });
});

function silence(desk: Desk, durationMs: number): void {
  const matcher = { hostId: HOST.hostId, service: null, reason: null };
  const times = { startsAt: START_AT, endsAt: START_AT + durationMs };
  desk.act("alice", { kind: "silence", matcher, why: "planned", ...times });
}
