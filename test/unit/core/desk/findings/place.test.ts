// Where a finding goes, rule by rule, the first that fits; both sides of each bound.
import { beforeEach, describe, expect, it } from "vitest";
import { RELEASE_AFTER_MS } from "../../../../../control-plane/src/core/desk/findings/move.ts";
import { WIDE_OPEN_MS, WIDE_WITHIN_MS } from "../../../../../control-plane/src/core/desk/findings/place.ts";
import { kindOf, PAGE_REASONS } from "../../../../../control-plane/src/core/words/reason-kinds.ts";
import type { Subject } from "../../../../../control-plane/src/core/words/subject.ts";
import { Desk, HOST, POLICY, SERVICE } from "../desk-fixtures.ts";
import { hostAt, serviceAt } from "../fleet.ts";

const DOWN = { reason: "host-silent", severity: "critical" } as const;
const NOTICE = { reason: "stale-code", severity: "warning" } as const;
const NOT_OF_A_SERVICE = ["fleet-silent", "host-silent", "host-late-return"];
/** Reasons about one service, by their kind; what the desk judges itself has no signal. */
const TROUBLES = PAGE_REASONS.filter(
  (reason) =>
    kindOf(reason) === "trouble" && reason !== "approval-unanswered" && !NOT_OF_A_SERVICE.includes(reason),
);
const NOTICES = PAGE_REASONS.filter((reason) => kindOf(reason) === "notice");
/** Those that nobody but a shard judges. */
const ALONE = ["control-plane-gap"] as const;

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

const placeOf = (subject: Subject, reason = desk.finding().reason) =>
  desk.incidentOf(reason, subject).place.kind;
const openPlaces = () =>
  desk.state.incidents
    .values()
    .filter(({ state }) => state === "open")
    .map(({ place }) => place.kind);

function failOn(...hosts: readonly number[]): void {
  for (const host of hosts) desk.fire({ subject: serviceAt(host) });
}

describe("what stands alone", () => {
  it.each(ALONE)("joins nothing, and nothing joins it: %s", (reason) => {
    desk.fire({ subject: SERVICE });
    desk.fire({ reason, subject: SERVICE });
    desk.fire({ ...NOTICE, subject: SERVICE });
    expect(placeOf(SERVICE, reason)).toBe("alone");
    expect(openPlaces()).toEqual(["trouble", "alone"]);
  });

  it.each(ALONE)("stays alone on a host that is down, and on three hosts: %s", (reason) => {
    desk.fire({ ...DOWN, subject: hostAt(1) });
    for (const host of [1, 2, 3]) desk.fire({ reason, subject: hostAt(host) });
    expect(openPlaces()).toEqual(["down", "alone", "alone", "alone"]);
  });
});

describe("on a host that is down", () => {
  it("lies beneath it what fires there: listed, told by nobody", () => {
    desk.fire(DOWN);
    desk.settle();
    desk.fire();
    desk.fire({ ...NOTICE, subject: HOST });
    expect(openPlaces()).toEqual(["down"]);
    for (const reason of ["check-failing", "stale-code"] as const)
      expect(desk.findingOf(reason)).toMatchObject({
        standing: "beneath",
        incidentId: "inc_1",
        newsAt: null,
      });
    desk.tickAfter(299_999);
    expect(desk.sent()).toEqual(["inc_1:ring:1:alice"]);
  });

  it("lies beneath it what was open there before, and its incident is merged", () => {
    desk.fire();
    desk.fire({ subject: serviceAt(9) });
    desk.fire(DOWN);
    expect(desk.findingOf("check-failing", SERVICE)).toMatchObject({
      standing: "beneath",
      incidentId: "inc_3",
    });
    expect(desk.state.incidents.get("inc_1")).toMatchObject({ state: "merged", mergedInto: "inc_3" });
    expect(placeOf(serviceAt(9), "check-failing")).toBe("trouble");
  });

  it("a second reason for its silence is the same incident, beneath nothing", () => {
    desk.fire(DOWN);
    desk.fire({ reason: "host-late-return" });
    expect(desk.findingOf("host-late-return")).toMatchObject({ incidentId: "inc_1", standing: "own" });
  });

  it.each([
    [RELEASE_AFTER_MS - 1, "beneath", "down"],
    [RELEASE_AFTER_MS, "own", "trouble"],
  ])("seen again for %i ms, what begins there lies %s it", (afterMs, standing, place) => {
    desk.fire(DOWN);
    desk.clear("host-silent");
    desk.now += afterMs;
    desk.fire();
    expect(desk.findingOf("check-failing").standing).toBe(standing);
    expect(placeOf(SERVICE, "check-failing")).toBe(place);
  });
});

describe("the same on three hosts", () => {
  it.each([
    ["within five minutes", WIDE_WITHIN_MS, ["wide"]],
    ["and a moment later", WIDE_WITHIN_MS + 1, ["trouble", "trouble", "trouble"]],
  ])("%s is one trouble", (_when, afterMs, places) => {
    failOn(1);
    desk.now += afterMs;
    failOn(2, 3);
    expect(openPlaces()).toEqual(places);
  });

  it("is wide for the findings of that kind, and leaves what else fails there where it is", () => {
    desk.fire({ reason: "no-progress", subject: serviceAt(1) });
    failOn(1, 2, 3);
    expect(openPlaces()).toEqual(["trouble", "wide"]);
    expect(desk.state.findings.values().map(({ reason, standing }) => [reason, standing])).toEqual([
      ["no-progress", "own"],
      ["check-failing", "wide"],
      ["check-failing", "wide"],
      ["check-failing", "wide"],
    ]);
  });

  it("takes along what is alike and began long before", () => {
    failOn(1);
    desk.now += 5 * WIDE_WITHIN_MS;
    failOn(2, 3, 4);
    expect(openPlaces()).toEqual(["wide"]);
  });

  it.each<[string, () => void]>([
    ["but twice on one of them", () => (failOn(1, 2), desk.fire({ subject: serviceAt(2) }))],
    ["but of another check", () => (failOn(1, 2), void desk.fire({ subject: serviceAt(3), alike: "http" }))],
    ["but of another service", () => (failOn(1, 2), void desk.fire({ subject: serviceAt(3, "queue") }))],
    [
      "but for another reason",
      () => (failOn(1, 2), void desk.fire({ subject: serviceAt(3), reason: "no-progress" })),
    ],
    [
      "but one of them is down",
      () => {
        desk.fire({ ...DOWN, subject: hostAt(1) });
        failOn(1, 2, 3);
      },
    ],
  ])("%s is not wide", (_what, play) => {
    play();
    expect(openPlaces()).not.toContain("wide");
  });

  it.each([...NOTICES])("is wide for a notice too: %s", (reason) => {
    for (const host of [1, 2, 3]) desk.fire({ reason, subject: serviceAt(host), alike: "x" });
    expect(openPlaces()).toEqual(["wide"]);
  });

  it("counts a silenced one", () => {
    const matcher = { hostId: hostAt(2).hostId, service: null, reason: null };
    const times = { startsAt: desk.now, endsAt: desk.now + 3_600_000 };
    desk.act("alice", { kind: "silence", matcher, why: "planned", ...times });
    failOn(1, 2, 3);
    expect(openPlaces()).toEqual(["wide"]);
    desk.settle();
    const told = desk.state.pages.values().flatMap(({ tells }) => tells.map(({ subject }) => subject));
    expect(told).toEqual([serviceAt(1), serviceAt(3)]);
  });

  it("are three hosts that fell silent, without a freeze", () => {
    for (const host of [1, 2, 3]) desk.fire({ ...DOWN, subject: hostAt(host) });
    expect(openPlaces()).toEqual(["wide"]);
    expect(desk.state.freezes.size).toBe(0);
    desk.fire({ subject: serviceAt(2) });
    expect(desk.findingOf("check-failing")).toMatchObject({
      standing: "beneath",
      incidentId: desk.findingOf("host-silent").incidentId,
    });
  });

  it.each([
    [WIDE_OPEN_MS, ["wide"]],
    [WIDE_OPEN_MS + 1, ["wide", "trouble"]],
  ])("takes in more %i ms after the last", (afterMs, places) => {
    failOn(1, 2, 3);
    desk.liveFor(20 * 60_000);
    failOn(4);
    desk.liveFor(afterMs - 1);
    desk.now += 1;
    failOn(5);
    expect(openPlaces()).toEqual(places);
  });

  it("takes in what came too late when that is three within five minutes itself", () => {
    failOn(1, 2, 3);
    const { incidentId } = desk.incidentOf("check-failing");
    desk.now += WIDE_OPEN_MS + 1;
    failOn(4, 5);
    expect(openPlaces()).toEqual(["wide", "trouble", "trouble"]);
    failOn(6);
    expect(openPlaces()).toEqual(["wide"]);
    expect(desk.findingOf("check-failing", serviceAt(4))).toMatchObject({ incidentId, standing: "wide" });
  });

  it("shows itself in another way too, and is still one", () => {
    failOn(1, 2, 3);
    for (const host of [1, 2, 3]) desk.fire({ reason: "startup-death", subject: serviceAt(host) });
    expect(openPlaces()).toEqual(["wide"]);
  });
});

describe("services of one host", () => {
  const failing = (...services: readonly string[]) => {
    for (const service of services) desk.fire({ subject: serviceAt(1, service) });
  };

  it.each([
    [WIDE_WITHIN_MS, ["host"]],
    [WIDE_WITHIN_MS + 1, ["trouble", "trouble", "trouble"]],
  ])("are one trouble of it when the third comes %i ms after the first", (afterMs, places) => {
    failing("a");
    desk.now += afterMs;
    failing("b", "c");
    expect(openPlaces()).toEqual(places);
  });

  it("count once each, for whatever trouble, and not for notices", () => {
    failing("a", "b");
    desk.fire({ reason: "no-progress", subject: serviceAt(1, "a") });
    desk.fire({ ...NOTICE, subject: serviceAt(1, "c") });
    expect(openPlaces()).toEqual(["trouble", "trouble", "notice"]);
    desk.fire({ reason: "latency-high", subject: serviceAt(1, "c") });
    expect(openPlaces()).toEqual(["notice", "host"]);
    const held = desk.incidentOf("latency-high");
    expect(
      desk.state.findings.values().filter(({ incidentId }) => incidentId === held.incidentId),
    ).toHaveLength(4);
  });

  it.each([
    [WIDE_OPEN_MS, ["host"]],
    [WIDE_OPEN_MS + 1, ["host", "trouble"]],
  ])("join it %i ms after the last one", (afterMs, places) => {
    failing("a", "b", "c");
    desk.now += afterMs;
    failing("d");
    expect(openPlaces()).toEqual(places);
  });
});

describe("what a service has already", () => {
  it.each(TROUBLES)("takes in trouble: %s", (reason) => {
    desk.fire({ reason: "check-stale", subject: SERVICE });
    desk.fire({ reason, subject: SERVICE });
    expect(desk.findingOf(reason).incidentId).toBe("inc_1");
    expect(openPlaces()).toEqual(["trouble"]);
  });

  it.each(NOTICES)("takes in a notice: %s", (reason) => {
    desk.fire({ reason: "check-stale", subject: SERVICE });
    desk.fire({ reason, subject: SERVICE });
    expect(openPlaces()).toEqual(["trouble"]);
  });

  it.each(NOTICES)("and holds only notices takes in another one: %s", (reason) => {
    desk.fire({ ...NOTICE, subject: SERVICE });
    desk.fire({ reason, subject: SERVICE });
    expect(openPlaces()).toEqual(["notice"]);
  });

  it.each(TROUBLES)("and holds only notices takes in no trouble: %s", (reason) => {
    desk.fire({ ...NOTICE, subject: SERVICE });
    desk.fire({ reason, subject: SERVICE });
    expect(openPlaces()).toEqual(["notice", "trouble"]);
    desk.fire({ reason: "memory-pressure", subject: SERVICE });
    expect(desk.findingOf("memory-pressure").incidentId).toBe("inc_2");
  });

  it("is not what its host has, nor another service", () => {
    desk.fire({ reason: "host-flooding", subject: HOST });
    desk.fire();
    desk.fire({ subject: { ...SERVICE, service: "other" } });
    expect(openPlaces()).toEqual(["trouble", "trouble", "trouble"]);
  });

  it("has cleared takes in more until it is over", () => {
    for (const [wellForMs, incidents] of [
      [POLICY.incident.resolveAfterMs - 1, 1],
      [POLICY.incident.resolveAfterMs, 2],
    ] as const) {
      const own = new Desk();
      own.fire();
      own.clear();
      own.tickAfter(wellForMs);
      own.fire({ reason: "no-progress", subject: SERVICE });
      expect(own.state.incidents.size).toBe(incidents);
    }
  });
});

it("a finding in shadow joins nothing", () => {
  failOn(1, 2);
  desk.policy = { ...POLICY, shadow: true };
  desk.fire({ subject: serviceAt(3), shadow: { tags: [] } });
  expect(openPlaces()).toEqual(["trouble", "trouble"]);
});
