// The `evidence` section and the plugin check of a catalogue: what is accepted, what is refused, with the edges of their limits.
import { describe, expect, test } from "vitest";
import { Catalogue, EVIDENCE_CHECK } from "@countersign/shared/host/catalogue";
import { EvidenceSpec, pathsOfEvidence } from "@countersign/shared/host/evidence-spec";
import {
  expectedHeartbeats,
  HEARTBEAT_MS_MAX,
  HEARTBEAT_MS_MIN,
} from "@countersign/shared/host/heartbeat-spec";
import { CHECKS_PER_SERVICE_MAX, EVIDENCE_ITEMS_MAX } from "@countersign/shared/values/limits";
import { parseCatalogue } from "../../../../edge-agent/src/files/load-catalogue.ts";

const CHECK = { name: "port", kind: "tcp", port: 80 };

function problemsOf(service: object): readonly string[] {
  const parsed = Catalogue.safeParse({
    version: 1,
    services: [{ name: "bob", checks: [CHECK], ...service }],
  });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const items = (count: number) => Array.from({ length: count }, (_, index) => `/etc/bob/${index}.yaml`);
const checks = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...CHECK, name: `c${index}` }));

describe("evidence", () => {
  test("may be all that there is", () => {
    const evidence = {
      every: "10s",
      ledger: "/var/lib/bob/ledger.ndjson",
      counters: [
        { name: "jobs", file: "/var/lib/bob/bob.prom", metric: "jobs_total" },
        { name: "mails", url: "http://127.0.0.1:9100/metrics", metric: 'jobs_total{queue="mail"}' },
      ],
      credentials: [
        {
          name: "anthropic",
          path: "/home/bob/.credentials.json",
          expiry: { json: "claudeAiOauth.expiresAt" },
        },
        { name: "tls", path: "/etc/ssl/bob.pem", expiry: "certificate" },
        { name: "codex", path: "/home/bob/auth.json", expiry: { jwt: "tokens.id_token" }, refresh: "self" },
        { name: "token", path: "/run/bob/token", expiry: "jwt", refresh: "never" },
        { name: "claw", path: "/home/bob/a.json", expiry: { json: 'profiles["a@b.c"].expires' } },
      ],
      code: ["/opt/bob/bob.js"],
      config: ["/etc/bob.yaml"],
      fallbacks: [{ name: "claude", marker: "/run/bob/fallback" }],
      heartbeats: [
        { source: "nightly-sync", every: "1d", grace: "2h" },
        { source: "Push_1.job", every: "5m" },
      ],
    };
    expect(problemsOf({ unit: "bob.service", evidence })).toEqual([]);
    const [service] = Catalogue.parse({
      version: 1,
      services: [{ name: "bob", unit: "bob.service", checks: [CHECK], evidence }],
    }).services;
    expect(service?.evidence && pathsOfEvidence(service.evidence)).toHaveLength(10);
  });

  test.each([
    [
      "a metrics page elsewhere",
      { counters: [{ name: "a", url: "http://10.0.0.1/metrics", metric: "x" }] },
      "url",
    ],
    [
      "a file and a page",
      { counters: [{ name: "a", url: "http://localhost/", file: "/x", metric: "x" }] },
      "either",
    ],
    ["neither", { counters: [{ name: "a", metric: "x" }] }, "either"],
    ["a relative path", { ledger: "ledger.ndjson" }, "absolute"],
    ["code without a unit", { code: ["/opt/x"] }, "unit or pidFile"],
    ["one name twice", { fallbacks: ["/a", "/b"].map((marker) => ({ name: "x", marker })) }, "there twice"],
    [
      "a path that leads to no field",
      { credentials: [{ name: "a", path: "/x", expiry: { json: "$.a" } }] },
      "expiry.json: a path begins",
    ],
    [
      "an expiry of no kind",
      { credentials: [{ name: "a", path: "/x", expiry: "pkcs12" }] },
      "expected certificate, jwt",
    ],
    ["a renewal by nobody known", { credentials: [{ name: "a", path: "/x", refresh: "cron" }] }, "refresh"],
    ["an unknown key", { logs: "/var/log/x" }, "logs"],
  ])("is refused with %s", (_, evidence, words) => {
    expect(problemsOf({ evidence }).join("\n")).toContain(words);
  });

  test("is refused with the place of a path that leads to no field", () => {
    const lines = [
      "version: 1",
      "services:",
      "  - name: bob",
      "    checks: [{ name: port, kind: tcp, port: 80 }]",
      "    evidence:",
      "      credentials:",
      "        - { name: key, path: /x, expiry: { json: 'a[*].b' } }",
    ];
    const parsed = parseCatalogue(lines.join("\n"), "catalogue.yaml");
    expect(parsed.ok ? "" : parsed.error.sentence).toMatch(
      /^catalogue\.yaml, line 7, column 50: .*\(character 2 of a\[\*\]\.b\)\.$/,
    );
  });

  test("has at most EVIDENCE_ITEMS_MAX items of a kind", () => {
    expect(problemsOf({ evidence: { config: items(EVIDENCE_ITEMS_MAX) } })).toEqual([]);
    expect(problemsOf({ evidence: { config: items(EVIDENCE_ITEMS_MAX + 1) } })).not.toEqual([]);
  });

  test("takes one of the results that a service may have, and the name of it", () => {
    expect(problemsOf({ evidence: {}, checks: checks(CHECKS_PER_SERVICE_MAX - 1) })).toEqual([]);
    expect(problemsOf({ evidence: {}, checks: checks(CHECKS_PER_SERVICE_MAX) })).not.toEqual([]);
    expect(problemsOf({ checks: checks(CHECKS_PER_SERVICE_MAX) })).toEqual([]);
    expect(problemsOf({ evidence: {}, checks: [{ ...CHECK, name: EVIDENCE_CHECK }] })).not.toEqual([]);
  });
});

test.each([
  ["/usr/lib/nagios/plugins/check_disk", true],
  ["check_disk", false],
  ["/bin/sh", false],
  ["/usr/bin/sudo", false],
])("a plugin check of %s is accepted: %s", (program, isAccepted) => {
  const plugin = { name: "disk", kind: "plugin", argv: [program, "-w", "10%"] };
  expect(problemsOf({ checks: [plugin] }).length === 0).toBe(isAccepted);
});

describe("heartbeats", () => {
  const ledger = "/var/lib/bob/ledger.ndjson";
  const DAY_MS = 86_400_000;

  test.each([
    ["1d", undefined, DAY_MS / 10],
    ["1m", undefined, HEARTBEAT_MS_MIN],
    ["10m", undefined, HEARTBEAT_MS_MIN],
    ["11m", undefined, 66_000],
    ["1d", "1m", 60_000],
  ])("every %s with a grace of %s: %i ms", (every, grace, graceMs) => {
    const parsed = EvidenceSpec.parse({ ledger, heartbeats: [{ source: "job", every, grace }] });
    expect(expectedHeartbeats(parsed.heartbeats)[0]?.graceMs).toBe(graceMs);
  });

  const job = { source: "job", every: "1h" };
  test.each([
    ["a period under a minute", { ledger, heartbeats: [{ ...job, every: "59s" }] }, "0.every"],
    ["a period over a year", { ledger, heartbeats: [{ ...job, every: "367d" }] }, "0.every"],
    ["a grace under a minute", { ledger, heartbeats: [{ ...job, grace: "0s" }] }, "0.grace"],
    ["a grace over a year", { ledger, heartbeats: [{ ...job, grace: "367d" }] }, "0.grace"],
    ["no period", { ledger, heartbeats: [{ source: "job" }] }, "0.every"],
    ["no source", { ledger, heartbeats: [{ every: "1h" }] }, "0.source"],
    ["a source that steers a terminal", { ledger, heartbeats: [{ ...job, source: "a\u001b" }] }, "0.source"],
    [
      "a source that no line may have",
      { ledger, heartbeats: [{ ...job, source: "a".repeat(81) }] },
      "0.source",
    ],
    ["one source twice", { ledger, heartbeats: [job, job] }, "1.source"],
    ["an unknown key", { ledger, heartbeats: [{ ...job, url: "http://x" }] }, "url"],
    ["no ledger", { heartbeats: [job] }, "name it"],
    ["a ledger that is read too seldom", { ledger, every: "10m", heartbeats: [job] }, "0.grace"],
  ])("are refused with %s", (_, evidence, words) => {
    expect(problemsOf({ evidence }).join("\n")).toContain(words);
  });

  test(`are ${EVIDENCE_ITEMS_MAX} at most, from a minute to HEARTBEAT_MS_MAX`, () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ source: `job-${index}`, every: "1m", grace: "366d" }));
    expect(HEARTBEAT_MS_MAX).toBe(366 * DAY_MS);
    expect(problemsOf({ evidence: { ledger, heartbeats: many(EVIDENCE_ITEMS_MAX) } })).toEqual([]);
    expect(problemsOf({ evidence: { ledger, heartbeats: many(EVIDENCE_ITEMS_MAX + 1) } })).not.toEqual([]);
  });
});

test("sessions use a credential that is declared", () => {
  const evidence = {
    ledger: "/var/lib/bob/ledger.ndjson",
    credentials: [{ name: "anthropic", path: "/etc/bob/key" }],
  };
  const problems = (credential: string) =>
    problemsOf({ unit: "bob.service", evidence: { ...evidence, sessions: { credential } } });
  expect(problems("anthropic")).toEqual([]);
  expect(problems("openai")).toEqual([
    'services.0.evidence.sessions.credential: there is no credential "openai" in this evidence',
  ]);
});
