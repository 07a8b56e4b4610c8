// The read side in D1: register, history, audit. Projected from the actors' outboxes by key, so every write is an upsert that may
// be repeated. Nothing here is ever read to decide anything: D1 may be down, or behind. Instants are epoch milliseconds.
// What changes carries a revision: a batch that was given up may still land after a newer one, and must not put the old row back.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Actor } from "../core/words/actor.ts";
import type { Subject } from "../core/words/subject.ts";

/** Grows with every projection of a row; its actor hands it out (shell/projection-outbox.ts). */
const revision = () => integer("revision").notNull().default(0);

export const hosts = sqliteTable(
  "hosts",
  {
    hostId: text("host_id").primaryKey(),
    shard: text("shard").notNull(),
    name: text("name").notNull(),
    /** up, down, unknown (it never connected, or its shard was set back), retired; one that is late is up still */
    liveness: text("liveness").notNull(),
    /** since when it is not up; null: it is */
    sinceAt: integer("since_at"),
    /** what else a list says of it: throttled, not-understood, never-seen; empty: nothing */
    condition: text("condition").notNull(),
    /** JSON array: the names of its services, also of those that are well */
    services: text("services").notNull(),
    /** JSON array: the tags of its catalogue */
    tags: text("tags").notNull().default("[]"),
    /** the order of lists, the worst first; null: it is in none */
    urgency: integer("urgency"),
    revision: revision(),
  },
  (table) => [
    index("hosts_listed")
      .on(table.urgency, table.name, table.hostId)
      .where(sql`urgency IS NOT NULL`),
    index("hosts_retired")
      .on(table.revision)
      .where(sql`liveness = 'retired'`),
  ],
);

export const services = sqliteTable(
  "services",
  {
    hostId: text("host_id").notNull(),
    service: text("service").notNull(),
    /** what is wrong with it (core/shard/host/host-condition.ts); healthy; gone: its host names it no more; unknown: its shard was set back */
    status: text("status").notNull(),
    /** JSON array: the checks that fail, or the findings that fire */
    names: text("names").notNull(),
    /** what people call it, where that says more than its name; empty: nothing does */
    title: text("title").notNull().default(""),
    /** how its line of 24 hours ends (core/shard/host/service-look.ts) */
    look: text("look").notNull().default("well"),
    revision: revision(),
  },
  (table) => [
    primaryKey({ columns: [table.hostId, table.service] }),
    // only of what may be forgotten: a service that is there costs no second row
    index("services_gone")
      .on(table.revision)
      .where(sql`status IN ('gone', 'unknown')`),
  ],
);

/**
 * When the look of a service turned, for its line of 24 hours; or, with the empty name, when its whole host was heard, or no
 * more. A look has one row in each slot of five minutes, so that what flaps is bounded, and a row says what was before it,
 * so that no older one is needed.
 */
export const serviceChanges = sqliteTable(
  "service_changes",
  {
    hostId: text("host_id").notNull(),
    /** empty: all of the host's */
    service: text("service").notNull(),
    slot: integer("slot").notNull(),
    /** what it turned to (core/shard/host/service-look.ts) */
    look: text("look").notNull(),
    /** what it was before; the same as `look`: it was already so */
    was: text("was").notNull(),
    at: integer("at").notNull(),
    revision: revision(),
  },
  (table) => [primaryKey({ columns: [table.hostId, table.service, table.slot, table.look] })],
);

export const incidents = sqliteTable(
  "incidents",
  {
    incidentId: text("incident_id").primaryKey(),
    /** what it is about (core/words/subject.ts), and its key */
    subjectKind: text("subject_kind").$type<Subject["kind"]>().notNull(),
    subjectKey: text("subject_key").notNull(),
    /** null: it is about no host, and about nothing on one */
    hostId: text("host_id"),
    service: text("service"),
    reason: text("reason").notNull(),
    severity: text("severity").notNull(),
    state: text("state").notNull(),
    title: text("title").notNull(),
    openedAt: integer("opened_at").notNull(),
    happenedAt: integer("happened_at").notNull(),
    resolvedAt: integer("resolved_at"),
    revision: revision(),
  },
  (table) => [
    // of what is over alone: while it is open the desk says how it stands
    index("incidents_resolved")
      .on(table.resolvedAt, table.incidentId)
      .where(sql`resolved_at IS NOT NULL`),
    index("incidents_resolved_by_host")
      .on(table.hostId, table.resolvedAt, table.incidentId)
      .where(sql`resolved_at IS NOT NULL AND host_id IS NOT NULL`),
    // of all, by when they were opened, which never changes: a row that changes writes none of these anew
    index("incidents_by_time").on(table.openedAt, table.incidentId),
    index("incidents_by_reason").on(table.reason, table.openedAt, table.incidentId),
    index("incidents_by_service")
      .on(table.service, table.openedAt, table.incidentId)
      .where(sql`service IS NOT NULL`),
    index("incidents_going")
      .on(table.openedAt, table.incidentId)
      .where(sql`resolved_at IS NULL`),
  ],
);

/**
 * On which hosts an incident has something, or had: of what many hosts share on each of them. Written once, and never
 * changed.
 */
export const incidentHosts = sqliteTable(
  "incident_hosts",
  {
    incidentId: text("incident_id").notNull(),
    hostId: text("host_id").notNull(),
    hostName: text("host_name").notNull(),
    /** when the first of it began there: it is forgotten by that */
    beganAt: integer("began_at").notNull(),
    revision: revision(),
  },
  (table) => [
    primaryKey({ columns: [table.incidentId, table.hostId] }),
    index("incident_hosts_by_host").on(table.hostId),
    index("incident_hosts_by_name").on(table.hostName),
  ],
);

export const pages = sqliteTable(
  "pages",
  {
    key: text("key").primaryKey(),
    incidentId: text("incident_id").notNull(),
    kind: text("kind").notNull(),
    responder: text("responder").notNull(),
    state: text("state").notNull(),
    attempts: integer("attempts").notNull(),
    title: text("title").notNull(),
    createdAt: integer("created_at").notNull(),
    deliveredAt: integer("delivered_at"),
    deliveredBy: text("delivered_by"),
    lastError: text("last_error"),
    revision: revision(),
  },
  (table) => [
    index("pages_by_time").on(table.createdAt, table.key),
    index("pages_by_incident").on(table.incidentId, table.createdAt, table.key),
    index("pages_by_responder").on(table.responder, table.createdAt, table.key),
  ],
);

/** Append-only; a repeated projection of a row changes nothing. A desk that was set back uses sequences again: the rows of both are kept. */
export const audit = sqliteTable(
  "audit",
  {
    sequence: integer("sequence").notNull(),
    at: integer("at").notNull(),
    /** JSON of an actor (core/words/actor.ts) */
    actor: text("actor", { mode: "json" }).$type<Actor>().notNull(),
    act: text("act").notNull(),
    /** JSON array of what the row names, the first is what it is about; `subject` says that in words */
    refs: text("refs").notNull(),
    subject: text("subject").notNull(),
    why: text("why").notNull(),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.sequence, table.hash] })],
);

/** One row: the number of the layout (stored/layout.ts), which the first migration writes. */
export const layout = sqliteTable("layout", { number: integer("number").notNull() });

/** The highest revision that was taken from each actor: one that was set back in time finds here what it does not know any more. */
export const writers = sqliteTable("writers", {
  actor: text("actor").primaryKey(),
  revision: integer("revision").notNull(),
});
