// What can happen in an incident file: the words, the keys of each, and the keys that may stand beside them. Strict: an unknown key is an
// error, and so is one of another word (control-plane/replay/file/foreign-keys.ts). Pure.
import * as z from "zod";
import { ItemName } from "@countersign/shared/values/ids";
import { Doer } from "@countersign/shared/wire/fact";
import { FailureClass } from "@countersign/shared/wire/failure-class";
import { Severity } from "@countersign/shared/wire/service-report";
import { exactlyOne, HostSelector, Name, Reason, Span, Text, When } from "./written-shapes.ts";

export const REPEAT_MAX = 1_000_000;

const By = Doer.default("unknown");
const SpanOrNever = z.union([Span, z.literal("never")], {
  error: "expected a duration such as 28s, 15m or 1h30m, or never",
});

const SpanOrInfinity = z.union([Span, z.literal("infinity")], {
  error: "expected a duration such as 28s, 15m or 1h30m, or infinity",
});

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
    startTimeout: SpanOrInfinity.optional(),
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
    .strictObject({
      counter: Name,
      add: z.number().min(0).optional(),
      total: z.number().min(0).optional(),
      gain: z.number().min(0).optional(),
    })
    .refine(({ add, total }) => (add === undefined) !== (total === undefined), {
      error: "name either add or total",
    }),
  reading: z.strictObject({ source: Name, ok: z.boolean(), text: Text.default("") }),
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
    /** it renews itself, as the catalogue would declare */
    refreshes: z.boolean().optional(),
    /** its expiry is declared and cannot be read now */
    unreadable: z.boolean().optional(),
  }),
  credentialUse: z.strictObject({ name: Name, accepted: z.boolean(), text: Text.default("") }),
  configChanged: z.strictObject({ path: z.string().max(300), by: By, returned: z.boolean().optional() }),
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
  answers: z.union([SpanOrNever, z.strictObject({ by: ItemName, after: SpanOrNever })], {
    error: "expected how soon everybody acknowledges, such as 5m or never, or { by, after } for one person",
  }),
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

/** Keys that belong to some words only. */
export const EVENT_KEYS = ["hosts", "service", "over", "cause"] as const;
const WHOLE_HOST = ["hosts", "over"] as const;
const SOMEWHERE = [...WHOLE_HOST, "service"] as const;

/** Which of them may stand beside each word. */
export const BESIDE: Readonly<Record<Verb, readonly (typeof EVENT_KEYS)[number][]>> = {
  keepalives: [...WHOLE_HOST, "cause"],
  leaves: WHOLE_HOST,
  check: SOMEWHERE,
  restart: SOMEWHERE,
  unit: SOMEWHERE,
  session: SOMEWHERE,
  work: SOMEWHERE,
  reading: SOMEWHERE,
  latency: SOMEWHERE,
  pressure: SOMEWHERE,
  fallback: SOMEWHERE,
  credential: SOMEWHERE,
  credentialUse: SOMEWHERE,
  configChanged: SOMEWHERE,
  codeChanged: SOMEWHERE,
  identity: SOMEWHERE,
  provider: SOMEWHERE,
  privilege: SOMEWHERE,
  attempt: SOMEWHERE,
  request: SOMEWHERE,
  drill: SOMEWHERE,
  heartbeat: SOMEWHERE,
  log: SOMEWHERE,
  actuator: SOMEWHERE,
  approve: SOMEWHERE,
  deny: SOMEWHERE,
  acknowledge: SOMEWHERE,
  freeze: SOMEWHERE,
  unfreeze: SOMEWHERE,
  silence: SOMEWHERE,
  falseAlarm: SOMEWHERE,
  answers: [],
  policy: [],
  channel: [],
  controlPlane: [],
  note: [],
};

const optionalVerbs = Object.fromEntries(
  Object.entries(VERBS).map(([verb, schema]) => [verb, schema.optional()]),
) as { readonly [V in Verb]: z.ZodOptional<(typeof VERBS)[V]> };

export const Event = z
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
