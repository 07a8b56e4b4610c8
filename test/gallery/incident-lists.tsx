// The list of all incidents, in each of its states.
import type { IncidentNow } from "../../control-plane/src/core/desk/incidents-now.ts";
import type { ListedIncident } from "../../control-plane/src/read-side/listed-incident.ts";
import { askedIn } from "../../control-plane/src/web/incidents/incidents-asked.ts";
import { IncidentsView } from "../../control-plane/src/web/incidents/incidents-view.tsx";
import { BROKE_AT } from "./records/approval-night.tsx";
import { WEB_1 } from "./records/incident-night.ts";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const LISTED: readonly ListedIncident[] = [
  {
    incidentId: "inc_nginx",
    reason: "check-failing",
    severity: "critical",
    state: "open",
    title: "nginx is failing on web-1",
    openedAt: BROKE_AT,
    happenedAt: BROKE_AT,
    resolvedAt: null,
    hostId: WEB_1.hostId,
    service: "nginx",
  },
  {
    incidentId: "inc_wide",
    reason: "check-failing",
    severity: "error",
    state: "acknowledged",
    title: "app fails on 20 of 40 hosts",
    openedAt: NOW - 3 * MINUTE_MS,
    happenedAt: NOW - 190 * SECOND_MS,
    resolvedAt: null,
    hostId: null,
    service: "app",
  },
  {
    incidentId: "inc_m",
    reason: "check-failing",
    severity: "error",
    state: "merged",
    title: "app is failing on app-02",
    openedAt: NOW - 3 * MINUTE_MS,
    happenedAt: NOW - 190 * SECOND_MS,
    resolvedAt: null,
    hostId: null,
    service: "app",
  },
  {
    incidentId: "inc_disk",
    reason: "host-silent",
    severity: "critical",
    state: "resolved",
    title: "db-1 is silent: host dead",
    openedAt: NOW - DAY_MS,
    happenedAt: NOW - DAY_MS,
    resolvedAt: NOW - DAY_MS + HOUR_MS,
    hostId: "host_db",
    service: null,
  },
];
const OMAR = { responder: "omar", name: "Omar" };
const QUIET: Omit<IncidentNow, "incidentId"> = {
  rung: [],
  next: null,
  takenBy: null,
  silence: null,
  freeze: null,
  isRunning: false,
  lastSeen: null,
  restarts: null,
};
/** nginx rings, Omar has the wide one. */
const KNOWN: readonly IncidentNow[] = [
  {
    ...QUIET,
    incidentId: "inc_nginx",
    rung: [{ responder: "alice", name: "Alice", at: BROKE_AT + 4 * SECOND_MS, deliveredBy: "ntfy" }],
    next: { at: BROKE_AT + 5 * MINUTE_MS, to: [OMAR] },
  },
  { ...QUIET, incidentId: "inc_wide", takenBy: OMAR },
];
const listed = (
  name: string,
  query: string,
  part: Parameters<typeof IncidentsView>[0]["part"],
): ShownState => {
  const params = new URLSearchParams(query);
  const asked = askedIn((key) => params.get(key) ?? undefined);
  return {
    name: `incidents-${name}`,
    view: <IncidentsView frame={ALICE} asked={asked} part={part} known={KNOWN} />,
  };
};

export const states: readonly ShownState[] = [
  listed("all", "", { rows: LISTED, next: "1:inc", asOf: NOW }),
  listed("empty", "", { rows: [], next: null, asOf: NOW }),
  listed("filtered", "q=app&state=going&from=2026-11-20", {
    rows: LISTED.slice(1, 2),
    next: null,
    asOf: NOW,
  }),
  listed("none-fits", "service=postgres", { rows: [], next: null, asOf: NOW }),
  listed("unreadable", "", { rows: LISTED.slice(0, 2), next: null, asOf: null }),
];
