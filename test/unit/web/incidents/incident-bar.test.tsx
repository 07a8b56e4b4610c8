// What a person can do about an incident: the answer is the filled one only where what is asked may help.
import { html } from "hono/html";
import { describe, expect, it } from "vitest";
import type { Place } from "../../../../control-plane/src/core/desk/records/incident.ts";
import { IncidentBar } from "../../../../control-plane/src/web/incidents/incident-bar.tsx";
import { foundOf, incidentOf, shownOf } from "../../../gallery/records/incident-night.ts";

async function filledIn(place: Place): Promise<string> {
  const shown = shownOf(foundOf({ incident: incidentOf({ place }) }));
  const markup = String(await html`${<IncidentBar shown={shown} />}`);
  const filled = /class="btn(?: yes)?"[^>]*>(.*?)<\/(?:a|button)>/s.exec(markup)?.[1] ?? "";
  return filled
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

describe("the filled button", () => {
  it.each<[Place]>([[{ kind: "trouble", subjectKey: "x" }], [{ kind: "host", hostId: "host_x" }]])(
    "is the answer where one host has it: %j",
    async (place) => {
      expect(await filledIn(place)).toMatch(/^Answer: restart nginx/);
    },
  );

  it.each<[Place]>([
    [{ kind: "wide", alikeKey: "x" }],
    [{ kind: "many" }],
    [{ kind: "fleet" }],
    [{ kind: "down", hostId: "host_x" }],
  ])("is taking it where many share it, or the host is down: %j", async (place) => {
    expect(await filledIn(place)).toMatch(/^I take it/);
  });
});
