// The shape of an incident file: who was there, what happened, in the words of a post-mortem, and what is expected of the policy. Strict: an
// unknown key is an error. Pure.
import * as z from "zod";
import { heartbeatSpecWith } from "@countersign/shared/host/heartbeat-spec";
import { ItemName } from "@countersign/shared/values/ids";
import { EVIDENCE_ITEMS_MAX } from "@countersign/shared/values/limits";
import { Severity } from "@countersign/shared/wire/service-report";
import { Event } from "./event-format.ts";
import { Expectation } from "./expectation-format.ts";
import { HostName, HOSTS_MAX, Name, Span, When } from "./written-shapes.ts";
import { spanMs } from "./written-times.ts";

const EVENTS_WRITTEN_MAX = 10_000;
const CHECK_EVERY_MIN_MS = 1_000;

const CheckPlan = z.strictObject({
  name: ItemName,
  kind: z.enum(["unit", "http", "tcp"]).default("http"),
  severity: Severity.default("error"),
  every: Span.default("30s").refine((text) => spanMs(text) >= CHECK_EVERY_MIN_MS, {
    error: "expected at least 1s: no host checks more often",
  }),
});

/** As systemd.service(5) names them. */
const UNIT_TYPES = [
  "simple",
  "exec",
  "forking",
  "oneshot",
  "notify",
  "notify-reload",
  "dbus",
  "idle",
] as const;

const ServicePlan = z.strictObject({
  name: ItemName,
  unit: z.string().min(1).max(200).optional(),
  /** of its unit; absent: its agent does not tell */
  type: z.enum(UNIT_TYPES).optional(),
  /** what starts its unit; absent: its agent does not tell */
  triggeredBy: z.enum(["timer", "socket", "path"]).optional(),
  actions: z
    .array(z.strictObject({ name: ItemName, level: z.int().min(1).max(5) }))
    .max(16)
    .default([{ name: "restart", level: 4 }]),
  checks: z
    .array(CheckPlan)
    .min(1)
    .max(8)
    .default([{ name: "health", kind: "http", severity: "error", every: "30s" }]),
  /** as in a catalogue's `evidence` */
  heartbeats: z
    .array(heartbeatSpecWith(Span.transform(spanMs)))
    .max(EVIDENCE_ITEMS_MAX)
    .default([]),
});
export type ServicePlan = z.infer<typeof ServicePlan>;

const HostPlan = z.strictObject({
  name: HostName,
  /** so many hosts NAME-1, NAME-2 … instead of one */
  count: z.int().min(1).max(HOSTS_MAX).optional(),
  tags: z.array(Name).max(16).default([]),
  services: z.array(ServicePlan).max(32).default([]),
});

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
