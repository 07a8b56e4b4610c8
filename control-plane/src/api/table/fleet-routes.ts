// The part of the table about hosts, incidents and what could not be read.
import * as z from "zod";
import { ShardName } from "@countersign/shared/values/ids";
import { CURSOR_CHARS_MAX, LIST_ROWS_MAX, SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";
import type { HostCounts } from "../../core/desk/incidents/held-findings.ts";
import type { Holds } from "../../core/desk/paging/holds.ts";
import type { NextSending } from "../../core/desk/paging/next-sending.ts";
import type { SilentFleet } from "../../core/desk/state/silent-fleet.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { HostWords } from "../../core/shard/kept/told-words.ts";
import type {
  HostCounts as ListedCounts,
  HostList,
  HostRow,
  ListedState,
  ServiceRow,
} from "../../read-side/listed-host.ts";
import type { PutAsideRow } from "../../shell/put-aside.ts";
import {
  ApprovalShape,
  FleetHostShape,
  AskShape,
  FreezeShape,
  FindingShape,
  IncidentShape,
  SilenceShape,
  UnreadableShape,
} from "../../stored/desk-shapes.ts";
import { PageShape } from "../../stored/paging-shapes.ts";
import { Count, Flag, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { ToldWordsShape } from "../../stored/shard-shapes.ts";
import { NeededWhy, Person, Why } from "./asked-by.ts";
import { routesOf } from "./route.ts";

const Id = z.string().min(1).max(100);

// As the shard holds it; what its rules remember is theirs alone.
const HostShape = z.record(z.string(), z.unknown()) as unknown as z.ZodType<HostState>;

const STATES = ["down", "failing", "unknown", "well"] as const satisfies readonly ListedState[];

const HostRowShape = shapeOf<HostRow>({
  hostId: Text,
  shard: Text,
  name: Text,
  liveness: z.enum(["up", "down", "unknown"]),
  sinceAt: Instant.nullable(),
  condition: z.enum(["throttled", "not-understood", "never-seen", ""]),
  tags: z.array(Text),
  services: z.array(
    shapeOf<ServiceRow>({
      service: Text,
      title: Text,
      status: z.enum([
        "failing",
        "starting",
        "finding",
        "verifying",
        "recovering",
        "in-shadow",
        "healthy",
        "unknown",
      ]),
      names: z.array(Text),
    }),
  ),
});

const HostListShape = shapeOf<HostList>({
  hosts: z.array(HostRowShape),
  next: Text.nullable(),
  enrolledCount: Count,
  counts: shapeOf<ListedCounts>({ down: Count, failing: Count, unknown: Count, well: Count }).nullable(),
  missingCount: Count,
  blindShards: z.array(Text),
  asOf: Instant.nullable(),
});

const HoldsShape = shapeOf<Holds>({
  silences: z.array(SilenceShape),
  freeze: FreezeShape.nullable(),
});

const HostCountsShape = shapeOf<HostCounts>({ failing: Count, well: Count });

const NextSendingShape = shapeOf<NextSending>({
  kind: z.enum(["ring", "update"]),
  at: Instant,
  to: z.array(Text),
});

const SilentFleetShape = shapeOf<SilentFleet>({ hosts: z.array(FleetHostShape), isFrozen: Flag });

const PutAsideShape = shapeOf<PutAsideRow>({ kind: Text, id: Text, at: Instant, problem: Text, text: Text });

const HostWordsShape = shapeOf<HostWords>({
  hostName: Text,
  words: z
    .array(ToldWordsShape)
    .nullable()
    .describe("as the host tells them, redacted there; null: its shard does not answer"),
});

export const FLEET_ROUTES = routesOf({
  "GET /v1/admin/hosts": {
    right: "admin-token",
    says: "Lists the hosts, the worst first, part by part: what the read side holds, with the desk's word on who is down over it.",
    query: z.strictObject({
      q: z
        .string()
        .max(SEARCH_CHARS_MAX)
        .default("")
        .describe("words in the names of host, services and tags"),
      tag: z.string().max(SEARCH_CHARS_MAX).optional().describe("a tag of its catalogue"),
      state: z.enum(STATES).optional().describe("how it is, the worst of what is known"),
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
        lastWords: HostWordsShape.describe("what the logs of its services said last"),
      }),
    },
    problems: ["host-unknown"],
  },
  "GET /v1/admin/hosts/:id/ask": {
    right: "admin-token",
    says: "Says where a signed-in person asks a host for an act, and what it offers. The admin token itself asks for nothing.",
    params: { id: Id },
    answers: {
      200: z.object({
        url: z
          .url()
          .describe("of the form; `service`, `action`, `why` and `incident` in its query fill it in"),
        name: Text,
        liveness: z
          .enum(["up", "late", "down", "unknown"])
          .nullable()
          .describe("null: its shard does not answer"),
        offered: z.array(z.object({ service: Text, action: Text, level: Count })),
        cannotRun: z
          .enum(["frozen", "host-down", "budget-used-up"])
          .nullable()
          .describe("why nothing could run there now, as the desk knows it"),
      }),
    },
    problems: ["host-unknown", "public-url-unusable"],
  },
  "POST /v1/admin/hosts/:id/retire": {
    right: "admin-token",
    says: "Retires a host for good: what is open about it ends, and its key is refused from then on.",
    params: { id: Id },
    body: z.strictObject({ by: Person.optional(), why: Why }).prefault({}),
    answers: { 200: z.object({ hostId: Text, state: z.literal("retired") }) },
    problems: ["host-unknown"],
  },
  "POST /v1/admin/hosts/:id/set-aside": {
    right: "admin-token",
    says: "Takes a host off the list of a silent fleet: its silence is an incident of its own from then on.",
    params: { id: Id },
    body: z.strictObject({ by: Person.optional(), why: NeededWhy }),
    answers: { 200: z.object({ hostId: Text, state: z.literal("set-aside") }) },
    problems: ["host-not-listed"],
  },
  "GET /v1/admin/incidents": {
    right: "admin-token",
    says: "Lists the incidents and approvals that the desk holds.",
    answers: { 200: z.object({ incidents: z.array(IncidentShape), approvals: z.array(ApprovalShape) }) },
  },
  "GET /v1/admin/incidents/:id": {
    right: "admin-token",
    says: "Shows one incident with its findings, approvals and pages, and what holds its pages back.",
    params: { id: Id },
    answers: {
      200: z.object({
        incident: IncidentShape,
        findings: z
          .array(FindingShape)
          .describe("what it holds, what goes on first and what is over last; at most 500 of them"),
        findingCount: Count,
        hosts: HostCountsShape.describe("on how many hosts something of it fails, and is well again"),
        affected: z
          .array(z.object({ hostId: Id, name: z.string(), isFailing: z.boolean() }))
          .describe("all hosts that it is about, each once"),
        resolvesAt: Instant.nullable().describe(
          "when it resolves, if it stays well; null: by something else than time",
        ),
        next: z
          .array(NextSendingShape)
          .describe(
            "what goes out about it next, if nothing changes before: a ring, a quiet update, or both",
          ),
        approvals: z.array(ApprovalShape),
        pages: z.array(PageShape),
        holds: HoldsShape,
        fleet: SilentFleetShape.describe(
          "who fell silent together, where it is the incident of a silent fleet",
        ),
        earlier: z.array(ApprovalShape).describe("tried on the same service for other incidents"),
        asks: z.array(AskShape).describe("what people asked hosts for in it, within the hour"),
        lastWords: z
          .array(HostWordsShape)
          .describe("what the logs of its services said last, of its first hosts"),
        isArchived: Flag.describe("it has been over for more than an hour: nothing is added to it any more"),
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
