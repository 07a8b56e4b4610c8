// The record: the night of the mocks as rows, what was looked for, nothing found, and rows that somebody changed.
import {
  chainEntry,
  type ChainedAuditEntry,
  CHAIN_START,
} from "../../control-plane/src/core/desk/audit/audit-chain.ts";
import type { AuditRef } from "../../control-plane/src/core/desk/state/audit-ref.ts";
import { refText } from "../../control-plane/src/core/desk/state/audit-ref.ts";
import {
  type Actor,
  BY_DESK,
  BY_UNKNOWN,
  byAdmin,
  byHost,
  byPerson,
  byRule,
} from "../../control-plane/src/core/words/actor.ts";
import { hostSubject, personSubject } from "../../control-plane/src/core/words/subject.ts";
import { AuditView, type ShownRows } from "../../control-plane/src/web/audit/audit-view.tsx";
import type { RecordQuery } from "../../control-plane/src/web/audit/record-query.ts";
import { ALICE, DAY_MS, HOUR_MS, NOW, SECOND_MS, type ShownState } from "./shown-state.ts";

const NGINX = { kind: "service", hostId: "host_web1", hostName: "web-1", service: "nginx" } as const;
const INCIDENT: AuditRef = { kind: "incident", incidentId: "inc_nginx" };
const QUESTION: AuditRef = { kind: "approval", approvalId: "apr_nginx" };
const SUBJECT: AuditRef = { kind: "subject", subject: NGINX };

type Written = readonly [agoMs: number, actor: Actor, act: string, refs: readonly AuditRef[], why: string];

const WRITTEN: readonly Written[] = [
  [
    12 * DAY_MS,
    byPerson("omar"),
    "policy-applied",
    [{ kind: "policy", version: 7 }],
    "version 7, sha256 9b1d…: escalation.steps[2].after (wake Omar after five minutes)",
  ],
  [
    3 * DAY_MS,
    byAdmin("dana"),
    "sign-in-token-created",
    [{ kind: "subject", subject: personSubject({ id: "omar", name: "Omar" }) }],
    "asked for",
  ],
  [2 * DAY_MS, BY_UNKNOWN, "sign-in-refused", [{ kind: "device", name: "Pixel 9" }], "token-expired"],
  [
    DAY_MS,
    byHost("host_agents1"),
    "host-enrolled",
    [{ kind: "subject", subject: hostSubject("host_agents1", "agents-1") }],
    "with a token asked for by dana",
  ],
  [
    2 * HOUR_MS,
    byPerson("dana"),
    "automation-frozen",
    [{ kind: "freeze", scope: NGINX }],
    "I am at it by hand",
  ],
  [
    31 * SECOND_MS,
    byRule("check-failing"),
    "incident-opened",
    [INCIDENT, SUBJECT],
    "error: nginx on web-1 does not run: exit code 1",
  ],
  [28 * SECOND_MS, BY_DESK, "approval-requested", [QUESTION, INCIDENT], "restart nginx"],
  [
    27 * SECOND_MS,
    BY_DESK,
    "page-delivered",
    [{ kind: "page", key: "page:inc_nginx:1" }, INCIDENT],
    "to alice by phone",
  ],
  [9 * SECOND_MS, byPerson("alice"), "approval-seen", [QUESTION, INCIDENT], ""],
];

const ROWS: readonly ChainedAuditEntry[] = WRITTEN.reduce<readonly ChainedAuditEntry[]>((rows, written) => {
  const [agoMs, actor, act, refs, why] = written;
  const last = rows.at(-1);
  const end = { sequence: last?.sequence ?? 412, hash: last?.hash ?? CHAIN_START };
  const [first] = refs;
  const entry = {
    at: NOW - agoMs,
    actor,
    act,
    refs,
    subject: first === undefined ? "" : refText(first),
    why,
  };
  return [...rows, chainEntry(entry, end)];
}, []).toReversed();

const NO_QUERY: RecordQuery = { by: "", act: "", words: "", from: "", to: "" };
const PEOPLE = ["Alice", "Omar", "Dana"].map((name) => ({ id: name.toLowerCase(), name }));

function shown(
  rows: readonly ChainedAuditEntry[],
  change: Partial<ShownRows> = {},
  query: Partial<RecordQuery> = {},
) {
  const known = { olderBefore: 412, brokenAt: null, deskOwnSince: null, isFound: false, ...change };
  return <AuditView frame={ALICE} rows={rows} people={PEOPLE} query={{ ...NO_QUERY, ...query }} {...known} />;
}

const strange = {
  ...ROWS[0],
  act: "constructor",
  refs: [{ kind: "of-another-version" }],
} as unknown as ChainedAuditEntry;
const hostile = { ...ROWS[0], refs: [{ kind: "device", name: "\u202EPixel \uFFFD" }] } as ChainedAuditEntry;
const long = { ...ROWS[0], why: "x".repeat(2_000), subject: "y".repeat(500), refs: [] } as ChainedAuditEntry;

export const states: readonly ShownState[] = [
  { name: "record", path: "/audit", view: shown(ROWS) },
  {
    name: "record-found",
    path: "/audit",
    view: shown(
      ROWS.filter(({ actor }) => actor.kind === "person"),
      { isFound: true },
      { by: "person/erin", act: "approval-seen", words: "web-1", from: "2026-11-27", to: "2026-11-28" },
    ),
  },
  {
    name: "record-nothing-yet",
    path: "/audit",
    view: shown([], { isFound: true }, { words: "nothing here" }),
  },
  {
    name: "record-nothing",
    path: "/audit",
    view: shown([], { isFound: true, olderBefore: null }, { words: "x" }),
  },
  { name: "record-empty", path: "/audit", view: shown([], { olderBefore: null }) },
  { name: "record-broken", path: "/audit", view: shown(ROWS, { brokenAt: 417 }) },
  {
    name: "record-desk-own",
    path: "/audit",
    view: shown(ROWS, { deskOwnSince: NOW - HOUR_MS, olderBefore: null }),
  },
  {
    name: "record-unreadable",
    path: "/audit",
    view: shown([strange, hostile, long, ...ROWS], { deskOwnSince: true }),
  },
];
