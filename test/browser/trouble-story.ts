// What goes wrong in the troubled fleet: for each page reason what a host tells so that the rule of that name fires. Times lie in the past
// where a rule wants a past, and the policy's bounds are short, so that the real control plane decides all of it within seconds.
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { ToldFact } from "./simulated-host.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Mira is on call and leaves; Sam's channel has no secret, so no page reaches him; the operator reads the terminal. */
export const POLICY_BEFORE = policyText(["operator", "sam", "mira"]);
/** The same without Mira, whom nothing is sent any more. */
export const POLICY_AFTER = policyText(["operator", "sam"]);

function policyText(onCall: readonly string[]): string {
  const people = {
    operator: '{ id: operator, name: "Operator", channels: [terminal] }',
    sam: '{ id: sam, name: "Sam", channels: [chat] }',
    mira: '{ id: mira, name: "Mira", channels: [terminal] }',
  } as Readonly<Record<string, string>>;
  return `
version: 1
liveness: { profile: fast, reconnectGrace: 5s }
checkFailing: { failuresMin: 2, held: 500ms }
verify: { stability: 3s }
ladder: { observeFirst: 100ms }
incident: { resolveAfter: 5m }
restartBudget: { restartsMax: 3, window: 1h }
rules:
  check-stale: { slack: 500ms }
  latency-high: { ceiling: 5s }
  no-progress: { window: 2s }
  evidence-unreadable: { after: 1s }
  approval-unanswered: { after: 4s }
  control-plane-gap: { min: 2s }
  fleet-silent: { hostsMin: 3, share: 0.3 }
overrides:
  - match: { services: [lab] }
    shadow: true
channels:
  terminal: { kind: terminal }
  chat: { kind: webhook, url: "https://chat.example/hook", secret: CHANNEL_CHAT }
responders: [${onCall.map((id) => people[id]).join(", ")}]
escalation: { steps: [{ notify: [${onCall.join(", ")}], after: 0s }] }
`;
}

const COMMAND = "sudo -n /usr/bin/systemctl restart --no-block billing-worker@eu-central-1.service";
const DENIED = "sudo: a password is required";

/** What its own doctor found on a host. */
export const EXAMINED: readonly ExaminedFinding[] = [
  {
    check: "linger: bob",
    service: "gateway",
    status: "wrong",
    detail: "bob does not linger: the unit does not come back after a reboot",
    mend: "loginctl enable-linger bob",
  },
];

/** Facts of one host, by the page reason that they make fire. */
export const TOLD: Readonly<Record<string, readonly ToldFact[]>> = {
  "no-progress": [{ kind: "work", service: "ingest", counter: "rows-written", value: 48_112, ago: HOUR_MS }],
  "heartbeat-missed": [
    {
      kind: "heartbeats-expected",
      service: "backup",
      heartbeats: [{ source: "nightly-offsite-copy", everyMs: 1_000, graceMs: 500 }],
    },
  ],
  "evidence-unreadable": [
    {
      kind: "reading",
      service: "ingest",
      source: "counters",
      isWell: false,
      detail: "rows-written: http://127.0.0.1:9100/metrics did not answer (ECONNREFUSED)",
    },
  ],
  "success-rate-low": Array.from({ length: 12 }, (_, index) => ({
    kind: "session" as const,
    service: "mailer",
    startedAt: Date.now() - 3 * HOUR_MS,
    class: index < 10 ? ("rate-limit" as const) : null,
    detail: "429 Too Many Requests",
    ago: 12_000 - index * 1_000,
  })),
  "latency-high": Array.from({ length: 10 }, (_, index) => ({
    kind: "latency" as const,
    service: "checkout",
    latencyMs: 8_200 + index * 10,
    ago: (10 - index) * 5_000,
  })),
  "startup-death": Array.from({ length: 3 }, (_, index) => ({
    kind: "session" as const,
    service: "assistant",
    // of when it is told: much may have happened since this was read
    get startedAt() {
      return Date.now() - 8_000;
    },
    class: "auth" as const,
    detail: "401 Unauthorized: the session token has expired; sign in again",
    ago: 6_000 - index * 1_000,
  })),
  "restart-loop-suspected": [
    { kind: "restart", service: "gateway", by: "person", ago: 6 * MINUTE_MS },
    { kind: "restart", service: "gateway", by: "watchdog", supervisor: "monit", ago: 2 * MINUTE_MS },
    { kind: "restart", service: "gateway", by: "unknown", ago: 30_000 },
  ],
  "duplicate-supervisor": [
    { kind: "restart", service: "poller", by: "systemd", ago: 9 * MINUTE_MS },
    { kind: "restart", service: "poller", by: "watchdog", supervisor: "pm2", ago: 5 * MINUTE_MS },
  ],
  "remediation-stuck": Array.from({ length: 205 }, (_, index) => ({
    kind: "attempt" as const,
    service: "billing",
    action: "restart",
    by: "watchdog" as const,
    outcome: DENIED,
    isHelpful: false,
    ago: (205 - index) * 5 * MINUTE_MS,
  })),
  "privilege-gap": [
    { kind: "privilege", service: "billing", action: "restart", isExecutable: false, command: COMMAND },
  ],
  "self-inflicted": [
    { kind: "health", service: "bot", isHealthy: true, ago: 10 * MINUTE_MS },
    { kind: "config-changed", service: "bot", path: "/etc/bot/polling.yaml", by: "watchdog", ago: 40_000 },
    {
      kind: "credential-use",
      service: "bot",
      credential: "bot-token",
      isAccepted: false,
      detail: "401 Unauthorized",
      ago: 12_000,
    },
  ],
  "fallback-overdue": [
    { kind: "fallback", service: "models", fallback: "small-model", isActive: true, ago: 9 * HOUR_MS },
  ],
  "fallback-untested": [
    { kind: "fallback", service: "models", fallback: "cold-standby", isActive: false, ago: 45 * DAY_MS },
  ],
  "credential-expiring": [
    {
      kind: "credential",
      service: "sync",
      credential: "api-key-eu",
      fileKind: "file",
      owner: "sync",
      linkTarget: null,
      expiresAt: Date.now() + 20 * HOUR_MS,
      ago: MINUTE_MS,
    },
  ],
  "credential-rejected": Array.from({ length: 3 }, (_, index) => ({
    kind: "credential-use" as const,
    service: "sync",
    credential: "api-key-us",
    isAccepted: false,
    detail: "403 key revoked",
    ago: (3 - index) * 20_000,
  })),
  "credential-drift": [
    credentialFile("symlink", "/run/secrets/session.json", HOUR_MS),
    credentialFile("file", null, 5 * MINUTE_MS),
  ],
  "stale-code": [
    {
      kind: "code",
      service: "web-frontend",
      diskChangedAt: Date.now() - 2 * HOUR_MS,
      runningSinceAt: Date.now() - 26 * HOUR_MS,
    },
  ],
  "identity-conflict": [
    { kind: "identity", service: "bot", identity: "telegram-bot", holder: "bot.service", ago: 20_000 },
    { kind: "identity", service: "bot", identity: "telegram-bot", holder: "bot-staging.service", ago: 5_000 },
  ],
  "memory-pressure": [
    { kind: "pressure", service: "search", resource: "memory", someAvg10: 88, fullAvg10: 61, ago: MINUTE_MS },
    { kind: "oom-kill", service: "search", by: "kernel", ago: 20_000 },
  ],
  "config-thrash": Array.from({ length: 5 }, (_, index) => ({
    kind: "config-changed" as const,
    service: "proxy",
    path: "/etc/proxy/upstreams.d/generated-by-deploy-controller/production-eu-central-1.conf",
    by: "unknown" as const,
    ago: (5 - index) * 3 * MINUTE_MS,
  })),
  "provider-failing": ["mailer", "assistant", "billing"].map((service, index) => ({
    kind: "provider" as const,
    service,
    provider: "llm.example",
    isOk: false,
    class: "provider" as const,
    ago: index * 20_000 + 5_000,
  })),
};

/** What a rule in shadow finds. */
export const TOLD_IN_SHADOW: readonly ToldFact[] = Array.from({ length: 3 }, (_, index) => ({
  kind: "restart" as const,
  service: "lab",
  by: "person" as const,
  ago: (3 - index) * MINUTE_MS,
}));

/** One beginning of a fallback that is overdue at once, and its end; three of them are a flapping incident. */
export function fallbackOf(isActive: boolean): readonly ToldFact[] {
  return [
    {
      kind: "fallback",
      service: "dns",
      fallback: "public-resolver",
      isActive,
      ago: isActive ? 5 * HOUR_MS : 0,
    },
  ];
}

function credentialFile(fileKind: "file" | "symlink", linkTarget: string | null, ago: number): ToldFact {
  return {
    kind: "credential",
    service: "assistant",
    credential: "session.json",
    fileKind,
    owner: fileKind === "file" ? "root" : "assistant",
    linkTarget,
    expiresAt: null,
    ago,
  };
}
