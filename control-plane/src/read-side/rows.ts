// Turns what the actors know into rows of the read side. Pure; only what people read in lists has a column of its own, and nothing
// that changes on a healthy host (such as its last sign of life) is projected at all.
import { namedAt, namesOf, valuesOf } from "@countersign/shared/values/named";
import { visibleJson } from "@countersign/shared/values/visible-text";
import type { ChainedAuditEntry } from "../core/desk/audit/audit-chain.ts";
import type { Finding } from "../core/desk/records/finding.ts";
import type { Incident } from "../core/desk/records/incident.ts";
import type { Page } from "../core/desk/records/pages/page.ts";
import {
  isNotUnderstood,
  isTrouble,
  serviceConditionOf,
  serviceNamesOf,
} from "../core/shard/host/host-condition.ts";
import { lookOf } from "../core/shard/host/service-look.ts";
import type { HostState, ServiceState } from "../core/shard/host/shard-state.ts";
import { hostIdIn, placeNameOf, serviceOf, subjectKeyOf } from "../core/words/subject.ts";
import type { audit, hosts, incidentHosts, incidents, pages, serviceChanges, services } from "./schema.ts";

/** One row to project, with the table it belongs to. */
export type ProjectionRow =
  | { readonly table: "hosts"; readonly row: typeof hosts.$inferInsert }
  | { readonly table: "services"; readonly row: typeof services.$inferInsert }
  | { readonly table: "service_changes"; readonly row: typeof serviceChanges.$inferInsert }
  | { readonly table: "incidents"; readonly row: typeof incidents.$inferInsert }
  | { readonly table: "incident_hosts"; readonly row: typeof incidentHosts.$inferInsert }
  | { readonly table: "pages"; readonly row: typeof pages.$inferInsert }
  | { readonly table: "audit"; readonly row: typeof audit.$inferInsert };

/** A row on its way, with the revision that its actor gave it. */
export interface QueuedProjection {
  readonly projection: ProjectionRow;
  readonly revision: number;
}

/** What a list says of a host beside its liveness; empty: nothing. */
export const HOST_CONDITIONS = ["throttled", "not-understood", "never-seen", ""] as const;
export type HostCondition = (typeof HOST_CONDITIONS)[number];

/** The desk, as a writer; a shard has its own name. */
export const DESK_WRITER = "desk";

/** Rows of one batch. */
export const PROJECTION_BATCH_MAX = 50;

/** What is no revision would stand for ever: more than any other number, or no number at all. */
export function isRevision(revision: unknown): revision is number {
  return Number.isInteger(revision) && Number(revision) >= 0 && Number(revision) <= 2 ** 52;
}

/** The tables of the read side. */
export const PROJECTED_TABLES = [
  "hosts",
  "services",
  "service_changes",
  "incidents",
  "incident_hosts",
  "pages",
  "audit",
] as const satisfies readonly ProjectionRow["table"][];

/** Names what a row is about: a newer row of the same key replaces an undelivered older one. */
export function projectionKeyOf(projection: ProjectionRow): string {
  switch (projection.table) {
    case "hosts":
      return `hosts:${projection.row.hostId}`;
    case "services":
      return `services:${projection.row.hostId}:${projection.row.service}`;
    case "service_changes":
      return changeKeyOf(projection.row);
    case "incidents":
      return `incidents:${projection.row.incidentId}`;
    case "incident_hosts":
      return `incident_hosts:${projection.row.incidentId}:${projection.row.hostId}`;
    case "pages":
      return `pages:${projection.row.key}`;
    case "audit":
      return `audit:${projection.row.sequence}`;
  }
}

// The host's id and a service's name hold no colon.
function changeKeyOf({ hostId, look, service, slot }: typeof serviceChanges.$inferInsert): string {
  return `service_changes:${hostId}:${service}:${slot}:${look}`;
}

/** The order of lists: the worst first. Between down and unknown stands a host that answers, and whose service fails. */
export const URGENCY = { down: 0, trouble: 1, unknown: 2, up: 3 } as const;

export function hostRowOf(shard: string, host: HostState): ProjectionRow {
  const { hostId, name } = host;
  const liveness = listedLivenessOf(host);
  const hasTrouble =
    host.flooding !== null || valuesOf(host.services).some((state) => isTrouble(serviceConditionOf(state)));
  return {
    table: "hosts",
    row: {
      hostId,
      shard,
      name,
      liveness,
      sinceAt: liveness === "up" ? null : host.sinceAt,
      condition: hostConditionOf(host),
      services: visibleJson(JSON.stringify(serviceNamesOf(host))),
      tags: visibleJson(JSON.stringify(host.tags ?? [])),
      urgency: Math.min(URGENCY[liveness], hasTrouble ? URGENCY.trouble : URGENCY.up),
    },
  };
}

// Silence counts from the page bound on: what is late, or not seen since a gap of ours, is up or down within it. The desk knows of the gap.
function listedLivenessOf({ lastSeenAt, liveness }: HostState): "up" | "down" | "unknown" {
  switch (liveness) {
    case "up":
    case "down":
      return liveness;
    case "late":
    case "unknown":
      return lastSeenAt === 0 ? "unknown" : "up";
  }
}

function hostConditionOf(host: HostState): HostCondition {
  if (host.flooding !== null) return "throttled";
  if (isNotUnderstood(host)) return "not-understood";
  return host.liveness === "unknown" && host.lastSeenAt === 0 ? "never-seen" : "";
}

/** What the rows of a host say from when it was retired; its incidents and acts stay readable. */
export function retiredRowsOf(shard: string, host: HostState): readonly ProjectionRow[] {
  const { hostId, name, services } = host;
  const row = {
    hostId,
    shard,
    name,
    liveness: "retired",
    sinceAt: null,
    condition: "",
    services: "[]",
    tags: "[]",
  };
  return [
    { table: "hosts", row: { ...row, urgency: null } },
    ...namesOf(services).map((service) => goneServiceRowOf(hostId, service)),
  ];
}

export function serviceRowOf({ hostId, titles }: HostState, state: ServiceState): ProjectionRow {
  const { names, status } = serviceConditionOf(state);
  const { service } = state;
  const title = namedAt(titles, service) ?? "";
  const said = { status, names: visibleJson(JSON.stringify(names)), title, look: lookOf(state) };
  return { table: "services", row: { hostId, service, ...said } };
}

/** A service that its host names no more. */
export function goneServiceRowOf(hostId: string, service: string): ProjectionRow {
  return {
    table: "services",
    row: { hostId, service, status: "gone", names: "[]", title: "", look: "no-data" },
  };
}

export function incidentRowOf(incident: Incident): ProjectionRow {
  const { incidentId, subject, reason, severity, state, title, openedAt, happenedAt, resolvedAt } = incident;
  const about = { subjectKind: subject.kind, subjectKey: subjectKeyOf(subject), hostId: hostIdIn(subject) };
  // What was merged is not over: another one goes on with it, and that is in the list when it is.
  const over = { resolvedAt: state === "merged" ? null : resolvedAt };
  const said = { reason, severity, state, title, openedAt, happenedAt, ...over };
  return { table: "incidents", row: { incidentId, ...about, service: serviceOf(subject), ...said } };
}

/** Where an incident has a finding; none: it is about no host. */
export function incidentHostRowsOf({ beganAt, incidentId, subject }: Finding): readonly ProjectionRow[] {
  const hostId = hostIdIn(subject);
  if (hostId === null) return [];
  const row = { incidentId, hostId, hostName: placeNameOf(subject), beganAt };
  return [{ table: "incident_hosts", row }];
}

export function auditRowOf({ refs, ...row }: ChainedAuditEntry): ProjectionRow {
  return { table: "audit", row: { ...row, refs: visibleJson(JSON.stringify(refs)) } };
}

export function pageRowOf(page: Page): ProjectionRow {
  const { key, incidentId, kind, responder, state, attempts, title } = page;
  const { createdAt, deliveredAt, deliveredBy, lastError } = page;
  return {
    table: "pages",
    row: {
      key,
      incidentId,
      kind,
      responder,
      state,
      attempts,
      title,
      createdAt,
      deliveredAt,
      deliveredBy,
      lastError,
    },
  };
}
