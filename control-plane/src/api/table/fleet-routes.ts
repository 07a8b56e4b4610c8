// The part of the table about hosts, incidents and what could not be read.
import * as z from "zod";
import { ShardName } from "@countersign/shared/values/ids";
import type { Holds } from "../../core/desk/incidents/holds.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { PutAsideRow } from "../../shell/put-aside.ts";
import {
  ApprovalShape,
  FreezeShape,
  IncidentShape,
  PageShape,
  SilenceShape,
  UnreadableShape,
} from "../../stored/desk-shapes.ts";
import { Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { Person, Why } from "./asked-by.ts";
import { routesOf } from "./route.ts";

const Id = z.string().min(1).max(100);

// As the shard holds it; what its rules remember is theirs alone.
const HostShape = z.record(z.string(), z.unknown()) as unknown as z.ZodType<HostState>;

const HoldsShape = shapeOf<Holds>({
  silences: z.array(SilenceShape),
  inhibitors: z.array(z.looseObject({ incidentId: Text, title: Text })),
  freeze: FreezeShape.nullable(),
});

const PutAsideShape = shapeOf<PutAsideRow>({ kind: Text, id: Text, at: Instant, problem: Text, text: Text });

export const FLEET_ROUTES = routesOf({
  "GET /v1/admin/hosts": {
    right: "admin-token",
    says: "Lists the hosts.",
    answers: { 200: z.object({ hosts: z.array(HostShape) }) },
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
    problems: ["not-found"],
  },
  "POST /v1/admin/unreadable/discard": {
    right: "admin-token",
    says: "Says that a record which could not be read is dealt with.",
    body: z.strictObject({ recordKey: z.string().min(1).max(600), by: Person.optional() }),
    answers: { 200: z.object({ ok: z.literal(true) }) },
    problems: ["not-found"],
  },
});
