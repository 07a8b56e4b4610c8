// A question that waits, that cannot run now, and that runs; and a no with a reason.
import { NONE_NAMED } from "@countersign/shared/values/named";
import { byPerson, byRule } from "../../control-plane/src/core/words/actor.ts";
import { FLEET, hostSubject } from "../../control-plane/src/core/words/subject.ts";
import type { ShownApproval } from "../../control-plane/src/web/approvals/shown-approval.ts";
import { DenyView } from "../../control-plane/src/web/approvals/waiting/deny-view.tsx";
import {
  approvalOf,
  CRASHED,
  findingOf,
  healthOf,
  incidentOf,
  NGINX,
  HANDED,
  PROPOSAL,
  RAN,
  restartsAgo,
  serviceOf,
  shownOf,
  state,
  WEB_1,
  yesOf,
} from "./records/approval-night.tsx";
import { HOSTILE, ONLY_EXIT, TOLD, TWICE, UNREAD } from "./records/words-night.ts";
import { HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const FREEZE = {
  scope: hostSubject(WEB_1, "web-1"),
  by: byPerson("dana"),
  at: NOW - HOUR_MS,
  why: "moving the machine",
};

const waiting: readonly ShownState[] = [
  state("waiting", {}),
  state("waiting-first-time", {
    earlier: [],
    health: healthOf({
      service: serviceOf({
        restartsAt: [],
        book: { slices: {}, firing: NONE_NAMED, dueAt: {}, frozenBy: null },
      }),
    }),
    finding: findingOf({ restarts: { count: 0, max: 6, windowMs: HOUR_MS } }),
  }),
  state("waiting-renewed", {
    older: approvalOf({
      approvalId: "apr_before",
      proposal: {
        ...PROPOSAL,
        nonce: "m".repeat(22),
        unitState: { ...CRASHED, activeState: "activating", result: "exit-code" },
      },
    }),
  }),
  state("waiting-taken", {
    incident: incidentOf({
      state: "acknowledged",
      acknowledgedBy: byPerson("omar"),
      acknowledgedUntilAt: NOW + 59.8 * MINUTE_MS,
    }),
  }),
  state("waiting-asked-by-person", {
    approval: approvalOf({
      askedBy: { kind: "person", responder: "omar", why: "the certificate is new", incidentId: "inc_nginx" },
    }),
  }),
  state("waiting-last-words", { lastWords: TOLD }),
  state("waiting-last-words-twice", { lastWords: TWICE }),
  state("waiting-last-words-exit", { lastWords: ONLY_EXIT }),
  state("waiting-last-words-hostile", { lastWords: HOSTILE }),
  state("waiting-last-words-unread", { lastWords: UNREAD }),
  state("waiting-long", LONG()),
  state("waiting-without-finding", { finding: null }),
];

function LONG(): Partial<ShownApproval> {
  const hostName = "ingest-worker-canary-eu-central-1b-0017.internal.example.org";
  const service = "session-token-refresher-for-the-assistants-of-the-night-shift";
  const subject = { ...NGINX, hostName, service };
  const proposal = {
    ...PROPOSAL,
    service,
    action: "clear-the-cache-and-warm-it-again",
    argv: [
      "/opt/heal/bin/warm-cache",
      "--path=/srv/a directory with blanks/and more",
      "two  blanks",
      "\u202Egpj.sh",
      "zero\u200Bwidth",
      "שלום --force",
      `--list=${"0123456789".repeat(20)}`,
      " ",
    ],
  };
  const evidence = Array.from({ length: 12 }, (_, index) => ({
    at: NOW - index * 5 * SECOND_MS,
    text: `https failed ${12 - index}×: ${"GET https://127.0.0.1:8443/a/very/long/path?with=a&query: connection refused ".repeat(3)}`,
  }));
  return {
    approval: approvalOf({ subject, proposal }),
    incident: incidentOf({ subject, title: `${service} is failing on ${hostName}` }),
    finding: findingOf({ subject, evidence, title: `${service} is failing on ${hostName}` }),
  };
}

const cannotRun: readonly ShownState[] = [
  state("cannot-run-frozen", { cannotRun: { reason: "frozen", freeze: FREEZE } }),
  state("cannot-run-fleet-frozen", {
    cannotRun: { reason: "frozen", freeze: { ...FREEZE, scope: FLEET, by: byRule("fleet-silent") } },
  }),
  state("cannot-run-down", {
    cannotRun: { reason: "host-down", sinceAt: NOW - 2 * MINUTE_MS },
    health: healthOf({ liveness: "down", isWell: null }),
    finding: findingOf({
      happenedAt: NOW - 3 * MINUTE_MS,
      evidence: findingOf().evidence.map(({ text }) => ({ at: NOW - 3 * MINUTE_MS, text })),
    }),
    approval: approvalOf({ deliveredAt: NOW - 176 * SECOND_MS, seenAt: NOW - 159 * SECOND_MS }),
  }),
  state("cannot-run-late", { health: healthOf({ liveness: "late", isWell: null }) }),
  state("cannot-run-unheard", { health: healthOf({ isUnheard: true }) }),
  state("cannot-run-retired", { health: healthOf({ answer: "gone", liveness: null, service: null }) }),
  state("cannot-run-shard-silent", { health: healthOf({ answer: "silent", liveness: null, service: null }) }),
  state("cannot-run-budget", {
    cannotRun: { reason: "budget-used-up", count: 6, max: 6, windowMs: HOUR_MS },
    finding: findingOf({ restarts: { count: 6, max: 6, windowMs: HOUR_MS } }),
    health: healthOf({ service: serviceOf(restartsAgo([55, 51, 40, 28, 17, 9])) }),
  }),
];

const VERIFICATION = {
  grantId: "grt_1",
  startedAt: NOW - SECOND_MS,
  settledAt: null,
  untilAt: NOW + 10 * MINUTE_MS,
  action: "restart",
  reason: "check-failing",
} as const;

const running: readonly ShownState[] = [
  state("running", { approval: approvalOf({ ...yesOf(4 * SECOND_MS), ...HANDED }) }),
  state("running-on-its-way", { approval: approvalOf(yesOf(SECOND_MS)) }),
  state("running-not-delivered", {
    approval: approvalOf(yesOf(20 * SECOND_MS)),
    health: healthOf({ heardAt: NOW - 20 * SECOND_MS }),
  }),
  state("running-held", {
    approval: approvalOf({
      ...yesOf(40 * SECOND_MS),
      isGrantDelivered: true,
      handedOverAt: NOW - 39 * SECOND_MS,
    }),
    health: healthOf({ liveness: "late", isWell: null }),
  }),
  state("running-of-others", {
    approval: approvalOf({ ...yesOf(4 * SECOND_MS, "omar"), ...HANDED }),
    incident: incidentOf({ rung: ["omar"] }),
  }),
  state("running-in-advance", {
    approval: approvalOf({ ...yesOf(4 * SECOND_MS, "omar"), ...HANDED, standingId: "std_1" }),
  }),
  state("running-coming-back", {
    approval: approvalOf(RAN),
    health: healthOf({ service: serviceOf({ verification: VERIFICATION }) }),
  }),
  state("running-well-so-far", {
    approval: approvalOf({
      ...RAN,
      decidedAt: NOW - 3 * MINUTE_MS,
      handedOverAt: NOW - 179 * SECOND_MS,
      ranAt: NOW - 176 * SECOND_MS,
    }),
    health: healthOf({
      service: serviceOf({
        healthySinceAt: NOW - 174 * SECOND_MS,
        verification: { ...VERIFICATION, settledAt: NOW - 174 * SECOND_MS, untilAt: NOW + 426 * SECOND_MS },
      }),
    }),
  }),
  state("running-not-known", {
    approval: approvalOf(RAN),
    health: healthOf({ answer: "silent", liveness: null, service: null }),
  }),
  state("recalled", {
    approval: approvalOf({ ...yesOf(4 * SECOND_MS), ...HANDED, recalledBy: byPerson("dana") }),
  }),
];

const denying = shownOf();

export const states: readonly ShownState[] = [
  ...waiting,
  ...cannotRun,
  ...running,
  {
    name: "approval-deny",
    path: "/approvals/apr_nginx/deny",
    view: <DenyView shown={denying} token="a-token" />,
  },
];
