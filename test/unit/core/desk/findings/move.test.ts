// Findings move, incidents do not: what is emptied ends as merged and leads on, and nothing of it is lost; what lay beneath a host comes back.
import { describe, expect, it } from "vitest";
import { RELEASE_AFTER_MS } from "../../../../../control-plane/src/core/desk/findings/move.ts";
import { LIKE_WAIT_MS, UPDATE_AFTER_MS } from "../../../../../control-plane/src/core/desk/paging/stream.ts";
import { byPerson } from "../../../../../control-plane/src/core/words/actor.ts";
import { Desk, HOST, HOST_ID, POLICY, PROPOSAL_HASH, SERVICE } from "../desk-fixtures.ts";
import { hostAt, serviceAt } from "../fleet.ts";

const DOWN = { reason: "host-silent", severity: "critical", title: "web-1 is silent" } as const;
const MINUTE = 60_000;

const SOON_BOB = {
  ...POLICY,
  escalation: {
    steps: [
      { notify: ["alice"], afterMs: 0 },
      { notify: ["bob"], afterMs: MINUTE },
    ],
    repeatMs: 15 * MINUTE,
  },
};

/** One service fails and is told to Alice; a minute later two more hosts have the same. */
function wideDesk(before: (desk: Desk) => void = () => {}): Desk {
  const desk = new Desk();
  desk.fire();
  desk.settle();
  desk.deliverPages();
  desk.tickAfter(MINUTE);
  before(desk);
  for (const host of [2, 3]) desk.fire({ subject: serviceAt(host) });
  return desk;
}

describe("an incident that is emptied", () => {
  it("ends as merged, leads on, and says so in both", () => {
    const desk = wideDesk();
    expect(
      desk.state.incidents
        .values()
        .map(({ incidentId, mergedInto, state }) => [incidentId, state, mergedInto]),
    ).toEqual([
      ["inc_1", "merged", "inc_3"],
      ["inc_2", "merged", "inc_3"],
      ["inc_3", "open", null],
    ]);
    expect(desk.state.incidents.get("inc_1")).toMatchObject({ nextStep: null, resolvedAt: desk.now });
    expect(desk.state.incidents.get("inc_1")?.timeline.at(-1)?.text).toMatch(/^Merged into ".*"\.$/);
    expect(desk.incident().timeline.map(({ text }) => text)).toContain('Took in "demo is failing".');
    expect(desk.audited().filter((act) => act === "incident-merged")).toHaveLength(2);
  });

  it("stays while anything lies in it", () => {
    const desk = wideDesk((own) => own.fire({ reason: "no-progress", subject: SERVICE }));
    expect(desk.state.incidents.get("inc_1")).toMatchObject({
      state: "open",
      mergedInto: null,
      reason: "no-progress",
    });
  });

  it("loses none of its findings", () => {
    const desk = wideDesk();
    expect(
      desk.state.findings.values().map(({ incidentId, standing }) => `${incidentId} ${standing}`),
    ).toEqual(["inc_3 wide", "inc_3 wide", "inc_3 wide"]);
    expect(desk.incident().title).toBe("demo fails on 3 hosts");
  });

  it("is not acknowledged, and takes no silence or page with it any more", () => {
    const desk = wideDesk();
    expect(desk.act("alice", { kind: "acknowledge", incidentId: "inc_1" }).answer).toEqual({
      ok: false,
      error: { reason: "incident-resolved" },
    });
    desk.liveFor(24 * 60 * MINUTE);
    expect(desk.sent().filter((key) => key.startsWith("inc_1:"))).toEqual(["inc_1:ring:1:alice"]);
  });
});

describe("what took it in", () => {
  it("rings when it becomes wide, three seconds later, who was rung about a part of it", () => {
    const desk = new Desk(SOON_BOB);
    desk.fire();
    desk.liveFor(2 * MINUTE);
    for (const host of [2, 3]) desk.fire({ subject: serviceAt(host) });
    expect(desk.incident()).toMatchObject({
      rung: ["alice", "bob"],
      reached: ["alice", "bob"],
      sentCount: 0,
    });
    desk.tickAfter(LIKE_WAIT_MS - 1);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice", "inc_1:ring:2:bob"]);
    desk.tickAfter(1);
    expect(desk.sent().slice(2)).toEqual(["inc_3:ring:1:alice", "inc_3:ring:1:bob"]);
    const page = desk.state.pages.get("inc_3:ring:1:alice");
    expect(
      page?.tells.map(({ isFirst, subject }) => [subject.kind === "service" && subject.hostName, isFirst]),
    ).toEqual([
      ["web-2", true],
      ["web-3", true],
    ]);
    expect(page?.body).toContain("3 of them: web-1, web-2, web-3.");
    expect(page?.body).toContain("One cause on many hosts: nothing is offered and nothing runs by itself.");
  });

  it("rings by the steps alone where nobody was rung yet", () => {
    const desk = new Desk();
    for (const host of [1, 2, 3]) desk.fire({ subject: serviceAt(host) });
    desk.settle();
    expect(desk.sent()).toEqual(["inc_3:ring:1:alice"]);
  });

  it("tells its end to who was told of a part of it, once, and only when all of it is over", () => {
    const desk = wideDesk();
    desk.settle();
    desk.deliverPages();
    desk.clear();
    desk.clear("check-failing", serviceAt(2));
    desk.tickAfter(POLICY.incident.resolveAfterMs);
    desk.deliverPages();
    expect(desk.incident().state).toBe("open");
    expect(desk.sent().filter((key) => /update|recovered/.test(key))).toEqual([]);
    desk.clear("check-failing", serviceAt(3));
    desk.liveFor(POLICY.incident.resolveAfterMs);
    expect(desk.sent().filter((key) => key.includes("recovered"))).toEqual([
      "inc_3:recovered:0:alice",
      "inc_3:recovered:0:bob",
    ]);
  });

  it("follows a page of the merged one that arrives late with the end", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    const [key = ""] = desk.sent();
    for (const host of [2, 3]) desk.fire({ subject: serviceAt(host) });
    expect(desk.audited()).toContain("page-withdrawn");
    expect(desk.state.pages.has(key)).toBe(false);
  });
});

it("a host that is down takes along what lies beneath it, and leaves nothing behind", () => {
  const desk = new Desk();
  desk.fire({ ...DOWN, subject: hostAt(1) });
  desk.fire({ subject: serviceAt(1) });
  for (const host of [2, 3]) desk.fire({ ...DOWN, subject: hostAt(host) });
  const { incidentId } = desk.incidentOf("host-silent", hostAt(1));
  expect(desk.findingOf("check-failing")).toMatchObject({ incidentId, standing: "beneath" });
  expect(desk.state.incidents.values().filter(({ state }) => state === "open")).toMatchObject([
    { incidentId, place: { kind: "wide" } },
  ]);
});

describe("pages of what was merged", () => {
  it("that no channel has taken are withdrawn", () => {
    const desk = new Desk();
    desk.fire();
    desk.settle();
    desk.receipt("inc_1:ring:1:alice", "push", "failed");
    for (const host of [2, 3]) desk.fire({ subject: serviceAt(host) });
    expect(desk.sent()).toEqual([]);
    desk.settle();
    expect(desk.sent()).toEqual(["inc_3:ring:1:alice"]);
    desk.receipt("inc_1:ring:1:alice", "text", "failed");
    desk.deliverPages();
    desk.tickAfter(4 * MINUTE);
    expect(desk.attempts().filter((attempt) => attempt.startsWith("inc_1"))).toHaveLength(2);
  });

  it("that were taken stay as they are", () => {
    const desk = wideDesk();
    expect(desk.state.pages.get("inc_1:ring:1:alice")?.state).toBe("delivered");
  });
});

describe("a question", () => {
  const asked = () => wideDesk((desk) => void desk.propose());

  it("that was put before moves with its finding, and can be answered", () => {
    const desk = asked();
    expect(desk.approval()).toMatchObject({ incidentId: "inc_3", findingId: "fnd_1", state: "requested" });
    expect(desk.approve({ proposalHash: PROPOSAL_HASH }).answer.ok).toBe(true);
    expect(desk.effects.filter(({ kind }) => kind === "deliver-grant")).toHaveLength(1);
    desk.end({ status: "failed" });
    desk.settle();
    expect(desk.state.pages.values().at(-1)).toMatchObject({
      incidentId: "inc_3",
      tells: [{ what: "result" }, {}, {}],
    });
  });

  it("is not renewed in what is wide, and none is put", () => {
    const desk = asked();
    desk.propose({ requestId: "prq_2" });
    expect(desk.state.approvals.values().map(({ requestId, state }) => [requestId, state])).toEqual([
      ["prq_1", "requested"],
    ]);
    expect(desk.audited()).toContain("proposal-ignored");
  });

  it("is not put in what is wide for another reason of the same service either", () => {
    const desk = wideDesk();
    desk.fire({ reason: "startup-death", subject: SERVICE });
    expect(desk.findingOf("startup-death").incidentId).toBe("inc_3");
    desk.propose({ requestId: "prq_2", reason: "startup-death" });
    expect(desk.state.approvals.size).toBe(0);
    expect(desk.audited()).toContain("proposal-ignored");
  });

  it("that was put ends with its own host's finding, and the wide incident goes on", () => {
    const desk = asked();
    desk.approve({ proposalHash: PROPOSAL_HASH });
    desk.end({ status: "succeeded" });
    desk.clear();
    desk.verify("verified");
    expect(desk.findingOf("check-failing", SERVICE).endedAt).toBe(desk.now);
    expect(desk.incident()).toMatchObject({ incidentId: "inc_3", state: "open" });
  });
});

describe("a wide incident of what was acknowledged", () => {
  const acknowledged = (desk: Desk, ...incidents: readonly string[]) => {
    for (const incidentId of incidents) desk.act("bob", { kind: "acknowledge", incidentId });
  };
  const widened = (play: (desk: Desk) => void, third: object = {}) => {
    const desk = new Desk();
    desk.fire();
    desk.fire({ subject: serviceAt(2) });
    desk.settle();
    desk.deliverPages();
    play(desk);
    desk.fire({ subject: serviceAt(3), ...third });
    return desk;
  };

  it("as a whole, at its severity, is acknowledged from the start, for as long as the first of it", () => {
    const desk = widened((own) => {
      acknowledged(own, "inc_1");
      own.now += MINUTE;
      acknowledged(own, "inc_2");
    });
    const untilAt = desk.now - MINUTE + POLICY.incident.acknowledgementMs;
    expect(desk.incident()).toMatchObject({
      state: "acknowledged",
      acknowledgedBy: byPerson("bob"),
      acknowledgedUntilAt: untilAt,
    });
    desk.tickAfter(UPDATE_AFTER_MS);
    expect(desk.sent().slice(2)).toEqual(["inc_3:update:1:alice", "inc_3:update:1:bob"]);
    desk.deliverPages();
    desk.tickAfter(untilAt - desk.now - 1);
    expect(desk.sent()).toHaveLength(4);
    desk.tickAfter(1);
    expect(desk.sent().slice(4)).toEqual(["inc_3:ring:2:alice"]);
  });

  it.each<[string, (desk: Desk) => void, object]>([
    ["in part", (desk) => acknowledged(desk, "inc_1"), {}],
    ["and the next host is graver", (desk) => acknowledged(desk, "inc_1", "inc_2"), { severity: "critical" }],
    [
      "and a part has grown graver since",
      (desk) => {
        acknowledged(desk, "inc_1", "inc_2");
        desk.fire({ severity: "critical" });
      },
      {},
    ],
  ])("%s rings", (_what, play, third) => {
    const desk = widened(play, third);
    expect(desk.incident()).toMatchObject({ state: "open", acknowledgedBy: null });
    desk.settle();
    expect(desk.sent()).toContain("inc_3:ring:1:alice");
  });
});

describe("what lay beneath a host that is back", () => {
  /** The host is down and acknowledged; a service of it failed before, another one after. */
  function downDesk(): Desk {
    const desk = new Desk();
    desk.fire();
    desk.propose();
    desk.settle();
    desk.deliverPages();
    desk.now += MINUTE;
    desk.fire(DOWN);
    desk.fire({ subject: { ...SERVICE, service: "other" }, title: "other is failing" });
    desk.settle();
    desk.deliverPages();
    desk.act("alice", { kind: "acknowledge", incidentId: desk.incident().incidentId });
    desk.now += MINUTE;
    return desk;
  }

  it.each([
    [RELEASE_AFTER_MS - 1, "beneath", ["inc_2"]],
    [RELEASE_AFTER_MS, "own", ["inc_3", "inc_4"]],
  ])("lies %i ms later %s", (afterMs, standing, incidents) => {
    const desk = downDesk();
    desk.clear("host-silent");
    expect(desk.last?.alarmAt).toBeLessThanOrEqual(desk.now + RELEASE_AFTER_MS);
    desk.tickAfter(afterMs);
    const services = desk.state.findings.values().filter(({ subject }) => subject.kind === "service");
    expect(new Set(services.map((finding) => finding.standing))).toEqual(new Set([standing]));
    expect([...new Set(services.map(({ incidentId }) => incidentId))].toSorted()).toEqual(incidents);
  });

  it("is placed anew and rings, whoever had the host", () => {
    const desk = downDesk();
    desk.clear("host-silent");
    desk.tickAfter(RELEASE_AFTER_MS);
    const known = desk.sent().length;
    desk.settle();
    expect(desk.sent().slice(known).toSorted()).toEqual(["inc_3:ring:1:alice", "inc_4:ring:1:alice"]);
    expect(desk.state.incidents.get("inc_2")).toMatchObject({
      state: "acknowledged",
      place: { kind: "down" },
    });
    expect(desk.findingOf("check-failing", SERVICE)).toMatchObject({ approvalId: "apr_1" });
    expect(desk.approval().incidentId).toBe(desk.findingOf("check-failing", SERVICE).incidentId);
  });

  it("and is well again is told by nobody, and ends with the silence", () => {
    const desk = downDesk();
    desk.clear("host-silent");
    for (const service of ["demo", "other"]) desk.clear("check-failing", { ...SERVICE, service });
    desk.liveFor(60 * MINUTE);
    expect(desk.state.incidents.values().map(({ state }) => state)).toEqual(["merged", "resolved"]);
    expect(desk.state.findings.values().every(({ endedAt }) => endedAt !== null)).toBe(true);
    expect(desk.sent().filter((key) => key.includes("ring"))).toEqual([
      "inc_1:ring:1:alice",
      "inc_2:ring:1:alice",
    ]);
  });

  it("falls silent again before that: it stays beneath", () => {
    const desk = downDesk();
    desk.clear("host-silent");
    desk.tickAfter(RELEASE_AFTER_MS - 1);
    desk.fire(DOWN);
    desk.tickAfter(RELEASE_AFTER_MS);
    expect(desk.findingOf("check-failing", SERVICE).standing).toBe("beneath");
  });

  it("of a host that a person took out of the fleet is not placed at all", () => {
    const desk = downDesk();
    desk.act("alice", {
      kind: "retire-host",
      hostId: HOST_ID,
      hostName: HOST.hostName,
      why: "gone",
    } as never);
    desk.liveFor(MINUTE);
    expect(desk.state.incidents.values().map(({ state }) => state)).toEqual(["merged", "resolved"]);
  });

  it("on three hosts at once is wide, and one ring", () => {
    const desk = new Desk();
    for (const host of [1, 2, 3]) {
      desk.fire({ ...DOWN, subject: hostAt(host) });
      desk.fire({ subject: serviceAt(host) });
    }
    desk.settle();
    desk.deliverPages();
    for (const host of [1, 2, 3]) desk.clear("host-silent", hostAt(host));
    desk.tickAfter(RELEASE_AFTER_MS);
    const known = desk.sent().length;
    desk.settle();
    expect(desk.sent().slice(known)).toHaveLength(1);
    expect(desk.incidentOf("check-failing", serviceAt(1))).toMatchObject({
      place: { kind: "wide" },
      state: "open",
    });
  });
});
