// One host, in each of the states in which a person may find it; retiring one, and setting one aside.
import { named, namedFrom, withNamed } from "@countersign/shared/values/named";
import { markOf } from "@countersign/shared/wire/trust-chain";
import { EMPTY_BOOK, type FactBook } from "../../control-plane/src/core/facts/fact-book.ts";
import type { Connection, HostState } from "../../control-plane/src/core/shard/host/shard-state.ts";
import { byPerson, byRule } from "../../control-plane/src/core/words/actor.ts";
import { FLEET, hostSubject } from "../../control-plane/src/core/words/subject.ts";
import { NO_BRAKES } from "../../control-plane/src/web/brakes/brakes-on.ts";
import type { HostViewProps } from "../../control-plane/src/web/hosts/host-shown.ts";
import { HostView } from "../../control-plane/src/web/hosts/host-view.tsx";
import { RetireView, SetAsideView } from "../../control-plane/src/web/hosts/retire-view.tsx";
import { silentSinceOf } from "../../control-plane/src/web/hosts/silent-since.ts";
import { THREE, trustOf } from "./passkeys.tsx";
import {
  AGENTS_1,
  answersOf,
  connectionOf,
  freezeOf,
  hostOf,
  incidentOf,
  NO_SERVICES,
  pastOf,
  POLICY,
  resultOf,
  serviceOf,
  silenceOf,
  standingOf,
  STRIPS,
  WEB_1,
} from "./records/known-host.ts";
import { TOLD } from "./records/words-night.ts";
import { ALICE, DAY_MS, HOUR_MS, MINUTE_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

/** As long as nothing is heard, nothing is known. */
function stripsOf(state: HostState): NonNullable<HostViewProps["strips"]> {
  const silentAt = silentSinceOf(state) ?? NOW;
  return new Map(
    [...STRIPS].map(([service, spans]) => [
      service,
      [
        ...spans
          .filter(({ fromAt }) => fromAt < silentAt)
          .map((span) => ({ ...span, toAt: Math.min(span.toAt, silentAt) })),
        ...(silentAt < NOW ? [{ fromAt: silentAt, toAt: NOW, look: "no-data" as const }] : []),
      ],
    ]),
  );
}

function withSigning(signing: Connection["signing"]): Connection {
  const { signing: _signing, ...connection } = connectionOf();
  return signing === undefined ? connection : { ...connection, signing };
}

function host(name: string, changes: Partial<HostViewProps> = {}): ShownState {
  const props: HostViewProps = {
    frame: ALICE,
    host: AGENTS_1,
    state: hostOf(),
    row: null,
    incidents: [],
    known: [],
    brakes: NO_BRAKES,
    endTokens: named({ sil_1: "a-token" }),
    policy: POLICY,
    argvs: [
      {
        service: "hermes",
        action: "restart",
        argv: ["/usr/bin/sudo", "-n", "/usr/bin/systemctl", "restart", "--no-block", "hermes.service"],
      },
    ],
    isOfSilentFleet: false,
    trust: THREE,
    lastWords: { hostName: AGENTS_1.name, words: [] },
    ...changes,
    strips: changes.strips === undefined ? stripsOf(changes.state ?? hostOf()) : changes.strips,
  };
  return { name: `host-${name}`, view: <HostView {...props} />, path: `/hosts/${props.host.hostId}` };
}

const bookWith = (slices: FactBook["slices"]): FactBook => ({ ...EMPTY_BOOK, slices });

const withBook = (state: HostState, book: FactBook): HostState => ({
  ...state,
  services: withNamed(state.services, "bob", { ...serviceOf("bob", [resultOf("health")]), book }),
});

const TO_MEND = withBook(
  hostOf(),
  bookWith({
    "privilege-gap": [
      {
        action: "restart",
        who: "audit",
        command: "/usr/bin/sudo -n /usr/bin/systemctl restart --no-block bob-agnet.service",
        sinceAt: NOW - 2 * DAY_MS,
        lastAt: NOW - 2 * DAY_MS,
      },
      {
        action: "read-evidence",
        who: "audit",
        command: "sudo setfacl -m u:countersign-agent:r /srv/bob/tasks.json",
        sinceAt: NOW - 5 * HOUR_MS,
        lastAt: NOW - 5 * HOUR_MS,
      },
      {
        action: "small-model",
        who: "watchdog",
        command: "",
        isWithheld: true,
        sinceAt: NOW - HOUR_MS,
        lastAt: NOW - HOUR_MS,
      },
    ],
    "evidence-unreadable": [
      { name: "ledger", sinceAt: NOW - 3 * HOUR_MS, detail: "line 12 is no JSON", isDue: true },
    ],
    "credential-drift": [
      {
        name: "anthropic",
        accepted: { fileKind: "symlink", owner: "bob", linkTarget: "/etc/keys/anthropic" },
        current: { fileKind: "missing", owner: "bob", linkTarget: null },
        driftedAt: NOW - 30 * MINUTE_MS,
      },
    ],
  }),
);

const FAILING = hostOf({
  ...WEB_1,
  listed: ["nginx", "redis"],
  connection: connectionOf({
    hostname: "web-1.example.org",
    catalogue: [
      {
        service: "nginx",
        title: "Web server",
        unit: "nginx.service",
        actions: [{ action: "restart", level: 4 }],
      },
      { service: "redis", title: "redis", unit: "redis.service", actions: [{ action: "restart", level: 4 }] },
    ],
  }),
  services: namedFrom([
    [
      "nginx",
      serviceOf(
        "nginx",
        [
          resultOf("process", {
            kind: "unit",
            status: "fail",
            summary: "failed (exit-code), exited with 1",
            latencyMs: null,
          }),
          resultOf("answers", {
            status: "fail",
            summary: "connection refused on http://127.0.0.1:80/health",
            latencyMs: null,
          }),
          resultOf("disk", {
            kind: "plugin",
            overdueSinceAt: NOW - 4 * MINUTE_MS,
            severity: "warning",
            summary: "81 % used",
          }),
          resultOf("certificate", { kind: "plugin", summary: "ends in 61 days" }),
        ],
        {
          healthySinceAt: null,
          failing: named({
            process: { count: 6, sinceAt: NOW - 31 * SECOND_MS },
            answers: { count: 6, sinceAt: NOW - 28 * SECOND_MS },
          }),
          restartsAt: [NOW - 51 * MINUTE_MS, NOW - 28 * MINUTE_MS, NOW - 9 * MINUTE_MS],
        },
      ),
    ],
    ["redis", serviceOf("redis", [resultOf("ping", { kind: "tcp", summary: "connected", latencyMs: 0.4 })])],
  ]),
  past: pastOf({
    nginx: {
      process: { kind: "unit", status: "fail", sinceAt: NOW - 31 * SECOND_MS },
      answers: { status: "fail", sinceAt: NOW - 28 * SECOND_MS, answers: answersOf(92, 9) },
      certificate: { kind: "plugin", isAtLeast: true, sinceAt: NOW - 9 * DAY_MS },
    },
    redis: { ping: { kind: "tcp" } },
  }),
});

const LONG = "a-service-whose-name-is-as-long-as-a-catalogue-lets-it-be-000001";
const LONG_HOST = `${"a-very-long-name-of-a-host-that-somebody-was-proud-of".slice(0, 52)}-000000001.eu`;

const MANY = hostOf({
  name: LONG_HOST,
  listed: [LONG, "rtl"],
  connection: connectionOf({
    agentVersion: "0.0.9",
    hostname: `${LONG_HOST}.example.org`,
    catalogue: [
      {
        service: LONG,
        title: "One title with many words that say at length what nobody reads in the night, not ever",
        unit: "u.service",
        actions: Array.from({ length: 9 }, (_, index) => ({
          action: `action-${index}-${"x".repeat(50)}`,
          level: 4,
        })),
      },
      { service: "rtl", title: "שירות \u202egnp.exe", unit: null, actions: [] },
    ],
  }),
  services: namedFrom([
    [
      LONG,
      serviceOf(
        LONG,
        Array.from({ length: 8 }, (_, index) =>
          resultOf(`check-${index}-${"x".repeat(48)}`, {
            summary: "x".repeat(300),
            status: index < 2 ? "fail" : "pass",
          }),
        ),
        { failing: named({ [`check-0-${"x".repeat(48)}`]: { count: 3, sinceAt: NOW - HOUR_MS } }) },
      ),
    ],
    ["rtl", serviceOf("rtl", [resultOf("c", { summary: "ok \u202e gnp.exe \u0000 مرحبا" })])],
  ]),
  past: pastOf({
    [LONG]: Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [
        `check-${index}-${"x".repeat(48)}`,
        {
          answers: answersOf(10 + index * 9, index),
          status: index < 2 ? ("fail" as const) : ("pass" as const),
        },
      ]),
    ),
  }),
});

const OF_HOST = hostSubject(AGENTS_1.hostId, AGENTS_1.name);

export const states: readonly ShownState[] = [
  host("well", { brakes: { ...NO_BRAKES, freezes: [freezeOf()], standing: [standingOf()] } }),
  host("failing", {
    host: WEB_1,
    state: FAILING,
    strips: null,
    lastWords: TOLD,
    incidents: [
      incidentOf({ title: "nginx on web-1 is failing: process, answers", reason: "check-failing" }),
    ],
  }),
  host("late", { state: hostOf({ liveness: "late", lastSeenAt: NOW - 19 * SECOND_MS }) }),
  host("down", {
    state: hostOf({ liveness: "down", lastSeenAt: NOW - 4 * MINUTE_MS, connection: null }),
    incidents: [incidentOf()],
  }),
  host("unknown", {
    state: hostOf({ liveness: "unknown", lastSeenAt: NOW - 2 * HOUR_MS, connection: null }),
  }),
  host("never-seen", {
    state: hostOf({
      liveness: "unknown",
      lastSeenAt: 0,
      connection: null,
      services: NO_SERVICES,
      listed: [],
      tags: [],
      past: pastOf({}),
    }),
    strips: null,
  }),
  host("throttled", {
    state: hostOf({
      flooding: { sinceAt: NOW - 9 * MINUTE_MS, lastAt: NOW, droppedCount: 48_211, returnDueAt: 0 },
    }),
  }),
  host("not-understood", {
    state: hostOf({
      unheard: {
        sinceAt: NOW - 8 * MINUTE_MS,
        refusedCount: 2,
        refusedAt: NOW - 7 * MINUTE_MS,
        refusal: "frame-malformed",
        isDigestTorn: false,
        partsTaken: 0,
        isOverdue: true,
      },
    }),
  }),
  host("frozen", {
    brakes: {
      ...NO_BRAKES,
      freezes: [
        freezeOf({
          scope: FLEET,
          at: NOW - 8 * MINUTE_MS,
          by: byRule("fleet-silent"),
          why: "9 of 14 hosts fell silent together",
        }),
        freezeOf({
          scope: OF_HOST,
          by: byPerson("omar"),
          at: NOW - HOUR_MS,
          why: "moving it to the new disk",
        }),
        freezeOf(),
      ],
    },
  }),
  host("silenced", { brakes: { ...NO_BRAKES, silences: [silenceOf()] } }),
  host("to-mend", { state: TO_MEND }),
  host("old-agent", { state: MANY, host: { ...AGENTS_1, name: LONG_HOST }, strips: null }),
  host("no-services", {
    state: hostOf({ services: NO_SERVICES, listed: [], connection: connectionOf({ catalogue: [] }) }),
    strips: null,
  }),
  host("asleep", {
    state: hostOf({
      services: namedFrom([["hermes", serviceOf("hermes", [])]]),
      past: {
        ...pastOf({ hermes: { process: { kind: "unit" }, health: { answers: answersOf(30) } } }),
        unbrokenSinceAt: NOW - 5 * HOUR_MS,
      },
    }),
    strips: null,
    policy: null,
  }),
  host("of-silent-fleet", {
    state: hostOf({ liveness: "down", lastSeenAt: NOW - 9 * MINUTE_MS, connection: null, saysRetired: true }),
    isOfSilentFleet: true,
    brakes: {
      ...NO_BRAKES,
      freezes: [
        freezeOf({
          scope: FLEET,
          at: NOW - 8 * MINUTE_MS,
          by: byRule("fleet-silent"),
          why: "9 of 14 hosts fell silent together",
        }),
      ],
    },
  }),
  host("away", {
    state: hostOf({
      liveness: "late",
      lastSeenAt: NOW - 40 * SECOND_MS,
      connection: null,
      returnDueAt: NOW + 4 * MINUTE_MS,
    }),
  }),
  host("unreadable-shard", {
    state: null,
    strips: null,
    row: {
      ...AGENTS_1,
      shard: "shard-0",
      liveness: "up",
      sinceAt: null,
      condition: "",
      tags: [],
      services: [
        { service: "hermes", title: "", status: "healthy", names: [] },
        { service: "bob", title: "", status: "failing", names: ["health"] },
      ],
    },
  }),
  host("version-1", { state: hostOf({ connection: withSigning(undefined) }) }),
  host("believes-nobody", { state: hostOf({ connection: withSigning({ trust: null }) }) }),
  host("believes-nobody-yet", { state: hostOf({ connection: withSigning({ trust: null }) }), trust: null }),
  host("believes-older", { state: hostOf({ connection: withSigning({ trust: markOf(trustOf()) }) }) }),
  host("believes-another", {
    state: hostOf({ connection: withSigning({ trust: { version: 4, hash: "a".repeat(64) } }) }),
  }),
  host("unlisted", { state: null, strips: null }),
  {
    name: "host-retire",
    view: <RetireView frame={ALICE} host={AGENTS_1} token="a-token" openCount={2} />,
  },
  { name: "host-set-aside", view: <SetAsideView frame={ALICE} host={AGENTS_1} token="a-token" /> },
];
