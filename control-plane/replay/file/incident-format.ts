// The shape of an incident file: what happened, in the words of a post-mortem, and what is expected of the policy. Strict: an
// unknown key is an error. Pure. Times are kept as written; incident-file.ts reads them, because a clock time needs the one before it.
import * as z from "zod";
import { ItemName } from "@countersign/shared/values/ids";
import { Doer, FailureClass } from "@countersign/shared/wire/fact";
import { Severity } from "@countersign/shared/wire/service-report";
import type { PageReason } from "../../src/core/words/signal.ts";
import { RuleSettings } from "../../src/policy/rule-settings.ts";
import { spanMs } from "./written-times.ts";

export const HOSTS_MAX = 10_000;
export const EVENTS_WRITTEN_MAX = 10_000;
export const REPEAT_MAX = 1_000_000;

const CHECK_EVERY_MIN_MS = 1_000;

const Text = z.string().max(300);
const Name = z.string().min(1).max(80);
const HostName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/, {
  error: "expected a host name of letters, digits, dots, dashes and underscores, such as web-1",
});

const REASONS = Object.keys(RuleSettings.parse({})) as readonly PageReason[];
/** A misspelt reason would be a "no page" that is always met. */
const Reason = z.enum(REASONS);
const ReasonOrAny = z.enum(["any", ...REASONS]);

/** `1h30m`, `28s`, `250ms` */
const Span = z
  .string()
  .regex(/^(?:[0-9]{1,9}(?:ms|d|h|m|s)){1,5}$/, { error: "expected a duration such as 28s, 15m or 1h30m" })
  .meta({ description: "duration: 250ms, 28s, 15m, 1h30m, 3d" });

/** `+4m` after the start, `23:25` (in the zone of `start`, the next one after the event before), or an instant */
const When = z
  .string()
  .regex(
    /^(?:\+(?:[0-9]{1,9}(?:ms|d|h|m|s)){1,5}|[0-9]{2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))$/,
    {
      error:
        "expected an offset such as +4m or +1h30m, a clock time such as 23:25, or an instant such as 2026-04-03T23:25:00Z",
    },
  )
  .meta({
    description:
      "+4m after the start, a clock time 23:25 in the zone of `start`, or an instant 2026-04-03T23:25:00Z",
  });

const HostSelector = z
  .union([z.string(), z.array(z.string()).min(1).max(HOSTS_MAX)], {
    error: 'expected a host, a list of hosts and tags (tag:NAME), a share such as "30%", or "all"',
  })
  .meta({ description: 'a host, a list of hosts and tags ("tag:NAME"), a share such as "30%", or "all"' });

const CheckPlan = z.strictObject({
  name: ItemName,
  kind: z.enum(["unit", "http", "tcp"]).default("http"),
  severity: Severity.default("error"),
  every: Span.default("30s").refine((text) => spanMs(text) >= CHECK_EVERY_MIN_MS, {
    error: "expected at least 1s: no host checks more often",
  }),
});

const ServicePlan = z.strictObject({
  name: ItemName,
  unit: z.string().min(1).max(200).optional(),
  actions: z
    .array(z.strictObject({ name: ItemName, level: z.int().min(1).max(5) }))
    .max(16)
    .default([{ name: "restart", level: 4 }]),
  checks: z
    .array(CheckPlan)
    .min(1)
    .max(8)
    .default([{ name: "health", kind: "http", severity: "error", every: "30s" }]),
});
export type ServicePlan = z.infer<typeof ServicePlan>;

const HostPlan = z.strictObject({
  name: HostName,
  /** so many hosts NAME-1, NAME-2 … instead of one */
  count: z.int().min(1).max(HOSTS_MAX).optional(),
  tags: z.array(Name).max(16).default([]),
  services: z.array(ServicePlan).max(32).default([]),
});

const By = Doer.default("unknown");

/** What can happen; each event names exactly one. */
export const VERBS = {
  keepalives: z.enum(["lost", "resumed"]),
  check: z.strictObject({
    name: ItemName.optional(),
    status: z.enum(["pass", "fail", "missing"]),
    class: FailureClass.optional(),
    severity: Severity.optional(),
    text: Text.default(""),
  }),
  restart: z.strictObject({ by: By, supervisor: Name.optional() }),
  unit: z.strictObject({
    state: z.enum(["active", "activating", "inactive", "failed"]),
    result: z.string().max(40).optional(),
    exitCode: z.int().min(0).max(255).optional(),
    memoryBytes: z.int().min(0).optional(),
    oomKill: z.enum(["kernel", "systemd-oomd"]).optional(),
  }),
  session: z.strictObject({
    ends: z.union([z.literal("ok"), FailureClass], {
      error:
        "expected ok or a class: auth, memory, rate-limit, network, provider, config, crash, timeout, other",
    }),
    lasted: Span.default("1m"),
    text: Text.default(""),
  }),
  work: z
    .strictObject({ counter: Name, add: z.number().min(0).optional(), total: z.number().min(0).optional() })
    .refine(({ add, total }) => (add === undefined) !== (total === undefined), {
      error: "name either add or total",
    }),
  latency: z.strictObject({ ms: z.number().min(0) }),
  pressure: z.strictObject({
    resource: z.enum(["memory", "cpu", "io"]),
    some: z.number().min(0).max(100),
    full: z.number().min(0).max(100),
  }),
  fallback: z.strictObject({ name: Name, state: z.enum(["entered", "left"]) }),
  credential: z.strictObject({
    name: Name,
    file: z.enum(["file", "symlink", "missing"]).default("file"),
    owner: Name.default("root"),
    target: z.string().max(300).optional(),
    expires: When.optional(),
  }),
  credentialUse: z.strictObject({ name: Name, accepted: z.boolean(), text: Text.default("") }),
  configChanged: z.strictObject({ path: z.string().max(300), by: By }),
  codeChanged: z.strictObject({ text: Text.default("") }),
  identity: z.strictObject({ name: Name, holder: Name }),
  provider: z.strictObject({ name: Name, ok: z.boolean(), class: FailureClass.optional() }),
  privilege: z.strictObject({ action: ItemName, executable: z.boolean(), command: Text }),
  attempt: z.strictObject({
    action: Name,
    by: By,
    outcome: Text,
    helpful: z.boolean().default(false),
    deniedCommand: Text.optional(),
  }),
  request: z.strictObject({ action: ItemName, by: Doer }),
  drill: z.strictObject({ path: Name }),
  heartbeat: z.strictObject({ source: Name }),
  log: z.strictObject({ text: Text }),
  leaves: z.strictObject({ reason: Text, returnWithin: Span }),
  actuator: z.strictObject({
    executions: z.enum(["succeeded", "failed", "timed-out", "lost"]).optional(),
    helpsFor: Span.optional(),
    proposals: z.enum(["accepted", "frozen", "budget-exhausted"]).optional(),
  }),
  approve: z.strictObject({ by: ItemName }),
  deny: z.strictObject({ by: ItemName }),
  acknowledge: z.strictObject({ by: ItemName, reason: Reason.optional() }),
  freeze: z.strictObject({ by: ItemName, scope: z.enum(["service", "host", "fleet"]), why: Text }),
  unfreeze: z.strictObject({ by: ItemName, scope: z.enum(["service", "host", "fleet"]), why: Text }),
  silence: z.strictObject({ by: ItemName, for: Span, why: Text, reason: Reason.optional() }),
  falseAlarm: z.strictObject({ by: ItemName, reason: Reason.optional() }),
  policy: z.record(z.string(), z.unknown()),
  channel: z.strictObject({ name: ItemName, state: z.enum(["works", "fails", "hangs", "swallows"]) }),
  controlPlane: z.enum(["down", "up", "redeployed"]),
  note: Text,
} as const;
export type Verb = keyof typeof VERBS;
export const VERB_NAMES = Object.keys(VERBS) as readonly Verb[];

const optionalVerbs = Object.fromEntries(
  Object.entries(VERBS).map(([verb, schema]) => [verb, schema.optional()]),
) as { readonly [V in Verb]: z.ZodOptional<(typeof VERBS)[V]> };

const Event = z
  .strictObject({
    at: When,
    hosts: HostSelector.optional(),
    service: ItemName.optional(),
    /** again and again, at this interval */
    every: Span.optional(),
    /** how often in all */
    repeat: z.int().min(1).max(REPEAT_MAX).optional(),
    until: When.optional(),
    /** spread over the hosts during this long */
    over: Span.optional(),
    /** why keepalives are lost: worded by the second opinion */
    cause: z.enum(["power", "agent", "network"]).optional(),
    ...optionalVerbs,
  })
  .superRefine((event, context) => exactlyOne(event, VERB_NAMES, context));
export type IncidentEvent = z.infer<typeof Event>;

const EXPECTATION_KINDS = [
  "page",
  "noPage",
  "noRecovered",
  "pagesAtMost",
  "noAction",
  "restartsAtMost",
  "refused",
  "incident",
  "liveness",
  "shadow",
] as const;

const Expectation = z
  .strictObject({
    /** a page of this reason came */
    page: Reason.optional(),
    /** no page of this reason (any: of none at all) came */
    noPage: ReasonOrAny.optional(),
    /** nobody was told that this (any: anything) is over */
    noRecovered: ReasonOrAny.optional(),
    /** at most so many pages in all */
    pagesAtMost: z.int().min(0).optional(),
    /** nothing was run on a host */
    noAction: z.literal(true).optional(),
    /** at most so many actions were run by us */
    restartsAtMost: z.int().min(0).optional(),
    /** something was refused: for this reason, or in these words; `says`: and its words have this in them */
    refused: Text.optional(),
    /** the incident of this reason is in state `is` at `at` */
    incident: Reason.optional(),
    liveness: z.enum(["up", "late", "down", "unknown"]).optional(),
    /** what the rule of this reason would have done in shadow: its first finding `by` then, its counts at the end exactly */
    shadow: Reason.optional(),
    wouldHavePaged: z.int().min(0).optional(),
    wouldHaveActed: z.int().min(0).optional(),
    /** of them, those that a person marked as nothing */
    falseAlarms: z.int().min(0).optional(),
    by: When.optional(),
    notBefore: When.optional(),
    from: When.optional(),
    until: When.optional(),
    at: When.optional(),
    is: z.enum(["open", "acknowledged", "resolved", "none"]).optional(),
    to: ItemName.optional(),
    host: HostName.optional(),
    service: ItemName.optional(),
    severity: Severity.optional(),
    says: Text.optional(),
    atMost: z.int().min(1).optional(),
    /** why it is expected; for people */
    because: Text.optional(),
  })
  .superRefine((expectation, context) => exactlyOne(expectation, EXPECTATION_KINDS, context));
export type Expectation = z.infer<typeof Expectation>;

export const IncidentFormat = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(200),
  source: z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(50)]).optional(),
  start: z.iso.datetime({ offset: true, error: "expected an instant such as 2026-04-03T23:25:00Z" }),
  end: When,
  policy: z.record(z.string(), z.unknown()).default({}),
  assume: z.array(z.string().max(2_000)).max(100).default([]),
  hosts: z.array(HostPlan).min(1).max(HOSTS_MAX),
  events: z.array(Event).max(EVENTS_WRITTEN_MAX),
  expect: z.array(Expectation).max(1_000).default([]),
});
export type IncidentFormat = z.infer<typeof IncidentFormat>;

function exactlyOne(value: object, names: readonly string[], context: z.core.$RefinementCtx): void {
  const found = names.filter((name) => (value as Record<string, unknown>)[name] !== undefined);
  if (found.length === 1) return;
  const message =
    found.length === 0
      ? `expected one of ${names.join(", ")}`
      : `expected one of these only: ${found.join(", ")}`;
  context.addIssue({ code: "custom", path: found.slice(1, 2), message });
}
