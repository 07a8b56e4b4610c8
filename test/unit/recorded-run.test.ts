// Recorded history under two policies: what the one does and the other does not, and when.
import { describe, expect, it } from "vitest";
import { compareRuns, fidelityOf } from "../../control-plane/replay/recorded-diff.ts";
import type { RecordedHistory } from "../../control-plane/replay/recorded-history.ts";
import { runRecorded } from "../../control-plane/replay/recorded-run.ts";
import type { RecordedEvent } from "../../control-plane/src/core/recording.ts";
import { loadPolicy } from "../../control-plane/src/policy.ts";

const START = Date.parse("2026-04-03T12:00:00Z");
const HOST = "host_0123456789abcdef0123456789abcdef";
const window = { fromAt: START, toAt: START + 3_600_000 };
const inForce = policyOf("");

function policyOf(rest: string) {
  return loadPolicy(
    `version: 1\nresponders: [{ id: alice, name: Alice, channels: [terminal] }]\n` +
      `escalation: { steps: [{ notify: [alice], after: 0s }], repeat: 4h }\n${rest}`,
  );
}

function reported(status: "pass" | "fail", at: number, healthyBefore = false): RecordedEvent {
  const result = {
    check: "http",
    kind: "http" as const,
    severity: "critical" as const,
    summary: "",
    latencyMs: 3,
    finishedAt: at,
    ttlMs: 90_000,
  };
  const healthy = { service: "demo", unit: null, results: [{ ...result, status: "pass" as const }] };
  return {
    kind: "reported",
    hostId: HOST,
    digest: false,
    services: [{ service: "demo", unit: null, results: [{ ...result, status }] }],
    healthyBefore: healthyBefore ? [healthy] : [],
  };
}

function historyOf(told: readonly (readonly [seconds: number, event: RecordedEvent])[]): RecordedHistory {
  const events = told.map(([seconds, event], index) => ({
    shard: "shard-0",
    sequence: index + 1,
    at: START + seconds * 1_000,
    event,
  }));
  const connection = {
    connectionId: "c1",
    bootId: "b1",
    connectedAt: START,
    agentVersion: "0.1.0",
    hostname: "web-1",
    address: null,
    probePort: null,
    catalogue: [
      { service: "demo", title: "", unit: "demo.service", actions: [{ action: "restart", level: 4 }] },
    ],
  };
  return { events, audit: [], hosts: [{ hostId: HOST, name: "web-1", connection }], policyText: "" };
}

const failing = Array.from({ length: 20 }, (_, index): [number, RecordedEvent] => [
  60 + index * 15,
  reported("fail", START + (60 + index * 15) * 1_000, index === 0),
]);
const silent = (seconds: number, lastSeen: number): [number, RecordedEvent] => [
  seconds,
  {
    kind: "liveness",
    flips: [{ hostId: HOST, liveness: "late", lastSeenAt: START + lastSeen * 1_000 }],
  },
];

describe("recorded history under two policies", () => {
  it("is the same under the same policy, and pages and proposes what the records call for", () => {
    const run = runRecorded(historyOf(failing), inForce, window);
    expect(run.decided.map(({ what, reason, service }) => `${what} ${reason} ${service}`)).toEqual([
      "proposal restart demo",
      "page check-failing demo",
      "proposal restart demo", // asked again: no answer is on record
    ]);
    expect(compareRuns(run, run).map(({ verdict }) => verdict)).toEqual(["same", "same"]);
    expect(fidelityOf(run.audit, run.audit)).toEqual({ openedCount: 1, alsoHereCount: 1 });
  });

  it("says what a rule that is turned off would no longer have done", () => {
    const history = historyOf(failing);
    const off = policyOf("rules: { check-failing: { enabled: false } }");
    const rows = compareRuns(runRecorded(history, inForce, window), runRecorded(history, off, window));
    expect(rows.map(({ what, subject, verdict }) => [what, subject, verdict])).toEqual([
      ["proposal", "demo on web-1", "only-before"],
      ["page", "demo on web-1", "only-before"],
    ]);
  });

  it("counts a silence from the last sign of life, under each policy's own bounds", () => {
    const history = historyOf([silent(75, 60), [600, reported("pass", START + 600_000)]]);
    const patient = policyOf("liveness: { profile: economy }");
    const rows = compareRuns(runRecorded(history, inForce, window), runRecorded(history, patient, window));
    const page = rows.find(({ what, reason }) => what === "page" && reason === "host-silent");
    expect(page).toMatchObject({ subject: "web-1", verdict: "later" });
    const bound = START + 60_000 + inForce.liveness.pageBoundMs;
    expect((page?.before[0] ?? 0) - bound).toBeGreaterThanOrEqual(0);
    expect((page?.before[0] ?? 0) - bound).toBeLessThan(5_000);
  });

  it("does again what people did, to the incident that the audit names", () => {
    const history = historyOf(failing);
    const row = (at: number, act: string, actor: string, why: string) => ({
      at: START + at * 1_000,
      act,
      actor,
      subject: "incident:inc_real",
      why,
    });
    const audit = [
      row(80, "incident-opened", "rule:check-failing", "demo on web-1: demo fails"),
      row(200, "incident-acknowledged", "alice", "demo fails; paging pauses"),
    ];
    const run = runRecorded({ ...history, audit }, inForce, window);
    expect(run.audit.filter(({ act }) => act === "incident-acknowledged")).toMatchObject([
      { actor: "alice", at: START + 200_000 },
    ]);
  });
});
