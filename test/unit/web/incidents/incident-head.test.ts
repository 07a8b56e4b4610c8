// How an incident's view says that it stands, in a word, a headline and a lane: for each state, and with instants that are
// on record alone.
import { html } from "hono/html";
import { describe, expect, it } from "vitest";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { headlineOf, standingOf } from "../../../../control-plane/src/web/incidents/incident-head.tsx";
import { lanePoints } from "../../../../control-plane/src/web/incidents/incident-lane.tsx";
import { secondsOf } from "../../../../control-plane/src/web/incidents/incident-view.tsx";
import { states as lists } from "../../../gallery/incident-lists.tsx";
import { states } from "../../../gallery/incidents.tsx";
import { BROKE_AT } from "../../../gallery/records/approval-night.tsx";
import { answeredOf, foundOf, incidentOf, shownOf } from "../../../gallery/records/incident-night.ts";
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

describe("the view", () => {
  const drawn = async (name: string) => {
    const state = states.find((one) => one.name === `incident-${name}`);
    const markup = String(await html`${state?.view}`);
    const saysOf = (what: string) =>
      textOf(new RegExp(`data-says="${what}"[^>]*>(.*?)</p>`, "s").exec(markup)?.[1] ?? "");
    return { markup, text: textOf(markup), saysOf };
  };
  const textOf = (markup: string) => markup.replaceAll(/<[^>]+>/g, "");

  it("says what is seen failing, who is next and what was tried, at its head", async () => {
    const { saysOf, text } = await drawn("tried-before");
    expect(saysOf("fault")).toContain("connect ECONNREFUSED");
    expect(saysOf("next")).toBe("Omar is next in 4 min.");
    expect(saysOf("tried")).toMatch(/^restart 24 h ago: Ran and did not help$/);
    expect(text).not.toContain("restarts allowed");
    expect(text).toContain("Web server (nginx)");
  });

  it("says what taking it and answering bring", async () => {
    const { text } = await drawn("ringing");
    expect(text).toContain("pages stop for 60 min; nothing runs by it; the question stays open");
    expect(text).toContain("opens the question, nothing runs yet; ends in 29 min");
  });

  it("tells no question as unanswered that can still be answered", async () => {
    const { text } = await drawn("unanswered");
    expect(text).toContain(
      "Nobody has answered for 16 min: restart nginx? It can still be answered for 14 min.",
    );
    expect(text).not.toContain("Nobody answered:");
    expect((await drawn("ringing")).text).not.toMatch(/Nobody (?:has )?answered/);
  });

  it("keeps a host's name in one piece, and explains its numbers", async () => {
    const { markup, text } = await drawn("over");
    expect(markup).toMatch(/<h1>.*<span class="nb">web-1<\/span>.*<\/h1>/s);
    expect(text).toContain("Not well for 1 min; over after 10 min of quiet, 14 min ago.");
    expect(text).toContain("Resolved.");
  });

  it("leads to one of the hosts of a wide incident", async () => {
    const { text } = await drawn("wide");
    expect(text).toContain("ssh app-02");
  });
});

it("the list says what rings and who has what", async () => {
  const all = lists.find(({ name }) => name === "incidents-all");
  const text = String(await html`${all?.view}`);
  expect(text.indexOf('data-state="rings"')).toBeLessThan(text.indexOf("nginx is failing on"));
  for (const words of ["Rings now", "Taken by Omar"]) expect(text).toContain(words);
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

  it("is down on where what ran did not help", () => {
    const approvals = [answeredOf(5 * SECOND_MS, { state: "failed", ranAt: NOW - 3 * SECOND_MS })];
    const ran = lanePoints(foundOf({ approvals }), NOW).find(({ name }) => name === "ran");
    expect(ran?.leads).toBe("down");
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
