// A question that is over: it failed in each way, it helped, or nothing came of it.
import { byPerson } from "../../control-plane/src/core/words/actor.ts";
import {
  approvalOf,
  CRASHED,
  findingOf,
  HANDED,
  healthOf,
  incidentOf,
  OMARS,
  outcomeOf,
  RAN,
  restartsAgo,
  serviceOf,
  state,
  yesOf,
} from "./records/approval-night.tsx";
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const NEW_RUN_FAILED = { ...CRASHED, result: "exit-code", invocationId: "2".repeat(32) };
const SEEN = { deliveredAt: NOW - 63 * SECOND_MS, seenAt: NOW - 46 * SECOND_MS };
const ENDED = {
  ...SEEN,
  ...yesOf(24 * SECOND_MS),
  ...HANDED,
  state: "failed",
  endedAt: NOW - 22 * SECOND_MS,
} as const;
const FAILED = {
  ...ENDED,
  ranAt: NOW - 22 * SECOND_MS,
  end: { reason: "outcome", status: "failed", refusal: null },
  outcome: outcomeOf({
    status: "failed",
    detail: "it was started and then failed (exit-code)",
    unitAfter: NEW_RUN_FAILED,
  }),
} as const;

const TAKEN = {
  state: "acknowledged",
  acknowledgedBy: byPerson("alice"),
  acknowledgedUntilAt: NOW + 59.5 * MINUTE_MS,
} as const;

const failed: readonly ShownState[] = [
  state("failed", {
    approval: approvalOf(FAILED),
    incident: incidentOf(TAKEN),
  }),
  state("failed-just-now", {
    approval: approvalOf(FAILED),
    incident: incidentOf({ ...TAKEN, resultAt: NOW - SECOND_MS }),
  }),
  state("failed-by-start-limit", {
    approval: approvalOf({
      ...FAILED,
      outcome: outcomeOf({
        status: "failed",
        detail:
          "systemd refused the start: its start limit is used up; `systemctl reset-failed nginx.service` lets it start again",
        unitAfter: CRASHED,
      }),
    }),
  }),
  state("failed-by-sudo", {
    approval: approvalOf({
      ...FAILED,
      outcome: outcomeOf({
        status: "failed",
        detail: "the command ended with exit code 1: sudo: a password is required",
        unitAfter: CRASHED,
      }),
    }),
  }),
  state("failed-and-well-since", {
    approval: approvalOf(FAILED),
    health: healthOf({ service: serviceOf({ healthySinceAt: NOW - 5 * SECOND_MS }) }),
    finding: findingOf({ clearedAt: NOW - 5 * SECOND_MS }),
  }),
  state("failed-timed-out", {
    approval: approvalOf({
      ...FAILED,
      end: { reason: "outcome", status: "timed-out", refusal: null },
      outcome: outcomeOf({ status: "timed-out", detail: "after 30000 ms the unit is activating" }),
    }),
  }),
  state("failed-refused", {
    approval: approvalOf({
      ...ENDED,
      end: { reason: "outcome", status: "refused", refusal: "precondition-changed" },
      outcome: outcomeOf({ status: "refused", refusal: "precondition-changed", detail: "", unitAfter: null }),
    }),
  }),
  state("failed-lost", {
    approval: approvalOf({
      ...ENDED,
      end: { reason: "outcome", status: "lost", refusal: null },
      outcome: outcomeOf({ status: "lost", detail: "", unitAfter: null }),
    }),
  }),
  state("failed-no-word", { approval: approvalOf({ ...ENDED, end: { reason: "no-outcome" } }) }),
  state("failed-undelivered", {
    approval: approvalOf({
      ...yesOf(3 * MINUTE_MS),
      state: "failed",
      endedAt: NOW - MINUTE_MS,
      end: { reason: "grant-undelivered" },
    }),
    health: healthOf({ liveness: "down", isWell: null }),
  }),
  state("failed-recalled", {
    approval: approvalOf({
      ...ENDED,
      isGrantDelivered: false,
      end: { reason: "recalled", by: byPerson("dana") },
    }),
  }),
  state("failed-did-not-help", {
    approval: approvalOf({
      ...RAN,
      ...yesOf(9 * MINUTE_MS),
      state: "failed",
      ranAt: NOW - 9 * MINUTE_MS + 2 * SECOND_MS,
      wellAt: NOW - 9 * MINUTE_MS + 4 * SECOND_MS,
      endedAt: NOW - 2 * MINUTE_MS,
      end: { reason: "ineffective" },
      deliveredAt: NOW - 10 * MINUTE_MS,
      seenAt: NOW - 9.5 * MINUTE_MS,
    }),
    finding: findingOf({ happenedAt: NOW - 10.1 * MINUTE_MS }),
  }),
  state("failed-never-well", {
    approval: approvalOf({
      ...RAN,
      ...yesOf(90 * SECOND_MS),
      state: "failed",
      endedAt: NOW - 20 * SECOND_MS,
      end: { reason: "ineffective" },
    }),
  }),
];

const AGO = 11 * MINUTE_MS;
const VERIFIED = {
  ...yesOf(AGO - 43 * SECOND_MS),
  isGrantDelivered: true,
  handedOverAt: NOW - AGO + 43 * SECOND_MS,
  state: "verified",
  outcome: outcomeOf(),
  deliveredAt: NOW - AGO + 4 * SECOND_MS,
  seenAt: NOW - AGO + 21 * SECOND_MS,
  ranAt: NOW - AGO + 44 * SECOND_MS,
  wellAt: NOW - AGO + 47 * SECOND_MS,
  endedAt: NOW - 13 * SECOND_MS,
} as const;
const WELL = healthOf({
  service: serviceOf({ healthySinceAt: NOW - AGO + 47 * SECOND_MS, ...restartsAgo([62, 39, 20]) }),
});
const OVER = { state: "resolved", resolvedAt: NOW - 13 * SECOND_MS, happenedAt: NOW - AGO } as const;
const CLEARED = {
  happenedAt: NOW - AGO,
  clearedAt: NOW - AGO + 47 * SECOND_MS,
  endedAt: NOW - 13 * SECOND_MS,
} as const;

const over: readonly ShownState[] = [
  state("verified", {
    approval: approvalOf(VERIFIED),
    finding: findingOf(CLEARED),
    incident: incidentOf(OVER),
    health: WELL,
  }),
  state("verified-first-time", {
    approval: approvalOf(VERIFIED),
    finding: findingOf({ ...CLEARED, restarts: { count: 0, max: 6, windowMs: HOUR_MS } }),
    incident: incidentOf(OVER),
    health: WELL,
    earlier: [],
  }),
  state("verified-fails-again", {
    approval: approvalOf(VERIFIED),
    finding: findingOf(CLEARED),
    incident: incidentOf(OVER),
    health: healthOf(),
  }),
  state("verified-long-ago", {
    approval: OMARS,
    finding: null,
    incident: incidentOf(OVER),
    health: healthOf({ service: null }),
    earlier: [],
  }),
  state("denied", {
    approval: approvalOf({
      state: "denied",
      decidedAt: NOW - 20 * SECOND_MS,
      decidedBy: byPerson("omar"),
      decidedWhy: "the certificate is wrong, a restart changes nothing",
    }),
  }),
  state("denied-by-me", {
    approval: approvalOf({ state: "denied", decidedAt: NOW - 20 * SECOND_MS, decidedBy: byPerson("alice") }),
  }),
  state("expired", {
    approval: approvalOf({ state: "expired", endedAt: NOW - 5 * MINUTE_MS, expiresAt: NOW - 5 * MINUTE_MS }),
    finding: findingOf({ happenedAt: NOW - 35 * MINUTE_MS }),
  }),
  state("expired-and-over", {
    approval: approvalOf({ state: "expired", endedAt: NOW - 3 * DAY_MS, expiresAt: NOW - 3 * DAY_MS }),
    incident: incidentOf({ ...OVER, resolvedAt: NOW - 2 * DAY_MS }),
    health: healthOf({ service: null }),
  }),
  state("superseded", {
    approval: approvalOf({
      state: "superseded",
      endedAt: NOW - 10 * SECOND_MS,
      end: { reason: "recovered" },
    }),
    health: healthOf({ service: serviceOf({ healthySinceAt: NOW - 10 * SECOND_MS }) }),
  }),
  state("superseded-by-freeze", {
    approval: approvalOf({
      state: "superseded",
      endedAt: NOW - 10 * SECOND_MS,
      end: { reason: "brake-pulled", by: byPerson("dana") },
    }),
  }),
];

export const states: readonly ShownState[] = [...failed, ...over];
