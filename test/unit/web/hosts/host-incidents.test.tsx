// What a host's view says of what is open about it: as the desk's front says it, whoever silenced, took or froze it.
import { html } from "hono/html";
import { expect, it } from "vitest";
import type { IncidentNow } from "../../../../control-plane/src/core/desk/incidents-now.ts";
import type { Incident } from "../../../../control-plane/src/core/desk/records/incident.ts";
import { byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { HostIncidents } from "../../../../control-plane/src/web/hosts/host-incidents.tsx";
import { incidentOf } from "../../../gallery/records/incident-night.ts";
import { HOUR_MS, NOW } from "../../../gallery/shown-state.ts";

const OMAR = { responder: "omar", name: "Omar" };
const RINGS: IncidentNow = {
  incidentId: "inc_nginx",
  rung: [],
  next: { at: NOW, to: [OMAR] },
  takenBy: null,
  silence: null,
  freeze: null,
  isRunning: false,
  lastSeen: null,
  restarts: null,
};
const silence = { endsAt: NOW + HOUR_MS, why: "", by: OMAR };

it.each<[string, Partial<Incident>, Partial<IncidentNow>, boolean]>([
  ["rings", {}, {}, true],
  ["silenced", {}, { silence }, false],
  ["frozen", { reason: "automation-frozen" }, {}, false],
  ["running", {}, { next: null, isRunning: true }, false],
  [
    "taken",
    { state: "acknowledged", acknowledgedBy: byPerson("omar") },
    { next: null, takenBy: OMAR },
    false,
  ],
  ["well", { clearedAt: NOW }, { next: null }, false],
])("%s", async (kind, changes, known, isRed) => {
  const card = <HostIncidents incidents={[incidentOf(changes)]} known={[{ ...RINGS, ...known }]} now={NOW} />;
  const markup = [await html`${card}`].join("");
  expect([markup.includes(`data-state="${kind}"`), markup.includes('class="card no"')]).toEqual([
    true,
    isRed,
  ]);
});
