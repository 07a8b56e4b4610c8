// How an incident's view says that it stands, in a word, a headline and a lane: for each state, and with instants that are on record alone.
import { describe, expect, it } from "vitest";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { headlineOf, standingOf } from "../../../../control-plane/src/web/incidents/incident-head.tsx";
import { lanePoints } from "../../../../control-plane/src/web/incidents/incident-lane.tsx";
import { secondsOf } from "../../../../control-plane/src/web/incidents/incident-view.tsx";
import { answeredOf, BROKE_AT, foundOf, incidentOf, shownOf } from "../../../gallery/incident-night.ts";
import { states } from "../../../gallery/incidents.tsx";
import { NOW, SECOND_MS } from "../../../gallery/shown-state.ts";

const TAKEN = incidentOf({
  state: "acknowledged",
  acknowledgedBy: byPerson("omar"),
  acknowledgedUntilAt: NOW + 1,
});
const WELL = incidentOf({ clearedAt: NOW - 1 });
const OVER = incidentOf({ state: "resolved", clearedAt: NOW - 2, resolvedAt: NOW - 1 });

describe("it stands", () => {
  it.each([
    [foundOf(), "rings", "Rings now", 10],
    [foundOf({ incident: TAKEN, approvals: [], next: [] }), "taken", "Taken by Omar", 10],
    [foundOf({ approvals: [answeredOf(SECOND_MS)], next: [] }), "running", "Runs now", 3],
    // something else broke while it runs, and rings
    [foundOf({ approvals: [answeredOf(SECOND_MS)] }), "rings", "Rings now", 3],
    [foundOf({ incident: WELL }), "well", "Well again, not over yet", 10],
    [foundOf({ incident: OVER }), "done", "Over", null],
    [foundOf({ incident: incidentOf({ state: "merged" }) }), "done", "Taken into another incident", null],
  ])("%#", (found, kind, words, seconds) => {
    expect(standingOf(shownOf(found))).toEqual({ kind, words });
    expect(secondsOf({ found })).toBe(seconds);
  });
});

describe("the headline", () => {
  it.each([
    [incidentOf(), "nginx is failing on web-1"],
    [WELL, "nginx on web-1 is well again"],
    [OVER, "nginx on web-1 is well again"],
    [
      incidentOf({
        state: "resolved",
        place: { kind: "wide", alikeKey: "x" },
        title: "app fails on 3 of 4 hosts",
      }),
      "Over: app fails on 3 of 4 hosts",
    ],
    [
      incidentOf({
        clearedAt: NOW,
        place: { kind: "notice", subjectKey: "x" },
        reason: "stale-code",
        title: "nginx on web-1 runs old code",
      }),
      "Well again: nginx on web-1 runs old code",
    ],
  ])("%#", (incident, headline) => {
    expect(headlineOf(incident)).toBe(headline);
  });
});

describe("the lane", () => {
  const namesOf = (found: Parameters<typeof lanePoints>[0]) =>
    lanePoints(found, NOW).map(({ at, name }) => (at === null ? `(${name})` : name));

  it("shows what is still to come, and nothing that nobody recorded", () => {
    expect(namesOf(foundOf())).toEqual(["broke", "paged", "seen", "(approved)", "(ran)", "(well)"]);
    expect(namesOf(foundOf({ approvals: [], pages: [] }))).toEqual([
      "broke",
      "(paged)",
      "(seen)",
      "(taken)",
      "(well)",
    ]);
    expect(namesOf(foundOf({ incident: OVER, approvals: [], pages: [] }))).toEqual(["broke", "well"]);
  });

  it("is in the order in which it came, whatever a clock said", () => {
    const approvals = [answeredOf(5 * SECOND_MS, { state: "executing", ranAt: BROKE_AT - SECOND_MS })];
    const instants = lanePoints(foundOf({ approvals }), NOW).flatMap(({ at }) => at ?? []);
    expect(instants).toEqual(instants.toSorted((left, right) => left - right));
  });
});

it("every state of an incident is in the gallery", () => {
  for (const name of [
    "ringing",
    "taken",
    "silenced",
    "running",
    "did-not-help",
    "well-waiting",
    "over",
    "wide",
    "many",
    "host-down",
    "fleet-silent",
    "merged",
    "notice",
    "odd-texts",
    "unreadable",
  ])
    expect(states.map((state) => state.name)).toContain(`incident-${name}`);
});
