// A history as a control plane records it: one host with one service, which fails for five minutes.
import type { RecordedHistory } from "../../../../control-plane/replay/recorded/recorded-history.ts";
import type { RecordedSettings } from "../../../../control-plane/src/core/desk/state/recorded-settings.ts";
import type { RecordedEvent } from "../../../../control-plane/src/core/shard/kept/recording.ts";

export const START = Date.parse("2026-04-03T12:00:00Z");
export const HOST = "host_0123456789abcdef0123456789abcdef";
export const NOTHING_SET: RecordedSettings = { silences: [], standing: [], tooMany: null };
/** One person, paged at once. */
export const POLICY_TEXT =
  `version: 1\nresponders: [{ id: alice, name: Alice, channels: [terminal] }]\n` +
  `escalation: { steps: [{ notify: [alice], after: 0s }], repeat: 4h }\n`;

export function reported(status: "pass" | "fail", at: number, healthyBefore = false): RecordedEvent {
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

export function historyOf(
  told: readonly (readonly [seconds: number, event: RecordedEvent])[],
): RecordedHistory {
  const events = told.map(([seconds, event], index) => ({
    shard: "shard-0",
    sequence: index + 1,
    at: START + seconds * 1_000,
    event,
  }));
  const connection = {
    connectionId: "c1",
    signing: { trust: null },
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
  return {
    events,
    audit: [],
    hosts: [{ hostId: HOST, name: "web-1", connection }],
    settings: NOTHING_SET,
    policies: [],
  };
}

export const failing = Array.from({ length: 20 }, (_, index): [number, RecordedEvent] => [
  60 + index * 15,
  reported("fail", START + (60 + index * 15) * 1_000, index === 0),
]);
