// The desk's front in its states: the night that rings, what many hosts share, calm, empty, nobody to be paged, D1 that does
// not answer, a thousand hosts.
import type { ResolvedIncident } from "../../control-plane/src/web/incidents/resolved-line.tsx";
import { OverviewView, type OverviewViewProps } from "../../control-plane/src/web/overview/overview-view.tsx";
import {
  CALM_FLEET,
  largeFleet,
  listOf,
  NIGHT_FLEET,
  NOBODY,
  REACHED,
  REACHED_NOW,
  theNight,
  UNPROVEN,
  WANTING,
  wideNight,
} from "./records/overview-night.ts";
import { ALICE, DAY_MS, HOUR_MS, NOW, type ShownState } from "./shown-state.ts";

const RESOLVED: readonly ResolvedIncident[] = [
  { incidentId: "inc_bob", title: "bob on agents-1 is failing", resolvedAt: NOW - 3.7 * HOUR_MS },
  { incidentId: "inc_moto", title: "moto on agents-2 is failing", resolvedAt: NOW - 15.4 * HOUR_MS },
];

const LONG_OVER: readonly ResolvedIncident[] = [
  { incidentId: "inc_bob", title: "bob on agents-1 is failing", resolvedAt: NOW - 6 * DAY_MS },
];

const DEVICES: OverviewViewProps["devices"] = new Map([
  ["alice", 1],
  ["omar", 1],
  ["dana", 1],
]);

const WITHOUT_DANA = new Map([...DEVICES].filter(([responder]) => responder !== "dana"));

const QUIET: OverviewViewProps = {
  frame: ALICE,
  ...CALM_FLEET,
  tags: null,
  incidents: [],
  approvals: [],
  known: [],
  reach: REACHED,
  rings: [
    { at: NOW - 6 * DAY_MS, count: 1 },
    { at: NOW - 6 * DAY_MS - HOUR_MS, count: 1 },
  ],
  devices: DEVICES,
  resolved: LONG_OVER,
  isHistoryRead: true,
  skipCount: 0,
  hasApprovers: true,
};
const NIGHT = {
  ...QUIET,
  ...NIGHT_FLEET,
  ...theNight().shown,
  devices: WITHOUT_DANA,
  reach: REACHED_NOW,
  rings: null,
  resolved: RESOLVED,
};
const EMPTY = { ...QUIET, hosts: listOf([]), strips: new Map(), resolved: [], rings: [], reach: NOBODY };
const UNREAD = {
  hosts: {
    ...NIGHT.hosts,
    hosts: NIGHT.hosts.hosts.filter(({ liveness }) => liveness === "down"),
    counts: null,
    asOf: null,
  },
  strips: null,
  tags: null,
  rings: null,
  resolved: [],
  isHistoryRead: false,
};

export const states: readonly ShownState[] = [
  { name: "overview-ringing", view: <OverviewView {...NIGHT} /> },
  {
    name: "overview-wide",
    view: (
      <OverviewView
        {...QUIET}
        {...largeFleet(0, 20)}
        {...wideNight().shown}
        reach={REACHED_NOW}
        rings={null}
      />
    ),
  },
  { name: "overview-all-well", view: <OverviewView {...QUIET} /> },
  { name: "overview-well-unproven", view: <OverviewView {...QUIET} reach={UNPROVEN} rings={[]} /> },
  {
    name: "overview-ill-without-incident",
    view: <OverviewView {...QUIET} {...NIGHT_FLEET} devices={WITHOUT_DANA} reach={WANTING} />,
  },
  { name: "overview-empty", view: <OverviewView {...EMPTY} hasApprovers={false} /> },
  { name: "overview-empty-passkey-made", view: <OverviewView {...EMPTY} /> },
  { name: "overview-nobody-approves", view: <OverviewView {...QUIET} hasApprovers={false} /> },
  {
    name: "overview-empty-proven",
    view: <OverviewView {...EMPTY} reach={REACHED} devices={new Map([...DEVICES, ["alice", 2]])} />,
  },
  {
    name: "overview-nobody-can-be-paged",
    view: (
      <OverviewView
        {...QUIET}
        frame={{ ...ALICE, warnings: [{ reason: "no-channel" }] }}
        reach={NOBODY}
        rings={[]}
      />
    ),
  },
  { name: "overview-unread", view: <OverviewView {...NIGHT} {...UNREAD} /> },
  { name: "overview-unread-calm", view: <OverviewView {...QUIET} {...UNREAD} /> },
  { name: "overview-thousand", view: <OverviewView {...QUIET} {...largeFleet(3, 12)} /> },
  {
    name: "overview-thousand-bad",
    view: <OverviewView {...NIGHT} {...largeFleet(20, 20)} reach={REACHED_NOW} rings={null} />,
  },
];
