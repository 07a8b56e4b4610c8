// Benchmark: what one event costs the desk's core while many incidents are open: one that fires anew, is told again or ends, an approval that
// is asked for, a page that arrives, an acknowledgement, a tick with nothing due, and the first decision of a desk that has just woken.
// Twice the incidents may cost twice the time and no more: cost per incident stands beside that at the fewest.
// The desk is made by deciding one incident to its first page and its approval, and setting the same one beside it for other hosts: a desk
// that got there event by event would be the same.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { recordsFrom } from "@countersign/shared/values/records";
import { ONE_PERSON } from "@countersign/shared/wire/level-rule";
import type { Proposal } from "@countersign/shared/wire/proposal";
import { decideDesk } from "../../../control-plane/src/core/desk/decide-desk.ts";
import { actBy, type DeskEvent } from "../../../control-plane/src/core/desk/desk-event.ts";
import { LIKE_WAIT_MS } from "../../../control-plane/src/core/desk/paging/stream.ts";
import type { DeskContext } from "../../../control-plane/src/core/desk/state/desk-events.ts";
import type { DeskState } from "../../../control-plane/src/core/desk/state/desk-state.ts";
import { EMPTY_DESK } from "../../../control-plane/src/core/desk/state/empty-desk.ts";
import type { Signal } from "../../../control-plane/src/core/words/signal.ts";
import { type ServiceSubject, subjectKeyOf } from "../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import { figure, percentile, type Beside, type Figure, type Measured, type Say } from "../figures.ts";

const SIZES = [500, 2_000, 5_000] as const;
const QUICK_SIZES = [500, 2_000] as const;
const EVENTS_PER_KIND = 400;
/** the first decision is what a desk makes once, after it has read thousands of rows */
const FIRST_DECISIONS = 20;
/** a kind that is slow is measured less often: the bench ends by itself */
const KIND_MS_MAX = 20_000;
const START_AT = Date.UTC(2026, 2, 1);
const NOW = START_AT + 60_000;
const EVENT_AIM: Beside = { kind: "limit", value: 20, what: "aim" };
const TICK_AIM: Beside = { kind: "limit", value: 10, what: "aim" };

const policy = Policy.parse({
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" } },
  responders: [{ id: "alice", name: "Alice", channels: ["push"] }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" },
});

type Firing = Extract<Signal, { kind: "firing" }>;

/** The events of each kind; `number` is a host that is not open, or one that is, as the kind wants it. */
const KINDS: Readonly<Record<string, (number: number, size: number) => DeskEvent>> = {
  "fires anew": (number, size) => ({ kind: "signal", signal: firing(size + number, "") }),
  "told again": (number) => ({ kind: "signal", signal: firing(number, " again") }),
  clears: (number) => {
    const { key, noticedAt, subject, reason } = firing(number, "");
    const cleared = { key: `${key}c`, happenedAt: noticedAt, noticedAt, subject, reason, evidence: [] };
    return { kind: "signal", signal: { kind: "cleared", ...cleared } };
  },
  "approval asked": (number) => ({ kind: "signal", signal: proposed(number, "anew") }),
  "page receipt": (number) => ({
    kind: "page-attempted",
    key: `late-${number}`,
    channel: "push",
    result: "delivered",
    detail: "",
  }),
  acknowledged: (number) => actBy("alice", { kind: "acknowledge", incidentId: `inc_${number}` }),
  "tick, nothing due": () => ({ kind: "tick" }),
};

/** Measures the desk's core at several numbers of open incidents. */
export async function benchDesk(say: Say, isQuick: boolean): Promise<Measured> {
  const figures: Figure[] = [];
  const least = new Map<string, number>();
  const report = (size: number, kind: string, times: readonly number[]) => {
    const perIncidentUs = (percentile(times, 0.5) * 1_000) / size;
    const aim = kind.startsWith("tick") ? TICK_AIM : EVENT_AIM;
    const isAimed = size === 5_000 && !kind.startsWith("first");
    figures.push(figure(`${size} open: ${kind}, p99`, percentile(times, 0.99), "ms", isAimed ? aim : null));
    const first = least.get(kind) ?? perIncidentUs;
    least.set(kind, first);
    const beside: Beside = { kind: "measured", value: first, what: `at ${SIZES[0]}` };
    figures.push(figure(`${size} open: ${kind}, median per incident`, perIncidentUs, "µs", beside));
  };
  for (const size of isQuick ? QUICK_SIZES : SIZES) {
    const state = deskWith(size);
    say(`${size} open incidents: first decision`);
    report(size, "first decision", firstTimesOf(state));
    for (const [kind, eventOf] of Object.entries(KINDS)) {
      say(`${size} open incidents: ${kind}`);
      report(
        size,
        kind,
        timesOf(state, (number) => eventOf(number % size, size)),
      );
    }
  }
  return {
    figures,
    notes: [
      "each event is decided on the same state, and its outcome thrown away; only the decision is timed, no storage",
      "the first event of a kind is not timed: it makes the indexes that no event before it has asked for",
      "linear means that the median per incident does not grow: at most twice that of the fewest",
    ],
  };
}

function timesOf(state: DeskState, eventOf: (number: number) => DeskEvent): readonly number[] {
  const times: number[] = [];
  decideDesk(state, eventOf(0), contextAt(NOW));
  const endAt = performance.now() + KIND_MS_MAX;
  for (let number = 1; number <= EVENTS_PER_KIND && performance.now() < endAt; number += 1)
    times.push(timeOf(state, eventOf(number)));
  return times;
}

/** Each on records that nothing was made of before. */
function firstTimesOf(state: DeskState): readonly number[] {
  return Array.from({ length: FIRST_DECISIONS }, () => {
    const { approvals, findings, incidents, pages } = state;
    const read = {
      ...state,
      findings: recordsFrom(findings),
      incidents: recordsFrom(incidents),
      approvals: recordsFrom(approvals),
      pages: recordsFrom(pages),
    };
    return timeOf(read, { kind: "tick" });
  });
}

function timeOf(state: DeskState, event: DeskEvent): number {
  const context = contextAt(NOW);
  const startAt = performance.now();
  decideDesk(state, event, context);
  return performance.now() - startAt;
}

/** Findings of one incident: a service that fails, and what goes with it. */
const FINDING_REASONS = ["check-failing", "restart-loop-suspected", "remediation-stuck"] as const;

/** A desk with so many incidents open, each of three findings and told to a person, with an approval that is asked for and one page more on its way. */
function deskWith(size: number): DeskState {
  let state = EMPTY_DESK;
  const take = (event: DeskEvent, at: number) => void ({ state } = decideDesk(state, event, contextAt(at)));
  for (const reason of FINDING_REASONS)
    take({ kind: "signal", signal: { ...firing(0, ""), reason } }, START_AT + 5_000);
  take({ kind: "signal", signal: proposed(0, "first") }, START_AT + 5_000);
  take({ kind: "tick" }, START_AT + 5_000 + LIKE_WAIT_MS);
  for (const key of state.pages.ids())
    take({ kind: "page-attempted", key, channel: "push", result: "delivered", detail: "" }, START_AT + 8_100);
  const [[incident], [approval], [page]] = [
    state.incidents.values(),
    state.approvals.values(),
    state.pages.values(),
  ];
  const findings = state.findings.values();
  if (incident === undefined || approval === undefined || page === undefined || findings.length !== 3)
    throw new Error("Make desk: no incident, or no approval, page or finding of it");
  const numbers = Array.from({ length: size }, (_, number) => {
    const ids = { incidentId: `inc_${number}`, approvalId: `apr_${number}` };
    return { number, ids, subject: subjectOf(number) };
  });
  const late = { state: "pending", attempts: 1, deliveredAt: null, nextAttemptAt: NOW + 600_000 } as const;
  return {
    ...state,
    incidents: recordsFrom(
      numbers.map(({ ids: { incidentId }, subject }) => {
        const place = { kind: "trouble", subjectKey: subjectKeyOf(subject) } as const;
        return [incidentId, { ...incident, incidentId, subject, place }];
      }),
    ),
    findings: recordsFrom(
      numbers.flatMap(({ ids, number, subject }) =>
        findings.map((finding, index) => {
          const { incidentId } = ids;
          const findingId = findingIdOf(number, index);
          const approvalId = finding.approvalId === null ? null : ids.approvalId;
          // Alike on no other host: these are thousands of troubles, and not one.
          const alike = `check-${number}`;
          return [findingId, { ...finding, findingId, incidentId, subject, alike, approvalId }] as const;
        }),
      ),
    ),
    approvals: recordsFrom(
      numbers.map(({ ids, number, subject }) => [
        ids.approvalId,
        { ...approval, ...ids, findingId: findingIdOf(number, 0), subject },
      ]),
    ),
    pages: recordsFrom(
      numbers.flatMap(({ ids, number }) => {
        const [key, lateKey] = [`page-${number}`, `late-${number}`];
        return [
          [key, { ...page, ...ids, key }],
          [lateKey, { ...page, ...ids, ...late, key: lateKey }],
        ];
      }),
    ),
  };
}

function findingIdOf(number: number, index: number): string {
  return `fnd_${number}_${index}`;
}

function subjectOf(number: number): ServiceSubject {
  const hostId = `host_${String(number).padStart(32, "0")}`;
  return { kind: "service", hostId, hostName: `host-${number}`, service: "api" };
}

function firing(number: number, words: string): Firing {
  return {
    kind: "firing",
    key: `shard-0:epoch:${number}${words}`,
    happenedAt: START_AT,
    noticedAt: START_AT,
    subject: subjectOf(number),
    reason: "check-failing",
    severity: "error",
    title: `api is failing on host-${number}${words}`,
    evidence: [{ at: START_AT, text: "http failed 3×: connection refused" }],
    alike: `check-${number}`,
    proposalRequestId: null,
    restarts: null,
  };
}

function proposed(number: number, requestId: string): Signal {
  const subject = subjectOf(number);
  const proposal: Proposal = {
    version: 2,
    nonce: "n".repeat(22),
    hostId: subject.hostId,
    bootId: "00000000-0000-4000-8000-000000000001",
    action: "restart",
    service: "api",
    level: 4,
    argv: ["/usr/bin/systemctl", "restart", "api.service"],
    runAs: "root",
    askedBy: { kind: "rule", rule: "check-failing" },
    reason: "api is failing",
    requires: ONE_PERSON,
    precondition: null,
    verification: { unit: "api.service", checks: [] },
    unitState: {
      activeState: "failed",
      subState: "failed",
      result: "exit-code",
      restartCount: 0,
      invocationId: "1".repeat(32),
      mainPid: 0,
      activeEnterAt: null,
      memoryCurrentBytes: null,
    },
    mintedAt: START_AT,
    lifetimeMs: 3_600_000,
  };
  return {
    kind: "proposed",
    key: `shard-0:epoch:${number}p`,
    happenedAt: START_AT,
    noticedAt: START_AT,
    subject,
    requestId,
    proposal: encodeBase64(new TextEncoder().encode(JSON.stringify(proposal))),
    asked: { action: "restart", level: 4, reason: "api is failing" },
    reason: "check-failing",
    askedBy: { kind: "rule", reason: "check-failing" },
    settleMs: 60_000,
  };
}

let ids = 0;
function contextAt(now: number): DeskContext {
  return { now, policy, newId: (prefix) => `${prefix}_${String(++ids).padStart(22, "0")}` };
}
