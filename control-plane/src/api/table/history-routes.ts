// The part of the table about what D1 keeps: incidents that are over, and the pages that were sent. Each says until when it holds what the
// desk did.
import * as z from "zod";
import { Severity } from "@countersign/shared/wire/service-report";
import { Count, Instant, Text } from "../../stored/read-stored.ts";
import { part, place } from "./part-shapes.ts";
import { routesOf } from "./route.ts";

const Id = z.string().min(1).max(100);

const ResolvedShape = z.object({
  incidentId: Text,
  reason: Text,
  severity: Severity,
  title: Text,
  hostId: Text.nullable(),
  service: Text.nullable(),
  openedAt: Instant,
  happenedAt: Instant,
  resolvedAt: Instant,
});

const SentShape = z.object({
  key: Text,
  incidentId: Text,
  kind: Text,
  responder: Text,
  state: Text,
  attempts: Count,
  title: Text,
  createdAt: Instant,
  deliveredAt: Instant.nullable(),
  deliveredBy: Text.nullable(),
  lastError: Text.nullable(),
});

export const HISTORY_ROUTES = routesOf({
  "GET /v1/admin/resolved": {
    right: "admin-token",
    says: "Lists the incidents that are over, the newest end first.",
    query: z.strictObject({ ...part, host: Id.optional().describe("of one host alone: its id") }),
    answers: { 200: z.object({ incidents: z.array(ResolvedShape), ...place }) },
  },
  "GET /v1/admin/pages": {
    right: "admin-token",
    says: "Lists the pages that were sent, or tried, newest first.",
    query: z.strictObject({
      ...part,
      incident: Id.optional().describe("of one incident alone: its id"),
      responder: Id.optional().describe("to one person alone"),
    }),
    answers: { 200: z.object({ pages: z.array(SentShape), ...place }) },
  },
});
