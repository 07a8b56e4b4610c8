// The part of the table about what was: the audit, and the history that `countersign replay --recorded` replays.
import * as z from "zod";
import { ShardName } from "@countersign/shared/values/ids";
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import type { AuditCut } from "../../core/desk/audit/audit-cut.ts";
import type { RecordedSettings } from "../../core/desk/state/recorded-settings.ts";
import type { RecordedEvent, RecordedRow } from "../../core/shard/kept/recording.ts";
import type { RecordedHost } from "../../platform/rpc.ts";
import { ActorShape, PersonShape } from "../../stored/actor-shape.ts";
import { AuditRefsShape } from "../../stored/audit-shape.ts";
import { SilenceMatcherShape } from "../../stored/desk-shapes.ts";
import { Count, Flag, Instant, shapeOf, Text } from "../../stored/read-stored.ts";
import { ServiceShape } from "../../stored/subject-shape.ts";
import { routesOf } from "./route.ts";

/** Rows of the audit that one answer holds at most. */
export const AUDIT_ROWS_SHOWN_MAX = 500;
const ROWS_SHOWN = 100;

const Sequence = z.coerce.number<string | number>().int().min(1).max(Number.MAX_SAFE_INTEGER);

const AuditRowShape = shapeOf<ChainedAuditEntry>({
  sequence: Count,
  previousHash: Text,
  hash: Text,
  at: Instant,
  actor: ActorShape,
  act: Text,
  refs: AuditRefsShape,
  subject: Text,
  why: Text,
});
const CutShape = shapeOf<AuditCut>({ from: Count, through: Count, hash: Text });

const When = z.iso.datetime({ offset: true, error: "expected an instant such as 2026-04-03T23:25:00Z" });
const window = { from: When, to: When };

// What is in an event is the replay's business alone: it goes by its `kind`.
const EventShape = z.record(z.string(), z.unknown()) as unknown as z.ZodType<RecordedEvent>;
const RecordedShape = shapeOf<RecordedRow & { readonly shard: string }>({
  shard: Text,
  sequence: Count,
  at: Instant,
  event: EventShape,
});

const RecordedHostShape = z.record(z.string(), z.unknown()) as unknown as z.ZodType<RecordedHost>;

type KeptSilence = RecordedSettings["silences"][number];
type KeptStanding = RecordedSettings["standing"][number];
const KeptSilenceShape = shapeOf<KeptSilence>({
  silenceId: Text,
  matcher: SilenceMatcherShape,
  by: PersonShape,
  why: Text,
  startsAt: Instant,
  endsAt: Instant,
  isOver: Flag,
});
const KeptStandingShape = shapeOf<KeptStanding>({
  standingId: Text,
  by: PersonShape,
  subject: ServiceShape,
  action: Text,
  usesMax: Count,
  usesCount: Count,
  givenAt: Instant,
  untilAt: Instant,
  why: Text,
  isOver: Flag,
});

export const RECORD_ROUTES = routesOf({
  "GET /v1/admin/audit": {
    right: "admin-token",
    says: "Lists the audit, newest first.",
    query: z.strictObject({
      before: Sequence.nullable()
        .default(null)
        .describe("a row's sequence: the rows before it; `nextBefore` is the next"),
      limit: Sequence.max(AUDIT_ROWS_SHOWN_MAX).default(ROWS_SHOWN).describe("how many rows at most"),
    }),
    answers: {
      200: z.object({
        rows: z.array(AuditRowShape),
        nextBefore: Count.nullable().describe("`before` for the rows after these; null: there are none"),
      }),
    },
  },
  "GET /v1/admin/audit/verify": {
    right: "admin-token",
    says: "Walks the whole audit and says whether it is one unbroken chain.",
    answers: {
      200: z.union([
        z.object({
          ok: z.literal(true),
          rowCount: Count,
          brokenAt: z.null(),
          cut: CutShape.nullable(),
          lastHash: Text.nullable(),
        }),
        z.object({ ok: z.literal(false), brokenAt: Count }),
      ]),
    },
  },
  "GET /v1/admin/audit/copies": {
    right: "admin-token",
    says: "Lists the hashes that D1 holds of some rows; there may be two of one sequence.",
    query: z
      .strictObject({ from: Sequence, through: Sequence })
      .refine(({ from, through }) => through - from < AUDIT_ROWS_SHOWN_MAX, {
        error: `expected at most ${AUDIT_ROWS_SHOWN_MAX} rows`,
      }),
    answers: { 200: z.object({ rows: z.array(z.object({ sequence: Count, hash: Text })) }) },
    problems: ["part-silent"],
  },
  "GET /v1/admin/recorded": {
    right: "admin-token",
    says: "Hands out what the shards kept of their events, oldest first, one shard after the other.",
    query: z.strictObject({
      ...window,
      after: z
        .string()
        .regex(/^[a-z0-9-]{1,64}:[0-9]{1,15}$/, { error: "expected what `next` was" })
        .optional()
        .describe("`next` of the part before"),
    }),
    answers: {
      200: z.object({
        events: z.array(RecordedShape),
        next: Text.nullable().describe("`after` for the next part; null: that was all"),
      }),
    },
    problems: ["not-found", "part-silent"],
  },
  "GET /v1/admin/recorded/hosts": {
    right: "admin-token",
    says: "Lists the hosts of one shard as they are now, from which a replay of what was recorded begins.",
    query: z.strictObject({
      after: ShardName.optional().describe("`next` of the part before: a shard's name"),
    }),
    answers: {
      200: z.object({
        hosts: z.array(RecordedHostShape),
        next: Text.nullable().describe("`after` for the next part; null: that was all"),
      }),
    },
    problems: ["not-found", "part-silent"],
  },
  "GET /v1/admin/recorded/settings": {
    right: "admin-token",
    says: "Lists the silences and standing approvals that covered some of a time.",
    query: z.strictObject(window),
    answers: {
      200: z.object({
        silences: z.array(KeptSilenceShape),
        standing: z.array(KeptStandingShape),
        tooMany: z
          .enum(["silences", "standing approvals"])
          .nullable()
          .describe("of what there are more than are handed out; null: these are all"),
      }),
    },
  },
  "GET /v1/admin/recorded/policies/:version": {
    right: "admin-token",
    says: "Shows the text of one version of the policy.",
    params: {
      version: z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    },
    answers: { 200: z.object({ version: Count, text: Text }) },
    problems: ["not-found"],
  },
});
