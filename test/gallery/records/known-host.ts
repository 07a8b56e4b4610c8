// Hosts as their shards know them on the night of the gallery, of the product's own records. What a test of no gallery needs
// is not here.
import { type Named, namedFrom, NONE_NAMED } from "@countersign/shared/values/named";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { markOf } from "@countersign/shared/wire/trust-chain";
import type { Freeze } from "../../../control-plane/src/core/desk/records/freeze.ts";
import type { Incident } from "../../../control-plane/src/core/desk/records/incident.ts";
import type { Silence } from "../../../control-plane/src/core/desk/records/silence.ts";
import type { StandingApproval } from "../../../control-plane/src/core/desk/records/standing-approval.ts";
import { EMPTY_BOOK } from "../../../control-plane/src/core/facts/fact-book.ts";
import {
  NO_ANSWERS,
  withAnswer,
  withQuarters,
} from "../../../control-plane/src/core/shard/host/answer-times.ts";
import { unreportedService } from "../../../control-plane/src/core/shard/host/services.ts";
import type {
  CatalogueEntry,
  CheckPast,
  Connection,
  HostState,
  PastOfCheck,
  ServiceState,
} from "../../../control-plane/src/core/shard/host/shard-state.ts";
import { byPerson } from "../../../control-plane/src/core/words/actor.ts";
import { hostSubject, type ServiceSubject } from "../../../control-plane/src/core/words/subject.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { StripSpan } from "../../../control-plane/src/web/look/strip.tsx";
import { THREE } from "../passkeys.tsx";
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS } from "../shown-state.ts";

export const AGENTS_1 = { hostId: `host_${"a1".repeat(16)}`, name: "agents-1" };
export const WEB_1 = { hostId: `host_${"b2".repeat(16)}`, name: "web-1" };

export const POLICY = Policy.parse({
  version: 1,
  channels: { push: { kind: "ntfy", topic: "push" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["push"], timeZone: "Europe/Berlin" },
    { id: "omar", name: "Omar", channels: ["push"] },
    { id: "dana", name: "Dana", channels: ["push"] },
  ],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
  remediations: [
    { reason: "check-failing", action: "restart" },
    { reason: "startup-death", action: "reset-session", unattended: true },
  ],
});

export function resultOf(check: string, changes: Partial<CheckResult> = {}): CheckResult {
  return {
    check,
    kind: "http",
    status: "pass",
    severity: "error",
    summary: "200 in 40 ms",
    latencyMs: 40,
    finishedAt: NOW - 3 * SECOND_MS,
    ttlMs: MINUTE_MS,
    ...changes,
  };
}

export function serviceOf(
  service: string,
  results: readonly CheckResult[],
  changes: Partial<ServiceState> = {},
): ServiceState {
  return {
    ...unreportedService(service),
    report: { service, unit: null, results: [...results] },
    reportedAt: NOW - 3 * SECOND_MS,
    healthySinceAt: NOW - 11 * DAY_MS,
    ...changes,
  };
}

export function pastOf(
  services: Readonly<Record<string, Readonly<Record<string, Partial<PastOfCheck>>>>>,
): CheckPast {
  const checks = Object.entries(services).map(([service, known]): [string, Named<PastOfCheck>] => [
    service,
    namedFrom(
      Object.entries(known).map(([check, changes]): [string, PastOfCheck] => [
        check,
        { kind: "http", status: "pass", sinceAt: NOW - 11 * DAY_MS, ...changes },
      ]),
    ),
  ]);
  return {
    unbrokenSinceAt: NOW - 40 * DAY_MS,
    quarterAt: NOW - 6 * MINUTE_MS,
    auditToldAt: NOW - HOUR_MS,
    services: namedFrom(checks),
  };
}

/** Answer times around 40 ms over so many quarter hours; in the ninth hour slower, and `gap` quarter hours of it missing. */
export function answersOf(quarters: number, gap = 0): string {
  let answers = NO_ANSWERS;
  for (let quarter = 0; quarter < quarters; quarter += 1) {
    const isSlow = quarter > quarters - 32 && quarter < quarters - 27;
    const isMissing = quarter >= quarters - 50 && quarter < quarters - 50 + gap;
    const ms = 40 + 9 * Math.sin(quarter * 1.7) + (isSlow ? 30 : 0);
    if (answers !== NO_ANSWERS) answers = withQuarters(answers, 1);
    if (!isMissing) answers = withAnswer(answers === NO_ANSWERS ? answers : answers, ms);
  }
  return answers;
}

export const AGENTS_CATALOGUE: readonly CatalogueEntry[] = [
  {
    service: "hermes",
    title: "Hermes",
    unit: "hermes.service",
    actions: [
      { action: "restart", level: 4 },
      { action: "reset-session", level: 2 },
    ],
  },
  {
    service: "bob",
    title: "Support agent",
    unit: "bob-agent.service",
    actions: [
      { action: "restart", level: 4 },
      { action: "small-model", level: 5, undo: "big-model" },
      { action: "big-model", level: 5 },
    ],
  },
];

export function connectionOf(changes: Partial<Connection> = {}): Connection {
  return {
    connectionId: "con_1",
    bootId: "3f0c8a54-5b1e-4a53-9a0e-0f6e8f9a2b11",
    connectedAt: NOW - 11 * DAY_MS,
    agentVersion: "0.1.0",
    hostname: "agents-1.example.org",
    address: "192.0.2.17",
    probePort: 22,
    catalogue: AGENTS_CATALOGUE,
    signing: { trust: markOf(THREE) },
    ...changes,
  };
}

/** agents-1, which is well. */
export function hostOf(changes: Partial<HostState> = {}): HostState {
  const services = [
    serviceOf("hermes", [
      resultOf("process", { kind: "unit", summary: "active (running)", latencyMs: null }),
      resultOf("health"),
      resultOf("tasks", { kind: "plugin", summary: "14 tasks this hour" }),
    ]),
    serviceOf("bob", [
      resultOf("process", { kind: "unit", summary: "active (running)", latencyMs: null }),
      resultOf("key", { kind: "plugin", status: "fail", severity: "warning", summary: "key ends in 5 days" }),
    ]),
  ];
  return {
    ...AGENTS_1,
    tags: ["agents", "berlin"],
    listed: ["bob", "hermes"],
    liveness: "up",
    sinceAt: NOW - 11 * DAY_MS,
    lastSeenAt: NOW - 2 * SECOND_MS,
    unheard: null,
    connection: connectionOf(),
    probe: null,
    secondOpinion: "not-asked",
    returnDueAt: null,
    refusedBoot: null,
    flooding: null,
    outcomesSeen: [],
    services: namedFrom(services.map((service) => [service.service, service])),
    book: EMPTY_BOOK,
    past: pastOf({
      hermes: {
        process: { kind: "unit" },
        health: { answers: answersOf(96) },
        tasks: { kind: "plugin", sinceAt: NOW - 2 * HOUR_MS },
      },
      bob: {
        process: { kind: "unit", sinceAt: NOW - 3 * HOUR_MS },
        key: { kind: "plugin", status: "fail", sinceAt: NOW - 2 * DAY_MS },
      },
    }),
    ...changes,
  };
}

export const STRIPS: ReadonlyMap<string, readonly StripSpan[]> = new Map([
  ["hermes", [{ fromAt: NOW - DAY_MS, toAt: NOW, look: "well" }]],
  [
    "bob",
    [
      { fromAt: NOW - DAY_MS, toAt: NOW - 4.5 * HOUR_MS, look: "well" },
      { fromAt: NOW - 4.5 * HOUR_MS, toAt: NOW - 3.8 * HOUR_MS, look: "failing" },
      { fromAt: NOW - 3.8 * HOUR_MS, toAt: NOW, look: "well" },
    ],
  ],
]);

export const BOB: ServiceSubject = {
  kind: "service",
  hostId: AGENTS_1.hostId,
  hostName: AGENTS_1.name,
  service: "bob",
};

export function freezeOf(changes: Partial<Freeze> = {}): Freeze {
  return {
    scope: BOB,
    at: NOW - 4 * HOUR_MS,
    by: byPerson("alice"),
    why: "it took back what I changed",
    ...changes,
  };
}

export function silenceOf(changes: Partial<Silence> = {}): Silence {
  return {
    silenceId: "sil_1",
    matcher: { hostId: AGENTS_1.hostId, service: "bob", reason: null },
    by: byPerson("omar"),
    why: "moving it to the new disk",
    startsAt: NOW - 20 * MINUTE_MS,
    endsAt: NOW + 40 * MINUTE_MS,
    ...changes,
  };
}

export function standingOf(changes: Partial<StandingApproval> = {}): StandingApproval {
  return {
    standingId: "std_1",
    by: byPerson("alice"),
    subject: { ...BOB, service: "hermes" },
    action: "restart",
    usesMax: 3,
    usesCount: 1,
    givenAt: NOW - 5 * HOUR_MS,
    untilAt: NOW + 7 * HOUR_MS,
    why: "it leaks until Monday's release",
    signed: {
      text: "{}",
      hash: "5c".repeat(32),
      credentialId: "AAAAAAAAAAAAAAAAAAAAAA",
      credentialName: "Alice's Pixel 9",
      isSynced: true,
      assertion: {
        scheme: "webauthn",
        credentialId: "AAAAAAAAAAAAAAAAAAAAAA",
        authenticatorData: "data",
        clientDataJSON: "data",
        signature: "sign",
      },
    },
    ...changes,
  };
}

export function incidentOf(changes: Partial<Incident> = {}): Incident {
  return {
    incidentId: "inc_1",
    place: { kind: "down", hostId: AGENTS_1.hostId },
    subject: hostSubject(AGENTS_1.hostId, AGENTS_1.name),
    reason: "host-silent",
    severity: "critical",
    title: "agents-1 is silent: no keepalive and no answer on port 22",
    happenedAt: NOW - 4 * MINUTE_MS,
    clearedAt: null,
    state: "open",
    mergedInto: null,
    openedAt: NOW - 3 * MINUTE_MS,
    resolvedAt: null,
    acknowledgedBy: null,
    acknowledgedUntilAt: null,
    nextStep: null,
    resultAt: null,
    lastSentAt: null,
    sentCount: 1,
    rung: ["alice"],
    reached: [],
    answerers: [],
    membersTold: 0,
    reasonsTold: [],
    joinedAt: NOW - 3 * MINUTE_MS,
    timeline: [],
    ...changes,
  };
}

export const NO_SERVICES: HostState["services"] = NONE_NAMED;
