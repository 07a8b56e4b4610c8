// An incident in each of its states.
import type { Approval } from "../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../control-plane/src/core/desk/records/finding.ts";
import type { Silence } from "../../control-plane/src/core/desk/records/silence.ts";
import { BY_DESK, byPerson } from "../../control-plane/src/core/words/actor.ts";
import { FLEET, hostedSubject, hostSubject } from "../../control-plane/src/core/words/subject.ts";
import type { FoundIncident } from "../../control-plane/src/http/post-mortem.ts";
import { IncidentView } from "../../control-plane/src/web/incidents/incident-view.tsx";
import { NoteView } from "../../control-plane/src/web/incidents/note-view.tsx";
import type { ShownIncident } from "../../control-plane/src/web/incidents/shown-incident.ts";
import { BROKE_AT, NGINX } from "./records/approval-night.tsx";
import { appOn, TRAITS, WIDE, wide } from "./records/incident-many.ts";
import {
  answeredOf,
  findingOf,
  THREE,
  foundOf,
  incidentOf,
  pageOf,
  questionOf,
  shownOf,
  unansweredOf,
  WEB_1,
} from "./records/incident-night.ts";
import { HOSTILE, TWICE, UNREAD } from "./records/words-night.ts";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState, ZOE } from "./shown-state.ts";

function stateOf(name: string, given: Partial<FoundIncident>, more: Partial<ShownIncident> = {}): ShownState {
  return { name: `incident-${name}`, view: <IncidentView shown={shownOf(foundOf(given), more)} /> };
}

const HELPED_BEFORE: Approval = answeredOf(6 * DAY_MS, {
  approvalId: "apr_week",
  state: "verified",
  decidedBy: byPerson("omar"),
  ranAt: NOW - 6 * DAY_MS + 2 * SECOND_MS,
});
const FAILED_BEFORE: Approval = answeredOf(DAY_MS, {
  approvalId: "apr_yesterday",
  state: "failed",
  decidedBy: byPerson("omar"),
  end: { reason: "ineffective" },
  ranAt: NOW - DAY_MS + 2 * SECOND_MS,
});
const SILENCE: Silence = {
  silenceId: "sil_1",
  matcher: { hostId: WEB_1.hostId, service: "nginx", reason: null },
  by: byPerson("omar"),
  why: "moving to the new disk",
  startsAt: NOW - HOUR_MS,
  endsAt: NOW + 2 * HOUR_MS,
};
const cleared = (findings: readonly Finding[], clearedAt: number, happenedAt: number) =>
  findings.map((finding) => {
    const evidence = finding.evidence.map((line) => ({
      ...line,
      at: line.at - finding.happenedAt + happenedAt,
    }));
    return { ...finding, clearedAt, happenedAt, evidence };
  });

const SILENT = findingOf({
  findingId: "fnd_silent",
  incidentId: "inc_down",
  subject: WEB_1,
  reason: "host-silent",
  alike: null,
  title: "web-1 is silent: host dead",
  evidence: [{ at: NOW - 80 * SECOND_MS, text: "last heard 80 s ago; port 22 does not answer" }],
  restarts: null,
  happenedAt: NOW - 80 * SECOND_MS,
});
const FLEET_HOSTS = ["db-1", "db-2", "web-1", "web-2"].map((hostName, index) => ({
  hostId: `host_${hostName.padEnd(32, "0")}`,
  hostName,
  fellAt: NOW - 4 * MINUTE_MS + index * SECOND_MS,
  startedAt: NOW - 3 * MINUTE_MS,
  joinedAt: NOW - 3 * MINUTE_MS,
  backAt: index === 3 ? NOW - MINUTE_MS : null,
  setAside: index === 2 ? { at: NOW - MINUTE_MS, by: byPerson("omar"), why: "its disk died" } : null,
}));
const LONG = "אזהרה: השירות לא עונה ".repeat(12);
const ODD = findingOf({
  title: `Sessions of hermes on agents-1 die at their start: ${LONG}`,
  reason: "startup-death",
  evidence: [
    { at: BROKE_AT, text: `\u202eevil\u202c ${"x".repeat(400)}` },
    { at: BROKE_AT, text: LONG },
    { at: BROKE_AT, text: "<script>alert(1)</script> & <b>bold</b>" },
    ...Array.from({ length: 30 }, (_none, index) => ({
      at: BROKE_AT - index * SECOND_MS,
      text: `line ${index}`,
    })),
  ],
});
export const states: readonly ShownState[] = [
  stateOf("look", { approvals: [questionOf()] }, { frame: ZOE, whoMayAnswer: ["Alice", "Omar"] }),
  stateOf("ringing", { earlier: [HELPED_BEFORE] }),
  stateOf("tried-before", { earlier: [FAILED_BEFORE, HELPED_BEFORE] }),
  stateOf("unanswered", {
    incident: incidentOf({
      happenedAt: NOW - 17 * MINUTE_MS,
      openedAt: NOW - 17 * MINUTE_MS,
      timeline: [
        { at: NOW - 17 * MINUTE_MS, by: BY_DESK, text: "Opened: nginx is failing on web-1." },
        { at: NOW - 16 * MINUTE_MS, by: BY_DESK, text: "Paged alice." },
        { at: NOW - 11 * MINUTE_MS, by: BY_DESK, text: "Paged omar." },
        { at: NOW - MINUTE_MS, by: BY_DESK, text: "Paged dana and omar." },
      ],
    }),
    findings: [
      findingOf({
        happenedAt: NOW - 17 * MINUTE_MS,
        evidence: [
          { at: NOW - 40 * SECOND_MS, text: "https failed 201×: connect ECONNREFUSED 127.0.0.1:443" },
        ],
        askedAt: NOW - 16 * MINUTE_MS,
      }),
      unansweredOf(16 * MINUTE_MS),
    ],
    approvals: [
      questionOf({
        requestedAt: NOW - 16 * MINUTE_MS,
        deliveredAt: NOW - 16 * MINUTE_MS,
        seenAt: NOW - 15 * MINUTE_MS,
        expiresAt: NOW + 14 * MINUTE_MS,
      }),
    ],
    pages: [
      ["alice", 16, 15],
      ["omar", 11, 10],
      ["dana", 1, 0.5],
    ].map(([responder, paged, seen]) =>
      pageOf({
        key: `inc_nginx:ring:${responder}`,
        responder: String(responder),
        createdAt: NOW - Number(paged) * MINUTE_MS,
        deliveredAt: NOW - Number(paged) * MINUTE_MS + 600,
        seenAt: NOW - Number(seen) * MINUTE_MS,
      }),
    ),
    next: [{ kind: "ring", at: NOW + 14 * MINUTE_MS, to: ["dana", "omar"] }],
  }),
  stateOf("taken", {
    incident: incidentOf({
      state: "acknowledged",
      acknowledgedBy: byPerson("omar"),
      acknowledgedUntilAt: NOW + 52 * MINUTE_MS,
      firstTaken: { at: NOW - 8 * MINUTE_MS, by: byPerson("omar") },
      happenedAt: NOW - 12 * MINUTE_MS,
      notes: [
        {
          at: NOW - 2 * MINUTE_MS,
          by: byPerson("omar"),
          text: "The disk is full.\nI am moving the logs away.",
        },
      ],
    }),
    approvals: [],
    next: [],
  }),
  stateOf("silenced", { holds: { silences: [SILENCE], freeze: null }, next: [], pages: [], approvals: [] }),
  stateOf("frozen", {
    approvals: [],
    holds: {
      silences: [],
      freeze: { scope: FLEET, by: byPerson("omar"), why: "looking", at: NOW - MINUTE_MS },
    },
  }),
  stateOf("running", { approvals: [answeredOf(3 * SECOND_MS)], next: [] }),
  stateOf("did-not-help", {
    incident: incidentOf({ happenedAt: NOW - 14 * MINUTE_MS }),
    approvals: [
      answeredOf(11 * MINUTE_MS, {
        state: "failed",
        end: { reason: "ineffective" },
        ranAt: NOW - 11 * MINUTE_MS + 2 * SECOND_MS,
      }),
    ],
    pages: [
      pageOf({
        createdAt: NOW - 13 * MINUTE_MS,
        deliveredAt: NOW - 13 * MINUTE_MS + 600,
        seenAt: NOW - 12 * MINUTE_MS,
      }),
      pageOf({
        key: "inc_nginx:ring:2:omar",
        responder: "omar",
        state: "undeliverable",
        attempts: 8,
        deliveredAt: null,
        deliveredBy: null,
        lastError: "ntfy answered 403",
        createdAt: NOW - MINUTE_MS,
      }),
    ].map(({ seenAt, ...page }) =>
      page.responder === "omar" ? page : { ...page, ...(seenAt === undefined ? {} : { seenAt }) },
    ),
  }),
  stateOf("well-waiting", {
    incident: incidentOf({ happenedAt: NOW - 5 * MINUTE_MS, clearedAt: NOW - 4 * MINUTE_MS }),
    findings: cleared(THREE.slice(0, 2), NOW - 4 * MINUTE_MS, NOW - 5 * MINUTE_MS),
    resolvesAt: NOW + 6 * MINUTE_MS,
    approvals: [
      answeredOf(258 * SECOND_MS, {
        state: "executing",
        seenAt: NOW - 265 * SECOND_MS,
        ranAt: NOW - 255 * SECOND_MS,
        wellAt: NOW - 4 * MINUTE_MS,
      }),
    ],
    pages: [
      pageOf({
        createdAt: NOW - 296 * SECOND_MS,
        deliveredAt: NOW - 295 * SECOND_MS,
        seenAt: NOW - 265 * SECOND_MS,
      }),
    ],
    next: [],
  }),
  stateOf("over", {
    incident: incidentOf({
      state: "resolved",
      happenedAt: NOW - 25 * MINUTE_MS,
      clearedAt: NOW - 24 * MINUTE_MS,
      resolvedAt: NOW - 14 * MINUTE_MS,
      openedAt: NOW - 25 * MINUTE_MS + SECOND_MS,
      nextStep: null,
      timeline: [
        {
          at: NOW - 25 * MINUTE_MS + SECOND_MS,
          by: BY_DESK,
          text: "Opened: nginx is failing on web-1.",
        },
        { at: NOW - 1_496 * SECOND_MS, by: BY_DESK, text: "Paged alice." },
        { at: NOW - 1_495 * SECOND_MS, by: BY_DESK, text: "Asked: may restart run for nginx on web-1?" },
        { at: NOW - 1_460 * SECOND_MS, by: byPerson("alice"), text: "Approved: restart nginx." },
        { at: NOW - 14 * MINUTE_MS, by: BY_DESK, text: "Resolved. It stayed well." },
      ],
    }),
    findings: cleared(THREE.slice(0, 2), NOW - 24 * MINUTE_MS, NOW - 25 * MINUTE_MS).map((finding) => ({
      ...finding,
      endedAt: NOW - 14 * MINUTE_MS,
    })),
    approvals: [
      answeredOf(1_460 * SECOND_MS, {
        state: "verified",
        ranAt: NOW - 1_455 * SECOND_MS,
        seenAt: NOW - 1_470 * SECOND_MS,
      }),
    ],
    pages: [
      pageOf({
        createdAt: NOW - 1_496 * SECOND_MS,
        deliveredAt: NOW - 1_495 * SECOND_MS,
        seenAt: NOW - 1_470 * SECOND_MS,
      }),
    ],
    next: [],
  }),
  stateOf(
    "wide",
    {
      incident: wide,
      findings: WIDE,
      approvals: [],
      next: [{ kind: "ring", at: wide.openedAt + 5 * MINUTE_MS, to: ["omar"] }],
      pages: [
        pageOf({
          title: "app fails on 3 of 40 hosts",
          createdAt: NOW - 159 * SECOND_MS,
          deliveredAt: NOW - 158.4 * SECOND_MS,
          seenAt: NOW - 140 * SECOND_MS,
        }),
      ],
    },
    { traits: TRAITS },
  ),
  stateOf("many", {
    incident: {
      ...wide,
      incidentId: "inc_many",
      place: { kind: "many" },
      title: "Different services fail on 4 of 40 hosts, app on app-02 among them",
    },
    findings: WIDE.slice(0, 4).map((finding, index) => ({
      ...finding,
      subject: hostedSubject(appOn(index + 2), `service-${index}`),
      title: `service-${index} is failing on ${appOn(index + 2).hostName}`,
    })),
    approvals: [],
  }),
  stateOf("host-down", {
    incident: incidentOf({
      incidentId: "inc_down",
      place: { kind: "down", hostId: WEB_1.hostId },
      subject: WEB_1,
      reason: "host-silent",
      title: "web-1 is silent: host dead",
      happenedAt: NOW - 80 * SECOND_MS,
    }),
    findings: [
      SILENT,
      ...THREE.slice(0, 2).map((finding) => ({ ...finding, standing: "beneath" as const })),
      findingOf({
        findingId: "fnd_cert",
        standing: "beneath",
        subject: { ...NGINX, service: "certs" },
        title: "certs is failing on web-1",
      }),
      findingOf({
        findingId: "fnd_db",
        standing: "beneath",
        subject: { ...NGINX, service: "postgres" },
        title: "postgres is failing on web-1",
      }),
    ],
    approvals: [],
  }),
  stateOf("fleet-silent", {
    incident: incidentOf({
      incidentId: "inc_fleet",
      place: { kind: "fleet" },
      subject: FLEET,
      reason: "fleet-silent",
      title: "4 of 12 hosts fell silent together",
      happenedAt: NOW - 4 * MINUTE_MS,
    }),
    findings: [
      findingOf({
        subject: FLEET,
        reason: "fleet-silent",
        alike: null,
        title: "4 of 12 hosts fell silent together",
        restarts: null,
        evidence: [],
      }),
    ],
    fleet: { hosts: FLEET_HOSTS, isFrozen: true },
    approvals: [],
  }),
  stateOf("merged", {
    incident: incidentOf({
      state: "merged",
      mergedInto: "inc_wide",
      resolvedAt: NOW - MINUTE_MS,
      nextStep: null,
    }),
    findings: [],
    findingCount: 0,
    approvals: [],
    next: [],
  }),
  stateOf("notice", {
    incident: incidentOf({
      incidentId: "inc_code",
      place: { kind: "notice", subjectKey: "service/7/nginx" },
      reason: "stale-code",
      severity: "warning",
      title: "nginx on web-1 runs old code",
      happenedAt: NOW - 2 * HOUR_MS,
      sentCount: 1,
      nextStep: null,
    }),
    findings: [THREE[2] ?? findingOf()],
    approvals: [],
    next: [],
    pages: [
      pageOf({
        kind: "update",
        title: "nginx on web-1 runs old code",
        createdAt: NOW - 2 * HOUR_MS,
        deliveredAt: NOW - 2 * HOUR_MS + 900,
      }),
    ],
  }),
  stateOf("last-words", {}, { lastWords: [TWICE] }),
  stateOf("last-words-hostile", {}, { lastWords: [HOSTILE] }),
  stateOf("last-words-unread", {}, { lastWords: [UNREAD] }),
  stateOf("odd-texts", {
    incident: incidentOf({
      title: ODD.title,
      reason: "startup-death",
      subject: hostedSubject(hostSubject("host_odd", `agents-1 ${"ש".repeat(40)}`), "hermes; rm -rf /"),
    }),
    findings: [ODD],
    approvals: [questionOf()],
  }),
  stateOf("unreadable", { findings: [], findingCount: 0, pages: [], approvals: [], next: [] }),
  {
    name: "incident-note",
    view: <NoteView frame={ALICE} incident={incidentOf()} token="a-token-of-the-gallery" isClosed={false} />,
  },
  {
    name: "incident-note-closed",
    view: <NoteView frame={ALICE} incident={incidentOf({ state: "resolved" })} token="" isClosed />,
  },
];
