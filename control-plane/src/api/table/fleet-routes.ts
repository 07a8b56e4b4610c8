// The part of the table about hosts, incidents and what could not be read.
import * as z from "zod";
import { ShardName } from "@countersign/shared/values/ids";
import { CURSOR_CHARS_MAX, LIST_ROWS_MAX, SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import type { Holds } from "../../core/desk/incidents/holds.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { HostList, HostRow, ServiceRow } from "../../read-side/listed-host.ts";
import type { PutAsideRow } from "../../shell/put-aside.ts";
import {
  ApprovalShape,
  FreezeShape,
  IncidentShape,
  PageShape,
  SilenceShape,
  UnreadableShape,
} from "../../stored/desk-shapes.ts";
import { Count, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { Person, Why } from "./asked-by.ts";
import { routesOf } from "./route.ts";

const Id = z.string().min(1).max(100);

// As the shard holds it; what its rules remember is theirs alone.
const HostShape = z.record(z.string(), z.unknown()) as unknown as z.ZodType<HostState>;

const HostRowShape = shapeOf<HostRow>({
  hostId: Text,
  shard: Text,
  name: Text,
  liveness: z.enum(["up", "down", "unknown"]),
  sinceAt: Instant.nullable(),
  condition: z.enum(["throttled", "not-understood", "never-seen", ""]),
  services: z.array(
    shapeOf<ServiceRow>({
      service: Text,
      status: z.enum(["failing", "finding", "verifying", "recovering", "in-shadow", "healthy", "unknown"]),
      names: z.array(Text),
    }),
  ),
});

const HostListShape = shapeOf<HostList>({
  hosts: z.array(HostRowShape),
  next: Text.nullable(),
  enrolledCount: Count,
  missingCount: Count,
  blindShards: z.array(Text),
  asOf: Instant.nullable(),
});

const HoldsShape = shapeOf<Holds>({
  silences: z.array(SilenceShape),
  inhibitors: z.array(z.looseObject({ incidentId: Text, title: Text })),
  freeze: FreezeShape.nullable(),
});

const PutAsideShape = shapeOf<PutAsideRow>({ kind: Text, id: Text, at: Instant, problem: Text, text: Text });

export const FLEET_ROUTES = routesOf({
  "GET /v1/admin/hosts": {
    right: "admin-token",
    says: "Lists the hosts, the worst first, part by part: what the read side holds, with the desk's word on who is down over it.",
    query: z.strictObject({
      q: z.string().max(SEARCH_CHARS_MAX).default("").describe("words in the names of hosts and services"),
      after: z.string().max(CURSOR_CHARS_MAX).optional().describe("`next` of the part before"),
      limit: z.coerce.number<string | number>().int().min(1).max(LIST_ROWS_MAX).default(LIST_ROWS_MAX),
    }),
    answers: { 200: HostListShape },
  },
  "GET /v1/admin/hosts/:id": {
    right: "admin-token",
    says: "Shows one host as its own shard knows it now, and what is open about it.",
    params: { id: Id },
    answers: {
      200: z.object({
        host: HostShape.nullable().describe("null: its shard does not answer, or does not know it yet"),
        listed: HostRowShape.nullable().describe("where its shard does not answer, what was listed last"),
        open: z.array(IncidentShape),
      }),
    },
    problems: ["host-unknown"],
  },
  "POST /v1/admin/hosts/:id/retire": {
    right: "admin-token",
    says: "Retires a host for good: what is open about it ends, and its key is refused from then on.",
    params: { id: Id },
    body: z.strictObject({ by: Person.optional(), why: Why }).prefault({}),
    answers: { 200: z.object({ hostId: Text, state: z.literal("retired") }) },
    problems: ["host-unknown"],
  },
  "GET /v1/admin/incidents": {
    right: "admin-token",
    says: "Lists the incidents and approvals that the desk holds.",
    answers: { 200: z.object({ incidents: z.array(IncidentShape), approvals: z.array(ApprovalShape) }) },
  },
  "GET /v1/admin/incidents/:id": {
    right: "admin-token",
    says: "Shows one incident with its approvals and pages, and what holds its pages back.",
    params: { id: Id },
    answers: {
      200: z.object({
        incident: IncidentShape,
        resolvesAt: Instant.nullable().describe(
          "when it resolves, if it stays well; null: by something else than time",
        ),
        approvals: z.array(ApprovalShape),
        pages: z.array(PageShape),
        holds: HoldsShape,
      }),
    },
    problems: ["not-found"],
  },
  "GET /v1/admin/unreadable": {
    right: "admin-token",
    says: "Lists the records that could not be read, and those that one part put aside.",
    query: z.strictObject({
      part: z
        .union([z.literal("desk"), ShardName])
        .default("desk")
        .describe("whose records: `desk`, or a shard's name"),
    }),
    answers: { 200: z.object({ records: z.array(UnreadableShape), putAside: z.array(PutAsideShape) }) },
    problems: ["not-found", "part-silent"],
  },
  "POST /v1/admin/unreadable/discard": {
    right: "admin-token",
    says: "Says that a record which could not be read is dealt with.",
    body: z.strictObject({ recordKey: z.string().min(1).max(600), by: Person.optional() }),
    answers: { 200: z.object({ ok: z.literal(true) }) },
    problems: ["not-found"],
  },
});
