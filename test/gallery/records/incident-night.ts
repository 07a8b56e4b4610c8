// The incidents of the night as records of the product: nginx on web-1, app on forty hosts, hosts that fell silent. A state
// of the gallery says only what differs.
import { affectedHosts, hostCountsOf } from "../../../control-plane/src/core/desk/incidents/held-findings.ts";
import type { Approval } from "../../../control-plane/src/core/desk/records/approval.ts";
import type { Finding } from "../../../control-plane/src/core/desk/records/finding.ts";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { BY_DESK } from "../../../control-plane/src/core/words/actor.ts";
import { hostIdIn, hostSubject, serviceOf } from "../../../control-plane/src/core/words/subject.ts";
import type { FoundIncident } from "../../../control-plane/src/http/post-mortem.ts";
import { isShared } from "../../../control-plane/src/web/incidents/incident-hosts.tsx";
import { lookOnOf, unitIn } from "../../../control-plane/src/web/incidents/incident-words.ts";
import type { ShownIncident } from "../../../control-plane/src/web/incidents/shown-incident.ts";
import { meaningOf } from "../../../control-plane/src/web/runbooks/meaning.ts";
import { ALICE, HOUR_MS, MINUTE_MS, NOW, SECOND_MS } from "../shown-state.ts";
import {
  approvalOf,
  BROKE_AT,
  findingOf as nightFindingOf,
  NGINX,
  PROPOSAL,
  yesOf,
} from "./approval-night.tsx";

export const WEB_1 = hostSubject(NGINX.hostId, NGINX.hostName);

const PEOPLE = {
  reader: "alice",
  names: new Map([
    ["alice", "Alice"],
    ["omar", "Omar"],
    ["dana", "Dana"],
  ]),
};

/** The question of the night, as the incident's own finding has it. */
export function questionOf(given: Partial<Approval> = {}): Approval {
  return approvalOf({ findingId: "fnd_check", ...given });
}

/** Alice said yes so long ago. */
export function answeredOf(agoMs: number, given: Partial<Approval> = {}): Approval {
  return questionOf({ ...yesOf(agoMs), ...given });
}

export function findingOf(given: Partial<Finding> = {}): Finding {
  // Its own view also shows what came a moment after the question was put.
  const evidence = [
    { at: BROKE_AT, text: "nginx.service: failed (result core-dump), no process" },
    { at: BROKE_AT + 5 * SECOND_MS, text: "https failed 6×: connect ECONNREFUSED 127.0.0.1:443" },
  ];
  return nightFindingOf({ findingId: "fnd_check", evidence, ...given });
}

const LOOPING = findingOf({
  findingId: "fnd_loop",
  reason: "restart-loop-suspected",
  alike: null,
  severity: "error",
  title: "nginx on web-1 is restarted again and again",
  evidence: [
    { at: NOW - 51 * MINUTE_MS, text: "restarted by systemd" },
    { at: NOW - 28 * MINUTE_MS, text: "restarted by systemd" },
    { at: NOW - 9 * MINUTE_MS, text: "restarted by systemd" },
  ],
  happenedAt: NOW - 9 * MINUTE_MS,
});
/** Nobody has said yes or no for so long. */
export function unansweredOf(agoMs: number): Finding {
  return findingOf({
    findingId: "fnd_ask",
    reason: "approval-unanswered",
    alike: null,
    title: "Nobody answered: may restart run for nginx on web-1?",
    evidence: [{ at: NOW - agoMs, text: `asked: ${PROPOSAL.argv.join(" ")}` }],
    happenedAt: NOW - agoMs,
    restarts: null,
  });
}
const OLD_CODE = findingOf({
  findingId: "fnd_code",
  reason: "stale-code",
  alike: null,
  severity: "warning",
  title: "nginx on web-1 runs old code",
  evidence: [{ at: NOW - 2 * HOUR_MS, text: "/usr/sbin/nginx is 2 h newer than the process" }],
  happenedAt: NOW - 2 * HOUR_MS,
});
/** Three things that are wrong with one service. */
export const THREE: readonly Finding[] = [findingOf(), LOOPING, OLD_CODE];

/** The same where the first of them is older. */
function allSince(happenedAt: number): readonly Finding[] {
  const [first, ...others] = THREE;
  if (first === undefined || happenedAt === BROKE_AT) return THREE;
  const evidence = first.evidence.map(({ at, text }) => ({ at: at - BROKE_AT + happenedAt, text }));
  const began = { happenedAt, beganAt: happenedAt, placedAt: happenedAt, beginningsAt: [happenedAt] };
  return [{ ...first, ...began, evidence }, ...others];
}

export function incidentOf(given: Partial<Incident> = {}): Incident {
  const { happenedAt = BROKE_AT, title = "nginx is failing on web-1" } = given;
  return {
    incidentId: "inc_nginx",
    place: { kind: "trouble", subjectKey: "service/7/nginx" },
    subject: NGINX,
    reason: "check-failing",
    severity: "critical",
    title,
    happenedAt,
    clearedAt: null,
    state: "open",
    mergedInto: null,
    openedAt: happenedAt + SECOND_MS,
    resolvedAt: null,
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    nextStep: { round: 0, step: 1, dueAt: BROKE_AT + 5 * MINUTE_MS, repeats: 0 },
    resultAt: null,
    lastSentAt: happenedAt + 4 * SECOND_MS,
    sentCount: 1,
    rung: ["alice"],
    reached: ["alice"],
    answerers: [],
    membersTold: 1,
    reasonsTold: ["check-failing"],
    joinedAt: happenedAt,
    timeline: [
      { at: happenedAt + SECOND_MS, by: BY_DESK, text: `Opened: ${title}.` },
      { at: happenedAt + 4 * SECOND_MS, by: BY_DESK, text: "Paged alice." },
    ],
    ...given,
  };
}

export function pageOf(given: Partial<Page> = {}): Page {
  return {
    key: "inc_nginx:ring:1:alice",
    incidentId: "inc_nginx",
    approvalId: "apr_nginx",
    kind: "ring",
    tells: [],
    isEverywhere: false,
    responder: "alice",
    channels: ["ntfy", "sms"],
    channelIndex: 0,
    attempts: 1,
    nextAttemptAt: NOW,
    state: "delivered",
    severity: "critical",
    title: "nginx is failing on web-1",
    body: "",
    path: "/approvals/apr_nginx",
    createdAt: BROKE_AT + 3.4 * SECOND_MS,
    deliveredAt: BROKE_AT + 4 * SECOND_MS,
    deliveredBy: "ntfy",
    lastError: null,
    seenAt: BROKE_AT + 21 * SECOND_MS,
    ...given,
  };
}

/** Omar after five minutes, Dana and Omar after fifteen, and again. */
function nextOf(happenedAt: number): FoundIncident["next"][number] {
  const [first, second] = [happenedAt + 5 * MINUTE_MS, happenedAt + 15 * MINUTE_MS];
  if (first > NOW) return { kind: "ring", at: first, to: ["omar"] };
  return { kind: "ring", at: second > NOW ? second : second + 15 * MINUTE_MS, to: ["dana", "omar"] };
}

/** All that the desk says of it. */
export function foundOf(given: Partial<FoundIncident> = {}): FoundIncident {
  const incident = given.incident ?? incidentOf();
  const { happenedAt, title } = incident;
  const findings = given.findings ?? allSince(happenedAt);
  return {
    incident,
    findings,
    findingCount: findings.length,
    hosts: hostCountsOf(findings),
    affected: affectedHosts(findings),
    resolvesAt: null,
    next: [nextOf(happenedAt)],
    approvals: [questionOf()],
    pages: [
      pageOf({
        title,
        createdAt: happenedAt + 3.4 * SECOND_MS,
        deliveredAt: happenedAt + 4 * SECOND_MS,
        seenAt: happenedAt + 21 * SECOND_MS,
      }),
    ],
    holds: { silences: [], freeze: null },
    fleet: { hosts: [], isFrozen: false },
    earlier: [],
    asks: [],
    isArchived: false,
    ...given,
  };
}

/** As Alice is shown it. */
export function shownOf(found: FoundIncident, given: Partial<ShownIncident> = {}): ShownIncident {
  const { place, reason, subject } = found.incident;
  const isOfMany = isShared(place);
  const host = isOfMany || hostIdIn(subject) === null || !("hostName" in subject) ? null : subject.hostName;
  return {
    frame: ALICE,
    found,
    people: PEOPLE,
    chosenId: null,
    meaning: meaningOf(reason, {
      service: serviceOf(subject),
      host,
      lookOn: isOfMany ? lookOnOf(found) : null,
      unit: unitIn(found),
      isOfMany,
    }),
    serviceTitle: subject.kind === "service" && !isOfMany ? "Web server" : null,
    takenForMs: HOUR_MS,
    acknowledgeToken: "a-token-of-the-gallery",
    traits: null,
    lastWords: [],
    ...given,
  };
}
