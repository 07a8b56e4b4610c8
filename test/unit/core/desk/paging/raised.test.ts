// An incident that grows worse (core/desk/paging/raised.ts): who was told is told once more, an acknowledgement covers the severity that it was
// given for, and what becomes less grave never pages.
import { describe, expect, it } from "vitest";
import { Severity } from "@countersign/shared/wire/service-report";
import { isRaised } from "../../../../../control-plane/src/core/desk/paging/raised.ts";
import { Desk, HOST, START_AT } from "../desk-fixtures.ts";

const SEVERITIES = Severity.options;
const RAISED_TO_ALICE = "inc_1:firing:raised:critical:alice push";

/** Alice was told of an error. */
function toldDesk(severity: Severity = "error"): Desk {
  const desk = new Desk();
  desk.fire({ severity });
  desk.deliverPages();
  return desk;
}

describe("isRaised", () => {
  it.each(SEVERITIES.flatMap((toldSeverity) => SEVERITIES.map((severity) => ({ toldSeverity, severity }))))(
    "told $toldSeverity, now $severity",
    ({ toldSeverity, severity }) => {
      expect(isRaised({ toldSeverity, severity })).toBe(
        SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(toldSeverity),
      );
    },
  );

  it("is nothing before anybody was told", () => {
    expect(isRaised({ toldSeverity: null, severity: "critical" })).toBe(false);
  });
});

describe("an open incident that grows worse", () => {
  it("pages at once who was paged, and says what it was before", () => {
    const desk = toldDesk();
    desk.now += 1_000;
    desk.fire({ severity: "critical" });
    expect(desk.attempts()).toEqual(["inc_1:firing:0:0:alice push", RAISED_TO_ALICE]);
    const page = desk.state.pages.get("inc_1:firing:raised:critical:alice");
    expect(page).toMatchObject({ severity: "critical", title: "Now critical: demo is failing" });
    expect(page?.body).toContain("It grew worse: error before, critical now.");
  });

  it("does not move the steps: Bob's comes when it would have come, with the new severity", () => {
    const desk = toldDesk();
    desk.fire({ severity: "critical" });
    desk.deliverPages();
    desk.tickAfter(299_999);
    expect(desk.attempts()).toHaveLength(2);
    desk.tickAfter(1);
    expect(desk.attempts().at(-1)).toBe("inc_1:firing:0:1:bob push");
    expect(desk.state.pages.get("inc_1:firing:0:1:bob")?.severity).toBe("critical");
  });

  it("and whose step is due in the same moment is one page to each", () => {
    const desk = toldDesk();
    desk.now += 300_000;
    desk.fire({ severity: "critical" });
    expect(desk.attempts().slice(1)).toEqual(["inc_1:firing:0:1:bob push", "inc_1:firing:0:1:alice push"]);
  });

  it("pages nobody twice for one severity, whatever comes in between", () => {
    const desk = toldDesk();
    for (const severity of ["critical", "warning", "critical", "info", "error", "critical"] as const)
      desk.fire({ severity });
    expect(desk.attempts()).toHaveLength(2);
  });

  it("before its first page is told once, as grave as it is then", () => {
    const desk = new Desk();
    desk.fire({ severity: "error", proposalRequestId: "prq_1" });
    desk.fire({ severity: "critical", proposalRequestId: "prq_1" });
    desk.tickAfter(3_000);
    expect(desk.attempts()).toEqual(["inc_1:firing:0:0:alice push"]);
    expect(desk.state.pages.get("inc_1:firing:0:0:alice")?.severity).toBe("critical");
  });

  it.each([
    ["a silence", (desk: Desk) => silence(desk, 600_000), 600_000],
    ["its silent host", (desk: Desk) => void desk.fire({ reason: "host-silent" }), null],
  ])("is held by %s like any step", (_what, hold, endsAfterMs) => {
    const desk = toldDesk();
    hold(desk);
    desk.fire({ severity: "critical" });
    expect(desk.attempts()).not.toContain(RAISED_TO_ALICE);
    if (endsAfterMs === null) desk.clear("host-silent");
    desk.tickAfter(endsAfterMs ?? 30_000);
    expect(
      desk.attempts().some((attempt) => /^inc_1:firing:(?:raised:critical|0:1):alice/.test(attempt)),
    ).toBe(true);
  });

  it("ends a pause that had become long: it is repeated at the full pace again", () => {
    const desk = toldDesk();
    for (let hour = 0; hour < 48; hour += 1) {
      desk.tickAfter(3_600_000);
      desk.deliverPages();
    }
    desk.fire({ severity: "critical" });
    expect(desk.incident().nextStep).toMatchObject({ repeats: 0 });
    expect(desk.incident().nextStep?.dueAt).toBeLessThanOrEqual(desk.now + 15 * 60_000);
  });
});

describe("an acknowledged incident", () => {
  const acknowledge = (desk: Desk) => desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });

  it.each(["info", "warning", "error"] as const)("that was an error and is %s stays quiet", (severity) => {
    const desk = toldDesk();
    acknowledge(desk);
    desk.fire({ severity });
    expect(desk.incident().state).toBe("acknowledged");
    expect(desk.attempts()).toHaveLength(1);
  });

  it("that becomes critical is open again and begins a new round at once", () => {
    const desk = toldDesk();
    acknowledge(desk);
    desk.now += 1_000;
    desk.fire({ severity: "critical" });
    expect(desk.incident()).toMatchObject({ state: "open", acknowledgedBy: null, acknowledgedUntilAt: null });
    expect(desk.attempts().at(-1)).toBe("inc_1:firing:1:0:alice push");
    expect(desk.state.pages.get("inc_1:firing:1:0:alice")?.title).toBe("Now critical: demo is failing");
    expect(desk.audited()).toContain("acknowledgement-outgrown");
    expect(desk.incident().timeline.at(-1)?.text).toContain("the acknowledgement by bob was for error");
  });

  it("that became critical and is acknowledged again is quiet for the whole time", () => {
    const desk = toldDesk();
    acknowledge(desk);
    desk.fire({ severity: "critical" });
    acknowledge(desk);
    const { length } = desk.attempts();
    for (const severity of ["error", "critical"] as const) desk.fire({ severity });
    desk.tickAfter(3_599_999);
    expect(desk.attempts()).toHaveLength(length);
    desk.tickAfter(1);
    expect(desk.attempts()).toHaveLength(length + 1);
  });

  it("before anybody was paged is covered as grave as it was then", () => {
    const desk = new Desk();
    desk.fire({ severity: "error", proposalRequestId: "prq_1" });
    acknowledge(desk);
    desk.fire({ severity: "critical" });
    expect(desk.incident().state).toBe("open");
    desk.tickAfter(3_000);
    expect(desk.attempts()).toEqual(["inc_1:firing:1:0:alice push"]);
  });
});

function silence(desk: Desk, durationMs: number): void {
  const matcher = { hostId: HOST.hostId, service: null, reason: null };
  const times = { startsAt: START_AT, endsAt: START_AT + durationMs };
  desk.act("alice", { kind: "silence", matcher, why: "planned", ...times });
}
