// When an incident ends: all of its own findings are over. What lies beneath holds nothing; the end is told once, to whom a ring has reached.
import { describe, expect, it } from "vitest";
import { Desk, HOST, POLICY, SERVICE } from "../desk-fixtures.ts";

const RESOLVE_AFTER_MS = POLICY.incident.resolveAfterMs;
const STUCK = { reason: "no-progress", title: "demo is stuck" } as const;

function troubled(): Desk {
  const desk = new Desk();
  desk.fire();
  desk.fire({ ...STUCK, subject: SERVICE });
  desk.settle();
  desk.deliverPages();
  return desk;
}

describe("an incident of several findings", () => {
  it("is resolved with the last of them, and each has its own end", () => {
    const desk = troubled();
    desk.clear();
    desk.tickAfter(RESOLVE_AFTER_MS);
    expect(desk.incident()).toMatchObject({ state: "open", reason: "no-progress", clearedAt: null });
    expect(desk.findingOf("check-failing")).toMatchObject({
      endedAt: desk.now,
      endedBecause: expect.stringContaining("10m"),
    });
    desk.deliverPages();
    desk.clear("no-progress", SERVICE);
    desk.tickAfter(RESOLVE_AFTER_MS - 1);
    expect(desk.incident().state).toBe("open");
    desk.tickAfter(1);
    expect(desk.incident()).toMatchObject({ state: "resolved", resolvedAt: desk.now, nextStep: null });
    expect(desk.audited().filter((act) => act === "finding-ended")).toHaveLength(2);
    expect(desk.audited().filter((act) => act === "incident-resolved")).toHaveLength(1);
  });

  it("tells the end of a part as an update, and the end of all as the end, which names both", () => {
    const desk = troubled();
    desk.act("bob", { kind: "acknowledge", incidentId: "inc_1" });
    desk.clear();
    desk.liveFor(RESOLVE_AFTER_MS + 60_000);
    expect(desk.sent().slice(1)).toEqual(["inc_1:update:2:alice", "inc_1:update:2:bob"]);
    expect(desk.state.pages.get("inc_1:update:2:alice")).toMatchObject({
      title: expect.stringMatching(/^web-1\/demo: over after .+ \(failing\)$/),
      tells: [{ reason: "check-failing", what: "ended", isTitle: true }],
    });
    desk.clear("no-progress", SERVICE);
    desk.liveFor(RESOLVE_AFTER_MS);
    expect(desk.sent().slice(3)).toEqual(["inc_1:recovered:0:alice"]);
    const end = desk.state.pages.get("inc_1:recovered:0:alice");
    expect(end?.title).toMatch(/^web-1\/demo: recovered after .+ \(no progress\)$/);
    expect(end?.body).toContain("Also over: demo is failing");
    expect(end?.tells.map(({ reason, what }) => [reason, what])).toEqual([
      ["check-failing", "ended"],
      ["no-progress", "ended"],
    ]);
  });

  it("that end together are one end, and no update", () => {
    const desk = troubled();
    desk.clear();
    desk.clear("no-progress", SERVICE);
    desk.liveFor(RESOLVE_AFTER_MS);
    expect(desk.sent().slice(1)).toEqual(["inc_1:recovered:0:alice"]);
  });
});

describe("the end of one of which nobody was told", () => {
  it("is told by nobody, and of its incident only what was told", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.deliverPages();
    desk.fire({ ...STUCK, subject: SERVICE });
    desk.clear("no-progress", SERVICE);
    desk.liveFor(RESOLVE_AFTER_MS + 60_000);
    desk.clear();
    desk.liveFor(RESOLVE_AFTER_MS);
    expect(desk.sent().filter((key) => key.includes("update"))).toEqual([]);
    const end = desk.state.pages.get("inc_1:recovered:0:alice");
    expect(end?.tells.map(({ reason }) => reason)).toEqual(["check-failing"]);
    expect(end?.body).not.toContain("stuck");
  });
});

describe("a host that was down", () => {
  it("ends though a service beneath it still fires, which rings then", () => {
    const desk = new Desk();
    desk.fire({ reason: "host-silent", severity: "critical" });
    desk.fire();
    desk.settle();
    desk.deliverPages();
    desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" });
    desk.clear("host-silent");
    desk.liveFor(RESOLVE_AFTER_MS);
    expect(desk.state.incidents.values().map(({ place, state }) => [place.kind, state])).toEqual([
      ["down", "resolved"],
      ["trouble", "open"],
    ]);
    expect(desk.sent()).toEqual([
      "inc_1:ring:1:alice",
      "inc_2:ring:1:alice",
      "inc_2:ring:2:bob",
      "inc_1:recovered:0:alice",
    ]);
  });

  it("and whose silence a person ended takes what had cleared beneath it along, unheard", () => {
    const desk = new Desk();
    desk.fire();
    desk.fire({ reason: "host-silent", severity: "critical" });
    desk.clear();
    desk.act("alice", { kind: "retire-host", hostId: HOST.hostId, hostName: HOST.hostName, why: "gone" });
    expect(desk.state.findings.values().every(({ endedAt }) => endedAt === desk.now)).toBe(true);
    desk.liveFor(RESOLVE_AFTER_MS);
    expect(desk.sent()).toEqual([]);
  });
});

it("an approved act that is under way holds the end of its finding until it is proved", () => {
  const desk = new Desk();
  desk.fire();
  desk.propose();
  desk.settle();
  desk.deliverPages();
  desk.approve();
  desk.end({ status: "succeeded" });
  desk.clear();
  desk.tickAfter(RESOLVE_AFTER_MS + 1);
  expect(desk.finding().endedAt).toBeNull();
  desk.verify("verified");
  expect(desk.finding()).toMatchObject({
    endedAt: desk.now,
    endedBecause: expect.stringContaining("helped"),
  });
  expect(desk.incident().state).toBe("resolved");
});
