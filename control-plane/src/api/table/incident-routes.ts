// The part of the table about incidents beside what is open now: all of them by what is asked of them, notes, and the draft
// of a post-mortem.
import * as z from "zod";
import { NOTE_CHARS_MAX, SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import { Severity } from "@countersign/shared/wire/service-report";
import type { AskedStanding, ListedIncident } from "../../read-side/listed-incident.ts";
import { Instant, PageReasonShape, shapeOf, Text } from "../../stored/read-stored.ts";
import { Person } from "./asked-by.ts";
import { part, place } from "./part-shapes.ts";
import { routesOf } from "./route.ts";

const Id = z.string().min(1).max(100);
const When = z.iso.datetime({ offset: true, error: "expected an instant such as 2026-04-03T23:25:00Z" });

const STANDINGS = ["going", "open", "taken", "over", "merged"] as const satisfies readonly AskedStanding[];

const ListedShape = shapeOf<ListedIncident>({
  incidentId: Text,
  reason: PageReasonShape,
  severity: Severity,
  state: z.enum(["open", "acknowledged", "merged", "resolved", "unknown"]),
  title: Text,
  hostId: Text.nullable(),
  service: Text.nullable(),
  openedAt: Instant,
  happenedAt: Instant,
  resolvedAt: Instant.nullable(),
});

export const INCIDENT_ROUTES = routesOf({
  "GET /v1/admin/history": {
    right: "admin-token",
    says: "Lists incidents, open and over, by when they were opened, the newest first.",
    query: z.strictObject({
      ...part,
      state: z.enum(STANDINGS).optional().describe("how they stand; `going` is open or taken"),
      severity: Severity.optional(),
      reason: PageReasonShape.optional(),
      host: Id.optional().describe("the id or name of a host that they are about, also among others"),
      service: Id.optional(),
      q: z
        .string()
        .max(SEARCH_CHARS_MAX)
        .default("")
        .describe("words, each of which stands in the title, or in the name of a host or the service"),
      from: When.optional().describe("opened then or later"),
      to: When.optional().describe("opened then or before"),
    }),
    answers: {
      200: z.object({
        incidents: z.array(ListedShape),
        next: place.next,
        asOf: Instant.nullable().describe(
          "until when it holds what the desk did; null: D1 does not answer, and these are what the desk holds itself",
        ),
      }),
    },
  },
  "POST /v1/admin/incidents/:id/notes": {
    right: "admin-token",
    says: "Adds a note to an incident that the desk still holds. It stops no page and answers nothing.",
    params: { id: Id },
    body: z.strictObject({ text: z.string().trim().min(1).max(NOTE_CHARS_MAX), by: Person.optional() }),
    answers: { 200: z.object({ ok: z.literal(true) }) },
    problems: ["not-found", "notes-full"],
  },
  "GET /v1/admin/incidents/:id/post-mortem": {
    right: "admin-token",
    says: "The draft of a post-mortem in Markdown: what is on record of one incident, and the questions that are left to people.",
    params: { id: Id },
    answers: { 200: z.object({ markdown: z.string() }) },
    problems: ["not-found"],
  },
});
